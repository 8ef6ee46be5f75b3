"""Curation: decisions of experts on tags, as an overlay over a corpus."""

from __future__ import annotations

from tagviz.operations.curation.decisions import (
    MOST_SUGGESTED,
    Change,
    DecisionFile,
    ImportSummary,
    add,
    add_all,
    checked,
    current_overlay,
    export_skos,
    export_yaml,
    history,
    import_decisions,
    known,
    plain,
    reject,
    reject_all,
    reopen,
    spelled,
    undo,
    warnings,
    withdraw,
)
from tagviz.operations.curation.overlay import rejected

__all__ = [
    "MOST_SUGGESTED",
    "Change",
    "DecisionFile",
    "ImportSummary",
    "add",
    "add_all",
    "checked",
    "current_overlay",
    "export_skos",
    "export_yaml",
    "history",
    "import_decisions",
    "known",
    "plain",
    "reject",
    "reject_all",
    "rejected",
    "reopen",
    "spelled",
    "undo",
    "warnings",
    "withdraw",
]
