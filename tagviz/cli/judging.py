"""The command `evaluate`: judges models, prints what a page would show, and writes the report to files."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from tagviz.cli.show import line
from tagviz.errors import BadParameter
from tagviz.evaluate import compare, metrics, ranks, text, words
from tagviz.evaluate.report import EvalReport
from tagviz.operations import corpora, verdicts
from tagviz.store.arrays import storing
from tagviz.store.workspace import Workspace
from tagviz.types import Kind, ProgressCallback


def evaluate(ws: Workspace, given: Namespace, tell: ProgressCallback) -> dict[str, Any]:
    corpus = corpora.open_corpus(ws, given.corpus)
    ident, report = verdicts.evaluate(
        ws,
        corpus,
        given.models,
        given.protocol,
        given.mask,
        given.group_split,
        given.seed,
        given.share,
        given.limit,
        tell,
    )
    kind = report.kinds[0]
    k = min(given.k, report.depth(kind))
    table = metrics.summary(report, kind, k)
    return {
        "rows": _rows(table),
        "questions": len(report),
        "report": ident,
        "kind": str(kind),
        "k": k,
        "protocol": report.protocol,
        "mask": report.mask if report.protocol == "arena" else "",
        "group_split": report.by_group,
        "seed": report.seed,
        "comparison": _records(compare.compare(report, "ndcg", kind, k)),
        "ranks": [_ranks(report, kind, min(given.k, report.depth(kind))) for kind in report.kinds],
        "trained": [
            {"model": one.label, "id": one.model, "seconds": one.train_seconds, "questions_per_second": one.speed}
            for one in report.models
        ],
        "warnings": report.warnings,
        "notes": list(report.notes),
        "files": [str(path) for path in _written(given, report, table, k)],
    }


def show(document: dict[str, Any]) -> None:
    """The table with its intervals, what it says in words, and where the right items come."""
    for warning in [*document["warnings"], *document["notes"]]:
        line(f"note: {warning}")
    asked = f"{document['questions']:,} questions, {document['protocol']} {document['mask']}".strip()
    print(f"{asked}; {document['kind']}s at k = {document['k']}; ± half of a 95 % interval, * the best")
    summary = pd.DataFrame([_flat(row) for row in document["rows"]]).astype({"model": "str"})
    print(text.table(summary, document["k"]))
    comparison = pd.DataFrame(document["comparison"], columns=compare.COLUMNS)
    for _, pair in comparison.iterrows():
        print(words.comparison_sentence(pair, "nDCG"))
    for found in document["ranks"]:
        shape = _histogram(found)
        for label in shape.shares:
            print(f"\n{text.histogram(shape, label)}")
    for path in document["files"]:
        print(f"written: {path}")


def _written(given: Namespace, report: EvalReport, table: pd.DataFrame, k: int) -> list[Path]:
    """The files that were asked for."""
    from tagviz.operations import panels

    made = []
    for path, content in (
        (given.html, lambda: panels.html_report(report, given.k)),
        (given.csv, lambda: text.csv(table)),
        (given.latex, lambda: text.latex(table, k)),
    ):
        if path is not None:
            if path.is_dir():
                raise BadParameter(f"{path} is a folder", "the report is one file", "name a file")
            with storing(path):
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(content(), encoding="utf-8")
            made.append(path)
    return made


def _rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    names = [str(name) for name in table.columns if f"{name}_low" in table]
    return [
        {
            "model": row["model"],
            **{name: number(row[name]) for name in names},
            "ci": {name: [number(row[f"{name}_low"]), number(row[f"{name}_high"])] for name in names},
        }
        for _, row in table.iterrows()
    ]


def _flat(row: dict[str, Any]) -> dict[str, Any]:
    """A row as `metrics.summary` has it."""
    ends = {
        f"{name}_{end}": value
        for name, pair in row["ci"].items()
        for end, value in zip(("low", "high"), pair, strict=True)
    }
    return {name: np.nan if value is None else value for name, value in (row | ends).items() if name != "ci"}


def _ranks(report: EvalReport, kind: Kind, k: int) -> dict[str, Any]:
    shape = ranks.histogram(report, kind, k)
    return {
        "kind": str(kind),
        "k": k,
        "hidden": shape.items,
        "bars": [[int(a), int(b)] for a, b in zip(shape.starts, shape.ends, strict=True)],
        "models": [
            {
                "model": label,
                "median": None if np.isinf(shape.median[label]) else shape.median[label],
                "found": number(shape.found[label]),
                "shares": [number(share) for share in shares],
            }
            for label, shares in shape.shares.items()
        ],
    }


def _histogram(found: dict[str, Any]) -> ranks.RankHistogram:
    bars = np.array(found["bars"]).reshape(-1, 2)
    models = {str(one["model"]): one for one in found["models"]}
    return ranks.RankHistogram(
        kind=Kind(found["kind"]),
        k=found["k"],
        starts=bars[:, 0],
        ends=bars[:, 1],
        shares={label: np.array(one["shares"]) for label, one in models.items()},
        median={label: np.inf if one["median"] is None else one["median"] for label, one in models.items()},
        found={label: one["found"] for label, one in models.items()},
        items=found["hidden"],
    )


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(name): _plain(value) for name, value in row.items()} for _, row in frame.iterrows()]


def _plain(value: Any) -> Any:
    return number(value) if isinstance(value, float) else value


def number(value: float) -> float | None:
    """A metric, or None where it means nothing here."""
    return None if value != value else round(float(value), 6)
