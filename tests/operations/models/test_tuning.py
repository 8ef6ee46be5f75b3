"""A study finds settings, is kept, and goes on where it stopped."""

from __future__ import annotations

from pathlib import Path

import pytest

from tagviz.errors import Cancelled, InvalidParameterError
from tagviz.operations.context import Context
from tagviz.operations.models.tuning import Objective, Search, described, look, ranges, tune
from tagviz.operations.registry import method
from tagviz.store.workspace import Workspace
from tagviz.types import Progress
from tests.corpora import checkerboard


def test_a_study_goes_on_where_it_stopped(tmp_path: Path) -> None:
    ws, corpus = Workspace(tmp_path), checkerboard(half=24)
    first = tune(Context(ws), corpus, "cooccurrence", Search(trials=2))
    assert list(first.trials["number"]) == [0, 1]
    defaults = method("cooccurrence").params()
    assert first.trials.loc[0, "a"] == pytest.approx(defaults.a)  # type: ignore[attr-defined]
    assert first.default == first.trials.loc[0, "score"]
    again = tune(Context(ws), corpus, "cooccurrence", Search(trials=1))
    assert list(again.trials["number"]) == [0, 1, 2]
    assert again.score == again.trials["score"].max() >= first.score
    bounds = ranges(method("cooccurrence"))
    assert set(again.best) == set(bounds)
    assert all(bounds[name]["low"] <= value <= bounds[name]["high"] for name, value in again.best.items())
    seen = look(Context(ws), corpus, "cooccurrence")
    assert seen is not None
    assert described(seen) == described(again)
    other = Objective(metric="recall", protocol="tags")
    assert look(Context(ws), corpus, "cooccurrence", other) is None, "another objective is another study"


def test_a_stopped_study_counts_only_what_was_finished(tmp_path: Path) -> None:
    ws, corpus = Workspace(tmp_path), checkerboard(half=24)

    def stop(progress: Progress) -> None:
        if progress.phase == "Tuning" and "Fitting" not in progress.note and told:
            raise Cancelled()
        told.append(progress)

    told: list[Progress] = []
    with pytest.raises(Cancelled):
        tune(Context(ws), corpus, "cooccurrence", Search(until=4), progress=stop)
    before = look(Context(ws), corpus, "cooccurrence")
    assert before is not None
    after = tune(Context(ws), corpus, "cooccurrence", Search(until=4))
    assert len(before.trials) < len(after.trials) == 4
    assert after.trials["default"].sum() == 1
    again = tune(Context(ws), corpus, "cooccurrence", Search(until=4))
    assert described(again) == described(after), "what is complete is not searched further"


def test_progress_carries_what_a_plot_of_the_trials_needs(tmp_path: Path) -> None:
    ws, corpus, told = Workspace(tmp_path), checkerboard(half=24), []
    tune(Context(ws), corpus, "cooccurrence", Search(trials=3), progress=told.append)
    numbers = [dict(one.numbers) for one in told if one.numbers]
    assert [one["trial"] for one in numbers] == [0, 1, 2]
    assert all({"score", "best", "a"} <= set(one) for one in numbers)
    assert numbers[-1]["best"] == max(one["score"] for one in numbers)


def test_settings_can_be_kept_and_hopeless_trials_given_up(tmp_path: Path) -> None:
    ws, corpus = Workspace(tmp_path), checkerboard(half=48)
    study = tune(Context(ws), corpus, "cooccurrence", Search(trials=14, fixed={"a": "0.5"}, give_up=True))
    assert "a" not in study.trials.columns
    assert study.best["a"] == 0.5
    assert study.trials["given_up"].iloc[:8].sum() == 0, "the first eight are always carried through"
    assert study.trials.loc[study.trials["given_up"], "score"].isna().all()


@pytest.mark.parametrize(
    ("ref", "objective", "words"),
    [
        ("popularity", Objective(), "nothing to tune"),
        ("cooccurrence", Objective(metric="beauty"), "no metric"),
        ("cooccurrence", Objective(case="dreams"), "no case"),
    ],
)
def test_what_cannot_be_tuned_says_so(tmp_path: Path, ref: str, objective: Objective, words: str) -> None:
    with pytest.raises(InvalidParameterError, match=words):
        tune(Context(Workspace(tmp_path)), checkerboard(), ref, Search(objective, 1))


def test_a_search_may_begin_at_a_preset(tmp_path: Path) -> None:
    """What has no range stays as the preset says; the first trial is the preset itself."""
    ws, corpus = Workspace(tmp_path), checkerboard(half=24)
    study = tune(Context(ws), corpus, "word2vec", Search(trials=1, fixed={"preset": "gensim", "min_count": 1}))
    assert (study.fixed["architecture"], study.fixed["sample"], study.fixed["min_count"]) == ("cbow", 1e-3, 1)
    first = study.trials.iloc[0]
    assert (first["epochs"], first["window"], first["ns_exponent"], first["default"]) == (5, 5, 0.75, True)
    assert look(Context(ws), corpus, "word2vec") is None, "another question is another study"
