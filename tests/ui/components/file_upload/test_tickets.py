"""Tickets of uploads: where files lie, and how much they may be."""

from __future__ import annotations

from pathlib import Path

import pytest

from tagviz.errors import SourceError, StoreError
from tagviz.operations.context import Context
from tagviz.server_settings import ServerSettings, server_settings
from tagviz.store.workspace import Workspace
from tagviz.ui.components.file_upload import tickets


@pytest.fixture(autouse=True)
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("tagviz.ui.cache.context", lambda: Context(Workspace(tmp_path)))
    return tmp_path


def arrive(ticket: tickets.Ticket, name: str, content: bytes) -> None:
    with tickets.Arrival(ticket, name) as arrival:
        arrival.write(content)
        arrival.finish()


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("../../etc/passwd", "etc/passwd"),
        ("C:\\lists\\a.csv", "C:/lists/a.csv"),
        ("\x00..", "_.."),
        ("", "file"),
        ("..", "file"),
        (".hidden/.x", "hidden/x"),
        ("a" * 300 + ".csv", "a" * 196 + ".csv"),
    ],
)
def test_names_stay_inside(name: str, place: str) -> None:
    assert tickets.place_inside(name) == Path(place)


def test_files_come_and_go(workspace: Path) -> None:
    ticket = tickets.find(tickets.issue())
    assert ticket is not None
    assert ticket.folder.parent == workspace / "uploads"
    arrive(ticket, "lists/a.csv", b"abc")
    arrive(ticket, "lists/b.csv", b"de")
    assert ticket.ident == (("lists/a.csv", 3), ("lists/b.csv", 2))
    assert tickets.whole(ticket.folder) == ticket.folder / "lists"
    ticket.remove("lists/a.csv")
    assert [path.name for path in ticket.folder.rglob("*") if path.is_file()] == ["b.csv"]
    ticket.remove("")
    assert not list(ticket.folder.iterdir())
    assert tickets.find("another") is None


def test_what_does_not_arrive_whole_leaves_nothing() -> None:
    ticket = tickets.find(tickets.issue())
    assert ticket is not None
    with tickets.Arrival(ticket, "a.csv") as arrival:  # the browser leaves before `finish`
        arrival.write(b"half")
        assert len(list(ticket.folder.iterdir())) == 1
    assert not list(ticket.folder.iterdir())
    assert not ticket.sizes
    assert not ticket.arriving


def test_too_much_is_refused_with_what_imports_it(monkeypatch: pytest.MonkeyPatch) -> None:
    small = ServerSettings(**{**vars(server_settings()), "largest_upload": 1})
    monkeypatch.setattr(tickets, "server_settings", lambda: small)
    ticket = tickets.find(tickets.issue())
    assert ticket is not None
    arrive(ticket, "a.csv", b"x" * 600_000)
    with pytest.raises(SourceError, match=r"tagviz import 'my list\.csv'; .*TAGVIZ_LARGEST_UPLOAD=2"):
        ticket.check("my list.csv", 700_000)
    with pytest.raises(SourceError), tickets.Arrival(ticket, "b.csv") as arrival:
        arrival.write(b"x" * 700_000)
    assert [path.name for path in ticket.folder.iterdir()] == ["a.csv"]


def test_a_disk_that_cannot_be_written_is_an_error(workspace: Path) -> None:
    (workspace / "uploads").write_text("in the way")
    with pytest.raises(StoreError, match="cannot be stored"):
        tickets.issue()
