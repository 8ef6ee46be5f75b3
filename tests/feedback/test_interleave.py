"""Blind comparison of two models."""

from __future__ import annotations

import pytest

from tagviz.feedback.interleave import compare_interleaved, team_draft
from tagviz.store.feedback import Answer, Verdict, frame_of
from tagviz.types import Kind, Query

QUERY = Query(tags=("t0", "t2"))


def one(
    reviewer: str, key: str, right: bool, model: str = "m", versus: str = "", query: Query = QUERY, at: float = 1.7e9
) -> Verdict:
    answer = Answer.RIGHT if right else Answer.WRONG
    return Verdict(reviewer, "checkerboard", "f", model, "f", query, Kind.TAG, key, 1, 0.5, answer, "", versus, at)


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
    (found,) = compare_interleaved(frame_of(told))
    assert (found.first, found.second, found.questions, found.verdicts) == ("bad", "good", 40, 80)
    assert found.wins == (10, 30, 0)
    assert found.preference == 0.25
    assert found.low < 0.25 < found.high < 0.5
    assert found.p == pytest.approx(0.002221, rel=1e-3), "two-sided sign test of 10 against 30"
