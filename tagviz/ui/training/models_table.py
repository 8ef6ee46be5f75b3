"""The models of a corpus as a table."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from tagviz.evaluation.metric_registry import METRICS
from tagviz.operations import models as model_operations
from tagviz.operations.models import compare
from tagviz.store.workspace import ModelInfo
from tagviz.ui import cache, formatting
from tagviz.ui.components import damage, errors, tables
from tagviz.ui.context import PageContext
from tagviz.ui.i18n import _
from tagviz.ui.model_names import model_label
from tagviz.ui.training import model_details, older_models, storage
from tagviz.ui.training.model_details import changed_settings


def show(here: PageContext) -> None:
    """Show the table of models, and the details of the one that is clicked."""
    infos = cache.models(here.corpus.fingerprint)
    older_models.show(here)
    damage.show(model_operations.damaged_models(cache.context(), here.corpus.fingerprint))
    if not infos:
        errors.empty(_("This corpus has no models yet. Choose a method above and start the training."))
        return
    frame = pd.DataFrame(
        {
            "name": [model_label(info.id, here.corpus.fingerprint) for info in infos],
            "id": [info.id for info in infos],
            "settings": [changed_settings(info) for info in infos],
            "score": _scores(here, infos),
            "trained": pd.to_datetime([info.created for info in infos], utc=True),
            "duration": [formatting.duration(info.seconds) for info in infos],
            "size": [formatting.size(info.size) for info in infos],
            "code": [info.code for info in infos],
            "note": [_notes(info) for info in infos],
        }
    )
    config = st.column_config
    score_help = _("In the newest evaluation of the model: the Arena score, or nDCG of tags")
    picked, shown = tables.table(
        frame,
        "models",
        _("Models of {corpus}").format(corpus=here.corpus.name),
        columns={
            "name": config.TextColumn(_("Model"), width=130),
            "id": None,  # only in the CSV file; on the screen in a hint
            "settings": config.TextColumn(_("Settings that differ from the defaults")),
            "score": config.TextColumn(_("Score"), width=100, help=score_help),
            "trained": config.DatetimeColumn(_("Trained"), format=_("D MMM YYYY, HH:mm"), width=135),
            "duration": config.TextColumn(_("Training time"), width=100),
            "size": config.TextColumn(_("On disk"), width=75),
            "code": config.TextColumn("tagviz", width=60, help=_("The version of tagviz that trained it")),
            "note": config.TextColumn(_("Notes")),
        },
        on_select="rerun",
        selection_mode="single-cell",
    )
    row = tables.clicked(picked, shown)
    if row is not None and row < len(infos):
        model_details.show(infos[row])
        model_details.show_comparison(here, infos[row], infos)
    else:
        st.caption(_("Click a model to rename, compare, use or delete it."))
    storage.show(infos)


def _scores(here: PageContext, infos: Sequence[ModelInfo]) -> list[str]:
    """Return the score of each model in its newest evaluation, "" for none."""
    best = compare.best_scores(cache.context(), here.corpus.fingerprint)
    scores = [best.get(compare.fitting(info.method, info.params)) for info in infos]
    return [f"{one.score:.3f} {METRICS[one.metric].title}" if one else "" for one in scores]


def _started_from(info: ModelInfo) -> str:
    """Return which model the training went on from, "" for none."""
    if not info.start:
        return ""
    fingerprint, _slash, ident = info.start.rpartition("/")
    return _("started from {model}").format(model=model_label(ident, fingerprint or info.fingerprint))


def _notes(info: ModelInfo) -> str:
    parts = [
        _("default") if info.marks.pinned else "",
        _("archived") if info.marks.archived else "",
        _("included in tagviz") if info.shipped else "",
        _started_from(info),
        info.marks.note,
    ]
    return " · ".join(part for part in parts if part)
