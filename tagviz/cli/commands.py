"""The table of commands, and how one runs: it calls one operation and prints its document."""

from __future__ import annotations

import importlib
from argparse import Namespace
from collections.abc import Mapping
from typing import Any

from tagviz.cli import output
from tagviz.operations import database
from tagviz.operations.context import Context


def run(arguments: Namespace) -> int:
    """Runs the command that was typed and returns the exit code."""
    teller = output.Teller()

    context = Context.default()
    try:
        queued = getattr(arguments, "background", False)
        if queued:
            document = _call("jobs.queued", context, arguments)
        else:
            document = _call(COMMANDS[arguments.command], context, arguments, teller)
    finally:
        teller.done()
    if (problem := database.problem(context)) is not None:
        output.line(f"warning: decisions are as last seen, feedback does not count: {problem}")
    if arguments.json:
        output.json_document(document)
    elif arguments.command in _SHOWN and not queued:
        _call(_SHOWN[arguments.command], document)
    else:
        _call("tables.show_document", "jobs" if queued else arguments.command, document)
    return int(document.get("exit_code", 0))


def _call(function: str, *arguments: Any) -> Any:
    """Calls `module.function` of this package."""
    module, _, name = function.rpartition(".")
    return getattr(importlib.import_module(f"tagviz.cli.{module}"), name)(*arguments)


_SHOWN: Mapping[str, str] = {"import": "imports.show", "monitor": "monitor.show"}
"""Commands whose documents are printed by a function of their own."""
COMMANDS: Mapping[str, str] = {
    "import": "corpora.import_corpus",
    "export": "corpora.export_corpus",
    "corpora": "corpora.list_corpora",
    "profile": "corpora.profile_corpus",
    "features": "features.run_features",
    "methods": "models.list_methods",
    "models": "models.list_models",
    "train": "models.train",
    "fine-tune": "models.fine_tune",
    "tune": "models.tune",
    "load": "models.load_vectors",
    "compare": "models.compare_models",
    "project": "maps.project",
    "recommend": "recommend.recommend_items",
    "autotag": "features.autotag",
    "neighbours": "recommend.list_neighbours",
    "evaluate": "evaluate.evaluate",
    "split": "arena.split_corpus",
    "predict": "recommend.predict",
    "score": "arena.score_results",
    "jobs": "jobs.run_jobs",
    "demo": "demo.build_demo",
    "generate": "demo.generate",
    "curate": "curate.curate",
    "feedback": "feedback.feedback",
    "monitor": "monitor.monitor",
    "doctor": "workspace.doctor",
    "backup": "workspace.make_backup",
    "restore": "workspace.restore",
    "export-workspace": "workspace.make_backup",
    "import-workspace": "workspace.import_workspace",
    "access": "access.access",
    "audit": "access.audit",
    "run": "run.run_dashboard",
}
"""Of each command the module of `cli` and the function in it: only the one that was typed is imported."""
