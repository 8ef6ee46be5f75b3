"""What verdicts say: agreement, precision, blind comparison, the queue, and answers that heed them."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tagviz.errors import BadParameter
from tagviz.feedback.agreement import agreement, cohen, fleiss, precision
from tagviz.feedback.asking_for import chances, worth
from tagviz.feedback.heeding import reliability
from tagviz.feedback.interleave import compared, team_draft
from tagviz.operations import answers, corpora, curation, feedback, models
from tagviz.settings import ASSETS
from tagviz.store.verdicts import Answer, Verdict, frame_of
from tagviz.store.workspace import Workspace
from tagviz.types import Kind, Query

QUERY = Query(tags=("t0", "t2"))


def one(
    reviewer: str, key: str, right: bool, model: str = "m", versus: str = "", query: Query = QUERY, at: float = 1.7e9
) -> Verdict:
    answer = Answer.RIGHT if right else Answer.WRONG
    return Verdict(reviewer, "checkerboard", "f", model, "f", query, Kind.TAG, key, 1, 0.5, answer, "", versus, at)


def test_kappas_by_hand() -> None:
    a, b = np.array([1, 1, 0, 0, 1.0]), np.array([1, 0, 0, 0, 1.0])
    # they agree on 4 of 5; by chance 0.6 · 0.4 + 0.4 · 0.6 = 0.48
    assert cohen(a, b) == pytest.approx((0.8 - 0.48) / (1 - 0.48))
    # three answers an item: 3, 0, 2 right; pairs that agree 1, 1, 1/3; right 5 of 9
    chance = (5 / 9) ** 2 + (4 / 9) ** 2
    assert fleiss(np.array([3, 0, 2.0]), np.array([3, 3, 3.0])) == pytest.approx((7 / 9 - chance) / (1 - chance))
    assert np.isnan(cohen(np.ones(3), np.ones(3)))


def test_agreement_looks_at_what_both_have_judged() -> None:
    told = [one("ann", f"tag:{n}", n < 3) for n in range(6)] + [one("bob", f"tag:{n}", n < 2) for n in range(4)]
    frame = frame_of([replace(verdict, id=at) for at, verdict in enumerate(told)])
    (row,) = agreement(frame).to_dict("records")
    assert (row["reviewers"], row["items"], row["agree"]) == ("ann & bob", 4, 0.75)


def test_precision_by_model_and_week_with_wilson_intervals() -> None:
    told = [one("ann", f"tag:{n}", n < 8, at=1_700_000_000 + (n > 4) * 7 * 86_400) for n in range(10)]
    frame = frame_of(told)
    (row,) = precision(frame, ["model"]).to_dict("records")
    assert (row["verdicts"], row["right"], row["precision"]) == (10, 8, 0.8)
    assert (round(row["low"], 3), round(row["high"], 3)) == (0.490, 0.943), "Wilson's interval of 8 of 10"
    assert len(precision(frame, ["model", "week"])) == 2
    assert precision(frame[:0], ["model", "week"]).empty
    assert agreement(frame[:0]).empty


def test_a_team_draft_takes_turns_and_nobody_twice() -> None:
    first, second = [f"a{n}" for n in range(6)], ["a0", *(f"b{n}" for n in range(5))]
    for seed in range(20):
        drawn = team_draft(first, second, 8, seed)
        keys = [pick.key for pick in drawn]
        assert len(keys) == len(set(keys)) == 8
        assert sum(pick.side for pick in drawn) == 4, "in each round both pick once"
        assert [key for key in keys if key in first] == sorted(key for key in keys if key in first)
    begins = {team_draft(["x"], ["y"], 2, seed)[0].key for seed in range(20)}
    assert begins == {"x", "y"}, "chance says who begins"
    assert team_draft(["x"], ["x"], 5)[0].key == "x"


def test_the_better_of_two_interleaved_models_wins() -> None:
    told = []
    for number in range(40):
        query = Query(tags=(f"q{number}",))
        told += [
            one("ann", f"tag:a{number}", number % 4 > 0, "good", "bad", query),
            one("ann", f"tag:b{number}", number % 4 == 0, "bad", "good", query),
        ]
    (found,) = compared(frame_of(told))
    assert (found.first, found.second, found.questions, found.verdicts) == ("bad", "good", 40, 80)
    assert found.wins == (10, 30, 0)
    assert found.preference == 0.25
    assert found.low < 0.25 < found.high < 0.5
    assert found.p == pytest.approx(0.002221, rel=1e-3), "two-sided sign test of 10 against 30"


def test_a_verdict_is_most_worth_where_right_and_wrong_are_as_likely() -> None:
    nobody = np.zeros(0, dtype=int)
    before = chances(np.arange(1, 11), nobody, nobody.astype(bool))
    assert (np.diff(before) < 0).all()
    told = chances(np.arange(1, 11), np.ones(200, dtype=int), np.ones(200, dtype=bool))
    assert told[0] > 0.9, "200 of 200 first items were right"
    assert worth(told)[0] < worth(told)[1]
    assert worth(np.array([0.5, 0.5]), np.array([True, False])).argmax() == 1, "where models disagree"


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
    corpus = corpora.open_corpus(ws, "checkerboard")
    model = models.open_model(ws, corpus, "neighbours")
    before = answers.recommend(corpus, model, QUERY, Kind.TAG)
    assert feedback.heeding(ws, corpus, model) is model, "without verdicts it is the model itself"
    last, first = before.keys[4], before.keys[0]
    feedback.give(ws, feedback.verdict(corpus, model, QUERY, before, 4, "ann", Answer.RIGHT))
    feedback.give(ws, feedback.verdict(corpus, model, QUERY, before, 0, "ann", Answer.WRONG))
    heeding = feedback.heeding(ws, corpus, model)
    after = answers.recommend(corpus, heeding, QUERY, Kind.TAG)
    assert after.keys[0] == last
    assert first in after.keys[2:]
    far = Query(tags=("t1", "t3"))
    assert (
        answers.recommend(corpus, heeding, far, Kind.TAG).keys == answers.recommend(corpus, model, far, Kind.TAG).keys
    )
    near = Query(tags=("t0", "t2", "t4"))
    assert answers.recommend(corpus, heeding, near, Kind.TAG).keys[0] in (last, before.keys[1], before.keys[2])
    for place in (0, 4):
        feedback.give(ws, feedback.verdict(corpus, model, QUERY, before, place, "ann", Answer.NONE))
    assert answers.recommend(corpus, feedback.heeding(ws, corpus, model), QUERY, Kind.TAG).keys == before.keys


def test_this_instead_puts_the_other_first_and_a_gone_item_does_not_matter(ws: Workspace) -> None:
    corpus = corpora.open_corpus(ws, "checkerboard")
    model = models.open_model(ws, corpus, "neighbours")
    before = answers.recommend(corpus, model, QUERY, Kind.TAG)
    feedback.give(ws, feedback.verdict(corpus, model, QUERY, before, 0, "ann", Answer.INSTEAD, "tag:t9"))
    feedback.give(
        ws,
        replace(feedback.verdict(corpus, model, QUERY, before, 1, "ann", Answer.RIGHT), key="tag:gone", model="gone"),
    )
    after = answers.recommend(corpus, feedback.heeding(ws, corpus, model), QUERY, Kind.TAG)
    odd = [key for key in after.keys if not split_even(key)]
    assert odd[0] == "tag:t9", "first of the other world, of which the question holds nothing"
    assert after.keys[0] != before.keys[0]


def test_verdicts_follow_merged_tags(ws: Workspace) -> None:
    corpus = corpora.open_corpus(ws, "checkerboard")
    model = models.open_model(ws, corpus, "neighbours")
    before = answers.recommend(corpus, model, QUERY, Kind.TAG)
    feedback.give(ws, feedback.verdict(corpus, model, QUERY, before, 3, "ann", Answer.RIGHT))
    curation.add(ws, "checkerboard", "merge", [before.labels[3]], "t1", "ann")
    corpus = corpora.open_corpus(ws, "checkerboard")
    heeding = feedback.heeding(ws, corpus, models.open_model(ws, corpus, "neighbours"))
    assert answers.recommend(corpus, heeding, QUERY, Kind.TAG).keys[0] == "tag:t1"


def test_the_queue_asks_what_was_not_judged_and_the_same_of_all(ws: Workspace) -> None:
    corpus = corpora.open_corpus(ws, "checkerboard")
    model, other = models.open_model(ws, corpus, "neighbours"), models.open_model(ws, corpus, "popularity")
    asked = feedback.tasks(ws, corpus, model, Kind.TAG, "ann")
    assert [task.verdict.key for task in asked] == [
        task.verdict.key for task in feedback.tasks(ws, corpus, model, Kind.TAG, "bob")
    ]
    assert len(asked) == 4 * feedback.EACH
    feedback.give(ws, *(replace(task.verdict, answer=Answer.RIGHT) for task in asked))
    again = feedback.tasks(ws, corpus, model, Kind.TAG, "ann")
    assert not {(task.verdict.query, task.verdict.key) for task in again} & {
        (task.verdict.query, task.verdict.key) for task in asked
    }
    disagree = feedback.tasks(ws, corpus, model, Kind.TAG, "bob", feedback.WAYS[1], other)
    assert all("does not suggest" in task.why for task in disagree)
    with pytest.raises(BadParameter):
        feedback.tasks(ws, corpus, model, Kind.TAG, "bob", feedback.WAYS[1])
    begun = time.process_time()
    feedback.tasks(ws, corpus, model, Kind.TAG, "ann")
    assert time.process_time() - begun < 0.1, "the next item within 100 ms"


def test_two_models_interleaved_blind_give_each_its_verdicts(ws: Workspace) -> None:
    corpus = corpora.open_corpus(ws, "checkerboard")
    first, second = models.open_model(ws, corpus, "neighbours"), models.open_model(ws, corpus, "popularity")
    drawn = feedback.interleaved(corpus, first, second, QUERY, Kind.TAG, 8)
    assert {verdict.model for _, verdict in drawn} == {first.ref, second.ref}
    assert all(verdict.versus != verdict.model for _, verdict in drawn)
    given = [
        replace(verdict, reviewer="ann", answer=Answer.RIGHT if split_even(verdict.key) else Answer.WRONG)
        for _, verdict in drawn
    ]
    feedback.give(ws, *given)
    (outcome,) = feedback.summary(ws, "checkerboard").blind
    assert outcome.verdicts == 8


def split_even(key: str) -> bool:
    return int(key.removeprefix("tag:t")) % 2 == 0


def test_summary_export_and_forgetting(ws: Workspace, tmp_path: Path) -> None:
    feedback.give(ws, one("ann", "tag:t1", True), one("bob", "tag:t1", False))
    told = feedback.summary(ws, "checkerboard")
    assert told.verdicts == 2
    assert told.by_model["precision"].tolist() == [0.5]
    for name in ("v.csv", "v.parquet"):
        assert feedback.export(ws, tmp_path / name) == 2
    assert list(pd.read_parquet(tmp_path / "v.parquet")["reviewer"]) == ["ann", "bob"]
    with pytest.raises(BadParameter):
        feedback.export(ws, tmp_path / "v.txt")
    assert feedback.forget(ws, "ann") == 1
    assert feedback.summary(ws, "checkerboard").verdicts == 1
    assert feedback.summary(ws, "nothing").verdicts == 0


@pytest.mark.parametrize("method", ["best", "spectral", "popularity"])
def test_what_was_found_right_moves_up_whatever_the_method(tmp_path: Path, method: str) -> None:
    demo = Workspace(tmp_path, ASSETS / "demo")
    corpus = corpora.open_corpus(demo, "demo")
    model = models.open_model(demo, corpus, method)
    query = Query(title="late night jazz", tags=("bar",))
    for kind, at in ((Kind.TAG, 0), (Kind.TAG, 9), (Kind.SONG, 4)):
        before = answers.recommend(corpus, model, query, kind)
        feedback.give(demo, feedback.verdict(corpus, model, query, before, at, "ann", Answer.RIGHT))
        after = answers.recommend(corpus, feedback.heeding(demo, corpus, model), query, kind)
        assert before.keys[at] in after.keys[: at + 1]
        feedback.forget(demo, "ann")
