"""Use feedback: in the next answer, and in the next training."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from tagviz.feedback import training_examples as training_examples
from tagviz.feedback.adjustment import FeedbackAdjusted, FeedbackMatrix, reliability
from tagviz.operations.context import Context
from tagviz.operations.feedback.record import current_feedback
from tagviz.operations.models import Model
from tagviz.query import parser
from tagviz.store.feedback import Answer, Verdict, query_document
from tagviz.training import FeedbackExamples
from tagviz.types import Corpus, Kind, Query, QueryBatch, split_key


def adjusted_model(context: Context, corpus: Corpus, model: Model) -> Model:
    """The model with a layer that heeds what reviewers say of this corpus (see `feedback/adjustment.py`).

    Without verdicts the model itself. Nothing is trained, and nothing of the model changes.
    """
    verdicts = current_feedback(context, corpus.name)
    return (
        replace(model, recommender=FeedbackAdjusted(model.recommender, corpus, feedback_matrix(corpus, verdicts)))
        if verdicts
        else model
    )


def collect_examples(context: Context, corpus: Corpus) -> FeedbackExamples | None:
    """What the next training may learn from the verdicts on a corpus (see `feedback/training_examples.py`).

    None for nothing.
    """
    return training_examples.examples_from(corpus, feedback_matrix(corpus, current_feedback(context, corpus.name)))


def feedback_matrix(corpus: Corpus, verdicts: Sequence[Verdict]) -> dict[Kind, FeedbackMatrix]:
    """Verdicts as votes, by kind.

    "This instead" is a vote against the item and one for the other; what the corpus no longer has does not count.
    """
    numbers: dict[str, int] = {}
    queries: list[Query] = []
    for one in verdicts:
        if numbers.setdefault(query_document(one.query), len(queries)) == len(queries):
            queries.append(one.query)
    batch = query_batch(corpus, queries)
    trust = weights(verdicts)
    rows: dict[Kind, list[tuple[int, int, float, float]]] = {}
    for one in verdicts:
        signed_keys = [
            (one.key, 1.0 if one.answer is Answer.RIGHT else -1.0),
            *([(one.instead, 1.0)] if one.instead else []),
        ]
        for key, sign in signed_keys:
            kind, ident = split_key(key)
            row = corpus.vocab(kind).row(ident, missing="skip")
            if row >= 0:
                rows.setdefault(kind, []).append((numbers[query_document(one.query)], row, sign, trust[one.reviewer]))
    matrices = {}
    for kind, of_kind in rows.items():
        question, item, sign_, weight = (np.array(column) for column in zip(*of_kind, strict=True))
        signs, shares = sign_.astype(np.float32), weight.astype(np.float32)
        matrices[kind] = FeedbackMatrix(batch, question.astype(np.int32), item.astype(np.int32), signs, shares)
    return matrices


def weights(verdicts: Sequence[Verdict]) -> dict[str, float]:
    """How much each reviewer counts (see `feedback.heeding.reliability`)."""
    weight_of = {}
    for name in {one.reviewer for one in verdicts}:
        own = [one for one in verdicts if one.reviewer == name]
        ranks = np.array([one.rank for one in own])
        weight_of[name] = reliability(ranks, np.array([one.answer is Answer.RIGHT for one in own]))
    return weight_of


def query_batch(corpus: Corpus, queries: Sequence[Query]) -> QueryBatch:
    plain = [[_strip_kind(term, Kind.TAG) for term in query.tags] for query in queries]
    songs = [[_strip_kind(term, Kind.SONG) for term in query.songs] for query in queries]
    return parser.batch_from_lists(corpus, [query.title for query in queries], plain, songs, read="meaning")


def _strip_kind(term: str, kind: Kind) -> str:
    return term.removeprefix(f"{kind}:")
