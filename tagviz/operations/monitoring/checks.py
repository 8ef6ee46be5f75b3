"""The checks of a monitoring run: each measures one thing between two versions of a corpus."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
import pandas as pd

from tagviz.evaluation.metric_registry import titles
from tagviz.evaluation.split import Mask, Protocol, SplitSpec
from tagviz.monitoring import control_chart, drift, losses
from tagviz.monitoring.lights import Check, Light, Thresholds, light, worst
from tagviz.operations import evaluation, feedback, models
from tagviz.operations.context import Context
from tagviz.operations.models import compare
from tagviz.store.feedback import frame_of
from tagviz.types import Corpus, Kind, ProgressCallback

SEED = 42
"""Evaluations that are comparable over time."""

SHOWN = 12
"""Examples that a check names at most."""

METRIC = "ndcg"


METRICS = titles(("ndcg", "precision", "recall"))
"""What is kept of an evaluation, and what people call it."""


SHARES = {"new", "gone", "playlists", "songs", "moved", "space", "metric", "verdicts"}
"""Checks whose value is a share."""


PROTOCOL: Protocol = "tags"


MASK: Mask = "real"


def has_stale_models(context: Context, name: str, newest: str) -> bool:
    """Whether a model is still to learn from the newest version: one of an older version, or the first."""
    return not models.list_models(context, newest) or bool(compare.stale(context, name))


def history_point(metric: Mapping[str, Any]) -> dict[str, Any]:
    name = metric["metric"]
    return {"name": name, "title": METRICS.get(name, name), "value": metric["value"], "light": ""}


def order_moves(moved: pd.DataFrame, state: str) -> pd.DataFrame:
    """The tags of one state, those with most playlists first, or that moved most."""
    part = moved[moved["state"] == state]
    by = {"new": "after", "gone": "before"}.get(state)
    return part.sort_values(by, ascending=False, kind="stable") if by else part


def move_rows(moved: pd.DataFrame, state: str, count: int = 30) -> list[dict[str, Any]]:
    columns = ["tag", "label", "before", "after", "share_before", "share_after", "z"]
    rows = order_moves(moved, state).head(count)[columns].round({"share_before": 6, "share_after": 6, "z": 3})
    return [{str(key): value for key, value in row.items()} for row in rows.to_dict("records")]


def check_vocabulary(moved: pd.DataFrame, limits: Thresholds) -> list[Check]:
    new, gone = (order_moves(moved, state) for state in ("new", "gone"))
    rising, falling = (order_moves(moved, state) for state in ("rising", "falling"))
    both = int((~moved["state"].isin(("new", "gone"))).sum())
    of_new = float(new["after"].sum() / max(1, moved["after"].sum()))
    of_gone = float(gone["before"].sum() / max(1, moved["before"].sum()))
    of_moved = (len(rising) + len(falling)) / max(1, both)
    ends = [f"{label} ↑" for label in rising["label"][: SHOWN // 2]]
    ends += [f"{label} ↓" for label in falling["label"][: SHOWN // 2]]
    return [
        make_check(
            "new", "New tags", of_new, Levels(limits.new_amber, limits.new_red),
            f"{len(new):,} tags are new and make up {of_new:.1%} of all uses.", new["label"],
        ),
        make_check(
            "gone", "Tags gone", of_gone, Levels(limits.gone_amber, limits.gone_red),
            f"{len(gone):,} tags are gone; {of_gone:.1%} of the older version's uses fell on them.", gone["label"],
        ),
        make_check(
            "moved", "Tags rising or falling", of_moved, Levels(limits.moved_amber, limits.moved_red),
            f"{len(rising):,} rise and {len(falling):,} fall of {both:,} tags in both versions.", ends,
        ),
    ]  # fmt: skip


def check_losses(older: Corpus, newer: Corpus, limits: Thresholds) -> list[Check]:
    """Measure which playlists and songs of the older version are gone."""
    levels = Levels(limits.lost_amber, limits.lost_red)
    checks = []
    for name, title, kind, lost in (
        ("playlists", "Playlists gone", "playlists", losses.playlists(older, newer, SHOWN)),
        ("songs", "Songs gone", "songs", losses.songs(older, newer, SHOWN)),
    ):
        if lost.before:
            reason = f"{lost.gone:,} of {lost.before:,} {kind} are gone ({lost.share:.1%})."
            checks.append(make_check(name, title, lost.share, levels, reason, lost.examples))
    return checks


def check_distributions(older: Corpus, newer: Corpus, moved: pd.DataFrame, limits: Thresholds) -> list[Check]:
    distance = drift.jensen_shannon(moved["before"], moved["after"])
    uses = moved[["before", "after"]] / moved[["before", "after"]].sum().clip(lower=1)
    gap = uses["after"] - uses["before"]
    widest = gap.abs().sort_values(ascending=False, kind="stable").index[:SHOWN]
    apart = [f"{moved.loc[row, 'label']} {'↑' if gap[row] > 0 else '↓'}" for row in widest if gap[row]]
    checks = [
        make_check(
            "tags", "Which tags are used", distance, Levels(limits.tags_amber, limits.tags_red),
            f"The shares of the tags are {distance:.3f} apart (Jensen–Shannon: 0 the same, 1 nothing in common).",
            apart,
        )
    ]  # fmt: skip
    counted = [("playlist_tags", "Tags a playlist", Kind.TAG), ("playlist_songs", "Songs a playlist", Kind.SONG)]
    for name, title, kind in counted:
        if newer.has(kind) and older.has(kind):
            before, after = drift.lengths(older, kind), drift.lengths(newer, kind)
            index = drift.stability(drift.binned(before, after))
            reason = (
                f"{before.mean():.1f} {kind}s a playlist before, {after.mean():.1f} now; stability index {index:.3f}."
            )
            checks.append(make_check(name, title, index, Levels(limits.psi_amber, limits.psi_red), reason))
    counts = drift.shares(drift.languages(older), drift.languages(newer))
    index = drift.stability(counts)
    portion = counts / counts.sum()
    most = str((portion["after"] - portion["before"]).abs().idxmax())
    was, now_is = (float(portion[side][most]) for side in ("before", "after"))
    reason = f"{most!r} titles went from {was:.1%} to {now_is:.1%}; stability index {index:.3f}."
    return [
        *checks,
        make_check("languages", "Script of the titles", index, Levels(limits.psi_amber, limits.psi_red), reason),
    ]


def check_quality(
    context: Context,
    newer: Corpus,
    older: Corpus | None,
    limits: Thresholds,
    limit: int | None,
    progress: ProgressCallback,
) -> tuple[str, list[dict[str, Any]], list[Check]]:
    """Evaluate the default model on both versions.

    Args:
        context: The workspace, and who acts.
        newer: The newest version of the corpus.
        older: The version before; None where there is none.
        limits: Thresholds of the checks.
        limit: Questions at most; None for all.
        progress: Called about once a second.

    Returns:
        The model's reference, its metrics on the newest version, and the checks of metric and embedding.
    """
    name = newer.name
    model = models.open_model(context, newer, progress=progress)
    method, spec = model.info.method, SplitSpec(PROTOCOL, MASK, seed=SEED, limit=limit)
    if older is not None and _evaluations(context, name, method, older.fingerprint).empty:
        evaluation.evaluate(context, older, [method], spec, progress)
    evaluation.evaluate(context, newer, [model.ref], spec, progress)
    frame = _evaluations(context, name, method)
    last = frame[frame["fingerprint"] == newer.fingerprint].iloc[-1]
    metrics = [
        {"metric": metric, "value": float(last[metric]), "low": _number(last, metric, "low"),
         "high": _number(last, metric, "high"), "questions": int(last["questions"])}
        for metric in METRICS
    ]  # fmt: skip
    checks = [check_metric(frame, newer.fingerprint, limits)]
    if older is None:
        return model.ref, metrics, checks
    before = models.open_model(context, older, method, progress)
    if model.embedding is None or before.embedding is None:
        reason = f"{method} has no space of its own to compare."
        return model.ref, metrics, [*checks, unknown_check("space", "Nearest tags", reason)]
    by_use = newer.vocab(Kind.TAG).ids[np.argsort(-newer.counts(Kind.TAG), kind="stable")]
    overlaps = drift.overlap(before.embedding, model.embedding, by_use.astype(str).tolist(), limits.k)
    if overlaps.empty:
        return model.ref, metrics, [*checks, unknown_check("space", "Nearest tags", "Hardly a tag is in both spaces.")]
    mean = float(overlaps["overlap"].mean())
    # of a rare tag the neighbours are mostly chance: examples come from the frequent half
    frequent = set(by_use[: max(1, len(overlaps) // 2)])
    least = newer.vocab(Kind.TAG).label_list(
        newer.vocab(Kind.TAG).find([t for t in overlaps["tag"] if t in frequent][:SHOWN])
    )
    reason = f"Of the {limits.k} nearest of each tag {mean:.0%} are the same as before ({len(overlaps):,} tags)."
    return model.ref, metrics, [
        *checks,
        make_check(
            "space",
            "Nearest tags",
            mean,
            Levels(limits.overlap_amber, limits.overlap_red, falling=True),
            reason,
            least,
        ),
    ]  # fmt: skip


def _evaluations(context: Context, name: str, method: str, fingerprint: str = "") -> pd.DataFrame:
    """Evaluations of a method that are comparable over time, oldest first."""
    frame = evaluation.metric_history(context, name, Kind.TAG)
    if frame.empty:
        return frame
    alike = (frame["method"] == method) & (frame["protocol"] == PROTOCOL) & (frame["seed"] == SEED)
    alike &= (frame["mask"] == MASK) & frame[METRIC].notna()
    return frame[alike & (frame["fingerprint"] == fingerprint)] if fingerprint else frame[alike]


def check_metric(frame: pd.DataFrame, newest: str, limits: Thresholds) -> Check:
    """NDCG next to the version before, or next to its control limits once enough versions were evaluated.

    One point a version: the same one evaluated again says the same.
    """
    points = frame.drop_duplicates("fingerprint", keep="last")
    here, before = points[points["fingerprint"] == newest], points[points["fingerprint"] != newest]
    title, value = "Quality of the answers", float(here[METRIC].iloc[-1])
    if before.empty:
        return unknown_check("metric", title, f"nDCG is {value:.3f}; nothing to compare it with.")
    last = float(before[METRIC].iloc[-1])
    lost = (last - value) / last if last else 0.0
    stands = light(lost, limits.drop_amber, limits.drop_red)
    reason = f"nDCG was {last:.3f} and is {value:.3f}."
    # as if the two were independent: versions share playlists, so the difference is rather better known
    unsure = math.hypot(*(_half_width(row) for row in (here.iloc[-1], before.iloc[-1])))
    if stands is not Light.GREEN and last - value <= unsure:
        reason += f" That may be chance: the difference is known to ± {unsure:.3f}."
        stands = Light.AMBER
    usual = control_chart.control_limits(before[METRIC].tolist()) if len(before) >= limits.points else None
    if usual is not None:
        reason += f" Over {len(before)} versions it keeps between {usual.low:.3f} and {usual.high:.3f}."
        stands = worst([stands, Light.AMBER if value < usual.low else Light.GREEN])
    return Check("metric", title, stands, round(lost, 6), limits.drop_amber, limits.drop_red, reason)


def _half_width(row: Any) -> float:
    """Half of the interval of the metric in a row of `_evaluations`; 0 where none is known."""
    low, high = (_number(row, METRIC, end) for end in ("low", "high"))
    return 0.0 if low is None or high is None else (high - low) / 2


def check_feedback(context: Context, name: str, limits: Thresholds, moment: float) -> Check:
    """The share found right in the last days next to that before."""
    frame = frame_of(feedback.current_feedback(context, name))
    recent = frame["at"] >= pd.Timestamp(moment, unit="s", tz="UTC") - pd.Timedelta(days=limits.days)
    right = frame["answer"] == "right"
    sides = [(int(right[part].sum()), int(part.sum())) for part in (~recent, recent)]
    title = "Verdicts"
    if min(total for _, total in sides) < limits.verdicts:
        change = (
            f"{sides[1][1]} in the last {limits.days} days, {sides[0][1]} before: {limits.verdicts} of each are needed."
        )
        return unknown_check("verdicts", title, change)
    (before, now_) = (hit / total for hit, total in sides)
    chance = control_chart.drop_p_value(*sides)
    reason = f"{now_:.0%} of {sides[1][1]:,} were found right in the last {limits.days} days, {before:.0%} before."
    fell = before - now_
    if chance > limits.significance:
        reason += " That may be chance."
        return Check("verdicts", title, Light.GREEN, fell, limits.verdicts_amber, limits.verdicts_red, reason)
    return make_check("verdicts", title, fell, Levels(limits.verdicts_amber, limits.verdicts_red), reason)


@dataclass(frozen=True)
class Levels:
    """Values from which a check is amber and red; `falling`: below these values instead of above."""

    amber: float
    red: float
    falling: bool = False


def make_check(
    name: str, title: str, value: float, levels: Levels, reason: str, examples: Iterable[object] = ()
) -> Check:
    """Build the check of one measured value; unknown where it is not finite."""
    if not math.isfinite(value):
        return unknown_check(name, title, "One of the versions has none.")
    shown = tuple(map(str, islice(examples, SHOWN)))
    state = light(value, levels.amber, levels.red, levels.falling)
    return Check(name, title, state, round(value, 6), levels.amber, levels.red, reason, shown)


def unknown_check(name: str, title: str, reason: str) -> Check:
    return Check(name, title, Light.UNKNOWN, None, None, None, reason)


def _number(row: Any, metric: str, end: str) -> float | None:
    value = row.get(f"{metric}_{end}")
    return None if value is None or pd.isna(value) else float(value)
