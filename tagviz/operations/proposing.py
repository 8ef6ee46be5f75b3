"""What there is to decide: proposals that fit what stands, and what a decision would change before it is taken."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import scipy.sparse as sp

from tagviz.curate import proposals as found
from tagviz.curate.answering import Translated
from tagviz.curate.apply import curated
from tagviz.curate.layer import Act, Decision, Layer
from tagviz.curate.proposals import Proposal
from tagviz.errors import BadParameter, TagvizError
from tagviz.operations import answers, curation, layers, models
from tagviz.store.workspace import Workspace
from tagviz.types import Asked, Corpus, Ints, Kind, Query, Ranking, key_of

SORTS = ("spellings", "synonyms", "broader", "not music")
"""What can be proposed."""


def propose(ws: Workspace, corpus: Corpus, sort: str, model: models.Model | None = None) -> list[Proposal]:
    """Proposals of one sort for a corpus as it is seen now, the strongest and most common first. What was decided and
    then undone is proposed no more.

    model: for `synonyms`, whose space says what is alike (default: the corpus's spectral model). Raises BadParameter
    for a sort that does not exist.
    """
    standing = curation.layer(ws, corpus.name)
    undone = {event.decision for event in curation.history(ws, corpus.name) if event.undone}

    def fits(decision: Decision) -> bool:
        if decision.id in undone:
            return False
        try:
            curation.checked(standing, decision)
        except TagvizError:
            return False
        return True

    return found.sorted_out(_all(ws, corpus, sort, model), fits)


def _all(ws: Workspace, corpus: Corpus, sort: str, model: models.Model | None) -> list[Proposal]:
    if sort == "spellings":
        return found.spellings(corpus, answers.folding(ws, corpus).groups[Kind.TAG])
    if sort == "broader":
        return found.hierarchy(corpus)
    if sort == "not music":
        return found.not_music(corpus)
    if sort != "synonyms":
        raise BadParameter(f"Nothing is proposed as {sort!r}", f"sorts: {', '.join(SORTS)}", "choose one of these")
    space = (model or models.open_model(ws, corpus, "spectral")).embedding
    if space is None or Kind.TAG not in space.vocabs:
        space = models.open_model(ws, corpus, "spectral").embedding
    if space is None:
        return []
    rows = corpus.vocab(Kind.TAG).find(list(space.vocabs[Kind.TAG].ids))
    return found.synonyms(corpus, space.of(Kind.TAG), rows, answers.folding(ws, corpus).groups[Kind.TAG])


@dataclass(frozen=True, eq=False)
class Preview:
    """What a decision would change. tags: how many there are before and after. counts: playlists of each tag it names,
    before; merged: of what they become. before, after: the neighbours and the suggestions for its main tag. warnings:
    a line each."""

    decision: Decision
    tags: tuple[int, int]
    counts: dict[str, int]
    merged: int
    before: Ranking
    after: Ranking
    warnings: tuple[str, ...]


def preview(ws: Workspace, name: str, decision: Decision, ref: str = "", n: int = 10) -> Preview:
    """What a decision would change, without taking it. Raises what `curation.add` raises for one that cannot be."""
    raw = ws.open_corpus(name)
    standing = layers.layer(ws, name)
    decision = curation.spelled(raw, decision)
    curation.known(raw, decision)
    after_layer = curation.checked(standing, decision)
    now, then = curated(raw, standing), curated(raw, after_layer)
    model = models.open_model(ws, now, ref)
    learned = model.learned
    trained = layers.opened(ws, name, model.info.fingerprint)
    later = models.Model(model.info, Translated(learned, trained, then), model.variant)
    main = decision.target if decision.act in (Act.MERGE, Act.BROADER) else decision.tags[0]
    counts = now.counts(Kind.TAG)
    rows = now.vocab(Kind.TAG).find([*decision.tags, *([main] if main not in decision.tags else [])])
    named = [*decision.tags, *([main] if main not in decision.tags else [])]
    place = then.vocab(Kind.TAG).row(main, missing="skip")
    return Preview(
        decision=decision,
        tags=(len(now.vocab(Kind.TAG)), len(then.vocab(Kind.TAG))),
        counts={tag: int(counts[row]) if row >= 0 else 0 for tag, row in zip(named, rows, strict=True)},
        merged=0 if place < 0 else int(then.counts(Kind.TAG)[place]),
        before=_beside(now, model, decision, main, n),
        after=_beside(then, later, decision, main, n),
        warnings=tuple(curation.warnings(raw, Layer((decision,)))),
    )


def _beside(corpus: Corpus, model: models.Model, decision: Decision, main: str, n: int) -> Ranking:
    """What is suggested beside a tag; of a block, beside the tag that it is most often found with."""
    if decision.act is Act.BLOCK:
        row = corpus.vocab(Kind.TAG).row(main, missing="skip")
        company = answers.company(corpus, answers.holding(corpus, Kind.TAG, row), Kind.TAG, 1, without=row)
        main = main if company.empty else str(company["key"].iloc[0]).partition(":")[2]
    if model.embedding is not None and _places(model, main):
        return answers.neighbours(corpus, model, [key_of(Kind.TAG, main)], n=n)
    return answers.recommend(corpus, model, Query(tags=(main,), n=n), Kind.TAG, reasons=False)


def _places(model: models.Model, tag: str) -> bool:
    """Whether a model's space holds a tag."""
    space = model.embedding
    return space is not None and Kind.TAG in space.vocabs and space.vocabs[Kind.TAG].row(tag, missing="skip") >= 0


@dataclass(frozen=True)
class Effect:
    """How well a method answers before and after some decisions, on the same questions in the tags of afterwards.

    metric → (before, after, the difference's 95 % interval): bootstrap over questions, drawn by listener where known.
    """

    questions: int
    method: str
    metrics: dict[str, tuple[float, float, float, float]]


def measure(
    ws: Workspace,
    name: str,
    decisions: Sequence[Decision],
    ref: str = "neighbours",
    k: int = 10,
    limit: int = 1000,
    seed: int = 42,
) -> Effect:
    """Trains a method on the training side of a split as it is seen now and as it would be seen after the decisions,
    and asks both the same questions. What is blocked counts as no right answer; of two spellings of one tag one place
    is lost before, as it is for a person who reads both."""
    from tagviz.evaluate.resampling import resampled
    from tagviz.evaluate.split import split
    from tagviz.ranking import rank

    raw = ws.open_corpus(name)
    standing = layers.layer(ws, name)
    after_layer = standing
    for one in decisions:
        after_layer = curation.checked(after_layer, curation.spelled(raw, one))
    parts = split(curated(raw, standing), seed=seed, limit=limit)
    now = parts.train
    then = curated(_unseen(raw, parts.train), after_layer)
    to = then.vocab(Kind.TAG).find(list(now.vocab(Kind.TAG).ids))
    blocked = then.rulings[Kind.TAG].blocked if then.rulings else np.zeros(len(then.vocab(Kind.TAG)), dtype=bool)
    method = models.find(ws, layers.seen(ws, name, raw.fingerprint), ref.partition(":")[0])
    known = (method.method, method.params, method.seed) if method is not None else (ref, None, None)
    found = []
    for corpus in (now, then):
        info = models.train(ws, corpus, *known)
        model = models.open_model(ws, corpus, info.id)
        asked = parts.questions.asked(now)
        if corpus is then:
            asked = replace(asked, **_moved(asked, to, len(then.vocab(Kind.TAG))))
        rows = rank(model.recommender, asked, Kind.TAG, corpus, k).rows
        found.append(to[rows] if corpus is now else rows)
        found[-1] = np.where(rows >= 0, found[-1], -1)
    truth, shown = parts.questions.hidden[Kind.TAG], parts.questions.shown[Kind.TAG]
    scored = np.array(
        [
            [_score(list(answer[at]), truth[at].indices, shown[at].indices, to, blocked, k) for answer in found]
            for at in range(truth.shape[0])
        ]
    )
    kept = ~np.isnan(scored[:, 0, 0])
    groups = (
        parts.questions.frame["group"].to_numpy(dtype=object)[kept]
        if "group" in parts.questions.frame
        else np.arange(kept.sum())
    )
    codes = np.unique(np.asarray(groups).astype(str), return_inverse=True)[1]
    if len(set(codes)) < 2:
        codes = np.arange(int(kept.sum()))
    metrics = {}
    for place, metric in enumerate(("ndcg", "precision", "recall")):
        before, after = scored[kept, 0, place], scored[kept, 1, place]
        low, high = np.percentile(resampled((after - before)[:, None], codes), (2.5, 97.5))
        metrics[metric] = (float(before.mean()), float(after.mean()), float(low), float(high))
    return Effect(int(kept.sum()), known[0], metrics)


def described(effect: Effect) -> dict[str, Any]:
    """An effect as JSON."""
    numbers = {
        metric: {"before": before, "after": after, "difference_ci": [low, high]}
        for metric, (before, after, low, high) in effect.metrics.items()
    }
    return {"questions": effect.questions, "method": effect.method, "metrics": numbers}


def _moved(asked: Asked, to: Ints, width: int) -> dict[str, Any]:
    """Questions in the tags of afterwards."""
    known = np.flatnonzero(to >= 0)
    move = sp.csr_matrix((np.ones(len(known), dtype=np.float32), (known, to[known])), shape=(len(to), width))
    parts = {"items": asked.items, "masked": asked.masked}
    return {
        name: {kind: sp.csr_matrix(links @ move).sign() if kind is Kind.TAG else links for kind, links in of.items()}
        for name, of in parts.items()
    }


def _unseen(raw: Corpus, train: Corpus) -> Corpus:
    """The training side in the tags as they came."""
    rows = raw.vocab(Kind.PLAYLIST).find(list(train.playlists["id"]))
    return raw.select(rows, train.name)


def _score(
    answer: list[int], hidden: np.ndarray, shown: np.ndarray, to: np.ndarray, blocked: np.ndarray, k: int
) -> tuple[float, float, float]:
    """nDCG, precision and recall at k of one answer, in the tags of afterwards; NaN where nothing is left to find."""
    right = {int(row) for row in to[hidden] if not blocked[row]} - {int(row) for row in to[shown]}
    if not right:
        return (float("nan"),) * 3
    gain, hits, seen = 0.0, 0, set()
    for place, row in enumerate(answer[:k]):
        if row in right and row not in seen:
            gain += 1 / np.log2(place + 2)
            hits += 1
        seen.add(row)
    ideal = sum(1 / np.log2(place + 2) for place in range(min(k, len(right))))
    return gain / ideal, hits / k, hits / len(right)
