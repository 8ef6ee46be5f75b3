"""Drift: known values with the arithmetic shown, and scipy as an independent check."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from scipy.spatial.distance import jensenshannon

from tagviz.monitoring import drift
from tagviz.types import Embedding, Kind, Vocab
from tests.corpora import make_corpus


def counts(before: list[int], after: list[int]) -> pd.DataFrame:
    return pd.DataFrame({"before": before, "after": after})


def test_the_stability_index_is_the_sum_over_cells() -> None:
    # with half a count in each: p = (10, 30) / 40, q = (20, 20) / 40
    # (0.5 − 0.25) ln(0.5 / 0.25) + (0.5 − 0.75) ln(0.5 / 0.75) = 0.25 ln 2 + 0.25 ln 1.5
    found = drift.stability(pd.DataFrame({"before": [9.5, 29.5], "after": [19.5, 19.5]}))
    assert found == pytest.approx(0.25 * math.log(3))
    assert drift.stability(counts([5, 7, 0], [5, 7, 0])) == 0
    assert math.isfinite(drift.stability(counts([5, 0], [0, 5])))
    assert drift.stability(counts([], [])) == 0


def test_jensen_shannon_is_what_scipy_says() -> None:
    rng = np.random.default_rng(1)
    for _ in range(20):
        p, q = rng.integers(0, 9, 30), rng.integers(0, 9, 30)
        assert drift.jensen_shannon(p, q) == pytest.approx(jensenshannon(p, q, base=2))
    assert drift.jensen_shannon([1, 0], [0, 3]) == pytest.approx(1)
    assert drift.jensen_shannon([1, 2], [2, 4]) == 0
    assert math.isnan(drift.jensen_shannon([0, 0], [1, 1]))


def test_cells_end_at_quantiles_of_the_older_side_and_hold_all() -> None:
    found = drift.binned([1, 2, 3, 4], [4, 9, 9], cells=2)
    # the median of 1 2 3 4 is 2.5: (…, 2.5] and (2.5, …)
    assert found["before"].tolist() == [2, 2]
    assert found["after"].tolist() == [0, 3]
    assert list(found.index) == ["up to 2.5", "more than 2.5"]


def test_tags_are_new_gone_rising_falling_or_steady() -> None:
    older = make_corpus([{"tags": ["steady", "falls"] + (["gone"] if n < 5 else [])} for n in range(100)])
    newer = make_corpus([{"tags": ["steady"] + (["falls"] if n < 20 else ["new"])} for n in range(100)])
    found = drift.vocabulary(older, newer).set_index("tag")
    assert found["state"].to_dict() == {"steady": "steady", "falls": "falling", "gone": "gone", "new": "new"}
    # 100 of 100 and 20 of 100: pooled 0.6, spread √(0.6 · 0.4 · 2 / 100) = 0.0693, z = −0.8 / 0.0693
    assert found.loc["falls", "z"] == pytest.approx(-0.8 / math.sqrt(0.6 * 0.4 * 0.02))
    assert drift.vocabulary(older, older)["state"].eq("steady").all()
    assert drift.vocabulary(make_corpus([]), make_corpus([])).empty


def space(vectors: list[list[float]], tags: list[str]) -> Embedding:
    raw = np.array(vectors, dtype=np.float32)
    norms = np.linalg.norm(raw, axis=1)
    return Embedding({Kind.TAG: Vocab.of(Kind.TAG, tags)}, raw / norms[:, None], norms, None, "made")


def test_overlap_counts_the_nearest_that_stayed() -> None:
    at = {"a": [1, 0], "b": [1, 0.1], "c": [0, 1], "d": [0.1, 1]}
    older = space(list(at.values()), list(at))
    assert drift.overlap(older, older, list(at), 1)["overlap"].tolist() == [1, 1, 1, 1]
    swapped = space([[1, 0], [0, 1], [1, 0.1], [0.1, 1]], ["a", "b", "c", "d"])  # b and c changed places
    assert drift.overlap(older, swapped, list(at), 1)["overlap"].tolist() == [0, 0, 0, 0]
    assert drift.overlap(older, space([[1, 0]], ["a"]), ["a"], 5).empty
