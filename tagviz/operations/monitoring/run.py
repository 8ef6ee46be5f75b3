"""The watch: compares the newest version of a corpus with the one before it and keeps what it found."""

from __future__ import annotations

import secrets
import time
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import pandas as pd

from tagviz.errors import StoreError
from tagviz.monitoring import drift, losses
from tagviz.monitoring.lights import EXIT, Check, advice, worst
from tagviz.operations import corpora, models
from tagviz.operations.context import Context
from tagviz.operations.monitoring.alerts import alert
from tagviz.operations.monitoring.checks import (
    check_distributions,
    check_feedback,
    check_losses,
    check_quality,
    check_vocabulary,
    has_stale_models,
    history_point,
    move_rows,
    order_moves,
)
from tagviz.operations.monitoring.golden_check import check_golden
from tagviz.operations.monitoring.thresholds import open_thresholds
from tagviz.store.files import read_object, write_json
from tagviz.store.workspace import checked_name, now
from tagviz.types import Progress, ProgressCallback, no_progress

RUN_FACTS = frozenset(("id", "created", "newer", "light", "exit_code", "checks", "metrics", "changed", "proposals"))
"""What the document of a run says at least."""


def run_checks(
    context: Context,
    name: str,
    evaluate: bool = True,
    limit: int | None = None,
    moment: float | None = None,
    progress: ProgressCallback = no_progress,
) -> dict[str, Any]:
    """Checks a corpus and keeps the result.

    `light`, `exit_code`, `checks`, `changed`, `metrics`, `proposals` (see `watch.lights`), as JSON. With one version
    only, nothing but metric and verdicts is measured.

    evaluate: judge the default model on the newest version, and on the one before where that was never done; this
    trains, and a model's space is only compared then. limit: questions at most. moment: seconds since 1970 that count
    as now. Raises NotFoundError for a corpus that is not there.
    """
    limits = open_thresholds(context, name)
    known = list(dict.fromkeys(version.fingerprint for version in context.workspace.versions(name)))
    progress(Progress("Comparing versions", 0.0))
    newer = corpora.open_corpus(context, name)
    older = corpora.open_corpus(context, name, known[-2]) if len(known) > 1 else None
    checks: list[Check] = []
    changed: dict[str, list[dict[str, Any]]] = {}
    fresh: list[str] = []
    if older is not None:
        moved = drift.vocabulary(older, newer, limits.significance)
        changed = {state: move_rows(moved, state) for state in ("new", "gone", "rising", "falling")}
        fresh = order_moves(moved, "new")["tag"].tolist()
        gone = order_moves(moved, "gone")["tag"].tolist()
        renamed = losses.renames(older, newer, gone, fresh)
        changed["renamed"] = [{str(key): cell for key, cell in row.items()} for row in renamed.to_dict("records")]
        checks += [*check_losses(older, newer, limits), *check_vocabulary(moved, limits)]
        checks += check_distributions(older, newer, moved, limits)
    model = models.default(context, newer.fingerprint)
    metrics: list[dict[str, Any]] = []
    if evaluate:
        model, metrics, more = check_quality(context, newer, older, limits, limit, progress)
        checks += more
    asked = check_golden(context, newer, list_runs(context, name), limits, evaluate, progress)
    checks += [asked.check] if asked else []
    checks.append(check_feedback(context, name, limits, time.time() if moment is None else moment))
    pairs = [(str(row["label"]), str(row["to_label"])) for row in changed.get("renamed", ())]
    proposals = advice(checks, fresh, has_stale_models(context, name, newer.fingerprint), renamed=pairs)
    whole = worst([check.light for check in checks])
    last = max((str(one["created"]) for one in list_runs(context, name)), default="")
    created = now(after=last)
    document = {
        "id": f"{''.join(c for c in created[:19] if c.isdigit())}-{secrets.token_hex(3)}",
        "corpus": name,
        "created": created,
        "newer": newer.fingerprint,
        "older": "" if older is None else older.fingerprint,
        "playlists": [0 if older is None else len(older), len(newer)],
        "model": model,
        "light": str(whole),
        "exit_code": EXIT[whole],
        "checks": [check.plain() for check in checks],
        "metrics": metrics,
        "golden": asked.document if asked else {},
        "changed": changed,
        "skipped": _skipped(older is not None, evaluate, asked is not None),
        "proposals": [one.plain() for one in proposals],
        "thresholds": limits.model_dump(mode="json"),
    }
    write_json(context.workspace.home / "monitor" / checked_name(name) / f"{document['id']}.json", document)
    alerted = alert(document)
    return {**document, "alert": alerted} if alerted else document


def _skipped(compared: bool, evaluated: bool, golden: bool) -> list[str]:
    """Sentences on what a run did not check, and why."""
    reasons = [
        (compared, "Changes: there is only one version."),
        (evaluated, "Quality of the answers and nearest tags: this check ran without training."),
        (golden, "Golden queries: this corpus has none."),
    ]
    return [sentence for checked, sentence in reasons if not checked]


def list_runs(context: Context, name: str) -> list[Mapping[str, Any]]:
    """What was found so far, newest first; damaged results are left out."""
    context.workspace.versions(name)  # a name that is not there is an error, not an empty list
    kept = sorted((context.workspace.home / "monitor" / checked_name(name)).glob("*.json"), reverse=True)
    runs: list[Mapping[str, Any]] = []
    for path in kept:
        with suppress(StoreError):  # `tagviz doctor` names it
            run = read_object(path)
            runs += [run] if run is not None and set(run) >= RUN_FACTS else []
    return runs


def history_table(found: list[Mapping[str, Any]]) -> pd.DataFrame:
    """What runs measured, oldest first, metrics before checks.

    `created`, `check` (or metric), `title`, `value`, `light`, `newer`.
    """
    rows = [
        (run["created"], check["name"], check["title"], check["value"], check["light"], run["newer"])
        for run in reversed(found)
        for check in [*(history_point(one) for one in run["metrics"]), *run["checks"]]
        if check["value"] is not None
    ]
    frame = pd.DataFrame(rows, columns=["created", "check", "title", "value", "light", "newer"])
    frame["created"] = pd.to_datetime(frame["created"], utc=True, format="ISO8601")
    return frame
