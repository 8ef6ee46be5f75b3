"""The command `evaluate`: judges models, prints what a page would show, and writes the report to files."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from tagviz.cli import golden_queries
from tagviz.cli.inputs import split_spec
from tagviz.cli.output import line, table
from tagviz.errors import InvalidParameterError
from tagviz.evaluation import captions, compare, export_text, metrics, rank_histogram, segments
from tagviz.evaluation.report import EvalReport
from tagviz.operations import corpora, evaluation
from tagviz.operations.context import Context
from tagviz.song_words import in_words
from tagviz.store.files import store_errors
from tagviz.types import Kind, ProgressCallback


def evaluate(context: Context, arguments: Namespace, progress: ProgressCallback) -> dict[str, Any]:
    corpus = corpora.open_corpus(context, arguments.corpus)
    if arguments.protocol == golden_queries.PROTOCOL:
        return golden_queries.evaluate(context, corpus, arguments, progress)
    ident, report = evaluation.evaluate(
        context,
        corpus,
        arguments.models,
        split_spec(arguments),
        progress,
    )
    kind = report.kinds[0]
    k = min(arguments.k, report.depth(kind))
    summary = metrics.summary(report, kind, k)
    songs_are = str(corpus.meta["songs_are"])
    return {
        "rows": _rows(summary),
        "questions": len(report),
        "report": ident,
        "kind": str(kind),
        "songs_are": songs_are,
        "k": k,
        "protocol": report.protocol,
        "mask": report.mask if report.protocol == "arena" else "",
        "group_split": report.by_group,
        "seed": report.seed,
        "comparison": _records(compare.compare(report, "ndcg", kind, k)),
        "ranks": [_ranks(report, kind, min(arguments.k, report.depth(kind))) for kind in report.kinds],
        "plays": _records(_by_plays(report)) if report.protocol == "cold" else [],
        "trained": [
            {"model": one.label, "id": one.model, "seconds": one.train_seconds, "questions_per_second": one.speed}
            for one in report.models
        ],
        "warnings": report.warnings,
        "notes": list(report.notes),
        "files": [str(path) for path in _written(arguments, report, summary, k, songs_are)],
    }


def show(document: dict[str, Any]) -> None:
    """The table with its intervals, what it says in words, and where the right items come."""
    if document["protocol"] == golden_queries.PROTOCOL:
        golden_queries.show(document)
        return
    for warning in [*document["warnings"], *document["notes"]]:
        line(f"note: {warning}")
    asked = f"{document['questions']:,} questions, {document['protocol']} {document['mask']}".strip()
    kinds = in_words(f"{document['kind']}s", document["songs_are"])
    print(f"{asked}; {kinds} at k = {document['k']}; ± half of a 95 % interval, * the best")
    summary = pd.DataFrame([_flat(row) for row in document["rows"]]).astype({"model": "str"})
    print(export_text.table(summary, document["k"]))
    comparison = pd.DataFrame(document["comparison"], columns=compare.COLUMNS)
    for _, pair in comparison.iterrows():
        print(captions.comparison_sentence(pair, "nDCG"))
    if document.get("plays"):
        print("\nshare of the hidden songs among the first 100, by the number of training playlists that hold them:")
        table(document["plays"], ("plays", "model", "questions", "recall", "recall_low", "recall_high"))
    for found in document["ranks"]:
        shape = _histogram(found)
        for label in shape.shares:
            print(f"\n{in_words(export_text.histogram(shape, label), document['songs_are'])}")
    for path in document["files"]:
        print(f"written: {path}")


def _by_plays(report: EvalReport) -> pd.DataFrame:
    """Share of the hidden songs found among the first ones, by the number of training playlists that hold them."""
    frame = segments.segments(report, "plays", Kind.SONG, report.depth(Kind.SONG))
    return frame.rename(columns={"segment": "plays"})


def _written(arguments: Namespace, report: EvalReport, table: pd.DataFrame, k: int, songs_are: str) -> list[Path]:
    """The files that were asked for."""
    from tagviz.operations.evaluation import views

    written = []
    contents: tuple[tuple[Path | None, Callable[[], str]], ...] = (
        (arguments.html, lambda: views.html_report(report, arguments.k, songs_are=songs_are)),
        (arguments.csv, lambda: export_text.csv(table)),
        (arguments.latex, lambda: export_text.latex(table, k)),
    )
    for path, content in contents:
        if path is not None:
            if path.is_dir():
                raise InvalidParameterError(f"{path} is a folder", "the report is one file", "name a file")
            with store_errors(path):
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(content(), encoding="utf-8")
            written.append(path)
    return written


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
    shape = rank_histogram.histogram(report, kind, k)
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


def _histogram(found: dict[str, Any]) -> rank_histogram.RankHistogram:
    bars = np.array(found["bars"]).reshape(-1, 2)
    models = {str(one["model"]): one for one in found["models"]}
    return rank_histogram.RankHistogram(
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
