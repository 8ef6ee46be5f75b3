"""Models: train them, list them, open them by id, method or method:variant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path

from tagviz.access.roles import Permission
from tagviz.curation.translation import TranslatedRecommender, same_tags
from tagviz.errors import InvalidParameterError, NotFoundError, StoreError
from tagviz.feedback import training_examples as training_examples
from tagviz.operations import access
from tagviz.operations.context import Context
from tagviz.operations.curation import overlay
from tagviz.operations.models.model import Model
from tagviz.operations.models.train import train, training_context
from tagviz.operations.registry import (
    BEST,
    DEFAULT,
    FINE_TUNED,
    METHODS,
    checked_variant,
    method,
)
from tagviz.store.files import read_errors, store_errors
from tagviz.store.workspace import ModelAnnotations, ModelInfo
from tagviz.types import Corpus, ProgressCallback, no_progress


def list_models(context: Context, fingerprint: str) -> list[ModelInfo]:
    """The models of a corpus's contents.

    Pinned ones first, then those that have learned from it with its tags as they are now, then the newest. Those that
    learned under other decisions of experts answer too (see `open_model`).
    """
    infos = [
        info
        for one in overlay.related(context.workspace.models, fingerprint)
        for info in context.workspace.model_infos(one)
    ]
    newest = sorted(infos, key=lambda info: (info.created, info.id), reverse=True)
    return sorted(newest, key=lambda info: (not info.marks.pinned, info.fingerprint != fingerprint))


def damaged_models(context: Context, fingerprint: str) -> list[StoreError]:
    """What is wrong with the models that `list_models` leaves out."""
    models = context.workspace.models
    return [error for one in overlay.related(models, fingerprint) for error in models.damaged(one)]


def open_model(context: Context, corpus: Corpus, ref: str = "", progress: ProgressCallback = no_progress) -> Model:
    """The model that `ref` names.

    An id, or a method (the newest of it, trained with defaults if there is none), either with `:variant` behind it; ""
    for the best there is (see `default`). One that has learned from the corpus before experts merged or split some of
    its tags answers in the tags of today.

    Raises NotFoundError naming the closest reference, InvalidParameterError for a variant that the method does not
    have.
    """
    name, _, variant = (ref or default(context, corpus.fingerprint)).partition(":")
    info = find(context, corpus.fingerprint, name)
    if info is None:
        info = train(context, corpus, name, progress=progress)
    entry = method(info.method)
    stored = context.workspace.open_model(info.fingerprint, info.id)
    variant = checked_variant(entry, variant)
    seen = corpus
    if info.fingerprint != corpus.fingerprint:
        then = overlay.open_curated(context, corpus.name, info.fingerprint)
        seen = corpus if same_tags(then, corpus) else then
    learned, arrays = seen, stored.arrays
    if info.verdicts:
        learned = training_examples.augment_corpus(seen, arrays)
        arrays = {name: array for name, array in arrays.items() if not name.startswith(training_examples.PREFIX)}
    with read_errors(Path(info.id)):
        recommender = entry.load(arrays, stored.state, learned, training_context(context, info.seed, progress), variant)
    return Model(info, recommender if seen is corpus else TranslatedRecommender(recommender, seen, corpus), variant)


def default(context: Context, fingerprint: str, known: Sequence[ModelInfo] | None = None) -> str:
    """What answers when nobody has chosen: the newest pinned model, else the newest of BEST, else DEFAULT.

    known: the list of `models`, where it is at hand.
    """
    known = list_models(context, fingerprint) if known is None else known
    chosen = next((info.id for info in known if info.marks.pinned), "")
    return chosen or next((info.id for info in known if info.method == BEST and not info.marks.archived), DEFAULT)


def find(context: Context, fingerprint: str, name: str, known: Sequence[ModelInfo] | None = None) -> ModelInfo | None:
    """The model of this id, or the newest of this method; None for a method that was never trained here.

    known: the list of `models`, where it is at hand. Raises NotFoundError for what is neither, StoreError for a model
    whose description is damaged.
    """
    known = list_models(context, fingerprint) if known is None else known
    for info in known:
        if info.id == name or (info.method == name and not info.marks.archived):
            return info
    if name in METHODS:
        return None
    for one in overlay.related(context.workspace.models, fingerprint):
        context.workspace.models.find(f"{one}/{name}")  # raises where it is damaged
    near = get_close_matches(name, [*METHODS, *(info.id for info in known)], n=1, cutoff=0.5)
    hint = f"did you mean {near[0]!r}?" if near else f"methods: {', '.join(METHODS)}"
    raise NotFoundError(f"There is no model or method {name!r}", hint, "list the models of this corpus, or train one")


@access.change(Permission.DEFAULTS, "make default model", about="info")
def make_default(context: Context, info: ModelInfo) -> None:
    """Makes one model the one that answers when nobody has chosen: it is pinned, and no other is."""
    for other in list_models(context, info.fingerprint):
        chosen = other.id == info.id
        if other.marks.pinned != chosen or (chosen and other.marks.archived):
            archived = other.marks.archived and not chosen
            context.workspace.mark(other.fingerprint, other.id, replace(other.marks, pinned=chosen, archived=archived))


@access.change(Permission.TRAIN, "annotate model", about="info")
def annotate(context: Context, info: ModelInfo, marks: ModelAnnotations) -> ModelInfo:
    """Keeps a title, a note, a pin or the archive mark."""
    context.workspace.mark(info.fingerprint, info.id, marks)
    return replace(info, marks=marks)


@access.change(Permission.DELETE, "delete model", about="info")
def delete(context: Context, info: ModelInfo) -> str:
    """Moves a model into the trash; the token brings it back through `Workspace.restore`."""
    return context.workspace.remove_model(info.fingerprint, info.id)


def save_fine_tuned(context: Context, info: ModelInfo, folder: Path) -> Path:
    """Writes a fine-tuned sentence model as a sentence-transformers folder that other programs can load.

    Raises InvalidParameterError for a model of another method, or one that stands on the packaged e5.
    """
    from tagviz.embed import finetune

    if info.method != FINE_TUNED:
        raise InvalidParameterError(
            f"{info.id} is no fine-tuned model", f"it is of {info.method}", f"name one of {FINE_TUNED}"
        )
    stored = context.workspace.open_model(info.fingerprint, info.id)
    with store_errors(folder):
        finetune.save(str(info.params["model"]), finetune.Head.of(stored.arrays), folder)
    return folder
