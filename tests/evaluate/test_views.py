"""Histogram, heatmaps, segments, beyond accuracy: each by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tagviz.errors import BadParameter
from tagviz.evaluate import beyond, compare, heatmaps, metrics, ranks, segments, text, words
from tagviz.evaluate.report import EvalReport
from tagviz.types import Kind
from tests.evaluate.reports import random_report, report_of

T, S = Kind.TAG, Kind.SONG


@pytest.fixture(scope="module")
def drawn() -> EvalReport:
    return random_report()


def test_rank_histogram_by_hand() -> None:
    # places of the hidden items: 1, 3, not found, 2
    report = report_of({T: [["a", "b"], ["c", "d"]]}, {"m": {T: [["a", "x", "b"], ["x", "d", "y"]]}})
    shape = ranks.histogram(report, T, 3)
    assert shape.bars == ["1", "2", "3", "not found"]
    assert shape.shares["m"].tolist() == [1 / 4, 1 / 4, 1 / 4, 1 / 4]
    assert (shape.found["m"], shape.median["m"], shape.items) == (3 / 4, 2, 4)
    assert ranks.questions_in_bar(report, "m", T, 3, 0).tolist() == [0]
    assert ranks.questions_in_bar(report, "m", T, 3, 3).tolist() == [1]
    cut = ranks.histogram(report, T, 1)
    assert cut.shares["m"].tolist() == [1 / 4, 3 / 4]
    assert cut.median["m"] == math.inf


def test_histogram_bars_cover_every_place(drawn: EvalReport) -> None:
    for k in (1, 7, 20, 21, 30):
        shape = ranks.histogram(drawn, S, k)
        assert len(shape.starts) <= ranks.MOST_BARS
        assert (shape.starts[1:] == shape.ends[:-1] + 1).all()
        assert (shape.starts[0], shape.ends[-1]) == (1, k)
        assert shape.shares["m0"].sum() == pytest.approx(1)
        recalled = ((drawn.ranks["m0", S] > 0) & (drawn.ranks["m0", S] <= k)).mean()
        assert shape.found["m0"] == pytest.approx(recalled)
        assert 1 - shape.shares["m0"][-1] == pytest.approx(recalled)


def test_similarity_heatmap_by_hand() -> None:
    vectors = {"a": [1, 0], "b": [0, 1], "c": [0.6, 0.8]}
    report = report_of(
        {T: [["a", "b"], ["b"]]}, {"m": {T: [["c", "a"], ["a", "c"]]}}, vectors=vectors, counts={"a": 5, "b": 2}
    )
    shape = heatmaps.similarity(report, "m", 2)
    # first column: the most common hidden tag (a, b); second: only question 0 (b)
    assert shape.values == pytest.approx(np.array([[(0.6 + 0) / 2, 0.8], [(1 + 0.8) / 2, 0]]), abs=1e-3)
    # best of two per hidden tag: a 1, b .8, b .8
    assert shape.best == pytest.approx((1 + 0.8 + 0.8) / 3, abs=1e-3)
    one = heatmaps.similarity_of(report, "m", 0, 2)
    assert (one.rows, one.columns) == (("c", "a"), ("a", "b"))
    assert one.values == pytest.approx(np.array([[0.6, 0.8], [1, 0]]), abs=1e-3)
    assert heatmaps.questions_in_cell(report, "m", 0, 0).tolist() == [1, 0]
    with pytest.raises(BadParameter):
        heatmaps.similarity(report_of({T: [["a"]]}, {"m": {T: [["a"]]}}), "m")


def test_instead_heatmap_by_hand() -> None:
    report = report_of({T: [["a"], ["a"], ["b"]]}, {"m": {T: [["a", "x"], ["b", "x"], ["a", "b"]]}})
    shape = heatmaps.instead(report, "m", 2)
    at = {name: number for number, name in enumerate(shape.names)}
    # a is hidden twice: found once; once missed, with b and x instead (half each)
    assert shape.values[at["a"], at["a"]] == 1 / 2
    assert shape.values[at["a"], at["b"]] == 1 / 4
    assert shape.other[at["a"]] == pytest.approx(1 / 4)
    assert shape.values[at["b"]].tolist() == [1.0 if name == "b" else 0.0 for name in shape.names]
    a, b = (int(shape.tags[at[name]]) for name in "ab")
    assert heatmaps.questions_instead(report, "m", a, b, 2).tolist() == [1]
    assert heatmaps.questions_instead(report, "m", a, a, 2).tolist() == [0]


def test_instead_of_one_question_by_hand() -> None:
    counts = {"a": 9, "b": 5, "c": 2, "d": 1}
    report = report_of({T: [["a", "b", "c"], ["d"]]}, {"m": {T: [["x", "a", "y", "b"], ["d"]]}}, counts=counts)
    shape = heatmaps.instead_of(report, "m", 0, 3)
    assert (shape.rows, shape.columns, shape.found) == (("a", "b", "c"), ("x", "a", "y"), 1)
    # a is found; b is beyond the first three, c nowhere: x and y share the blame
    assert shape.values.tolist() == [[0, 1, 0], [0.5, 0, 0.5], [0.5, 0, 0.5]]
    said = "1 of the 3 hidden tags is in our first 3; instead of the others, first of all “x”"
    assert words.instead_of_title(shape) == said
    right = heatmaps.instead_of(report, "m", 1, 3)
    assert right.values.tolist() == [[1]]
    assert words.instead_of_title(right) == "1 of the 1 hidden tags is in our first 1"


def test_the_mean_over_questions_of_one_is_the_whole(drawn: EvalReport) -> None:
    whole = heatmaps.instead(drawn, "m0", 10)
    names = drawn.items[T].vocab.label_list(whole.tags)
    total = np.zeros_like(whole.values)
    for question in range(len(drawn)):
        one = heatmaps.instead_of(drawn, "m0", question, 10)
        for row, hidden in enumerate(one.rows):
            for column, given in enumerate(one.columns):
                if hidden in names and given in names:
                    total[names.index(hidden), names.index(given)] += one.values[row, column]
    assert total / whole.counts[:, None] == pytest.approx(whole.values, abs=1e-9)


def test_instead_rows_are_shares(drawn: EvalReport) -> None:
    shape = heatmaps.instead(drawn, "m0", 10)
    assert len(shape.tags) == heatmaps.TAGS
    assert shape.other.min() > -1e-9
    recall = [(drawn.ranks["m0", T][drawn.hidden[T].indices == tag] - 1) for tag in shape.tags]
    expected = [((place >= 0) & (place < 10)).mean() for place in recall]
    assert shape.values.diagonal() == pytest.approx(expected)


def test_rank_biased_overlap_by_hand() -> None:
    one, two = np.array([[0, 1, 2]], dtype=np.int32), np.array([[1, 0, 3]], dtype=np.int32)
    # common items of the first 1, 2, 3: 0, 2, 2
    p = 0.9
    expected = 2 / 3 * p**3 + (1 - p) / p * (0 / 1 * p + 2 / 2 * p**2 + 2 / 3 * p**3)
    assert beyond.rank_biased_overlap(one, two)[0] == pytest.approx(expected)
    assert beyond.rank_biased_overlap(one, one)[0] == pytest.approx(1)
    assert beyond.rank_biased_overlap(one, one + 10)[0] == 0
    # disagreement at the top costs more than at the end
    top, end = np.array([[9, 1, 2]], dtype=np.int32), np.array([[0, 1, 9]], dtype=np.int32)
    assert beyond.rank_biased_overlap(one, top)[0] < beyond.rank_biased_overlap(one, end)[0]


def test_beyond_accuracy_by_hand() -> None:
    report = report_of(
        {S: [["a"], ["b"]]},
        {"m": {S: [["b", "c"], ["c", "d"]]}},
        counts={"a": 4, "b": 2, "c": 1, "d": 8},
        genres={"a": ["rock"], "b": ["rock"], "c": ["jazz"], "d": ["rock"]},
        shown={S: [["a"], ["a"]]},
    )
    row = beyond.beyond(report, S, 2).iloc[0]
    assert row["coverage"] == 3 / 4
    # held by 2, 1, 1, 8 of 8 playlists
    assert row["novelty"] == pytest.approx((2 + 3 + 3 + 0) / 4)
    assert row["popularity"] == pytest.approx((2 + 1 + 1 + 8) / 4 / 8)
    assert row["popularity_lift"] == pytest.approx((12 / 4) / ((4 + 2) / 2) - 1)
    # rock and jazz have nothing in common
    assert row["diversity"] == 1.0
    # shown: all rock; recommended: half rock; mixed rock = .99 · .5 + .01
    assert row["calibration"] == pytest.approx(math.log(1 / (0.99 * 0.5 + 0.01)))
    used = beyond.usage(report, "m", S, 2).set_index("label")
    assert used.loc["a", ["hidden", "recommended", "found"]].tolist() == [1, 0, 0]
    assert used.loc["c", ["hidden", "recommended", "ratio"]].tolist() == [0, 2, 3]
    assert beyond.never_recommended(used.reset_index(), 1)["label"].tolist() == ["a"]
    assert beyond.too_often(used.reset_index(), 3, 2)["label"].tolist() == ["c"]


def test_diversity_of_tags_is_one_minus_their_mean_cosine(drawn: EvalReport) -> None:
    rows = drawn.rows["m0", T][:, :5]
    vectors = drawn.items[T].vectors.astype(float)
    expected = []
    for row in rows:
        units = vectors[row] / np.linalg.norm(vectors[row], axis=1, keepdims=True)
        pairs = [1 - units[i] @ units[j] for i in range(5) for j in range(5) if i != j]
        expected.append(np.mean(pairs))
    assert beyond.diversity(drawn, T, rows) == pytest.approx(np.array(expected))


def test_agreement_is_symmetric(drawn: EvalReport) -> None:
    table = beyond.agreement(drawn, T, 10)
    assert np.allclose(table, table.T)
    assert (np.diag(table) == 1).all()


@pytest.mark.parametrize("by", segments.SEGMENTS)
def test_segments_cover_the_questions(drawn: EvalReport, by: str) -> None:
    table = segments.segments(drawn, by, T, 10, resamples=50)
    part = table[table["model"] == "m1"]
    if by in segments.OF_QUESTIONS:
        total = np.average(part["ndcg"], weights=part["questions"])
        assert total == pytest.approx(np.nanmean(metrics.scores(drawn, "m1", T, 10)["ndcg"]))
        assert part["questions"].sum() == (drawn.truth_size(T) > 0).sum()
        assert (part["ndcg_low"] <= part["ndcg"]).all()
    rows = segments.questions_in_segment(drawn, by, part["segment"].iloc[0])
    assert len(rows) >= part["questions"].iloc[0]
    with pytest.raises(BadParameter):
        segments.segments(drawn, "x")


def test_recall_of_a_band_counts_only_its_items() -> None:
    # bands by alphabet: a head, b middle, c tail
    report = report_of({T: [["a", "b", "c"]]}, {"m": {T: [["a", "c"]]}})
    table = segments.segments(report, "popularity", T, 1, resamples=10).set_index("segment")
    assert table["recall"].to_dict() == {"head": 1.0, "middle": 0.0, "tail": 0.0}


def test_sentences() -> None:
    assert words.precision_sentence(0.32, 5) == "Of the 5 tags we suggest, 1.6 are right."
    assert words.precision_sentence(0.2, 5) == "Of the 5 tags we suggest, 1 is right."
    assert words.recall_sentence(0.424, 10, S) == "The first 10 hold 42 % of the hidden songs."
    assert words.share(0.0042) == "0.4 %"
    report = report_of({T: [["a"]] * 3}, {"m": {T: [["x", "a"], ["a", "x"], ["x", "a"]]}})
    assert words.histogram_title(ranks.histogram(report, T, 2), "m") == "Half of the right tags come in the first 2"
    table, pairs = metrics.summary(report, T, 2), compare.compare(report, k=2)
    assert words.table_sentence(table, pairs, 2) == "Of the 2 tags we suggest, 1 is right."


def test_a_lead_that_may_be_chance_is_not_called_one(drawn: EvalReport) -> None:
    sentence = words.table_sentence(metrics.summary(drawn), compare.compare(drawn), 10)
    assert "not enough to tell" in sentence


def test_terminal_table_and_histogram_line_up() -> None:
    report = report_of({T: [["a"]] * 2}, {"한국어 모델": {T: [["a"], ["x"]]}, "m": {T: [["x"], ["x"]]}})
    lines = text.table(metrics.summary(report, T, 1), 1).splitlines()
    assert len(lines) == 4
    assert "P@1" in lines[0]
    assert "0.500" in lines[2]
    assert lines[2].endswith("*")
    # Hangul takes two columns: 5 syllables and a blank
    assert text._width("한국어 모델") == 11
    bars = text.histogram(ranks.histogram(report, T, 1), "m").splitlines()
    assert bars[-1].startswith("not found ████")
    assert bars[-1].endswith("100 %")


def test_latex_and_csv_are_safe() -> None:
    report = report_of({T: [["a"]] * 2}, {"=a_b & 5%": {T: [["a"], ["x"]]}, "m": {T: [["x"], ["x"]]}})
    table = metrics.summary(report, T, 1)
    paper = text.latex(table, 1, "50% & more")
    assert r"=a\_b \& 5\% & \textbf{0.500}" in paper
    assert r"\caption{50\% \& more}" in paper
    assert text.csv(table).splitlines()[1].startswith("'=a_b & 5%,")
