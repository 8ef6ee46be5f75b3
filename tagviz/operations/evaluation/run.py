"""Verdicts: how good the answers are, asked of playlists that the judged models have never seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

import tagviz
from tagviz.errors import InvalidParameterError
from tagviz.evaluation import serialization
from tagviz.evaluation.leakage import Inflation, inflation
from tagviz.evaluation.report import EvalReport, EvaluatedModel, ReportOptions, build
from tagviz.evaluation.split import SplitSpec
from tagviz.evaluation.split import split as cut
from tagviz.operations import models
from tagviz.operations.context import Context
from tagviz.operations.evaluation.reports import report_id
from tagviz.operations.registry import IMPORTED, method
from tagviz.store.workspace import ModelInfo as StoredInfo
from tagviz.types import Corpus, Progress, ProgressCallback, Recommender, no_progress

OUTSIDE = "vectors that were made elsewhere"


def evaluate(
    context: Context,
    corpus: Corpus,
    refs: Sequence[str],
    spec: SplitSpec = SplitSpec(),
    progress: ProgressCallback = no_progress,
    named: bool = False,
) -> tuple[str, EvalReport]:
    """Evaluate models side by side on the same questions, and store the report.

    Args:
        context: The workspace, and who acts.
        corpus: The corpus that is split.
        refs: Ids, methods or `method:variant`. The method and parameters of each are trained again on the training
            side of the split (and stored, so that a second evaluation is quick). With `@VERSION` appended, only on
            those playlists of the training side that this version of the corpus already had.
        spec: How the corpus is split.
        progress: Called about once a second.
        named: Call a model that has no title by its method and preset instead of its id.

    Returns:
        The report's id, and the report.

    Raises:
        InvalidParameterError: No model is named; else as `split` and `train` raise.
    """
    refs = list(dict.fromkeys(refs))
    if not refs:
        raise InvalidParameterError("No model to evaluate", "at least one is needed", "name a model or a method")
    parts = cut(corpus, spec)
    recommenders: dict[str, Recommender] = {}
    infos: dict[str, EvaluatedModel] = {}
    for number, ref in enumerate(refs):
        begin = 0.7 * number / len(refs)
        model = retrained(context, corpus, parts.train, ref, _within(progress, begin, 0.7 / len(refs), f"{ref}: "))
        label = _label(context, corpus, ref, infos, named)
        recommenders[label] = model.recommender
        infos[label] = EvaluatedModel(
            label=label,
            method=model.info.method,
            model=model.info.id,
            params=model.info.params,
            # with @VERSION, a part of the training side, which is no other corpus
            trained_on="" if "@" in ref else model.info.fingerprint,
            train_seconds=model.info.seconds,
            outside=OUTSIDE if model.info.method == IMPORTED.name else "",
        )
    asking = _within(progress, 0.7, 0.3)
    report = build(recommenders, parts, ReportOptions(version=tagviz.__version__), infos, asking)
    arrays, meta = serialization.state(report)
    ident = report_id(report)
    context.workspace.save_report(corpus.fingerprint, ident, arrays, meta)
    return ident, report


def leakage(
    context: Context,
    corpus: Corpus,
    ref: str,
    spec: SplitSpec = SplitSpec(),
    progress: ProgressCallback = no_progress,
) -> list[Inflation]:
    """Measure how much a random split flatters a model, beside one that keeps listeners or artists together.

    The model is trained on both splits, and both models are stored; see `tagviz.evaluation.leakage.inflation`.
    """

    def fit(train: Corpus) -> Recommender:
        return retrained(context, corpus, train, ref, progress).recommender

    return inflation(corpus, fit, spec, progress=progress)


def _label(context: Context, corpus: Corpus, ref: str, taken: Mapping[str, EvaluatedModel], named: bool) -> str:
    """What a model is called in a report: one that is asked for by its id by its title (`named`.

    Or its method's), another by what was asked for; so is a second one of that name.
    """
    ident, _, variant = ref.partition(":")
    known = models.find(context, corpus.fingerprint, ident) if "@" not in ref else None
    if known is None or known.id != ident:
        return ref
    title = known.marks.title or (_by_method(known) if named else "")
    title = f"{title} ({variant})" if title and variant else title
    return title if title and title not in taken else ref


def _by_method(info: StoredInfo) -> str:
    """A method's title, with the starting values where they are not the usual ones: Word2Vec (gensim)."""
    entry = method(info.method)
    preset = entry.params.preset_of(info.params)
    return f"{entry.title} ({preset})" if preset else entry.title


def retrained(
    context: Context, corpus: Corpus, train: Corpus, ref: str, progress: ProgressCallback = no_progress
) -> models.Model:
    """The model that `ref` names, trained with the same method, parameters and seed on another corpus."""
    asked, _, version = ref.partition("@")
    name, _, variant = asked.partition(":")
    known = models.find(context, corpus.fingerprint, name)
    if version:
        train = _before(train, context.workspace.open_corpus(corpus.name, version))
    if known is None:
        info = models.train(context, train, name, progress=progress)
    elif version:  # one that went on from an older model is compared with what it would be without the new playlists
        info = models.train(
            context, train, known.method, known.params, progress=progress, options=models.TrainOptions(seed=known.seed)
        )
    else:
        info = _trained_again(context, known, train, progress)
    return models.open_model(context, train, f"{info.id}:{variant}" if variant else info.id, progress)


def _trained_again(context: Context, known: StoredInfo, train: Corpus, progress: ProgressCallback) -> StoredInfo:
    """A model's training on other playlists.

    One that went on from an older model does so again, from one that has seen only those of the playlists that were
    there then.
    """
    start = None
    if known.start:
        fingerprint, _, ident = known.start.partition("/")
        before = _before(train, context.workspace.open_corpus(known.corpus, fingerprint))
        alike = replace(known, start="")  # for where the older model was deleted
        older = next((info for info in context.workspace.model_infos(fingerprint) if info.id == ident), alike)
        start = models.open_model(context, before, _trained_again(context, older, before, progress).id)
    return models.train(
        context,
        train,
        known.method,
        known.params,
        progress=progress,
        options=models.TrainOptions(seed=known.seed, start=start),
    )


def _before(train: Corpus, older: Corpus) -> Corpus:
    """Those of the playlists that an older version of the corpus had."""
    return train.select(np.flatnonzero(train.playlists["id"].isin(older.playlists["id"]).to_numpy()))


def _within(progress: ProgressCallback, begin: float, width: float, before: str = "") -> ProgressCallback:
    """Progress of a part as progress of the whole."""

    def tell(part: Progress) -> None:
        fraction = begin + width * (part.fraction or 0.0)
        progress(Progress(before + part.phase, fraction, part.note, part.numbers))

    return tell
