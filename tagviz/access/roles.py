"""Roles, what each may do, and the person who acts."""

from __future__ import annotations

import getpass
from dataclasses import dataclass
from enum import IntEnum, StrEnum

from tagviz.errors import InvalidParameterError, NotPermittedError


class Role(IntEnum):
    """What a person may do. Each role may do everything that the ones before it may."""

    NONE = 0
    VIEWER = 1
    REVIEWER = 2
    CURATOR = 3
    TRAINER = 4
    ADMIN = 5

    @classmethod
    def parse(cls, text: str) -> Role:
        """Return the role of a name, in any case.

        Raises:
            InvalidParameterError: There is no such role.
        """
        try:
            return cls[text.strip().upper()]
        except KeyError:
            known = ", ".join(role.label for role in cls)
            raise InvalidParameterError(
                f"There is no role {text[:40]!r}", f"roles: {known}", "use one of these"
            ) from None

    @property
    def label(self) -> str:
        """The name as people write it."""
        return self.name.lower()


class Permission(StrEnum):
    """An action, or a group of actions, that needs a role."""

    VIEW = "view"
    FEEDBACK = "feedback"
    DECIDE = "decide"
    GOLDEN = "golden"
    IMPORT = "import"
    TRAIN = "train"
    JOBS = "jobs"
    DEFAULTS = "defaults"
    DELETE = "delete"
    FORGET = "forget"
    RESTORE = "restore"
    ROLES = "roles"
    AUDIT = "audit"


REQUIRED = {
    Permission.VIEW: Role.VIEWER,
    Permission.FEEDBACK: Role.REVIEWER,
    Permission.DECIDE: Role.CURATOR,
    Permission.GOLDEN: Role.CURATOR,
    Permission.IMPORT: Role.TRAINER,
    Permission.TRAIN: Role.TRAINER,
    Permission.JOBS: Role.TRAINER,
    Permission.DEFAULTS: Role.TRAINER,
    Permission.DELETE: Role.ADMIN,
    Permission.FORGET: Role.ADMIN,
    Permission.RESTORE: Role.ADMIN,
    Permission.ROLES: Role.ADMIN,
    Permission.AUDIT: Role.ADMIN,
}
"""The lowest role that has a permission."""

ACTIONS = {
    Permission.VIEW: "look at this",
    Permission.FEEDBACK: "give feedback",
    Permission.DECIDE: "decide on tags",
    Permission.GOLDEN: "change golden queries",
    Permission.IMPORT: "import playlists",
    Permission.TRAIN: "train models",
    Permission.JOBS: "start or cancel jobs",
    Permission.DEFAULTS: "change the default model or the limits of the monitor",
    Permission.DELETE: "delete this",
    Permission.FORGET: "erase the feedback of other people",
    Permission.RESTORE: "restore what was deleted",
    Permission.ROLES: "change roles and access tokens",
    Permission.AUDIT: "read the audit log",
}
"""What a permission allows, as it follows "You may not"."""


WAYS = ("dashboard", "command line", "job")
"""How a person acts, as the audit log names it."""


@dataclass(frozen=True)
class Actor:
    """Who carries an operation out.

    Attributes:
        name: As it is written into histories; empty for somebody whom no login names.
        role: What this person may do.
        remote: Whether this person acts through the dashboard, and not as a user of this machine.
        verified: Whether a login vouches for the name.
        groups: Groups that the login names.
        read_only: Whether the whole dashboard is read-only, whatever the role.
        job: Whether a job acts that this person has started.
    """

    name: str = ""
    role: Role = Role.ADMIN
    remote: bool = False
    verified: bool = False
    groups: frozenset[str] = frozenset()
    read_only: bool = False
    job: bool = False

    @property
    def way(self) -> str:
        """How the person acts, as the audit log names it."""
        return WAYS[2] if self.job else WAYS[0] if self.remote else WAYS[1]

    @property
    def person(self) -> str:
        """The name for the audit log: the login's, else the user of this machine; in parentheses where nobody knows."""
        if self.name:
            return self.name if self.verified or not self.remote else f"{self.name} (unverified)"
        return "(not logged in)" if self.remote else getpass.getuser()

    def may(self, permission: Permission) -> bool:
        """Return whether the person may do it."""
        if self.read_only and permission is not Permission.VIEW:
            return False
        return self.role >= REQUIRED[permission]

    def require(self, permission: Permission) -> None:
        """Make sure that the person may do it.

        Raises:
            NotPermittedError: The person may not.
        """
        if self.may(permission):
            return
        if self.read_only:
            raise NotPermittedError(
                f"You may not {ACTIONS[permission]}", "this dashboard is read-only", "ask whoever runs it"
            )
        own = f"your role is {self.role.label}" if self.role else "you have no role"
        raise NotPermittedError(
            f"You may not {ACTIONS[permission]}",
            f"{own}; {REQUIRED[permission].label} is needed",
            "ask an admin for this role",
        )
