"""Thresholds from which a check of a corpus is amber or red."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tagviz.access.roles import Permission
from tagviz.errors import InvalidParameterError, StoreError
from tagviz.monitoring.lights import Thresholds
from tagviz.operations import access
from tagviz.operations.context import Context
from tagviz.store.files import damaged, read_object, write_json
from tagviz.store.workspace import checked_name

REMEDY = "restore it from a backup, or set it aside with `tagviz doctor --repair` and set the limits again"


def open_thresholds(context: Context, name: str) -> Thresholds:
    """Those that were set for a corpus; the defaults for what was not."""
    context.workspace.versions(name)
    return Thresholds.parse(read(thresholds_file(context, name)))


def thresholds_file(context: Context, name: str) -> Path:
    """The file that holds the thresholds of a corpus; it need not exist."""
    return context.workspace.home / "thresholds" / f"{checked_name(name)}.json"


def read(path: Path) -> dict[str, Any]:
    """What such a file says. Raises StoreError for a damaged one."""
    try:
        return read_object(path) or {}
    except StoreError as error:
        raise damaged(path, error.detail, REMEDY) from error


@access.change(Permission.DEFAULTS, "set monitor limits")
def set_thresholds(context: Context, name: str, values: Mapping[str, Any]) -> Thresholds:
    """Sets some thresholds of a corpus and keeps them as JSON.

    Raises InvalidParameterError for one that does not exist, or where red would come before amber.
    """
    path = thresholds_file(context, name)
    thresholds = Thresholds.parse({**open_thresholds(context, name).model_dump(), **values})
    for field in Thresholds.model_fields:
        start, _, end = field.rpartition("_")
        if end == "amber":
            amber, red = getattr(thresholds, field), getattr(thresholds, f"{start}_red")
            if (red > amber) if start == "overlap" else (red < amber):
                side = "above" if start == "overlap" else "below"
                raise InvalidParameterError(
                    f"{start}_red is {side} {start}_amber", f"{red:g} and {amber:g}", "set both"
                )
    write_json(path, thresholds.model_dump(mode="json"))
    return thresholds
