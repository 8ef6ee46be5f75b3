"""The command line from end to end: what it prints, and how it fails."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tagviz import cli
from tagviz.operations import corpora, jobs
from tagviz.operations.context import Context
from tagviz.operations.models import estimates
from tagviz.settings import settings
from tagviz.store.workspace import Workspace
from tests.corpora import checkerboard

Run = Callable[..., dict[str, Any]]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("TAGVIZ_HOME", str(tmp_path / "home"))
    settings.cache_clear()
    yield tmp_path / "home"
    settings.cache_clear()


@pytest.fixture
def run(home: Path, capfd: pytest.CaptureFixture[str]) -> Run:
    """Runs a command with --json and returns the one document on standard output."""

    def one(*arguments: object) -> dict[str, Any]:
        code = cli.main([*map(str, arguments), "--json"])
        out, err = capfd.readouterr()
        assert code == 0, err
        document: dict[str, Any] = json.loads(out)
        return document

    return one


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """The checkerboard as Melon files."""
    board = checkerboard(half=40)
    folder = tmp_path / "board"
    folder.mkdir()
    tags, songs = board.links["tag"], board.links["song"]  # type: ignore[index]
    lists = [
        {
            "id": row,
            "plylst_title": board.playlists["title"][row],
            "tags": [f"t{n}" for n in tags[[row]].indices],
            "songs": [int(n) for n in songs[[row]].indices],
            "like_cnt": 1,
            "updt_date": "2019-01-01 00:00:00.000",
        }
        for row in range(len(board))
    ]
    (folder / "train.json").write_text(json.dumps(lists))
    return folder


def test_from_import_to_verdict(run: Run, files: Path, tmp_path: Path) -> None:
    made = run("import", files, "--format", "melon", "--name", "board")
    assert (made["name"], made["playlists"], made["tags"], made["songs"]) == ("board", 80, 16, 16)
    assert "board" in [one["name"] for one in run("corpora")["corpora"]]

    trained = run("train", "board", "--method", "spectral", "--set", "dimensions=8")
    assert trained["model"].startswith("spectral-")
    assert (trained["method"], trained["params"]["dimensions"], trained["new"]) == ("spectral", 8, True)
    assert not run("train", "board", "--method", "spectral", "--set", "dimensions=8")["new"]
    assert [one["model"] for one in run("models", "board")["models"]] == [trained["model"]]

    asked = run(
        "recommend", "board", "--model", "spectral", "--tag", "t0", "t1", "--tag", "zzz", "--kind", "song", "-n", 4
    )
    assert (asked["kind"], asked["model"], asked["unknown"]) == ("song", f"{trained['model']}:context", ["zzz"])
    assert len(asked["items"]) == 4
    assert set(asked["items"][0]) == {"key", "label", "score", "reasons"}
    assert [item["score"] for item in asked["items"]] == sorted(
        (item["score"] for item in asked["items"]), reverse=True
    )

    near = run("neighbours", "board", "--model", trained["model"], "--key", "tag:t0", "-n", 3)
    assert len(near["items"]) == 3
    assert all(item["key"].startswith("tag:") for item in near["items"])

    drawn = run("project", "board", "--model", "spectral", "--kind", "tag", "--set", "method=pca")
    assert (drawn["points"], drawn["model"]) == (16, trained["model"])

    judged = run("evaluate", "board", "--model", "spectral", "--model", "popularity", "--protocol", "tags", "-k", 3)
    assert [row["model"] for row in judged["rows"]] == ["spectral", "popularity"]
    assert judged["rows"][0]["f1"] > judged["rows"][1]["f1"]
    low, high = judged["rows"][0]["ci"]["precision"]
    assert low <= judged["rows"][0]["precision"] <= high
    assert judged["questions"] == 16  # a fifth of 80

    arena = run("evaluate", "board", "--model", "neighbours", "--protocol", "arena", "--mask", "real", "--group-split")
    row = arena["rows"][0]
    assert row["arena"] == pytest.approx(0.85 * row["song_ndcg"] + 0.15 * row["tag_ndcg"], abs=1e-5)

    cut = run("split", "board", "--protocol", "arena", "--mask", "real", "--out", tmp_path / "split")
    assert {"train.json", "questions.json", "answers.json"} <= set(cut["files"])
    run("import", tmp_path / "split", "--format", "melon", "--name", "side")
    told = run(
        "predict", "side", "--model", "neighbours",
        "--questions", tmp_path / "split" / "questions.json", "--out", tmp_path / "r.json",
    )  # fmt: skip
    assert (told["questions"], told["warnings"]) == (cut["questions"], [])


def test_perfect_results_score_one(run: Run, tmp_path: Path) -> None:
    songs, tags = list(range(100)), [f"t{n}" for n in range(10)]
    (tmp_path / "a.json").write_text(json.dumps([{"id": 1, "songs": songs, "tags": tags[:3]}]))
    (tmp_path / "r.json").write_text(json.dumps([{"id": 1, "songs": songs, "tags": tags}]))
    scored = run("score", "--answers", tmp_path / "a.json", "--results", tmp_path / "r.json")
    assert [scored[name] for name in ("score", "song_ndcg", "tag_ndcg")] == pytest.approx([1.0, 1.0, 1.0])
    assert scored["questions"] == 1


def test_tables_for_people(run: Run, files: Path, capfd: pytest.CaptureFixture[str]) -> None:
    run("import", files, "--name", "board")
    assert cli.main(["recommend", "board", "--model", "neighbours", "--tag", "t0", "zzz", "--kind", "tag"]) == 0
    out, err = capfd.readouterr()
    assert "because" in out.splitlines()[0]
    assert "unknown: 'zzz'" in err
    assert cli.main(["methods", "word2vec"]) == 0
    assert "--set epochs=" in capfd.readouterr().out


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["dance"],
        ["import"],
        ["import", "/nowhere/at/all"],
        ["import", "/tmp", "--format", "tape"],
        ["models", "nobody"],
        ["models", "../../etc"],
        ["train", "nobody", "--method", "spectral"],
        ["recommend", "nobody", "--kind", "tag", "-n", "0"],
        ["recommend", "nobody", "--kind", "mood"],
        ["train", "nobody", "--method", "spectral", "--set", "dimensions"],
        ["score", "--answers", "/nowhere.json", "--results", "/nowhere.json"],
        ["jobs", "watch"],
        ["jobs", "cancel", "12"],
        ["methods", "word2vc"],
    ],
)
def test_errors_are_one_line_with_a_remedy(home: Path, arguments: list[str], capfd: pytest.CaptureFixture[str]) -> None:
    assert cli.main(arguments) == 1
    out, err = capfd.readouterr()
    assert out == ""
    (line,) = err.strip().splitlines()
    assert line.startswith("error: ")
    assert " — " in line


def test_an_unexpected_error_is_one_line_too(
    home: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    from tagviz.operations import corpora

    def broken(ws: object) -> None:
        raise RuntimeError("out\nof order")

    monkeypatch.setattr(corpora, "list_corpora", broken)
    assert cli.main(["corpora"]) == 1
    assert capfd.readouterr().err.startswith("error: tagviz made a mistake (RuntimeError: out of order) — ")


@pytest.mark.slow
def test_a_job_in_the_background_is_listed_and_watched(run: Run, files: Path) -> None:
    run("import", files, "--name", "board")
    queued = run("train", "board", "--method", "popularity", "--background")
    assert queued["state"] in ("queued", "running", "done")
    watched = run("jobs", "watch", queued["job"])
    _, worker, _ = jobs.job(Context.default(), queued["job"]).owner.split(":")
    os.kill(int(worker), signal.SIGTERM)
    assert (watched["state"], watched["error"]) == ("done", "")
    assert [job["job"] for job in run("jobs")["jobs"]] == [queued["job"]]
    assert run("models", "board")["models"][0]["model"] == watched["result"]["model"]


def test_a_training_in_the_foreground_stands_among_the_jobs_and_teaches_what_the_next_will_take(
    run: Run, files: Path
) -> None:
    run("import", files, "--name", "board")
    trained = run("train", "board", "--method", "cooccurrence", "--set", "a=0.4")
    run("train", "board", "--method", "cooccurrence", "--set", "a=0.4")  # there already
    ws = Workspace.default()
    (job,) = jobs.list_jobs(Context(ws))
    assert (job.kind, job.state, job.result["model"]) == ("train", "done", trained["model"])
    assert job.seconds == pytest.approx(trained["seconds"], abs=1e-3)
    expected = estimates.estimate([job], corpora.open_corpus(Context(ws), "board"), "cooccurrence")
    assert expected is not None
    assert expected.jobs == 1


def test_help_answers_at_once() -> None:
    started = time.process_time(), time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "tagviz", "--help"], capture_output=True, text=True
    )
    assert done.returncode == 0
    assert "recommend" in done.stdout
    for heavy in ("pandas", "numpy", "sqlalchemy", "gensim", "torch", "sklearn"):
        assert f" {heavy}\n" not in done.stderr
    assert time.perf_counter() - started[1] < 10


def test_tuning_loading_and_comparing(run: Run, files: Path, tmp_path: Path) -> None:
    run("import", files, "--format", "melon", "--name", "board")
    study = run("tune", "board", "--method", "cooccurrence", "--trials", 2, "--metric", "recall", "--set", "a=0.5")
    assert (study["metric"], len(study["trials"]), study["best"]["a"]) == ("recall", 2, 0.5)
    assert study["score"] >= study["default_score"]
    more = run("tune", "board", "--method", "cooccurrence", "--trials", 1, "--metric", "recall", "--set", "a=0.5")
    assert [trial["number"] for trial in more["trials"]] == [0, 1, 2]

    vectors = tmp_path / "v.txt"
    vectors.write_text("".join(f"t{n} {n % 2} {(n + 1) % 2} {n / 100}\n" for n in range(10)) + "else 1 1 1\n")
    seen = run("load", "board", vectors, "--preview")
    assert (seen["matched"]["tag"], seen["missing"], "model" in seen) == (10, 1, False)
    kept = run("load", "board", vectors, "--title", "mine")
    assert (kept["method"], kept["title"]) == ("foreign", "mine")
    asked = run("recommend", "board", "--model", kept["model"], "--tag", "t0", "t2", "-n", 3)
    assert not asked["fallback"]
    assert len({item["label"] for item in asked["items"]} - {"t0", "t2"}) == 3

    run("train", "board", "--method", "spectral", "--set", "dimensions=4")
    found = run("compare", "board", "spectral", kept["model"])
    (tags,) = [row for row in found["vocabulary"] if row["kind"] == "tag"]
    assert (tags["both"], tags["first only"], tags["second only"]) == (10, 6, 0)
    assert 0 <= found["overlap"] <= 1


@pytest.mark.slow
def test_more_data_and_a_sentence_model_of_ones_own(run: Run, files: Path, tmp_path: Path) -> None:
    first = run("import", files, "--format", "melon", "--name", "board")
    older = run("train", "board", "--method", "factors", "--set", "factors=4", "iterations=3")
    lists = json.loads((files / "train.json").read_text())
    more = [{**one, "id": 1000 + one["id"], "tags": [*one["tags"], "new"]} for one in lists[:20]]
    (files / "train.json").write_text(json.dumps(lists + more))
    second = run("import", files, "--format", "melon", "--name", "board")
    assert {row["kind"]: row["new"] for row in second["changes"]} == {"playlist": 20, "tag": 1, "song": 0, "word": 0}
    newer = run("train", "board", "--method", "factors", "--from", older["model"])
    assert newer["start"] == f"{first['fingerprint']}/{older['model']}"
    assert newer["params"] == older["params"]
    before = f"{newer['model']}@{first['fingerprint'][:6]}"
    judged = run("evaluate", "board", "--model", newer["model"], before)
    assert [row["model"] for row in judged["rows"]] == [newer["model"], before]

    taught = run("fine-tune", "board", "--set", "steps=2", "batch=8", "width=8", "--out", tmp_path / "sentence")
    assert (taught["method"], taught["folder"]) == ("taught", str(tmp_path / "sentence"))
    own = run("train", "board", "--method", "sentence", "--set", f"model={tmp_path / 'sentence'}")
    assert run("recommend", "board", "--model", own["model"], "--title", "t0", "-n", 2)["items"]


def test_a_pickled_model_is_refused_in_one_line(
    home: Path, files: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "w.model").write_bytes(b"\x80\x04nothing")
    assert cli.main(["load", "demo", str(tmp_path / "w.model")]) == 1
    (line,) = capfd.readouterr().err.strip().splitlines()
    assert line.startswith("error: w.model is a pickled file")
    assert "save_word2vec_format" in line
