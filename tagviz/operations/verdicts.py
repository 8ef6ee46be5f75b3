"""Verdicts: how good the answers are, asked of playlists that the judged models have never seen."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import tagviz
from tagviz.errors import BadParameter
from tagviz.evaluate import arena, runs, saved
from tagviz.evaluate.leaks import Inflation, inflation
from tagviz.evaluate.report import EvalReport, ModelInfo, build
from tagviz.evaluate.split import Mask, Protocol, Split
from tagviz.evaluate.split import split as cut
from tagviz.operations import layers, models
from tagviz.operations.methods import FOREIGN, method
from tagviz.store.workspace import ModelInfo as StoredInfo
from tagviz.store.workspace import Workspace
from tagviz.types import Corpus, Kind, Progress, ProgressCallback, Recommender, quiet

OUTSIDE = "vectors that were made elsewhere"


def evaluate(
    ws: Workspace,
    corpus: Corpus,
    refs: Sequence[str],
    protocol: Protocol = "tags",
    mask: Mask = "real",
    by_group: bool = True,
    seed: int = 42,
    share: float = 0.2,
    limit: int | None = None,
    progress: ProgressCallback = quiet,
    named: bool = False,
) -> tuple[str, EvalReport]:
    """Judges models side by side on the same questions; the report is kept, its id comes first.

    refs: ids, methods or method:variant; each one's method and parameters are trained again on the training side of the
    split (and kept, so that a second evaluation is quick). With `@VERSION` behind it, only on those of its playlists
    that the version of the corpus with this fingerprint already had: what the newer playlists brought. In the report a
    model that was asked for by its id goes by its title where it has one; `named`: else by its method and preset.
    Raises what `split` and `train` raise.
    """
    refs = list(dict.fromkeys(refs))
    if not refs:
        raise BadParameter("No model to evaluate", "at least one is needed", "name a model or a method")
    parts = cut(corpus, protocol, mask, by_group, seed, share, limit)
    recommenders: dict[str, Recommender] = {}
    infos: dict[str, ModelInfo] = {}
    for number, ref in enumerate(refs):
        begin = 0.7 * number / len(refs)
        model = retrained(ws, corpus, parts.train, ref, _within(progress, begin, 0.7 / len(refs), f"{ref}: "))
        label = _label(ws, corpus, ref, infos, named)
        recommenders[label] = model.recommender
        infos[label] = ModelInfo(
            label=label,
            method=model.info.method,
            model=model.info.id,
            params=model.info.params,
            # with @VERSION, a part of the training side, which is no other corpus
            trained_on="" if "@" in ref else model.info.fingerprint,
            train_seconds=model.info.seconds,
            outside=OUTSIDE if model.info.method == FOREIGN.name else "",
        )
    asking = _within(progress, 0.7, 0.3)
    report = build(recommenders, parts, infos=infos, version=tagviz.__version__, progress=asking)
    arrays, meta = saved.state(report)
    ident = report_id(report)
    ws.save_report(corpus.fingerprint, ident, arrays, meta)
    return ident, report


def leak(
    ws: Workspace,
    corpus: Corpus,
    ref: str,
    protocol: Protocol = "tags",
    mask: Mask = "real",
    seed: int = 42,
    share: float = 0.2,
    progress: ProgressCallback = quiet,
) -> list[Inflation]:
    """By how much a split that tears listeners or artists apart flatters a model (see `leaks.inflation`): it is trained
    on both splits, which is kept."""

    def fit(train: Corpus) -> Recommender:
        return retrained(ws, corpus, train, ref, progress).recommender

    return inflation(corpus, fit, protocol, mask, seed, share, progress=progress)


def _label(ws: Workspace, corpus: Corpus, ref: str, taken: Mapping[str, ModelInfo], named: bool) -> str:
    """What a model is called in a report: one that is asked for by its id by its title (`named`: or its method's),
    another by what was asked for; so is a second one of that name."""
    ident, _, variant = ref.partition(":")
    known = models.find(ws, corpus.fingerprint, ident) if "@" not in ref else None
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
    ws: Workspace, corpus: Corpus, train: Corpus, ref: str, progress: ProgressCallback = quiet
) -> models.Model:
    """The model that `ref` names, trained with the same method, parameters and seed on another corpus."""
    asked, _, version = ref.partition("@")
    name, _, variant = asked.partition(":")
    known = models.find(ws, corpus.fingerprint, name)
    if version:
        train = _before(train, ws.open_corpus(corpus.name, version))
    if known is None:
        info = models.train(ws, train, name, progress=progress)
    elif version:  # one that went on from an older model is compared with what it would be without the new playlists
        info = models.train(ws, train, known.method, known.params, known.seed, progress=progress)
    else:
        info = _trained_again(ws, known, train, progress)
    return models.open_model(ws, train, f"{info.id}:{variant}" if variant else info.id, progress)


def _trained_again(ws: Workspace, known: StoredInfo, train: Corpus, progress: ProgressCallback) -> StoredInfo:
    """A model's training on other playlists. One that went on from an older model does so again, from one that has
    seen only those of the playlists that were there then."""
    start = None
    if known.start:
        fingerprint, _, ident = known.start.partition("/")
        before = _before(train, ws.open_corpus(known.corpus, fingerprint))
        alike = replace(known, start="")  # for where the older model was deleted
        older = next((info for info in ws.model_infos(fingerprint) if info.id == ident), alike)
        start = models.open_model(ws, before, _trained_again(ws, older, before, progress).id)
    return models.train(ws, train, known.method, known.params, known.seed, progress=progress, start=start)


def _before(train: Corpus, older: Corpus) -> Corpus:
    """Those of the playlists that an older version of the corpus had."""
    return train.select(np.flatnonzero(train.playlists["id"].isin(older.playlists["id"]).to_numpy()))


def reports(ws: Workspace, fingerprint: str) -> list[Mapping[str, Any]]:
    """What is known of a corpus's reports (id, protocol, created, labels, models, summary …), newest first."""
    found = [entry.info for one in layers.related(ws.reports, fingerprint) for entry in ws.reports.entries(one)]
    return sorted(found, key=lambda info: str(info["created"]), reverse=True)


def history(ws: Workspace, name: str, kind: Kind) -> pd.DataFrame:
    """How the models of a corpus did over all evaluations, of its older versions too (see `runs.history`)."""
    found = {str(info["id"]): info for version in ws.versions(name) for info in briefs(ws, version.fingerprint)}
    return runs.history(found.values(), kind)


def briefs(ws: Workspace, fingerprint: str) -> list[Mapping[str, Any]]:
    """As `reports`, each surely with its models and summary: one kept by an earlier version, which wrote none, is
    opened."""
    found: list[Mapping[str, Any]] = []
    for info in reports(ws, fingerprint):
        if "summary" not in info:
            report = open_report(ws, fingerprint, str(info["id"]))
            info = {**info, "models": saved.models(report), "summary": runs.brief(report)}
        found.append(info)
    return found


def open_report(ws: Workspace, fingerprint: str, ident: str) -> EvalReport:
    """A report that was kept, also of the same corpus under other decisions of experts. Raises UnknownTerm for none."""
    kept = (one for one in layers.related(ws.reports, fingerprint) if ws.reports.find(f"{one}/{ident}") is not None)
    return saved.restore(*ws.open_report(next(kept, fingerprint), ident))


def split(
    corpus: Corpus,
    out: Path,
    protocol: Protocol = "arena",
    mask: Mask = "real",
    by_group: bool = True,
    seed: int = 42,
    share: float = 0.2,
    limit: int | None = None,
) -> Split:
    """Cuts a corpus and writes train.json, questions.json and answers.json in the Arena's shape into `out`."""
    parts = cut(corpus, protocol, mask, by_group, seed, share, limit)
    arena.write_split(parts, out)
    return parts


def score(answers: Path, results: Path, corpus: Corpus | None = None) -> arena.ArenaScore:
    """Scores a file of results against a file of answers by the Arena's rule. Raises SourceError for what breaks it."""
    songs = None if corpus is None else frozenset(corpus.vocab(Kind.SONG).ids)
    return arena.score(arena.read(answers), arena.read(results), songs)


def report_id(report: EvalReport) -> str:
    """The protocol, when it was made, and a mark of its own: every evaluation is kept, also of the same settings."""
    moment = "".join(character for character in report.created[:19] if character.isdigit())
    return f"{report.protocol}-{moment}-{secrets.token_hex(3)}"


def _within(progress: ProgressCallback, begin: float, width: float, before: str = "") -> ProgressCallback:
    """Progress of a part as progress of the whole."""

    def tell(part: Progress) -> None:
        fraction = begin + width * (part.fraction or 0.0)
        progress(Progress(before + part.phase, fraction, part.note, part.numbers))

    return tell
