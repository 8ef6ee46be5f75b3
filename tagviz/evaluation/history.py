"""Evaluations over time: the summary stored next to each report, and how two reports differ."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tagviz.errors import NotReadyError
from tagviz.evaluation import compare, metrics
from tagviz.evaluation.metric_registry import ACCURACY, ARENA
from tagviz.evaluation.report import EvalReport
from tagviz.types import Kind

K = 10
"""Depth of a report's summary, or less where fewer items were recommended."""
MEASURES = (*ACCURACY, *ARENA)
SETTINGS = ("corpus", "fingerprint", "protocol", "mask", "by_group", "seed", "share", "playlists", "version")
"""Settings of a report that are compared with another report's."""


def brief(report: EvalReport, resamples: int = 200) -> list[dict[str, Any]]:
    """Return a report's summary as JSON, which is stored next to it so that a history opens no report.

    Args:
        report: The report.
        resamples: Bootstrap resamples of the intervals.

    Returns:
        One entry per kind and model: `kind`, `model`, `k`, MEASURES each with `_low` and `_high`, `questions`; None
        where there is no value.
    """
    entries: list[dict[str, Any]] = []
    for kind in report.kinds:
        k = min(K, report.depth(kind))
        if k:
            table = metrics.summary(report, kind, k, resamples=resamples)
            table = table[table["model"].isin(report.labels_for(kind))].drop(columns="empty")
            table.insert(0, "kind", str(kind))
            table.insert(2, "k", k)
            plain = table.astype(object).where(table.notna(), None)
            entries += [dict(zip(plain.columns.astype(str), row, strict=True)) for row in plain.to_numpy().tolist()]
    return entries


def history(reports: Iterable[Mapping[str, Any]], kind: Kind) -> pd.DataFrame:
    """Return one row per report and model, oldest first.

    Args:
        reports: Documents of reports, each with `id` and `summary`.
        kind: Kind of the recommended items.

    Returns:
        Frame `created`, `report`, `protocol`, `fingerprint`, `version`, `method`, `id` (of the model), and the entries
        of `brief`.
    """
    rows: list[dict[str, Any]] = []
    for document in reports:
        models = {str(model["label"]): model for model in document.get("models", ())}
        whole = {name: document.get(name) for name in ("created", "protocol", "mask", "seed", "fingerprint", "version")}
        for entry in document["summary"]:
            if entry["kind"] == kind:
                model = models.get(str(entry["model"]), {})
                own = {"report": document["id"], "method": model.get("method", ""), "id": model.get("model", "")}
                rows.append({**whole, **own, **entry})
    frame = pd.DataFrame(rows)
    if frame.empty:
        return pd.DataFrame({"report": pd.Series(dtype="str")})
    for name in frame.columns.astype(str):
        if name in MEASURES or name.endswith(("_low", "_high")):
            frame[name] = frame[name].astype(float)
    return frame.sort_values("created", kind="stable").reset_index(drop=True)


def settings(a: EvalReport, b: EvalReport, first: str, second: str) -> pd.DataFrame:
    """Return the settings in which a model of one report differs from a model of another.

    Args:
        a: The first report.
        b: The second report.
        first: Label of the model in the first report.
        second: Label of the model in the second.

    Returns:
        Frame `setting`, `first`, `second`.
    """
    sides: list[dict[str, str]] = []
    for report, label in ((a, first), (b, second)):
        model = next(model for model in report.models if model.label == label)
        whole = {name: getattr(report, name) for name in SETTINGS}
        whole |= {"questions": len(report), "method": model.method, "model": model.model}
        sides.append({name: str(content) for name, content in {**whole, **model.params}.items()})
    names = [name for name in dict.fromkeys([*sides[0], *sides[1]]) if sides[0].get(name) != sides[1].get(name)]
    table = [[name.replace("_", " "), *(side.get(name, "–") for side in sides)] for name in names]
    return pd.DataFrame(table, columns=["setting", "first", "second"])


def difference(
    a: EvalReport,
    b: EvalReport,
    pairs: Sequence[tuple[str, str]],
    kind: Kind = Kind.TAG,
    metric: str = "ndcg",
    k: int = K,
) -> pd.DataFrame:
    """Compare models of one report with models of another, on the questions that both ask.

    Args:
        a: The first report.
        b: The second report.
        pairs: Pairs of a label in the first and a label in the second.
        kind: Kind of the recommended items.
        metric: An ACCURACY metric.
        k: Number of recommended items that count.

    Returns:
        Frame as from `compare.compare`.

    Raises:
        NotReadyError: If no question is the same.
        NotFoundError: For an unknown label.
    """
    rows_a, rows_b = common(a, b)
    if not len(rows_a):
        raise NotReadyError(
            "These two evaluations asked different questions",
            "no playlist is asked about in the same way in both",
            "evaluate both models together, or with the same corpus, protocol and seed",
        )
    k = min(k, a.depth(kind), b.depth(kind))
    columns = [
        metrics.scores(a, first, kind, k)[metric][rows_a] - metrics.scores(b, second, kind, k)[metric][rows_b]
        for first, second in pairs
    ]
    return compare.with_significance(pairs, np.column_stack(columns), metrics.clusters(a)[rows_a])


def common(a: EvalReport, b: EvalReport) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the questions that two reports have in common, as rows of each.

    They ask about the same playlist, with the same items shown and hidden.
    """
    where = pd.Index(b.questions["id"]).get_indexer(pd.Index(a.questions["id"]))
    rows = np.flatnonzero(where >= 0)
    same = _signature(a)[rows] == _signature(b)[where[rows]]
    return rows[same], where[rows][same].astype(np.int64)


def _signature(report: EvalReport) -> NDArray[np.uint64]:
    """Return per question a hash of its shown and hidden items, whatever their order."""
    total = pd.util.hash_array(report.questions["case"].to_numpy(dtype=object)).astype(np.uint64)
    for salt, side in ((1, report.shown), (3, report.hidden)):
        for kind, matrix in side.items():
            keys = pd.Series(report.items[kind].vocab.keys(np.arange(len(report.items[kind]))), dtype="object")
            hashes = pd.util.hash_array(keys.to_numpy()) * np.uint64(salt)
            rows = np.repeat(np.arange(len(report)), np.diff(matrix.indptr))
            np.add.at(total, rows, hashes[matrix.indices])
    return total
