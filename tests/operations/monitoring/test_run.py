"""The watch on two versions of a small corpus: lights, what is kept, thresholds, exit codes and the HTML."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tagviz import cli
from tagviz.errors import InvalidParameterError, NotFoundError
from tagviz.monitoring.lights import Thresholds
from tagviz.operations import jobs, models, monitoring
from tagviz.operations.context import Context
from tagviz.operations.models import make_default
from tagviz.operations.monitoring import checks
from tagviz.settings import settings
from tagviz.store.workspace import Workspace
from tagviz.types import Corpus
from tests.corpora import make_corpus

BAD = "<script>alert(1)</script>"


def version(extra: tuple[str, ...] = ()) -> Corpus:
    rows = [
        {
            "id": str(n),
            "title": f"list {n}",
            "tags": [f"t{2 * at + n % 2}" for at in range(6) if at != n % 6] + list(extra),
            "songs": [f"s{2 * at + n % 2}" for at in range(6)],
            "group": f"g{n}",
        }
        for n in range(60)
    ]
    return make_corpus(rows, name="small")


@pytest.fixture
def ws(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workspace]:
    monkeypatch.setenv("TAGVIZ_HOME", str(tmp_path))
    settings.cache_clear()
    yield Workspace(tmp_path)
    settings.cache_clear()


def lights(document: dict) -> dict[str, str]:
    return {check["name"]: check["light"] for check in document["checks"]}


def test_one_version_is_watched_without_alarm(ws: Workspace) -> None:
    ws.save_corpus(version())
    found = monitoring.run_checks(Context(ws), "small", evaluate=False)
    assert found["light"] == "unknown"
    assert found["exit_code"] == 0
    assert lights(found) == {"verdicts": "unknown"}
    assert [sentence.partition(":")[0] for sentence in found["skipped"]] == [
        "Changes",
        "Quality of the answers and nearest tags",
        "Golden queries",
    ]
    with pytest.raises(NotFoundError):
        monitoring.run_checks(Context(ws), "nothing")


def test_new_tags_raise_alarm_and_propose(ws: Workspace) -> None:
    ws.save_corpus(version())
    ws.save_corpus(version((BAD, "fresh")))
    found = monitoring.run_checks(Context(ws), "small", evaluate=False)
    # 2 of 7 tags of every playlist are new: 28.6 % of the uses
    new = next(check for check in found["checks"] if check["name"] == "new")
    assert new["value"] == pytest.approx(2 / 7, abs=1e-6)
    assert (new["light"], set(new["examples"])) == ("red", {BAD, "fresh"})
    assert lights(found)["gone"] == "green"
    assert [one["act"] for one in found["proposals"]] == ["retrain", "curate", "judge"]
    assert found == monitoring.list_runs(Context(ws), "small")[0]
    page = monitoring.report_html(found)
    assert BAD not in page
    assert "&lt;script&gt;alert(1)" in page


def test_a_tenth_of_the_playlists_gone_and_a_renamed_tag_are_reported(ws: Workspace) -> None:
    ws.save_corpus(version(("rock",)))
    newer = version(("rock music",))
    ws.save_corpus(newer.select(np.arange(6, 60)))
    found = monitoring.run_checks(Context(ws), "small", evaluate=False)
    lost = next(check for check in found["checks"] if check["name"] == "playlists")
    assert (lost["light"], lost["value"], lost["reason"]) == ("amber", 0.1, "6 of 60 playlists are gone (10.0%).")
    assert [(row["label"], row["to_label"], row["both"]) for row in found["changed"]["renamed"]] == [
        ("rock", "rock music", 54)
    ]
    assert [one["act"] for one in found["proposals"]][:3] == ["retrain", "import", "rename"]
    assert "rock → rock music" in monitoring.report_html(found)


def test_the_default_model_is_judged_on_both_versions(ws: Workspace) -> None:
    older, newer = version(), version(("fresh",))
    ws.save_corpus(older)
    ws.save_corpus(newer)
    make_default(Context(ws), models.train(Context(ws), newer, "spectral", {"dimensions": 8}))
    found = monitoring.run_checks(Context(ws), "small")
    assert {one["metric"] for one in found["metrics"]} == set(checks.METRICS)
    assert lights(found).keys() >= {"metric", "space"}
    assert next(check for check in found["checks"] if check["name"] == "metric")["value"] is not None


def test_training_again_is_proposed_only_where_a_model_is_behind(ws: Workspace) -> None:
    older, newer = version(), version((BAD, "fresh"))
    ws.save_corpus(older)
    ws.save_corpus(newer)
    models.train(Context(ws), older, "neighbours")
    models.train(Context(ws), newer, "spectral", {"dimensions": 8})
    found = monitoring.run_checks(Context(ws), "small", evaluate=False)
    assert [one["act"] for one in found["proposals"]] == ["retrain", "curate", "judge"]
    models.train(Context(ws), newer, "neighbours")
    found = monitoring.run_checks(Context(ws), "small", evaluate=False)
    assert [one["act"] for one in found["proposals"]] == ["curate", "judge"]


@pytest.mark.parametrize(
    ("before", "after", "half", "expected"),
    [
        (0.40, 0.39, 0.01, "green"),
        (0.40, 0.37, 0.01, "amber"),
        (0.40, 0.30, 0.01, "red"),
        (0.40, 0.30, 0.10, "amber"),
        (0.30, 0.40, 0.01, "green"),
    ],
)
def test_quality_is_red_only_where_the_loss_is_more_than_chance(
    before: float, after: float, half: float, expected: str
) -> None:
    rows = [("new", after), ("old", before)]  # the older version may have been judged last
    frame = pd.DataFrame(rows, columns=["fingerprint", "ndcg"])
    frame = frame.assign(ndcg_low=frame["ndcg"] - half, ndcg_high=frame["ndcg"] + half)
    found = checks.check_metric(frame, "new", Thresholds())
    assert found.light == expected
    assert ("may be chance" in found.reason) == (half == 0.10)


def test_thresholds_are_set_kept_and_heeded(ws: Workspace) -> None:
    ws.save_corpus(version())
    ws.save_corpus(version(("fresh",)))
    lenient = {name: 1 for name in ("new_amber", "new_red", "tags_amber", "tags_red")}
    monitoring.set_thresholds(Context(ws), "small", {**lenient, "psi_amber": 90, "psi_red": 99})
    assert monitoring.run_checks(Context(ws), "small", evaluate=False)["light"] == "green"
    with pytest.raises(InvalidParameterError, match="new_red is below new_amber"):
        monitoring.set_thresholds(Context(ws), "small", {"new_red": 0.5})
    with pytest.raises(InvalidParameterError, match="no parameter"):
        monitoring.set_thresholds(Context(ws), "small", {"nwe_red": 0.5})


def test_two_years_of_weekly_runs_are_listed_at_once(ws: Workspace) -> None:
    ws.save_corpus(version())
    ws.save_corpus(version(tuple(f"new{n}" for n in range(40))))
    first = monitoring.run_checks(Context(ws), "small", evaluate=False)
    folder = ws.home / "monitor" / "small"
    for week in range(103):
        shutil.copy(folder / f"{first['id']}.json", folder / f"2024{week:04}.json")
    began = time.process_time()
    found = monitoring.list_runs(Context(ws), "small")
    assert len(monitoring.history_table(found)) >= 104
    assert time.process_time() - began < 1, "seconds of this process, whatever else runs"
    assert len(found) == 104


def test_exit_codes_and_json_for_other_systems(ws: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    ws.save_corpus(version())
    asked = ["monitor", "run", "small", "--no-evaluate"]
    assert cli.main(asked) == 0
    ws.save_corpus(version(("fresh", "newer still")))
    capsys.readouterr()
    assert cli.main([*asked, "--json", "--html", str(ws.home / "watch.html")]) == 3
    assert json.loads(capsys.readouterr().out)["light"] == "red"
    assert "fresh" in (ws.home / "watch.html").read_text(encoding="utf-8")
    settled = ["new_red=1", "tags_red=1", "psi_red=99"]
    assert cli.main(["monitor", "limits", "small", "--set", *settled]) == 0
    assert cli.main(asked) == 2
    assert cli.main(["monitor", "history", "small"]) == 0
    assert capsys.readouterr().out.count("small") >= 1
    assert cli.main(["monitor", "run", "nothing"]) == 1


def test_it_runs_as_a_job(ws: Workspace) -> None:
    ws.save_corpus(version())
    ident = jobs.submit(Context(ws), "monitor", {"corpus": "small", "evaluate": False}, start=False)
    assert jobs.job(Context(ws), ident).kind == "monitor"
    done = jobs.run_job(Context(ws), "monitor", {"corpus": "small", "evaluate": False}, lambda progress: None)
    assert done["run"] == monitoring.list_runs(Context(ws), "small")[0]["id"]
