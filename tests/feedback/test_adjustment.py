"""Reviewers' weights."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tagviz.feedback.adjustment import reliability
from tagviz.operations import corpora, feedback, models, recommend
from tagviz.operations.context import Context
from tagviz.store.feedback import Answer
from tagviz.store.workspace import Workspace
from tagviz.types import Kind, Query

QUERY = Query(tags=("t0", "t2"))


def test_a_reviewer_who_guesses_counts_less_the_surer_that_is() -> None:
    chance = np.random.default_rng(1)
    ranks = np.tile(np.arange(1, 21), 50)
    listens = chance.random(1000) < 0.6 / np.sqrt(ranks)
    guesses = chance.random(1000) < 0.5
    assert reliability(ranks, listens) > 0.9
    assert reliability(ranks, guesses) < 0.15
    assert reliability(ranks[:10], guesses[:10]) > 0.2, "of ten verdicts nothing is sure"
    assert reliability(np.ones(500, dtype=int), guesses[:500]) == pytest.approx(0.5), "nor where all ranks are the same"


def test_the_next_answer_heeds_verdicts_and_forgets_them_when_they_are_taken_back(ws: Workspace) -> None:
    corpus = corpora.open_corpus(Context(ws), "checkerboard")
    model = models.open_model(Context(ws), corpus, "neighbours")
    before = recommend.recommend(corpus, model, QUERY, Kind.TAG)
    assert feedback.adjusted_model(Context(ws), corpus, model) is model, "without verdicts it is the model itself"
    last, first = before.keys[4], before.keys[0]
    feedback.record_feedback(
        Context(ws),
        feedback.verdict(feedback.feedback_context(corpus, model, QUERY, before.kind), before, 4, "ann", Answer.RIGHT),
    )
    feedback.record_feedback(
        Context(ws),
        feedback.verdict(feedback.feedback_context(corpus, model, QUERY, before.kind), before, 0, "ann", Answer.WRONG),
    )
    heeding = feedback.adjusted_model(Context(ws), corpus, model)
    after = recommend.recommend(corpus, heeding, QUERY, Kind.TAG)
    assert after.keys[0] == last
    assert first in after.keys[2:]
    far = Query(tags=("t1", "t3"))
    assert (
        recommend.recommend(corpus, heeding, far, Kind.TAG).keys
        == recommend.recommend(corpus, model, far, Kind.TAG).keys
    )
    near = Query(tags=("t0", "t2", "t4"))
    assert recommend.recommend(corpus, heeding, near, Kind.TAG).keys[0] in (last, before.keys[1], before.keys[2])
    for place in (0, 4):
        feedback.record_feedback(
            Context(ws),
            feedback.verdict(
                feedback.feedback_context(corpus, model, QUERY, before.kind), before, place, "ann", Answer.NONE
            ),
        )
    assert (
        recommend.recommend(corpus, feedback.adjusted_model(Context(ws), corpus, model), QUERY, Kind.TAG).keys
        == before.keys
    )


def test_this_instead_puts_the_other_first_and_a_gone_item_does_not_matter(ws: Workspace) -> None:
    corpus = corpora.open_corpus(Context(ws), "checkerboard")
    model = models.open_model(Context(ws), corpus, "neighbours")
    before = recommend.recommend(corpus, model, QUERY, Kind.TAG)
    feedback.record_feedback(
        Context(ws),
        feedback.verdict(
            feedback.feedback_context(corpus, model, QUERY, before.kind), before, 0, "ann", Answer.INSTEAD, "tag:t9"
        ),
    )
    feedback.record_feedback(
        Context(ws),
        replace(
            feedback.verdict(
                feedback.feedback_context(corpus, model, QUERY, before.kind), before, 1, "ann", Answer.RIGHT
            ),
            key="tag:gone",
            model="gone",
        ),
    )
    after = recommend.recommend(corpus, feedback.adjusted_model(Context(ws), corpus, model), QUERY, Kind.TAG)
    odd = [key for key in after.keys if not split_even(key)]
    assert odd[0] == "tag:t9", "first of the other world, of which the question holds nothing"
    assert after.keys[0] != before.keys[0]


def split_even(key: str) -> bool:
    return int(key.removeprefix("tag:t")) % 2 == 0
