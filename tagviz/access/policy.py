"""The access file: which person or group has which role, who sees which corpus, and how much one may use.

A TOML file that people read and edit:

    default = "viewer"                # role of whoever logs in and is not named below; "none" lets nobody else in

    [roles]                           # people by the name or e-mail address of their login
    admin = ["kim@example.com"]
    curator = ["lee@example.com", "park@example.com"]

    [groups]                          # groups as the login names them
    trainer = ["data-team"]

    [corpora]                         # corpora that only these people and groups see
    internal = ["data-team", "kim@example.com"]

    [quotas]                          # per person; 0 is no limit
    running_jobs = 1
    queued_jobs = 10
    disk_mb = 20000
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Self

from tagviz.access.roles import Role
from tagviz.errors import InvalidParameterError, TagvizError

FILE_NAME = "access.toml"
"""Name of the file in the workspace, where no setting names another."""
LONGEST_FILE = 1_000_000
"""Largest size of the file, bytes."""


@dataclass(frozen=True)
class Quotas:
    """How much one person may use; 0 is no limit.

    Attributes:
        running_jobs: Jobs that run at the same time.
        queued_jobs: Jobs that wait or run.
        disk_mb: Megabytes of the corpora and models that the person has imported and trained.
    """

    running_jobs: int = 0
    queued_jobs: int = 0
    disk_mb: int = 0


@dataclass(frozen=True)
class AccessPolicy:
    """What the access file says.

    Attributes:
        default: Role of a person whom the file does not name.
        people: Role by the name or e-mail address of a person, in lower case.
        groups: Role by the name of a group, in lower case.
        corpora: People and groups, in lower case, who see a corpus; everybody sees a corpus that is not named.
        quotas: How much one person may use.
    """

    default: Role = Role.VIEWER
    people: Mapping[str, Role] = field(default_factory=dict)
    groups: Mapping[str, Role] = field(default_factory=dict)
    corpora: Mapping[str, frozenset[str]] = field(default_factory=dict)
    quotas: Quotas = Quotas()

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read an access file; one that does not exist says nothing.

        Raises:
            InvalidParameterError: The file cannot be read or holds something that is not understood. Nobody gets a
                role from such a file.
        """
        try:
            if path.stat().st_size > LONGEST_FILE:
                raise _unreadable(path, f"it is larger than {LONGEST_FILE:,} bytes")
            document = tomllib.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return cls()
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise _unreadable(path, str(error)) from error
        try:
            return cls._parse(document)
        except TagvizError as error:
            raise _unreadable(path, str(error)) from error

    @classmethod
    def _parse(cls, document: Mapping[str, Any]) -> Self:
        unknown = [name for name in document if name not in ("default", "roles", "groups", "corpora", "quotas")]
        if unknown:
            raise InvalidParameterError(f"{unknown[0]!r} is not a part of an access file")
        return cls(
            default=Role.parse(str(document.get("default", "viewer"))),
            people=_roles_by_name(document, "roles"),
            groups=_roles_by_name(document, "groups"),
            corpora={name: frozenset(_names(name, names)) for name, names in _table(document, "corpora").items()},
            quotas=_quotas(_table(document, "quotas")),
        )

    def role_of(self, name: str, email: str = "", groups: frozenset[str] = frozenset()) -> Role:
        """Return the role of a person: by address or name, else the highest of the groups, else the default.

        Args:
            name: Name of the login.
            email: Its e-mail address, if any.
            groups: The groups that the login names.
        """
        for person in (email, name):
            if person and person.lower() in self.people:
                return self.people[person.lower()]
        return max(
            (self.groups[group.lower()] for group in groups if group.lower() in self.groups), default=self.default
        )

    def sees(self, corpus: str, names: frozenset[str]) -> bool:
        """Return whether somebody with these names and groups (in lower case) sees a corpus."""
        return corpus not in self.corpora or bool(self.corpora[corpus] & names)


def _unreadable(path: Path, reason: str) -> InvalidParameterError:
    return InvalidParameterError(
        f"The access file {path.name} cannot be used", reason, "correct it; docs/access.md shows what it may hold"
    )


def _table(document: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    table = document.get(name, {})
    if not isinstance(table, Mapping):
        raise InvalidParameterError(f"[{name}] is not a table")
    return table


def _names(key: str, names: Any) -> list[str]:
    if not isinstance(names, list) or not all(isinstance(name, str) and name.strip() for name in names):
        raise InvalidParameterError(f"{key} is not a list of names", "such as ['kim', 'lee'] was expected")
    return [name.strip().lower() for name in names]


def _roles_by_name(document: Mapping[str, Any], table: str) -> dict[str, Role]:
    roles: dict[str, Role] = {}
    for label, names in _table(document, table).items():
        role = Role.parse(label)
        for name in _names(label, names):
            if roles.setdefault(name, role) is not role:
                raise InvalidParameterError(f"{name!r} has two roles in [{table}]", "one was expected")
    return roles


def _quotas(table: Mapping[str, Any]) -> Quotas:
    known = [one.name for one in fields(Quotas)]
    for name, number in table.items():
        if name not in known:
            raise InvalidParameterError(f"There is no quota {name!r}", f"quotas: {', '.join(known)}")
        if not isinstance(number, int) or isinstance(number, bool) or number < 0:
            raise InvalidParameterError(f"The quota {name} is {number!r}", "a whole number from 0 was expected")
    return Quotas(**table)
