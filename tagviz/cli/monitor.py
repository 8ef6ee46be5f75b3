"""The command `monitor`: checks a corpus, for a person or for cron, and lists what it found before."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Mapping
from typing import Any

from tagviz.cli.output import table
from tagviz.errors import InvalidParameterError
from tagviz.operations import monitoring as watch
from tagviz.operations.context import Context
from tagviz.store.files import store_errors
from tagviz.text import clean
from tagviz.types import ProgressCallback


def monitor(context: Context, arguments: Namespace, progress: ProgressCallback) -> dict[str, Any]:
    if arguments.action == "test-alert":
        return {"alert": watch.send_test_alert()}
    if not arguments.corpus:
        raise InvalidParameterError("No corpus is named", f"monitor {arguments.action} needs one", "add its name")
    if arguments.action == "history":
        return {"corpus": arguments.corpus, "runs": [_brief(run) for run in watch.list_runs(context, arguments.corpus)]}
    if arguments.action == "limits":
        set_now = watch.set_thresholds(context, arguments.corpus, arguments.values) if arguments.values else None
        kept = set_now or watch.open_thresholds(context, arguments.corpus)
        return {"corpus": arguments.corpus, "thresholds": kept.model_dump(mode="json")}
    document = watch.run_checks(context, arguments.corpus, arguments.evaluate, arguments.limit, progress=progress)
    if arguments.html is not None:
        with store_errors(arguments.html):
            arguments.html.write_text(watch.report_html(document), encoding="utf-8")
    return document


def show(document: Mapping[str, Any]) -> None:
    """What a person reads."""
    if "runs" in document:
        table(document["runs"], ("created", "light", "amber", "red", "model", "newer"))
    elif set(document) == {"alert"}:
        print(document["alert"])
    elif "checks" not in document:
        for key, value in document["thresholds"].items():
            print(f"{key}: {value:g}")
    else:
        print(f"{clean(document['corpus'])}: {document['light']}")
        for check in document["checks"]:
            print(f"{check['light'].upper():8}{check['title']}: {clean(check['reason'])}")
            if check["examples"] and check["light"] in ("amber", "red"):
                print(f"        such as {clean(', '.join(check['examples']))}")
        for sentence in document.get("skipped", ()):
            print(f"not checked: {clean(sentence)}")
        if not document["proposals"] and document["exit_code"]:
            print("→ nothing to do: every model has learned from the newest version")
        for one in document["proposals"]:
            print(f"→ {one['act']}: {clean(one['sentence'])} {clean(', '.join(one['tags']))}".rstrip())
        if document.get("alert"):
            print(document["alert"])


def _brief(run: Mapping[str, Any]) -> dict[str, Any]:
    lights = [check["light"] for check in run["checks"]]
    counts = {name: lights.count(name) for name in ("amber", "red")}
    return {**{key: run[key] for key in ("id", "created", "light", "model", "newer", "older")}, **counts}
