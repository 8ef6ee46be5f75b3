"""Reports of evaluations: list, open and compare them over time."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import pandas as pd

from tagviz.errors import StoreError
from tagviz.evaluation import history, serialization
from tagviz.evaluation.report import EvalReport
from tagviz.operations.context import Context
from tagviz.operations.curation import overlay
from tagviz.store.files import read_errors
from tagviz.types import Kind


def list_reports(context: Context, fingerprint: str) -> list[Mapping[str, Any]]:
    """What is known of a corpus's reports (id, protocol, created, labels, models, summary …), newest first."""
    infos = [
        entry.info
        for one in overlay.related(context.workspace.reports, fingerprint)
        for entry in context.workspace.reports.entries(one)
    ]
    return sorted(infos, key=lambda info: str(info["created"]), reverse=True)


def damaged_reports(context: Context, fingerprint: str) -> list[StoreError]:
    """What is wrong with the reports that `list_reports` leaves out."""
    reports = context.workspace.reports
    return [error for one in overlay.related(reports, fingerprint) for error in reports.damaged(one)]


def metric_history(context: Context, name: str, kind: Kind) -> pd.DataFrame:
    """How the models of a corpus did over all evaluations, of its older versions too (see `runs.history`)."""
    infos = {
        str(info["id"]): info
        for version in context.workspace.versions(name)
        for info in briefs(context, version.fingerprint)
    }
    return history.history(infos.values(), kind)


def briefs(context: Context, fingerprint: str) -> list[Mapping[str, Any]]:
    """As `reports`, each surely with its models and summary.

    One kept by an earlier version, which wrote none, is opened.
    """
    infos: list[Mapping[str, Any]] = []
    for info in list_reports(context, fingerprint):
        with suppress(StoreError):  # one that is damaged is left out
            if "summary" not in info:
                report = open_report(context, fingerprint, str(info["id"]))
                info = {**info, "models": serialization.models(report), "summary": history.brief(report)}
            infos.append(info)
    return infos


def open_report(context: Context, fingerprint: str, ident: str) -> EvalReport:
    """A report that was kept, also of the same corpus under other decisions of experts.

    Raises NotFoundError for none.
    """
    kept = (
        one
        for one in overlay.related(context.workspace.reports, fingerprint)
        if context.workspace.reports.find(f"{one}/{ident}") is not None
    )
    arrays, document = context.workspace.open_report(next(kept, fingerprint), ident)
    with read_errors(Path(ident)):
        return serialization.restore(arrays, document)


def report_id(report: EvalReport) -> str:
    """The protocol, when it was made, and a mark of its own: every evaluation is kept, also of the same settings."""
    moment = "".join(character for character in report.created[:19] if character.isdigit())
    return f"{report.protocol}-{moment}-{secrets.token_hex(3)}"
