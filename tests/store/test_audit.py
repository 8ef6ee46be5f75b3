"""The audit log: what is stored, and who is taken out of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tagviz.store.audit import ERASED, LONGEST_DETAILS, AuditEntry, AuditLog
from tagviz.store.database import open_engine


@pytest.fixture
def log(tmp_path: Path) -> AuditLog:
    return AuditLog(open_engine(f"sqlite:///{tmp_path / 'tagviz.db'}"))


def test_the_newest_entries_come_first_and_can_be_chosen(log: AuditLog) -> None:
    for number, (person, corpus) in enumerate([("kim", "a"), ("lee", "a"), ("kim", "b")]):
        log.add(AuditEntry(0.0, person, "dashboard", f"action {number}", corpus, {"path": "x"}))
    assert [one.action for one in log.entries()] == ["action 2", "action 1", "action 0"]
    assert [one.action for one in log.entries(person="kim", corpus="a")] == ["action 0"]
    assert [one.action for one in log.entries(limit=1)] == ["action 2"]
    assert log.entries()[0].details == {"path": "x"}
    assert log.entries()[0].at > 1_700_000_000


def test_what_was_done_stays_when_a_person_is_erased(log: AuditLog) -> None:
    log.add(AuditEntry(0.0, "kim", "job", "train model", "a", failed=True))
    assert log.erase("kim") == 1
    assert [(one.person, one.action, one.failed) for one in log.entries()] == [(ERASED, "train model", True)]


def test_hostile_and_long_details_are_stored_whole_or_shortened(log: AuditLog) -> None:
    log.add(AuditEntry(0.0, "'; DROP TABLE audit_log; --" * 20, "x", "y" * 100, details={"tag": "<script>\x00"}))
    log.add(AuditEntry(0.0, "kim", "x", "y", details={"tag": "z" * (LONGEST_DETAILS + 1)}))
    shortened, hostile = log.entries()
    assert shortened.details == {"shortened": True}
    assert hostile.details == {"tag": "<script>\x00"}
    assert (len(hostile.person), len(hostile.action)) == (120, 40)
