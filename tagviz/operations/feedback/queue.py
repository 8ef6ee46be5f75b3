"""The review queue: which answers to ask reviewers about next."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tagviz.errors import InvalidParameterError
from tagviz.feedback import training_examples as training_examples
from tagviz.feedback.active_learning import probability_right, question_value
from tagviz.operations.context import Context
from tagviz.operations.feedback.adjust import query_batch
from tagviz.operations.feedback.record import current_feedback, feedback_context
from tagviz.operations.models import Model
from tagviz.ranking import rank
from tagviz.store.feedback import Answer, Verdict, query_document
from tagviz.types import Corpus, Kind, Query

DEPTH = 10
"""Items of an answer that are asked about."""


EACH = 3
"""Items of one question that are asked about in a row."""


SHOWN = 5
"""Tags, and songs, that a question of the queue shows."""


WAYS = ("where it matters", "models disagree", "new tags")
"""By what the queue chooses."""


@dataclass(frozen=True)
class Task:
    """One verdict that is asked for: does this item belong there? why: what makes it worth asking."""

    verdict: Verdict
    label: str
    why: str
    worth: float


@dataclass(frozen=True, eq=False)
class QueueRequest:
    """Who is asked about what.

    Attributes:
        kind: Kind of the items.
        reviewer: Who is asked.
        way: By what items are ordered, one of WAYS.
        other: A second model, for the order "models disagree".
        start: Number of the first question.
        count: How many questions.
    """

    kind: Kind
    reviewer: str
    way: str = WAYS[0]
    other: Model | None = None
    start: int = 0
    count: int = 4


def tasks(
    context: Context,
    corpus: Corpus,
    model: Model,
    request: QueueRequest,
) -> list[Task]:
    """Choose what to ask a reviewer next.

    Of each question, up to EACH items that the reviewer has not judged are asked about, the most informative first.
    All reviewers are shown the same questions in the same order, so that they can be compared. Questions are playlists
    of the corpus, of which a part is shown.

    Args:
        context: The workspace, and who acts.
        corpus: The corpus whose playlists are asked about.
        model: The model whose answers are judged.
        request: Who is asked about what.

    Returns:
        The tasks, in the order in which they are shown.

    Raises:
        InvalidParameterError: The order does not exist, or "models disagree" is asked for without another model.
    """
    kind, reviewer, way, other = request.kind, request.reviewer, request.way, request.other
    if way not in WAYS:
        raise InvalidParameterError(
            f"The queue cannot go by {way!r}", f"ways: {', '.join(WAYS)}", "choose one of these"
        )
    if way == WAYS[1] and other is None:
        raise InvalidParameterError("Another model is needed", "two models can disagree", "choose a second model")
    judged = current_feedback(context, corpus.name)
    own = {(query_document(one.query), one.key) for one in judged if one.reviewer == reviewer}
    ranks = np.array([one.rank for one in judged if one.kind is kind], dtype=np.int64)
    right = np.array([one.answer is Answer.RIGHT for one in judged if one.kind is kind], dtype=bool)
    queries = questions(corpus, request.start, request.count)
    batch = query_batch(corpus, queries)
    ranked = rank(model.recommender, batch, kind, corpus, DEPTH)
    beside = rank(other.recommender, batch, kind, corpus, DEPTH).rows if other is not None else None
    chance = probability_right(np.arange(1, DEPTH + 1), np.minimum(ranks, DEPTH), right)
    counts = corpus.counts(kind)
    rarity = 1.0 - np.argsort(np.argsort(counts)) / max(1, len(counts) - 1)
    vocab = corpus.vocab(kind)
    chosen: list[Task] = []
    for number, query in enumerate(queries):
        rows = ranked.rows[number][ranked.rows[number] >= 0]
        alone = np.zeros(len(rows), dtype=bool) if beside is None else ~np.isin(rows, beside[number])
        value = question_value(
            chance[: len(rows)], ~alone if way == WAYS[1] else None, rarity[rows] if way == WAYS[2] else None
        )
        if way == WAYS[1]:
            value = np.where(alone, value, -1.0)
        open_ = [
            at
            for at in np.argsort(-value, kind="stable")
            if (query_document(query), vocab.key(int(rows[at]))) not in own
        ]
        for at in open_[:EACH]:
            if value[at] >= 0:
                key, score = vocab.key(int(rows[at])), float(ranked.scores[number, at])
                one = feedback_context(corpus, model, query, kind).verdict(key, int(at) + 1, score, reviewer)
                chosen.append(
                    Task(
                        one,
                        vocab.label(int(rows[at])),
                        _why(way, float(chance[at]), bool(alone[at]), int(counts[rows[at]])),
                        float(value[at]),
                    )
                )
    return chosen


def questions(corpus: Corpus, start: int, count: int, seed: int = 42) -> list[Query]:
    """Parts of playlists to ask about: title, half of the tags and a few songs, drawn by chance, the same for all."""
    chance = np.random.default_rng(seed)
    order = chance.permutation(len(corpus))
    tags, songs = corpus.matrix(Kind.TAG), corpus.matrix(Kind.SONG)
    queries: list[Query] = []
    full = (np.diff(tags.indptr) >= 2) | (np.diff(songs.indptr) >= 2)
    for row in order[full[order]][start : start + count]:
        drawn = np.random.default_rng([seed, int(row)])
        held = [drawn.permutation(matrix[[row]].indices) for matrix in (tags, songs)]
        shown = [part[: min(SHOWN, max(1, len(part) // 2))] for part in held]
        ids = [
            tuple(map(str, corpus.vocab(kind).ids[part]))
            for kind, part in zip((Kind.TAG, Kind.SONG), shown, strict=True)
        ]
        queries.append(Query(str(corpus.playlists["title"].iloc[row]), ids[0], ids[1]))
    return queries


def _why(way: str, chance: float, alone: bool, count: int) -> str:
    expectation = f"about {chance:.0%} at this place are right"
    if way == WAYS[1] and alone:
        return f"the other model does not suggest it; {expectation}"
    return f"only {count:,} playlists have it; {expectation}" if way == WAYS[2] else expectation
