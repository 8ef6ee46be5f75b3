"""The commands doctor, backup, restore, export-workspace and import-workspace."""

from __future__ import annotations

from argparse import Namespace
from typing import Any

from tagviz.cli import output
from tagviz.operations import backup, health
from tagviz.operations.context import Context
from tagviz.types import ProgressCallback


def doctor(context: Context, arguments: Namespace, progress: ProgressCallback) -> dict[str, Any]:
    findings = health.examine(context, progress=progress)
    done = health.repair(context, findings) if arguments.repair else []
    outcomes = {one.finding: one for one in done}
    rows = []
    for finding in findings:
        outcome = outcomes.get(finding)
        rows.append(
            {
                "place": finding.place,
                "what": finding.what,
                "why": finding.why,
                "remedy": finding.remedy,
                "repair": str(finding.repair),
                "done": "" if outcome is None else outcome.outcome,
                "repaired": outcome is not None and outcome.repaired,
            }
        )
    left = sum(not row["repaired"] for row in rows)
    return {"findings": rows, "damaged": len(rows), "left": left, "exit_code": int(left > 0)}


def make_backup(context: Context, arguments: Namespace, progress: ProgressCallback) -> dict[str, Any]:
    return _described(backup.backup(context, arguments.path, progress))


def restore(context: Context, arguments: Namespace, progress: ProgressCallback) -> dict[str, Any]:
    done = backup.restore(context, arguments.path, progress)
    return {**_described(done), "aside": done.aside}


def import_workspace(context: Context, arguments: Namespace, progress: ProgressCallback) -> dict[str, Any]:
    return _described(backup.merge(context, arguments.path, progress))


def _described(done: backup.Backup) -> dict[str, Any]:
    return {
        "file": str(done.path),
        "files": done.files,
        **{name: count for name, count in done.rows.items() if count},
        "bytes": done.bytes,
        "version": done.version,
        "created": done.created,
    }


def show_doctor(document: dict[str, Any]) -> None:
    """Prints what was found, what helps, and what a repair does or did."""
    for row in document["findings"]:
        print(f"{row['what']} ({row['place']}): {row['why']}")
        print(f"  what helps: {row['remedy']}")
        if row["done"]:
            print(f"  done: {row['done']}")
        elif row["repair"]:
            print(f"  --repair would: {row['repair']}")
    if not document["findings"]:
        print("Nothing is damaged.")
    elif document["left"]:
        output.line(f"{document['left']} of {document['damaged']} damaged; see what helps, or run with --repair")
