"""What verdicts say: agreement, precision, blind comparison, the queue, and answers that heed them."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from tagviz.curation.decisions import resolve
from tagviz.errors import InvalidParameterError
from tagviz.operations import corpora, curation, feedback, models, recommend
from tagviz.operations.context import Context
from tagviz.settings import ASSETS
from tagviz.store.feedback import Answer, Verdict
from tagviz.store.workspace import Workspace
from tagviz.types import Kind, Query

QUERY = Query(tags=("t0", "t2"))


def one(
    reviewer: str, key: str, right: bool, model: str = "m", versus: str = "", query: Query = QUERY, at: float = 1.7e9
) -> Verdict:
    answer = Answer.RIGHT if right else Answer.WRONG
    return Verdict(reviewer, "checkerboard", "f", model, "f", query, Kind.TAG, key, 1, 0.5, answer, "", versus, at)


def test_verdicts_follow_merged_tags(ws: Workspace) -> None:
    corpus = corpora.open_corpus(Context(ws), "checkerboard")
    model = models.open_model(Context(ws), corpus, "neighbours")
    before = recommend.recommend(corpus, model, QUERY, Kind.TAG)
    feedback.record_feedback(
        Context(ws),
        feedback.verdict(feedback.feedback_context(corpus, model, QUERY, before.kind), before, 3, "ann", Answer.RIGHT),
    )
    curation.add(Context(ws), "checkerboard", resolve("merge", [before.labels[3]], "t1", "ann"))
    corpus = corpora.open_corpus(Context(ws), "checkerboard")
    heeding = feedback.adjusted_model(Context(ws), corpus, models.open_model(Context(ws), corpus, "neighbours"))
    assert recommend.recommend(corpus, heeding, QUERY, Kind.TAG).keys[0] == "tag:t1"


def test_the_queue_asks_what_was_not_judged_and_the_same_of_all(ws: Workspace) -> None:
    corpus = corpora.open_corpus(Context(ws), "checkerboard")
    model, other = (
        models.open_model(Context(ws), corpus, "neighbours"),
        models.open_model(Context(ws), corpus, "popularity"),
    )
    asked = feedback.tasks(Context(ws), corpus, model, feedback.QueueRequest(Kind.TAG, "ann"))
    assert [task.verdict.key for task in asked] == [
        task.verdict.key for task in feedback.tasks(Context(ws), corpus, model, feedback.QueueRequest(Kind.TAG, "bob"))
    ]
    assert len(asked) == 4 * feedback.EACH
    feedback.record_feedback(Context(ws), *(replace(task.verdict, answer=Answer.RIGHT) for task in asked))
    again = feedback.tasks(Context(ws), corpus, model, feedback.QueueRequest(Kind.TAG, "ann"))
    assert not {(task.verdict.query, task.verdict.key) for task in again} & {
        (task.verdict.query, task.verdict.key) for task in asked
    }
    disagree = feedback.tasks(
        Context(ws), corpus, model, feedback.QueueRequest(Kind.TAG, "bob", feedback.WAYS[1], other)
    )
    assert all("does not suggest" in task.why for task in disagree)
    with pytest.raises(InvalidParameterError):
        feedback.tasks(Context(ws), corpus, model, feedback.QueueRequest(Kind.TAG, "bob", feedback.WAYS[1]))
    begun = time.process_time()
    feedback.tasks(Context(ws), corpus, model, feedback.QueueRequest(Kind.TAG, "ann"))
    assert time.process_time() - begun < 0.1, "the next item within 100 ms"


def test_two_models_interleaved_blind_give_each_its_verdicts(ws: Workspace) -> None:
    corpus = corpora.open_corpus(Context(ws), "checkerboard")
    first, second = (
        models.open_model(Context(ws), corpus, "neighbours"),
        models.open_model(Context(ws), corpus, "popularity"),
    )
    drawn = feedback.interleaved(corpus, (first, second), QUERY, Kind.TAG, 8)
    assert {verdict.model for _, verdict in drawn} == {first.ref, second.ref}
    assert all(verdict.versus != verdict.model for _, verdict in drawn)
    given = [
        replace(verdict, reviewer="ann", answer=Answer.RIGHT if split_even(verdict.key) else Answer.WRONG)
        for _, verdict in drawn
    ]
    feedback.record_feedback(Context(ws), *given)
    (outcome,) = feedback.summarize(Context(ws), "checkerboard").blind
    assert outcome.verdicts == 8


def split_even(key: str) -> bool:
    return int(key.removeprefix("tag:t")) % 2 == 0


def test_summary_export_and_forgetting(ws: Workspace, tmp_path: Path) -> None:
    feedback.record_feedback(Context(ws), one("ann", "tag:t1", True), one("bob", "tag:t1", False))
    told = feedback.summarize(Context(ws), "checkerboard")
    assert told.verdicts == 2
    assert told.by_model["precision"].tolist() == [0.5]
    for name in ("v.csv", "v.parquet"):
        assert feedback.export(Context(ws), tmp_path / name) == 2
    assert list(pd.read_parquet(tmp_path / "v.parquet")["reviewer"]) == ["ann", "bob"]
    with pytest.raises(InvalidParameterError):
        feedback.export(Context(ws), tmp_path / "v.txt")
    assert feedback.forget(Context(ws), "ann") == 1
    assert feedback.summarize(Context(ws), "checkerboard").verdicts == 1
    assert feedback.summarize(Context(ws), "nothing").verdicts == 0


@pytest.mark.parametrize("method", ["best", "spectral", "popularity"])
def test_what_was_found_right_moves_up_whatever_the_method(tmp_path: Path, method: str) -> None:
    demo = Workspace(tmp_path, ASSETS / "demo")
    corpus = corpora.open_corpus(Context(demo), "demo")
    model = models.open_model(Context(demo), corpus, method)
    query = Query(title="late night jazz", tags=("bar",))
    for kind, at in ((Kind.TAG, 0), (Kind.TAG, 9), (Kind.SONG, 4)):
        before = recommend.recommend(corpus, model, query, kind)
        feedback.record_feedback(
            Context(demo),
            feedback.verdict(
                feedback.feedback_context(corpus, model, query, before.kind), before, at, "ann", Answer.RIGHT
            ),
        )
        after = recommend.recommend(corpus, feedback.adjusted_model(Context(demo), corpus, model), query, kind)
        assert before.keys[at] in after.keys[: at + 1]
        feedback.forget(Context(demo), "ann")
