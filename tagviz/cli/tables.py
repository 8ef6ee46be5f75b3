"""Documents as people read them: tables and lines instead of JSON."""

from __future__ import annotations

from typing import Any

from tagviz.cli import access, evaluate, workspace
from tagviz.cli.output import line, table

MOST_PLAYLISTS = 3
"""Playlists named as the reason of one item; the JSON has them all."""


def show_document(command: str, document: dict[str, Any]) -> None:
    """Prints what a command returned."""
    if command in _LISTS:
        key, columns = _LISTS[command]
        table(document.get(key, [document]), columns)
    else:
        _PRINTERS.get(command, _fields)(document)


def _fields(document: dict[str, Any]) -> None:
    for key, value in document.items():
        if isinstance(value, list) and value and key in ("notes", "warnings"):
            print(f"{key}:")
            print("\n".join(f"  {entry}" for entry in value))
        elif key == "changes" and value:
            print("next to the version before:")
            table(value, ("kind", "kept", "new", "gone"))
        elif not isinstance(value, list) or value:
            print(f"{key}: {value}")


def _items(document: dict[str, Any]) -> None:
    if document["fallback"]:
        line("nothing asked is known here: these are the most popular ones")
    if document.get("read_as"):
        line(f"read as: {document['read_as']}")
    for reading in document["readings"]:
        if reading["typed"] in document["unknown"]:
            near = f" — did you mean {', '.join(reading['suggestions'])}?" if reading["suggestions"] else ""
            line(f"unknown: {reading['typed']!r}{near}")
    rows = [{**item, "because": _because(item["reasons"])} for item in document["items"]]
    columns = ("key", "label", "score", "because")
    table(rows, columns if any(row["because"] for row in rows) else columns[:3])
    if document.get("expected"):
        line(document["expected"])


def _because(reasons: list[dict[str, Any]]) -> str:
    """The asked items that brought an item, or the playlists where a method only knows these."""
    labels = {
        via: [why["label"] or "untitled" for why in reasons if why["via"] == via] for via in ("asked", "playlist")
    }
    if labels["asked"] or not labels["playlist"]:
        return ", ".join(labels["asked"])
    return f"playlists {', '.join(labels['playlist'][:MOST_PLAYLISTS])}"


def _methods(document: dict[str, Any]) -> None:
    for entry in document["methods"]:
        print(f"{entry['name']}: {entry['sentence']}")
        if len(document["methods"]) == 1:
            print(f"  {entry['formula']}\n  {entry['source']}\n  cost: {entry['cost']}")
            for parameter in entry["parameters"]:
                print(f"  --set {parameter['name']}={parameter['default']}: {parameter['description']}")


def _study(document: dict[str, Any]) -> None:
    best = ", ".join(f"{name}={arguments}" for name, arguments in document["best"].items())
    print(f"{document['method']}: {document['metric']} {document['score']:.4f} with {best}")
    if document["default_score"] is not None:
        print(f"the defaults reach {document['default_score']:.4f}")
    for name, share in document["importance"].items():
        print(f"  {name}: {share:.0%} of the variation")
    table(document["trials"])


def _side_by_side(document: dict[str, Any]) -> None:
    for key in ("settings", "vocabulary", "verdicts"):
        if document[key]:
            print(f"{key}:")
            table(document[key])
    if document["overlap"] is not None:
        print(f"of the ten nearest tags they agree on {document['overlap']:.0%}; least alike:")
        table(document["least_alike"])


def _vectors(document: dict[str, Any]) -> None:
    matched = ", ".join(f"{count:,} {kind}s" for kind, count in document["matched"].items())
    print(f"{document['file']}: {document['words']:,} words of {document['dimension']} numbers ({document['format']})")
    print(f"they give {matched} a vector: {document['why']}")
    for key, text in _UNFIT.items():
        if document[key]:
            examples = [one["key"] if isinstance(one, dict) else one for one in document[f"{key}_examples"][:5]]
            print(f"{document[key]:,} {text}, such as {', '.join(examples)}")
    for note in document["notes"]:
        print(note)
    table(document["samples"])
    print(f"kept as {document['model']}" if "model" in document else "nothing was kept")


_UNFIT = {
    "missing": "words name nothing here",
    "tags_without_vector": "tags get no vector",
    "ambiguous": "items fit several words; the one spelled alike won",
}


def _features(document: dict[str, Any]) -> None:
    if "features" in document:
        table(document["features"], ("name", "songs", "numbers", "source", "file", "added"))
    elif "columns" in document:
        table([column for column in document["columns"] if column["role"] != "number"], ("name", "role", "why"))
        print(f"{document['songs']:,} songs with {document['numbers']:,} numbers each")
        for note in document["notes"]:
            shown = f" (such as {', '.join(note['examples'])})" if note["examples"] else ""
            print(f"{note['count']:,} {note['what']}: {note['action']}{shown}")
        for remark in document["remarks"]:
            print(remark)
        kind = document["matched_kind"]
        print(f"{document['matched']:,} {kind}s match, {document['without_numbers']:,} {kind}s have no numbers")
        if document["untagged"]:
            examples = ", ".join(document["untagged_examples"])
            print(f"{document['untagged']:,} ids are no {kind} here: untagged documents of their own ({examples} …)")
        print(f"stored as {document['name']!r}" if document["stored"] else "nothing was stored")
    else:
        _fields(document)


def _decisions(document: dict[str, Any]) -> None:
    if "text" in document:
        print(document["text"], end="")
    elif isinstance(document.get("decisions"), list):
        rows = [{**row, "tags": ", ".join(row["tags"])} for row in document["decisions"]]
        columns = ("change", "sort", "id", "act", "tags", "to", "by", "because", "undone", "problem", "evidence")
        table([{name: row[name] for name in columns if row.get(name) not in ("", None)} for row in rows])
    else:
        _fields(document)


def _feedback(document: dict[str, Any]) -> None:
    for key in ("models", "weeks", "agreement", "reviewers", "blind"):
        if document.get(key):
            print(f"{key}:")
            table(document[key])
    if not document.get("models"):
        _fields({key: value for key, value in document.items() if not isinstance(value, list)})


_LISTS = {
    "corpora": ("corpora", ("name", "playlists", "songs", "songs_are", "tags", "format", "imported")),
    "models": ("models", ("model", "method", "seconds", "bytes", "created", "title", "note")),
    "jobs": ("jobs", ("job", "kind", "state", "phase", "fraction", "seconds", "error")),
}
_PRINTERS = {
    "recommend": _items,
    "neighbours": _items,
    "evaluate": evaluate.show,
    "methods": _methods,
    "tune": _study,
    "load": _vectors,
    "features": _features,
    "compare": _side_by_side,
    "curate": _decisions,
    "doctor": workspace.show_doctor,
    "feedback": _feedback,
    "access": access.show_access,
    "audit": access.show_audit,
}
