"""Which files the dashboard reads by path, and what it says of the others."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tagviz.errors import InvalidParameterError, SourceError, TagvizError
from tagviz.operations import jobs, server_paths
from tagviz.operations.context import Context
from tagviz.server_settings import server_settings
from tagviz.store.workspace import Workspace
from tagviz.types import no_progress

SECRET = "root:x:0:0"


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder that may be imported from, beside a secret file and links that lead to it."""
    allowed, outside = tmp_path / "allowed", tmp_path / "outside"
    for folder in (allowed / "linked", outside):
        folder.mkdir(parents=True)
    (outside / "secret.csv").write_text(f"{SECRET}\n")
    (allowed / "lists.csv").write_text("title,tags\nnight,jazz\nmorning,pop\n")
    (allowed / "link.csv").symlink_to(outside / "secret.csv")
    (allowed / "linked" / "train.json").symlink_to(outside / "secret.csv")
    (allowed / "circle").symlink_to(allowed / "circle")
    monkeypatch.setenv("TAGVIZ_IMPORT_ROOTS", str(allowed))
    server_settings.cache_clear()
    yield tmp_path
    server_settings.cache_clear()


OUTSIDE = (
    "outside/secret.csv",
    "outside/nothing.csv",
    "allowed/../outside/secret.csv",
    "allowed/link.csv",
    "allowed/linked",
    "allowed/linked/train.json",
    "allowed/circle",
    "allowed/null\0byte",
    f"allowed/{'long' * 2000}",
    "allowed2",
)


@pytest.mark.parametrize("name", OUTSIDE)
def test_nothing_outside_is_read_or_probed(ws: Workspace, place: Path, name: str) -> None:
    """Whether it exists or not, the answer is the same word for word."""
    with pytest.raises(InvalidParameterError) as refused:
        server_paths.check_path(Context(ws), f"{place}/{name}")
    with pytest.raises(InvalidParameterError) as unknown:
        server_paths.check_path(Context(ws), "/nowhere/at/all")
    assert str(refused.value) == str(unknown.value)
    assert str(place) not in str(refused.value)


@pytest.mark.parametrize("text", ["", ".", "lists.csv", "~root", "~", "/", "/etc/passwd", "/proc/self/environ"])
def test_relative_and_foreign_paths_are_refused(ws: Workspace, place: Path, text: str) -> None:
    with pytest.raises(InvalidParameterError, match="cannot be imported from"):
        server_paths.check_path(Context(ws), text)


def test_what_is_inside_is_found_and_links_that_stay_inside_too(ws: Workspace, place: Path) -> None:
    (place / "allowed" / "same.csv").symlink_to(place / "allowed" / "lists.csv")
    for name in ("lists.csv", "same.csv", "linked/../lists.csv"):
        assert server_paths.check_path(Context(ws), place / "allowed" / name) == place / "allowed" / "lists.csv"


def test_without_roots_only_uploads_are_read(ws: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TAGVIZ_IMPORT_ROOTS", raising=False)
    server_settings.cache_clear()
    upload = ws.home / server_paths.UPLOADS / "0" / "lists.csv"
    assert server_paths.check_path(Context(ws), upload) == upload.resolve()
    with pytest.raises(InvalidParameterError):
        server_paths.check_path(Context(ws), ws.home / "tagviz.db")


def test_a_job_checks_its_path_again_when_it_runs(ws: Workspace, place: Path) -> None:
    file = place / "allowed" / "lists.csv"
    arguments = server_paths.check_arguments(Context(ws), "import", {"path": str(file), "name": "lists"})
    assert jobs.run_job(Context(ws), "import", arguments, no_progress)["playlists"] == 2
    file.unlink()
    file.symlink_to(place / "outside" / "secret.csv")
    with pytest.raises(InvalidParameterError, match="cannot be imported from"):
        jobs.run_job(Context(ws), "import", arguments, no_progress)


@pytest.mark.parametrize("content", [f"{SECRET}\n{SECRET}\n", f'[{{"id": 1, "{SECRET}"', f'{{"tags": "{SECRET}\n'])
@pytest.mark.parametrize("ending", ["csv", "json", "jsonl", "txt", "parquet"])
def test_an_error_does_not_quote_the_file(ws: Workspace, place: Path, content: str, ending: str) -> None:
    file = place / "allowed" / f"bad.{ending}"
    file.write_text(content)
    arguments = server_paths.check_arguments(Context(ws), "import", {"path": str(file), "name": "bad"})
    with pytest.raises(TagvizError) as refused:
        jobs.run_job(Context(ws), "import", arguments, no_progress)
    assert "root" not in str(refused.value)
    assert refused.value.__cause__ is None


def test_where_the_mistake_is_stays() -> None:
    error = SourceError("'a.csv' cannot be read", "line 12: 'secret' at byte 1,204", "mend that line")
    assert (
        str(server_paths.without_contents(error)) == "'a.csv' cannot be read: at line 12, byte 1,204 — mend that line"
    )


@pytest.mark.parametrize("name", ["/etc", "sentence-transformers/all-MiniLM-L6-v2", "../models"])
def test_a_page_loads_no_sentence_model_from_elsewhere(ws: Workspace, place: Path, name: str) -> None:
    with pytest.raises(InvalidParameterError, match="sentence model"):
        server_paths.check_arguments(Context(ws), "train", {"method": "sentence", "values": {"model": name}})
    own = {"values": {"model": str(place / "allowed" / "lists.csv")}}
    assert server_paths.check_arguments(Context(ws), "train", own) == own
    assert server_paths.check_arguments(Context(ws), "tune", {"fixed": {"model": "e5"}}) == {"fixed": {"model": "e5"}}
