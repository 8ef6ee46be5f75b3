"""The command `monitor`: checks a corpus, for a person or for cron, and lists what it found before."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Mapping
from typing import Any

from tagviz.cli import tables
from tagviz.operations import monitor as watch
from tagviz.store.arrays import storing
from tagviz.store.workspace import Workspace
from tagviz.text import clean
from tagviz.types import ProgressCallback


def monitor(ws: Workspace, given: Namespace, tell: ProgressCallback) -> dict[str, Any]:
    if given.action == "history":
        return {"corpus": given.corpus, "runs": [_brief(run) for run in watch.runs(ws, given.corpus)]}
    if given.action == "limits":
        set_now = watch.set_thresholds(ws, given.corpus, given.values) if given.values else None
        kept = set_now or watch.thresholds(ws, given.corpus)
        return {"corpus": given.corpus, "thresholds": kept.model_dump(mode="json")}
    document = watch.run(ws, given.corpus, given.evaluate, given.limit, progress=tell)
    if given.html is not None:
        with storing(given.html):
            given.html.write_text(watch.html(document), encoding="utf-8")
    return document


def show(document: Mapping[str, Any]) -> None:
    """What a person reads."""
    if "runs" in document:
        tables.table(document["runs"], ("created", "light", "amber", "red", "model", "newer"))
    elif "checks" not in document:
        for key, value in document["thresholds"].items():
            print(f"{key}: {value:g}")
    else:
        print(f"{clean(document['corpus'])}: {document['light']}")
        for check in document["checks"]:
            print(f"{check['light'].upper():8}{check['title']}: {clean(check['reason'])}")
            if check["examples"] and check["light"] in ("amber", "red"):
                print(f"        such as {clean(', '.join(check['examples']))}")
        if not document["proposals"] and document["exit_code"]:
            print("→ nothing to do: every model has learned from the newest version")
        for one in document["proposals"]:
            print(f"→ {one['act']}: {clean(one['sentence'])} {clean(', '.join(one['tags']))}".rstrip())


def _brief(run: Mapping[str, Any]) -> dict[str, Any]:
    lights = [check["light"] for check in run["checks"]]
    counts = {name: lights.count(name) for name in ("amber", "red")}
    return {**{key: run[key] for key in ("id", "created", "light", "model", "newer", "older")}, **counts}
