"""Agreement of reviewers and the share of right answers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tagviz.feedback.agreement import agreement, cohen, fleiss, precision
from tagviz.store.feedback import Answer, Verdict, frame_of
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
