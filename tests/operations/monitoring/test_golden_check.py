"""Golden queries in a monitoring run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tagviz.cli import main
from tagviz.operations import golden, models, monitoring
from tagviz.operations.context import Context
from tagviz.settings import settings
from tagviz.store.workspace import Workspace
from tagviz.types import Corpus, Query
from tests.corpora import make_corpus


def worlds() -> Corpus:
    """Two worlds, the one of the odd tags three times as popular."""
    rows = [
        {
            "id": str(n),
            "title": f"list {n}",
            "tags": [f"t{2 * at + (n % 4 > 0)}" for at in range(20) if at != n % 20],
            "songs": [f"s{2 * at + (n % 4 > 0)}" for at in range(6)],
            "group": f"g{n}",
        }
        for n in range(80)
    ]
    return make_corpus(rows, name="worlds")


@pytest.fixture
def context(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Context]:
    """A workspace with the corpus."""
    monkeypatch.setenv("TAGVIZ_HOME", str(tmp_path))
    settings.cache_clear()
    ws = Workspace(tmp_path)
    ws.save_corpus(worlds())
    yield Context(ws)
    settings.cache_clear()


def keep(context: Context) -> str:
    """Keep a golden query as the page does: t2 and t4 go with t0."""
    name = worlds().name
    golden.add(context, name, Query(tags=("t0",)), ["tag:t2", "tag:t4"], ["tag:t1", "tag:t3"])
    return name


def make_default(context: Context, method: str) -> str:
    corpus = worlds()
    models.train(context, corpus, method)
    info = models.find(context, corpus.fingerprint, method)
    assert info is not None
    models.make_default(context, info)
    return info.id


def check(run: dict) -> dict:
    return next(one for one in run["checks"] if one["name"] == "golden")


def test_a_worse_default_turns_it_red_and_the_old_one_green(
    context: Context, capsys: pytest.CaptureFixture[str]
) -> None:
    name = keep(context)
    good = make_default(context, "cooccurrence")
    assert main(["evaluate", name, "--protocol", "golden", "--model", good]) == 0
    assert "1 golden queries" in capsys.readouterr().out, "without --file the kept ones are asked"
    first = monitoring.run_checks(context, name, evaluate=False)
    assert check(first)["light"] == "unknown"
    assert "1 of 1 understood" in check(first)["reason"]
    worse = make_default(context, "popularity")
    second = monitoring.run_checks(context, name, evaluate=False)
    assert check(second)["light"] == "red"
    assert check(second)["examples"] == ["question 1"]
    assert second["golden"]["compared_with"] == good
    assert (second["light"], second["exit_code"]) == ("red", 3)
    assert [one["act"] for one in second["proposals"]] == ["default"]
    assert check(monitoring.run_checks(context, name, evaluate=False))["light"] == "red", "it stays red"
    assert main(["monitor", "run", name, "--no-evaluate"]) == 3
    assert "RED     Golden queries: 0 of 1 understood" in capsys.readouterr().out
    make_default(context, "cooccurrence")
    third = monitoring.run_checks(context, name, evaluate=False)
    assert check(third)["light"] == "green"
    assert third["golden"]["compared_with"] == worse


def test_every_model_is_asked_once_and_again_when_the_queries_change(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = keep(context)
    asked: list[str] = []
    ask = golden.ask
    monkeypatch.setattr(golden, "ask", lambda *args: asked.append(args[2]) or ask(*args))
    worse, good = make_default(context, "popularity"), make_default(context, "cooccurrence")
    run = monitoring.run_checks(context, name, limit=10)
    assert {row["model"]: row["understood"] for row in run["golden"]["models"]} == {good: 1.0, worse: 0.0}
    assert [row["default"] for row in run["golden"]["models"]] == [True, False]
    monitoring.run_checks(context, name, evaluate=False)
    assert sorted(asked) == sorted([good, worse])
    golden.add(context, name, Query(tags=("t1",)), ["tag:t3"])
    monitoring.run_checks(context, name, evaluate=False)
    assert sorted(asked) == sorted([good, worse, good])


def test_without_queries_or_a_trained_default_nothing_is_asked(context: Context) -> None:
    run = monitoring.run_checks(context, worlds().name, evaluate=False)
    assert "golden" not in [one["name"] for one in run["checks"]]
    run = monitoring.run_checks(context, keep(context), evaluate=False)
    assert check(run)["reason"] == "The default model is not trained yet."
