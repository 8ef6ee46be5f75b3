"""How sure answers are, from a report: expected precision by case, and whether what a model expected came true."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tagviz.calibration import FIRST, Calibration, learn
from tagviz.evaluation.report import EvalReport
from tagviz.types import Floats, Kind


def precision(report: EvalReport, label: str, kind: Kind) -> Floats:
    """Per question the share of hidden items among the first FIRST answers, NaN where it hides none.

    Raises:
        NotFoundError: If the report has no answers of this model and kind.
    """
    hits = report.hits(label, kind)[:, :FIRST].sum(axis=1) / FIRST
    return np.where(report.truth_size(kind) > 0, hits, np.nan).astype(np.float32)


def support(report: EvalReport) -> Floats:
    """Per question how much it shows: log(1 + playlists that hold its best-known shown item), 0 where none is known."""
    most = np.zeros(len(report), dtype=np.float32)
    for shown_kind, shown in report.shown.items():
        counts = np.asarray(report.items[shown_kind].counts, dtype=np.float32)
        rows = np.repeat(np.arange(len(report)), np.diff(shown.indptr))
        np.maximum.at(most, rows, counts[shown.indices])
    return np.asarray(np.log1p(most), dtype=np.float32)


def from_report(report: EvalReport, label: str, kind: Kind) -> tuple[Calibration, list[str]]:
    """A calibration of a model by case and support.

    Args:
        report: Answers to questions that the model had not seen.
        label: The model.
        kind: Of its answers.

    Returns:
        The calibration, and the names of its cases in the order of its rows.

    Raises:
        NotFoundError: If the report has no answers of this model and kind.
    """
    right = precision(report, label, kind)
    known = ~np.isnan(right)
    codes, names = pd.factorize(report.questions["case"].astype(str))
    cases = codes.astype(np.int64)
    return learn(right[known], cases[known], support(report)[known], max(1, len(names))), list(map(str, names))


def reliability(expected: Floats, right: Floats, bins: int = 5) -> pd.DataFrame:
    """Whether expected shares came true (reliability diagram, DeGroot & Fienberg 1983).

    Args:
        expected: (q,) expected shares.
        right: (q,) observed shares; NaN does not count.
        bins: Parts of equal size by what was expected.

    Returns:
        One row a part: `expected`, `observed`, `questions`.
    """
    rows = _parts(expected, right, bins)
    means = [(float(expected[part].mean()), float(right[part].mean()), len(part)) for part in rows if len(part)]
    return pd.DataFrame(means, columns=["expected", "observed", "questions"])


def calibration_error(expected: Floats, right: Floats, bins: int = 5) -> float:
    """Expected calibration error (Naeini et al.

    2015): the mean distance of expected from observed shares over `reliability`'s parts, weighted by their questions;
    NaN without any.
    """
    table = reliability(expected, right, bins)
    if table.empty:
        return float("nan")
    return float(np.average((table["expected"] - table["observed"]).abs(), weights=table["questions"]))


def _parts(expected: Floats, right: Floats, bins: int) -> list[NDArray[np.intp]]:
    known = np.flatnonzero(~np.isnan(right))
    return list(np.array_split(known[np.argsort(expected[known], kind="stable")], bins))
