"""Which verdicts are the most informative."""

from __future__ import annotations

import numpy as np

from tagviz.feedback.active_learning import probability_right, question_value


def test_a_verdict_is_most_worth_where_right_and_wrong_are_as_likely() -> None:
    nobody = np.zeros(0, dtype=int)
    before = probability_right(np.arange(1, 11), nobody, nobody.astype(bool))
    assert (np.diff(before) < 0).all()
    told = probability_right(np.arange(1, 11), np.ones(200, dtype=int), np.ones(200, dtype=bool))
    assert told[0] > 0.9, "200 of 200 first items were right"
    assert question_value(told)[0] < question_value(told)[1]
    assert question_value(np.array([0.5, 0.5]), np.array([True, False])).argmax() == 1, "where models disagree"
