"""The database of a workspace."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tagviz.settings import settings
from tagviz.store.db import engine
from tagviz.store.workspace import Workspace

if TYPE_CHECKING:
    from sqlalchemy import Engine


def database(ws: Workspace) -> Engine:
    """The one that the environment names, or SQLite in the workspace."""
    return engine(_url(ws))


def has_database(ws: Workspace) -> bool:
    """Whether anything can have been kept: False where SQLite's file was never made."""
    own = _url(ws)
    return own != _lite(ws) or (ws.home / "tagviz.db").exists()


def _url(ws: Workspace) -> str:
    return settings().database_url if ws.home == settings().home else _lite(ws)


def _lite(ws: Workspace) -> str:
    return f"sqlite:///{ws.home / 'tagviz.db'}"
