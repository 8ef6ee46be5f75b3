"""Reports: building them from recommenders, and keeping them."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from tagviz.errors import BadParameter, StoreError, UnknownTerm
from tagviz.evaluate import lookup, metrics, saved
from tagviz.evaluate.report import EvalReport, ModelInfo, build, ranks_of
from tagviz.evaluate.split import split
from tagviz.types import Corpus, Kind, Progress
from tests.evaluate.reports import Cooccurring, Popular, binary, random_report

T, S = Kind.TAG, Kind.SONG


@pytest.fixture(scope="module")
def judged(board: Corpus) -> EvalReport:
    made = split(board, "arena", share=0.5, seed=1)
    return build({"right": Cooccurring(made.train), "popular": Popular(made.train)}, made, n_tags=12, n_songs=12)


def test_the_checkerboards_worlds_are_told_apart(judged: EvalReport) -> None:
    table = metrics.summary(judged, T, 4).set_index("model")
    assert table.loc["right", "recall"] > table.loc["popular", "recall"]
    world = np.array([int(ident[1:]) % 2 for ident in judged.items[T].vocab.ids])
    told = (judged.questions["case"] != "title").to_numpy()
    hidden = [world[judged.hidden[T][row].indices[0]] for row in range(len(judged))]
    first = world[judged.rows["right", T][:, 0]]
    assert (first == hidden)[told].all()


def test_what_is_shown_is_never_recommended(judged: EvalReport) -> None:
    for (label, kind), rows in judged.rows.items():
        for row, answer in enumerate(rows):
            assert not set(answer[answer >= 0]) & set(judged.shown[kind][row].indices), label


def test_ranks_are_where_the_hidden_items_stand() -> None:
    truth = binary([["a", "c"], [], ["b"]], {"a": 0, "b": 1, "c": 2})
    rows = np.array([[2, 1, -1], [0, 1, 2], [0, 2, -1]], dtype=np.int32)
    # question 0: a is not there, c is first; question 2: b is not there
    assert ranks_of(rows, truth).tolist() == [0, 1, 0]


def test_a_question_about_nothing_known_is_marked(judged: EvalReport) -> None:
    titles = (judged.questions["case"] == "title").to_numpy()
    assert (judged.fallback["popular", T] == 0).all() or judged.fallback["popular", T].dtype == bool
    assert judged.fallback["right", T][titles].dtype == bool


def test_a_report_survives_being_kept(judged: EvalReport, tmp_path: Path) -> None:
    arrays, document = saved.state(judged)
    np.savez(tmp_path / "r.npz", **arrays)  # type: ignore[arg-type]
    with np.load(tmp_path / "r.npz", allow_pickle=False) as kept:
        again = saved.restore({name: kept[name] for name in kept.files}, json.loads(json.dumps(document)))
    assert again.models == judged.models
    assert again.questions.equals(judged.questions[again.questions.columns])
    assert metrics.summary(again).equals(metrics.summary(judged))
    for key, rows in judged.rows.items():
        assert np.array_equal(again.rows[key], rows)
        assert np.array_equal(again.fallback[key], judged.fallback[key])
    for kind in (T, S):
        assert again.items[kind].vocab.ids.equals(judged.items[kind].vocab.ids)
        assert np.array_equal(again.items[kind].vectors, judged.items[kind].vectors)
        assert (again.shown[kind] != judged.shown[kind]).nnz == 0


def test_odd_text_survives_being_kept() -> None:
    report = random_report(questions=6)
    odd = ['a"b', "줄\n바꿈", "👩‍🎤", "<b>", "\x00", ""]
    report.questions["title"] = odd
    again = saved.restore(*saved.state(report))
    assert again.questions["title"].tolist() == odd


def test_a_damaged_report_says_so(judged: EvalReport) -> None:
    arrays, document = saved.state(judged)
    with pytest.raises(StoreError, match="format"):
        saved.restore(arrays, {**document, "format": 99})
    with pytest.raises(StoreError, match="missing"):
        saved.restore({name: array for name, array in arrays.items() if name != "hidden/tag/indices"}, document)


def test_kinds_that_a_model_does_not_know_are_left_out(board: Corpus) -> None:
    made = split(board, "arena", share=0.5)
    report = build({"tags": Popular(made.train, [T]), "both": Popular(made.train)}, made)
    assert report.labels_for(S) == ["both"]
    assert report.labels_for(T) == ["tags", "both"]


def test_progress_is_told_and_nothing_cannot_be_judged(board: Corpus) -> None:
    made, told = split(board, "tags"), list[Progress]()
    build({"m": Popular(made.train)}, made, progress=told.append)
    assert told[-1].fraction == 1.0
    assert "m" in told[-1].phase
    with pytest.raises(BadParameter):
        build({}, made)


def test_a_model_that_has_seen_the_answers_is_called_out(board: Corpus) -> None:
    made = split(board, "tags", by_group=False)
    seen = {"m": ModelInfo("m", trained_on=board.fingerprint)}
    report = build({"m": Popular(board)}, made, infos=seen)
    assert any("has seen the answers" in warning for warning in report.warnings)
    clean = build({"m": Popular(made.train)}, made, infos={"m": ModelInfo("m", trained_on=made.train.fingerprint)})
    assert not any("has seen" in warning for warning in clean.warnings)


def test_a_model_of_another_corpus_or_with_foreign_vectors_is_called_out(board: Corpus) -> None:
    made = split(board, "tags", by_group=False)
    infos = {"other": ModelInfo("other", trained_on="0123"), "loaded": ModelInfo("loaded", outside="vectors of a file")}
    report = build({label: Popular(made.train) for label in infos}, made, infos=infos)
    said = "\n".join(report.warnings)
    assert "other was trained on another corpus (0123)" in said
    assert "loaded stands on vectors of a file: nobody knows whether that has seen the answers" in said


def test_the_frame_lists_every_answer(judged: EvalReport) -> None:
    frame = judged.frame("right", T, 3)
    assert len(frame) == 3 * len(judged)
    assert frame.columns.tolist() == ["question", "method", "item", "rank", "hidden"]
    found = frame.groupby("question", sort=False)["hidden"].mean()
    expected = metrics.scores(judged, "right", T, 3)["precision"]
    assert np.allclose(found.to_numpy(), np.nan_to_num(expected))


def test_a_question_opens_with_everything(judged: EvalReport) -> None:
    view = lookup.question_view(judged, 0, k=5)
    about = judged.questions.iloc[0]
    assert (view.id, view.case) == (about["id"], about["case"])
    answers = view.answers["right", T]
    assert answers["rank"].tolist() == [1, 2, 3, 4, 5]
    hidden = set(view.hidden[T]["key"])
    assert answers["hit"].tolist() == [key in hidden for key in answers["key"]]
    found = {key: rank for key, rank in zip(view.hidden[T]["key"], view.hidden[T]["right"], strict=True) if rank}
    assert all(answers["key"][rank - 1] == key for key, rank in found.items() if rank <= 5)
    assert view.query.tags == tuple(key.removeprefix("tag:") for key in view.shown[T]["key"])
    assert view.query.title == (view.title if view.titled else "")
    assert lookup.row_of(judged, view.id) == 0
    with pytest.raises(BadParameter):
        lookup.question_view(judged, len(judged))
    with pytest.raises(UnknownTerm):
        lookup.row_of(judged, "none")


def test_the_worst_questions_come_first(judged: EvalReport) -> None:
    rows = lookup.questions_of(judged, "right", T, 4)
    values = metrics.scores(judged, "right", T, 4)["ndcg"][rows]
    assert (np.diff(values) >= 0).all()
    apart = lookup.where_they_differ(judged, "right", "popular", T, 4)
    ours, theirs = (metrics.scores(judged, label, T, 4)["ndcg"][apart] for label in ("right", "popular"))
    assert (np.diff(ours - theirs) <= 1e-12).all()
    table = lookup.listed(judged, rows, T, 4)
    assert table["right"].tolist() == (metrics.scores(judged, "right", T, 4)["precision"][rows] * 4).tolist()
