"""Changes to models: default, annotations, deletion; each can be taken back in the undo bar."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from tagviz.store.workspace import ModelAnnotations, ModelInfo
from tagviz.ui import cache, url_state
from tagviz.ui.components import undo_bar
from tagviz.ui.i18n import _
from tagviz.ui.model_names import model_label


def name_of(info: ModelInfo) -> str:
    """Return what a person reads for a model."""
    return model_label(info.id, info.fingerprint)


@url_state.safe_callback
def make_default(info: ModelInfo) -> None:
    """Make a model the one that is used where no other is chosen."""
    before = cache.models(info.fingerprint)
    cache.make_default(cache.context(), info)
    undo_bar.offer(_("{model} is the default now").format(model=name_of(info)), partial(_annotate_all, before))


def annotate(info: ModelInfo, marks: ModelAnnotations) -> None:
    """Store the title, the note and the marks of a model."""
    before = cache.models(info.fingerprint)
    cache.annotate_model(cache.context(), info, marks)
    if marks.pinned and not info.marks.pinned:
        cache.make_default(cache.context(), info)
    undo_bar.offer(_("{model} is changed").format(model=name_of(info)), partial(_annotate_all, before))


def _annotate_all(before: Sequence[ModelInfo]) -> None:
    """Give each model that still exists the annotations that it had."""
    now = {info.id: info.marks for info in cache.models(before[0].fingerprint)}
    for info in before:
        if info.id in now and now[info.id] != info.marks:
            cache.annotate_model(cache.context(), info, info.marks)


@url_state.safe_callback
def delete(info: ModelInfo) -> None:
    """Move a model into the trash."""
    shown = url_state.param("model")
    token = cache.delete_model(cache.context(), info)
    if shown == info.id:
        url_state.set_params(model="")

    def back() -> None:
        cache.restore(cache.context(), token)
        if shown == info.id:
            url_state.set_params(model=shown)

    undo_bar.offer(_("{model} is deleted").format(model=name_of(info)), back)
