"""What every operation works in: the workspace, its database, and who acts."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self

from tagviz.access.roles import Actor as Actor
from tagviz.settings import settings
from tagviz.store.database import missing_file, open_engine, sqlite_file
from tagviz.store.workspace import Workspace

if TYPE_CHECKING:
    from sqlalchemy import Engine


LOCAL = Actor()
"""Whoever runs the command line or a script on this machine: owns its files, and may do everything."""


@dataclass(frozen=True)
class Context:
    """The workspace that an operation reads and writes, and who acts.

    Attributes:
        workspace: Artifacts on disk.
        actor: Who acts.
        audited: Whether changes are written to the audit log; not where a folder is filled that others will read.
    """

    workspace: Workspace
    actor: Actor = LOCAL
    audited: bool = True

    @classmethod
    def default(cls) -> Self:
        """The workspace that the environment names, with the shipped demo beneath it."""
        return cls(Workspace.default())

    @property
    def database(self) -> Engine:
        """The database that the environment names, or SQLite in the workspace; migrated when it is first opened."""
        return open_engine(self.database_url)

    @property
    def has_database(self) -> bool:
        """Whether anything can be stored in it: False where SQLite's file was never made."""
        file = self.sqlite_file
        return file is None or file.exists() or missing_file(file)

    @property
    def sqlite_file(self) -> Path | None:
        """The file of the database; None for a server."""
        return sqlite_file(self.database_url)

    @property
    def database_url(self) -> str:
        """SQLAlchemy URL of the database."""
        return settings().database_url if self.workspace.home == settings().home else self._sqlite_url

    @property
    def _sqlite_url(self) -> str:
        return f"sqlite:///{self.workspace.home / 'tagviz.db'}"
