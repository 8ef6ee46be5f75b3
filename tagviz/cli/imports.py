"""The import's preview and its end, as JSON and as people read them."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tagviz.cli.output import table
from tagviz.errors import InvalidParameterError
from tagviz.operations import import_preview
from tagviz.song_words import in_words

_NAMED_SEPARATORS = {"\t": "tab", ",": "comma", ";": "semicolon", " ": "blank", "": "–"}


def options_of(arguments: Namespace) -> dict[str, str]:
    """The reader's options: settings, columns, encoding and sessions in one."""
    unknown = sorted(set(arguments.columns) - set(import_preview.ROLES))
    if unknown:
        raise InvalidParameterError(
            f"There is no role {unknown[0]!r}", f"roles: {', '.join(import_preview.ROLES)}", "choose one of these"
        )
    options = {**arguments.options, **arguments.columns}
    if arguments.encoding:
        options["encoding"] = arguments.encoding
    if arguments.sessions:
        options["sessions"] = arguments.sessions
    return options


def preview(path: Path, source_format: str, options: dict[str, str]) -> dict[str, Any]:
    """What the file is taken for."""
    shown = import_preview.preview(path, source_format, options)
    return {"preview": True, **asdict(shown), "columns_not_used": list(shown.columns_not_used)}


def show(document: dict[str, Any]) -> None:
    """Prints a preview, or what an import brought."""
    if document.get("preview"):
        _show_preview(document)
    else:
        _show_import(document)


def _show_import(document: dict[str, Any]) -> None:
    late = ("rules", "columns_not_used", "rows_changed", "files_not_read", "offers", "tags_that_differ_in_case_only")
    for key, value in document.items():
        if key == "notes" and value:
            print("notes:")
            print("\n".join(f"  {entry}" for entry in value))
        elif key == "changes" and value:
            print("next to the version before:")
            table(value, ("kind", "kept", "new", "gone"))
        elif key == document["songs_are"] and not value:
            continue  # a corpus of artists has no artists beside them
        elif key not in late and (not isinstance(value, list) or value):
            print(f"{in_words(key, document['songs_are'])}: {value}")
    for rule in document.get("rules", ()):
        print(f"rule: {rule}")
    for group in document.get("tags_that_differ_in_case_only", ())[:5]:
        print(f"differ in case only: {', '.join(group)} (--set merge_case=true makes them one)")
    for offer in document.get("offers", ()):
        print(offer)
    if document.get("files_not_read"):
        print(f"files not read: {_some(document['files_not_read'])}")
    if document.get("columns_not_used"):
        print(f"columns not used: {_some(document['columns_not_used'])}")
    if document.get("rows_changed"):
        print(f"rows changed: {'; '.join(document['rows_changed'])}")


def _show_preview(document: dict[str, Any]) -> None:
    print(f"{document['name']}: {document['taken_for']} (format {document['format']})")
    for key, title in (
        ("encoding", "encoding"),
        ("tag_form", "tags"),
        ("decimal", "decimal mark"),
        ("songs_are", "songs are"),
    ):
        if document[key]:
            why = f" ({document['encoding_why']})" if key == "encoding" else ""
            print(f"{title}: {document[key]}{why}")
    if document["separator"]:
        print(f"columns between: {_NAMED_SEPARATORS.get(document['separator'], document['separator'])}")
    if document["columns"]:
        rows = [{"column": c["name"], "role": c["role"] or "not used", "why": c["why"],
                 "examples": ", ".join(c["examples"])}
                for c in document["columns"]]  # fmt: skip
        table(rows)
    rows = [{**row, "tags": ", ".join(row["tags"]), "songs": ", ".join(row["songs"])} for row in document["rows"]]
    filled = [
        key for key in ("id", "title", "tags", "songs", "date", "likes", "group") if any(row[key] for row in rows)
    ]
    table([{in_words(key, document["songs_are"]): row[key] for key in filled} for row in rows])
    words = document["songs_are"]
    counts = ", ".join(f"{count:,} {in_words(name, words)}" for name, count in document["counts"].items() if count)
    print(counts if document["complete"] else f"in the part that was looked at: {counts}")
    for title, key in (("rule", "rules"), ("dropped or corrected", "dropped"), ("offer", "offers")):
        for line in document[key]:
            print(f"{title}: {line}")
    for group in document["case_variants"][:5]:
        print(f"differ in case only: {', '.join(group)} (--set merge_case=true makes them one)")
    if document["files_not_read"]:
        print(f"files not read: {_some(document['files_not_read'])}")
    if document["columns_not_used"]:
        print(f"columns not used: {_some(document['columns_not_used'])}")
    if document["changed"]:
        print(f"rows changed: {'; '.join(document['changed'])}")
    for question in document["questions"]:
        print(f"to be answered before the import: {question['text']} — {question['option']}")
    print("nothing was kept")


def _some(names: Any) -> str:
    listed = list(names)
    return ", ".join(listed[:30]) + (f" and {len(listed) - 30} more" if len(listed) > 30 else "")
