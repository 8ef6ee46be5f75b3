"""How much of the machine one person uses: disk space of what this person's jobs have stored."""

from __future__ import annotations

from tagviz.errors import InvalidParameterError
from tagviz.operations.context import Context
from tagviz.store.artifacts import Artifact
from tagviz.store.files import size_of
from tagviz.store.jobs import Jobs

MEGABYTE = 1_000_000


def disk_use(context: Context, person: str) -> int:
    """Return the bytes on disk of the corpora and models that a person has imported and trained on the dashboard.

    What another person's job stored first is that person's, and what is deleted no longer counts.
    """
    workspace, total, seen = context.workspace, 0, set()
    for outcome, whose in Jobs(context.database).outcomes():
        fingerprint, model = str(outcome.get("fingerprint", "")), str(outcome.get("model", ""))
        key = f"{fingerprint}/{model}" if model else fingerprint
        if not fingerprint or key in seen:
            continue
        seen.add(key)
        if whose == person:
            total += _size((workspace.models if model else workspace.corpora).find(key))
    return total


def check_disk(context: Context, person: str, megabytes: int) -> None:
    """Refuse a person who has used up the disk space of one person.

    Args:
        context: The workspace.
        person: Who wants to store something.
        megabytes: The limit; 0 is none.

    Raises:
        InvalidParameterError: It is used up.
    """
    if megabytes and (used := disk_use(context, person)) >= megabytes * MEGABYTE:
        raise InvalidParameterError(
            f"Your corpora and models take {used / MEGABYTE:,.0f} MB",
            f"one person may use {megabytes:,} MB",
            "ask an admin to delete some of them, or to raise the quota",
        )


def _size(artifact: Artifact | None) -> int:
    return 0 if artifact is None or artifact.shipped else size_of(artifact.folder)
