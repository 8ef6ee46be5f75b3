"""A workspace written by 0.1.0 opens as it was: same ids, same answers, nothing lost."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tagviz import cli
from tagviz.operations.context import Context
from tagviz.operations.corpora import open_corpus
from tagviz.operations.maps import map_id
from tagviz.operations.models import model_id, open_model
from tagviz.operations.registry import METHODS
from tagviz.projection.layout import LayoutParams
from tagviz.settings import settings
from tagviz.store.workspace import Workspace
from tagviz.types import Kind

ARCHIVE = Path(__file__).with_name("workspace_0.1.0.zip")
FIRST = "4bef585748313b80"
"""Fingerprint of the corpus's first version."""
QUESTION = ["--tag", "smooth", "--kind", "tag", "-n", "5"]

Run = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("old")
    with zipfile.ZipFile(ARCHIVE) as archive:
        archive.extractall(folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TAGVIZ_HOME", str(folder))
        settings.cache_clear()
        yield folder
    settings.cache_clear()


@pytest.fixture(scope="module")
def expected(home: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((home / "expected.json").read_text())
    return document


@pytest.fixture
def run(home: Path, capfd: pytest.CaptureFixture[str]) -> Run:
    def one(*arguments: str) -> dict[str, Any]:
        code = cli.main([*arguments, "--json"])
        out, err = capfd.readouterr()
        assert code == 0, err
        document: dict[str, Any] = json.loads(out)
        return document

    return one


def kept(new: Any, old: Any) -> bool:
    """Whether everything the old document said stands in the new one, which may say more."""
    if isinstance(old, dict):
        return isinstance(new, dict) and all(key in new and kept(new[key], value) for key, value in old.items())
    if isinstance(old, list):
        return isinstance(new, list) and len(new) == len(old) and all(map(kept, new, old))
    if isinstance(old, float):
        return new == pytest.approx(old, abs=1e-3)
    return bool(new == old)


def test_corpora_models_jobs_decisions_feedback_and_runs_are_listed(run: Run, expected: dict[str, Any]) -> None:
    assert kept([one for one in run("corpora")["corpora"] if not one["shipped"]],
                [one for one in expected["corpora"] if not one["shipped"]])  # fmt: skip
    assert kept(run("models", "old")["models"], expected["models"])
    assert kept(run("jobs")["jobs"], expected["jobs"])
    assert kept(run("curate", "list", "old"), expected["decisions"])
    assert kept(run("feedback", "summary", "old"), expected["feedback"])
    assert kept(run("monitor", "history", "old"), expected["monitor"])
    assert kept(run("monitor", "limits", "old"), expected["limits"])


def test_models_of_the_newest_version_answer_as_they_did(run: Run, expected: dict[str, Any]) -> None:
    assert expected["recommended"]
    for model, items in expected["recommended"].items():
        assert kept(run("recommend", "old", "--model", model, *QUESTION)["items"], items), model


def test_every_model_of_the_older_version_keeps_its_id_and_opens(home: Path, expected: dict[str, Any]) -> None:
    ws = Workspace.default()
    corpus = open_corpus(Context(ws), "old", FIRST)
    assert len(expected["before"]["models"]) == 11
    for one in expected["before"]["models"]:
        entry = METHODS[one["method"]]
        params = entry.params.parse(one["params"])
        assert params.stored() == one["params"]
        assert model_id(entry, corpus, params, one["seed"]) == one["model"]
        assert open_model(Context(ws), corpus, one["model"]).info.id == one["model"]


def test_training_again_finds_the_stored_model(run: Run, expected: dict[str, Any]) -> None:
    document = run("train", "old", "--method", "neighbours", "--set", "k=7")
    assert document["model"] in {one["model"] for one in expected["models"]}
    assert document["new"] is False


def test_maps_keep_their_ids(home: Path, expected: dict[str, Any]) -> None:
    names = {map_id(Kind.TAG, LayoutParams.parse(values)) for values in ({}, {"neighbours": 5})}
    assert {Path(path).stem for path in expected["projections"]} == names


def test_reports_are_found(home: Path, expected: dict[str, Any]) -> None:
    ws = Workspace.default()
    for path in expected["reports"]:
        fingerprint, _, name = path.partition("/")
        assert ws.open_report(fingerprint, Path(name).stem)[1]["models"]
