"""The log of decisions: rows are added in order, and an older state is found by its digest."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tagviz.store import database
from tagviz.store.decisions import DecisionStore, Event

EVENT = Event("c", "d1", False, "merge", ("비", "<b>"), "rain", "Ann", "one thing", 1.7e9, "x1")


@pytest.fixture
def log(tmp_path: Path) -> Iterator[DecisionStore]:
    engine = database.open_engine(f"sqlite:///{tmp_path / 'd.db'}")
    yield DecisionStore(engine)
    engine.dispose()


def test_events_come_back_in_their_order(log: DecisionStore) -> None:
    assert (log.events("c"), log.digest("c")) == ([], "")
    log.add("c", lambda before: [EVENT])
    log.add("c", lambda before: [replace(before[0], id=0, undone=True, digest="x2")])
    log.add("other", lambda before: [replace(EVENT, corpus="other")] if not before else [])
    first, second = log.events("c")
    assert replace(first, id=0) == EVENT
    assert second.undone
    assert log.digest("c") == "x2"
    assert [one.digest for one in log.events("c", "x1")] == ["x1"]


def test_nothing_is_added_when_the_check_fails(log: DecisionStore) -> None:
    def refuse(before: list[Event]) -> list[Event]:
        raise ValueError("contradicts")

    with pytest.raises(ValueError, match="contradicts"):
        log.add("c", refuse)
    assert log.events("c") == []
