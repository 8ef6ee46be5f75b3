"""The report of a monitoring run as one HTML file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd


def report_html(document: Mapping[str, Any]) -> str:
    """A run as one HTML file that opens without a network."""
    from tagviz.evaluation.export_html import Section, page

    table = pd.DataFrame(
        [
            (check["light"].upper(), check["title"], check["value"], check["amber"], check["red"])
            for check in document["checks"]
        ],
        columns=["status", "check", "value", "amber from", "red from"],
    )
    reasons = [f"{check['light'].upper()}: {_told(check)}" for check in document["checks"]]
    todo = [one["sentence"] + (f" {', '.join(one['tags'])}" if one["tags"] else "") for one in document["proposals"]]
    sections = [
        Section("Checks", table=table),
        Section("Why", reasons),
        *([Section("Not checked", list(document["skipped"]))] if document.get("skipped") else []),
        Section("What to do", todo or ["Nothing: all is as it was."]),
    ]
    for state, rows in document["changed"].items():
        if rows:
            sections.append(Section(f"Tags: {state}", table=pd.DataFrame(rows).drop(columns="tag")))
    older = document["older"] or "no version before"
    about = f"{document['created']} · {document['newer']} next to {older} · model {document['model']}"
    return page(f"{document['corpus']}: {document['light'].upper()}", about, sections)


def _told(check: Mapping[str, Any]) -> str:
    return str(check["reason"]) + (f" Such as: {', '.join(check['examples'])}." if check["examples"] else "")
