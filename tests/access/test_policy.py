"""The access file: what it may hold, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from tagviz.access.policy import AccessPolicy, Quotas
from tagviz.access.roles import Role
from tagviz.errors import InvalidParameterError

TEXT = """
default = "none"
[roles]
admin = ["Kim@example.com"]
curator = ["lee@example.com"]
[groups]
trainer = ["Data-Team"]
reviewer = ["everybody"]
[corpora]
internal = ["data-team", "kim@example.com"]
[quotas]
running_jobs = 1
"""


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "access.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_people_come_before_groups_and_groups_before_the_default(tmp_path: Path) -> None:
    policy = AccessPolicy.read(written(tmp_path, TEXT))
    groups = frozenset(("data-team", "everybody"))
    assert policy.role_of("Kim", "KIM@example.com", groups) is Role.ADMIN
    assert policy.role_of("lee@example.com", groups=groups) is Role.CURATOR
    assert policy.role_of("park", groups=groups) is Role.TRAINER
    assert policy.role_of("park") is Role.NONE
    assert policy.quotas == Quotas(running_jobs=1)


def test_a_corpus_is_seen_by_those_who_are_named(tmp_path: Path) -> None:
    policy = AccessPolicy.read(written(tmp_path, TEXT))
    assert policy.sees("demo", frozenset())
    assert policy.sees("internal", frozenset(("data-team",)))
    assert not policy.sees("internal", frozenset(("park",)))


def test_without_a_file_everybody_who_logs_in_is_a_viewer(tmp_path: Path) -> None:
    assert AccessPolicy.read(tmp_path / "access.toml").role_of("park") is Role.VIEWER


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("default = owner", "Invalid value"),
        ('default = "owner"', "There is no role 'owner'"),
        ('[role]\nadmin = ["kim"]', "'role' is not a part of an access file"),
        ('[roles]\nadmin = "kim"', "admin is not a list of names"),
        ('[roles]\nadmin = ["kim"]\nviewer = ["KIM"]', "'kim' has two roles"),
        ("[quotas]\nrunning_jobs = -1", "a whole number from 0 was expected"),
        ("[quotas]\njobs = 1", "There is no quota 'jobs'"),
        ("roles = 1", r"\[roles\] is not a table"),
    ],
)
def test_what_is_not_understood_gives_nobody_a_role(tmp_path: Path, text: str, reason: str) -> None:
    with pytest.raises(InvalidParameterError, match=reason):
        AccessPolicy.read(written(tmp_path, text))


def test_damaged_bytes_and_huge_files_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "access.toml"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InvalidParameterError, match=r"access\.toml cannot be used"):
        AccessPolicy.read(path)
    path.write_bytes(b"#" * 1_000_001)
    with pytest.raises(InvalidParameterError, match="larger than"):
        AccessPolicy.read(path)
