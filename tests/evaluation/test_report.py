"""Reports: building them from recommenders, and keeping them."""

from __future__ import annotations

import numpy as np
import pytest

from tagviz.errors import InvalidParameterError, NotFoundError
from tagviz.evaluation import drilldown, metrics
from tagviz.evaluation.report import EvalReport, EvaluatedModel, ReportOptions, build, ranks_of
from tagviz.evaluation.split import SplitSpec, split
from tagviz.types import Corpus, Kind, Progress
from tests.evaluation.reports import Cooccurring, Popular, binary

T, S = Kind.TAG, Kind.SONG


@pytest.fixture(scope="module")
def judged(board: Corpus) -> EvalReport:
    made = split(board, SplitSpec("arena", share=0.5, seed=1))
    return build({"right": Cooccurring(made.train), "popular": Popular(made.train)}, made, ReportOptions(12, 12))


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


def test_kinds_that_a_model_does_not_know_are_left_out(board: Corpus) -> None:
    made = split(board, SplitSpec("arena", share=0.5))
    report = build({"tags": Popular(made.train, [T]), "both": Popular(made.train)}, made)
    assert report.labels_for(S) == ["both"]
    assert report.labels_for(T) == ["tags", "both"]


def test_progress_is_told_and_nothing_cannot_be_judged(board: Corpus) -> None:
    made, told = split(board, SplitSpec("tags")), list[Progress]()
    build({"m": Popular(made.train)}, made, progress=told.append)
    assert told[-1].fraction == 1.0
    assert "m" in told[-1].phase
    with pytest.raises(InvalidParameterError):
        build({}, made)


def test_a_model_that_has_seen_the_answers_is_called_out(board: Corpus) -> None:
    made = split(board, SplitSpec("tags", by_group=False))
    seen = {"m": EvaluatedModel("m", trained_on=board.fingerprint)}
    report = build({"m": Popular(board)}, made, infos=seen)
    assert any("has seen the answers" in warning for warning in report.warnings)
    clean = build({"m": Popular(made.train)}, made, infos={"m": EvaluatedModel("m", trained_on=made.train.fingerprint)})
    assert not any("has seen" in warning for warning in clean.warnings)


def test_a_model_of_another_corpus_or_with_foreign_vectors_is_called_out(board: Corpus) -> None:
    made = split(board, SplitSpec("tags", by_group=False))
    infos = {
        "other": EvaluatedModel("other", trained_on="0123"),
        "loaded": EvaluatedModel("loaded", outside="vectors of a file"),
    }
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
    view = drilldown.question_view(judged, 0, k=5)
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
    assert drilldown.row_of(judged, view.id) == 0
    with pytest.raises(InvalidParameterError):
        drilldown.question_view(judged, len(judged))
    with pytest.raises(NotFoundError):
        drilldown.row_of(judged, "none")


def test_the_worst_questions_come_first(judged: EvalReport) -> None:
    rows = drilldown.worst_questions(judged, "right", T, 4)
    values = metrics.scores(judged, "right", T, 4)["ndcg"][rows]
    assert (np.diff(values) >= 0).all()
    apart = drilldown.questions_by_difference(judged, "right", "popular", T, 4)
    ours, theirs = (metrics.scores(judged, label, T, 4)["ndcg"][apart] for label in ("right", "popular"))
    assert (np.diff(ours - theirs) <= 1e-12).all()
    table = drilldown.question_table(judged, rows, T, 4)
    assert table["right"].tolist() == (metrics.scores(judged, "right", T, 4)["precision"][rows] * 4).tolist()
