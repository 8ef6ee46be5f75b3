"""Beyond accuracy to 1e-9 against independent computations: scikit-learn's pairwise distances, SciPy's relative
entropy, and the published formulas written out item by item. (ranx has none of these measures.)"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
import scipy.sparse as sp
from numpy.typing import NDArray
from scipy.special import rel_entr
from scipy.stats import entropy
from sklearn.metrics.pairwise import cosine_distances

from tagviz.evaluation import (
    beyond_accuracy,
)
from tagviz.evaluation.items import BANDS
from tagviz.evaluation.report import EvalReport, ranks_of
from tagviz.types import Kind
from tests.evaluation.reports import random_report, report_of

T, S = Kind.TAG, Kind.SONG


EXACT = 1e-9


K = 7


@pytest.fixture(scope="module")
def drawn() -> EvalReport:
    """Random answers, some cut short; songs with 0 to 3 of 5 genres; uneven counts; shown songs."""
    report = random_report(questions=80, seed=3)
    rng = np.random.default_rng(4)
    items, rows = dict(report.items), dict(report.rows)
    for kind in (T, S):
        size = len(items[kind].vocab)
        items[kind] = replace(items[kind], counts=rng.integers(0, 9, size).astype(np.int32))
        for label in report.labels:
            cut = rows[label, kind].copy()
            cut[::9, 3:] = -1
            cut[4, :] = -1
            rows[label, kind] = cut
    size = len(items[S].vocab)
    genres = np.array([rng.permutation([1.0] * count + [0.0] * (5 - count)) for count in rng.integers(0, 4, size)])
    items[S] = replace(items[S], genres=sp.csr_matrix(genres.astype(np.float32)))
    shown = sp.csr_matrix((rng.random((80, size)) < 0.05).astype(np.float32))
    ranks = {key: ranks_of(found, report.hidden[key[1]]) for key, found in rows.items()}
    return replace(report, items=items, rows=rows, ranks=ranks, shown={**report.shown, S: shown})


def lists(report: EvalReport, label: str, kind: Kind, k: int = K) -> list[list[int]]:
    return [[item for item in row if item >= 0] for row in report.rows[label, kind][:, :k].tolist()]


@pytest.mark.parametrize("kind", [T, S])
def test_coverage_novelty_and_popularity(drawn: EvalReport, kind: Kind) -> None:
    table = beyond_accuracy.beyond(drawn, kind, K).set_index("model")
    counts, tail = drawn.items[kind].counts.tolist(), BANDS.index("tail")
    wanted = [max(counts[item], 1) / drawn.playlists for item in drawn.hidden[kind].indices.tolist()]
    for label in drawn.labels:
        given = Counter(item for row in lists(drawn, label, kind) for item in row)
        total = sum(given.values())
        share = {item: max(counts[item], 1) / drawn.playlists for item in given}
        popularity = math.fsum(times * share[item] for item, times in given.items()) / total
        expected = {
            "coverage": len(given) / drawn.items[kind].catalogue,
            "novelty": math.fsum(-times * math.log2(share[item]) for item, times in given.items()) / total,
            "popularity": popularity,
            "popularity_lift": popularity / (math.fsum(wanted) / len(wanted)) - 1,
            "tail_share": sum(times for item, times in given.items() if drawn.items[kind].band[item] == tail) / total,
        }
        for name, value in expected.items():
            assert table.loc[label, name] == pytest.approx(value, abs=EXACT), name


@pytest.mark.parametrize("kind", [T, S])
def test_diversity_is_the_mean_of_sklearns_cosine_distances(drawn: EvalReport, kind: Kind) -> None:
    items = drawn.items[kind]
    features = items.vectors.astype(np.float64) if kind is T else np.asarray(items.genres.todense(), dtype=np.float64)
    values = []
    for row in lists(drawn, "m0", kind):
        known = [item for item in row if features[item].any()]
        if len(known) > 1:
            distances = cosine_distances(features[known])
            values.append(np.mean([distances[a, b] for a, b in combinations(range(len(known)), 2)]))
    found = beyond_accuracy.beyond(drawn, kind, K).set_index("model").loc["m0", "diversity"]
    assert 0 < len(values) < len(drawn)
    assert found == pytest.approx(np.mean(values), abs=EXACT)


def test_calibration_is_scipys_relative_entropy(drawn: EvalReport) -> None:
    genres = np.asarray(drawn.items[S].genres.todense(), dtype=np.float64)

    def spread(songs: list[int]) -> NDArray[np.float64]:
        weights = sum((genres[song] / genres[song].sum() for song in songs if genres[song].any()), np.zeros(5))
        return weights / weights.sum() if weights.sum() else weights

    values = []
    for question, row in enumerate(lists(drawn, "m1", S)):
        p, q = spread(drawn.shown[S][question].indices.tolist()), spread(row)
        if p.any():
            mixed = (1 - beyond_accuracy.SMOOTHING) * q + beyond_accuracy.SMOOTHING * p
            values.append(rel_entr(p, mixed).sum())
            if q.any():
                assert values[-1] == pytest.approx(entropy(p, mixed), abs=EXACT)
    found = beyond_accuracy.beyond(drawn, S, K).set_index("model").loc["m1", "calibration"]
    assert found == pytest.approx(np.mean(values), abs=EXACT)


def rbo(a: list[int], b: list[int], p: float) -> float:
    """Webber, Moffat & Zobel 2010, equation 32 (RBO_EXT of two lists evaluated to the same depth k), by sets."""
    k = len(a)
    overlap = [len(set(a[:depth]) & set(b[:depth])) for depth in range(1, k + 1)]
    series = math.fsum(common / depth * p**depth for depth, common in enumerate(overlap, 1))
    return overlap[-1] / k * p**k + (1 - p) / p * series


def test_agreement_is_the_published_rank_biased_overlap(drawn: EvalReport) -> None:
    # places without an answer agree with nothing
    blank = iter(range(-1, -10_000_000, -1))
    for kind in (T, S):
        table = beyond_accuracy.agreement(drawn, kind, K)
        whole = {
            label: [[item if item >= 0 else next(blank) for item in row] for row in drawn.rows[label, kind][:, :K]]
            for label in drawn.labels
        }
        for a, b in combinations(drawn.labels, 2):
            expected = np.mean(
                [rbo(x, y, beyond_accuracy.AGREEMENT_P) for x, y in zip(whole[a], whole[b], strict=True)]
            )
            assert table.loc[a, b] == pytest.approx(expected, abs=EXACT)


def test_rank_biased_overlap_extrapolates_the_infinite_sum() -> None:
    """Equation 32 is the infinite sum of equation 4 when the agreement at depth k goes on for ever."""
    rng = np.random.default_rng(0)
    a, b = (np.array([rng.permutation(30)[:10] for _ in range(20)], dtype=np.int32) for _ in range(2))
    p = beyond_accuracy.AGREEMENT_P
    for row, found in enumerate(beyond_accuracy.rank_biased_overlap(a, b)):
        agreements = [len(set(a[row, :d].tolist()) & set(b[row, :d].tolist())) / d for d in range(1, 11)]
        deep = agreements + [agreements[-1]] * 1000
        assert found == pytest.approx((1 - p) * math.fsum(x * p**d for d, x in enumerate(deep)), abs=EXACT)


def test_usage_counts_what_is_hidden_recommended_and_found(drawn: EvalReport) -> None:
    frame = beyond_accuracy.usage(drawn, "m2", T, K)
    given, hidden, found = Counter[int](), Counter[int](), Counter[int]()
    for question, row in enumerate(lists(drawn, "m2", T)):
        truth = drawn.hidden[T][question].indices.tolist()
        given.update(row)
        hidden.update(truth)
        found.update(set(row) & set(truth))
    at = drawn.items[T].vocab.label_list(np.arange(len(drawn.items[T].vocab)))
    for _, line in frame.iterrows():
        item = at.index(line["label"])
        assert (line["hidden"], line["recommended"], line["found"]) == (hidden[item], given[item], found[item])


def test_rank_biased_overlap_by_hand() -> None:
    one, two = np.array([[0, 1, 2]], dtype=np.int32), np.array([[1, 0, 3]], dtype=np.int32)
    # common items of the first 1, 2, 3: 0, 2, 2
    p = 0.9
    expected = 2 / 3 * p**3 + (1 - p) / p * (0 / 1 * p + 2 / 2 * p**2 + 2 / 3 * p**3)
    assert beyond_accuracy.rank_biased_overlap(one, two)[0] == pytest.approx(expected)
    assert beyond_accuracy.rank_biased_overlap(one, one)[0] == pytest.approx(1)
    assert beyond_accuracy.rank_biased_overlap(one, one + 10)[0] == 0
    # disagreement at the top costs more than at the end
    top, end = np.array([[9, 1, 2]], dtype=np.int32), np.array([[0, 1, 9]], dtype=np.int32)
    assert beyond_accuracy.rank_biased_overlap(one, top)[0] < beyond_accuracy.rank_biased_overlap(one, end)[0]


def test_beyond_accuracy_by_hand() -> None:
    report = report_of(
        {S: [["a"], ["b"]]},
        {"m": {S: [["b", "c"], ["c", "d"]]}},
        counts={"a": 4, "b": 2, "c": 1, "d": 8},
        genres={"a": ["rock"], "b": ["rock"], "c": ["jazz"], "d": ["rock"]},
        shown={S: [["a"], ["a"]]},
    )
    row = beyond_accuracy.beyond(report, S, 2).iloc[0]
    assert row["coverage"] == 3 / 4
    # held by 2, 1, 1, 8 of 8 playlists
    assert row["novelty"] == pytest.approx((2 + 3 + 3 + 0) / 4)
    assert row["popularity"] == pytest.approx((2 + 1 + 1 + 8) / 4 / 8)
    assert row["popularity_lift"] == pytest.approx((12 / 4) / ((4 + 2) / 2) - 1)
    # rock and jazz have nothing in common
    assert row["diversity"] == 1.0
    # shown: all rock; recommended: half rock; mixed rock = .99 · .5 + .01
    assert row["calibration"] == pytest.approx(math.log(1 / (0.99 * 0.5 + 0.01)))
    used = beyond_accuracy.usage(report, "m", S, 2).set_index("label")
    assert used.loc["a", ["hidden", "recommended", "found"]].tolist() == [1, 0, 0]
    assert used.loc["c", ["hidden", "recommended", "ratio"]].tolist() == [0, 2, 3]
    assert beyond_accuracy.never_recommended(used.reset_index(), 1)["label"].tolist() == ["a"]
    assert beyond_accuracy.too_often(used.reset_index(), 3, 2)["label"].tolist() == ["c"]


def test_diversity_of_tags_is_one_minus_their_mean_cosine() -> None:
    drawn = random_report()
    rows = drawn.rows["m0", T][:, :5]
    vectors = drawn.items[T].vectors.astype(float)
    expected = []
    for row in rows:
        units = vectors[row] / np.linalg.norm(vectors[row], axis=1, keepdims=True)
        pairs = [1 - units[i] @ units[j] for i in range(5) for j in range(5) if i != j]
        expected.append(np.mean(pairs))
    assert beyond_accuracy.diversity(drawn, T, rows) == pytest.approx(np.array(expected))


def test_agreement_is_symmetric() -> None:
    drawn = random_report()
    table = beyond_accuracy.agreement(drawn, T, 10)
    assert np.allclose(table, table.T)
    assert (np.diag(table) == 1).all()
