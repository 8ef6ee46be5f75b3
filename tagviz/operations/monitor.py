"""The watch: compares the newest version of a corpus with the one before it and keeps what it found."""

from __future__ import annotations

import math
import secrets
import time
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from tagviz.errors import BadParameter
from tagviz.evaluate.split import Mask, Protocol
from tagviz.operations import comparing, corpora, feedback, models, verdicts
from tagviz.store.arrays import read_json, read_json_if_there, write_json
from tagviz.store.verdicts import frame_of
from tagviz.store.workspace import Workspace, checked, now
from tagviz.types import Corpus, Kind, Progress, ProgressCallback, quiet
from tagviz.watch import control, drift
from tagviz.watch.lights import EXIT, Check, Light, Thresholds, light, proposals, worst

METRIC = "ndcg"
METRICS = {"ndcg": "nDCG", "precision": "Precision", "recall": "Recall"}
"""What is kept of an evaluation, and what people call it."""
SHARES = {"new", "gone", "moved", "space", "metric", "verdicts"}
"""Checks whose value is a share."""
PROTOCOL: Protocol = "tags"
MASK: Mask = "real"
SEED = 42
"""Evaluations that are comparable over time."""
SHOWN = 12
"""Examples that a check names at most."""


def run(
    ws: Workspace,
    name: str,
    evaluate: bool = True,
    limit: int | None = None,
    moment: float | None = None,
    progress: ProgressCallback = quiet,
) -> dict[str, Any]:
    """Checks a corpus and keeps the result: `light`, `exit_code`, `checks`, `changed`, `metrics`, `proposals` (see
    `watch.lights`), as JSON. With one version only, nothing but metric and verdicts is measured.

    evaluate: judge the default model on the newest version, and on the one before where that was never done; this
    trains, and a model's space is only compared then. limit: questions at most. moment: seconds since 1970 that count
    as now. Raises UnknownTerm for a corpus that is not there.
    """
    limits = thresholds(ws, name)
    known = list(dict.fromkeys(version.fingerprint for version in ws.versions(name)))
    progress(Progress("Comparing versions", 0.0))
    newer = corpora.open_corpus(ws, name)
    older = corpora.open_corpus(ws, name, known[-2]) if len(known) > 1 else None
    checks: list[Check] = []
    changed: dict[str, list[dict[str, Any]]] = {}
    fresh: list[str] = []
    if older is not None:
        moved = drift.vocabulary(older, newer, limits.significance)
        changed = {state: _rows(moved, state) for state in ("new", "gone", "rising", "falling")}
        fresh = _ordered(moved, "new")["tag"].tolist()
        checks += [*_vocabulary(moved, limits), *_distributions(older, newer, moved, limits)]
    model = models.default(ws, newer.fingerprint)
    metrics: list[dict[str, Any]] = []
    if evaluate:
        model, metrics, more = _judged(ws, name, newer, older, limits, limit, progress)
        checks += more
    checks.append(_verdicts(ws, name, limits, time.time() if moment is None else moment))
    whole = worst([check.light for check in checks])
    created = now()
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
        "changed": changed,
        "proposals": [one.plain() for one in proposals(checks, fresh, _behind(ws, name, newer.fingerprint))],
        "thresholds": limits.model_dump(mode="json"),
    }
    write_json(ws.home / "monitor" / checked(name) / f"{document['id']}.json", document)
    return document


def runs(ws: Workspace, name: str) -> list[Mapping[str, Any]]:
    """What was found so far, newest first."""
    ws.versions(name)  # a name that is not there is an error, not an empty list
    kept = sorted((ws.home / "monitor" / checked(name)).glob("*.json"), reverse=True)
    return [read_json(path) for path in kept]


def course(found: list[Mapping[str, Any]]) -> pd.DataFrame:
    """What runs measured, oldest first, metrics before checks: `created`, `check` (or metric), `title`, `value`,
    `light`, `newer`."""
    rows = [
        (run["created"], check["name"], check["title"], check["value"], check["light"], run["newer"])
        for run in reversed(found)
        for check in [*(_point(one) for one in run["metrics"]), *run["checks"]]
        if check["value"] is not None
    ]
    frame = pd.DataFrame(rows, columns=["created", "check", "title", "value", "light", "newer"])
    frame["created"] = pd.to_datetime(frame["created"], utc=True, format="ISO8601")
    return frame


def thresholds(ws: Workspace, name: str) -> Thresholds:
    """Those that were set for a corpus; the defaults for what was not."""
    ws.versions(name)
    return Thresholds.parse(read_json_if_there(ws.home / "thresholds" / f"{checked(name)}.json"))


def set_thresholds(ws: Workspace, name: str, values: Mapping[str, Any]) -> Thresholds:
    """Sets some thresholds of a corpus and keeps them as JSON. Raises BadParameter for one that does not exist, or
    where red would come before amber."""
    given = Thresholds.parse({**thresholds(ws, name).model_dump(), **values})
    for field in Thresholds.model_fields:
        start, _, end = field.rpartition("_")
        if end == "amber":
            amber, red = getattr(given, field), getattr(given, f"{start}_red")
            if (red > amber) if start == "overlap" else (red < amber):
                side = "above" if start == "overlap" else "below"
                raise BadParameter(f"{start}_red is {side} {start}_amber", f"{red:g} and {amber:g}", "set both")
    write_json(ws.home / "thresholds" / f"{checked(name)}.json", given.model_dump(mode="json"))
    return given


def html(document: Mapping[str, Any]) -> str:
    """A run as one HTML file that opens without a network."""
    from tagviz.evaluate.html import Section, page

    table = pd.DataFrame(
        [
            (check["light"].upper(), check["title"], check["value"], check["amber"], check["red"])
            for check in document["checks"]
        ],
        columns=["status", "check", "value", "amber from", "red from"],
    )
    reasons = [f"{check['light'].upper()}: {_told(check)}" for check in document["checks"]]
    todo = [one["sentence"] + (f" {', '.join(one['tags'])}" if one["tags"] else "") for one in document["proposals"]]
    sections = [
        Section("Checks", table=table),
        Section("Why", reasons),
        Section("What to do", todo or ["Nothing: all is as it was."]),
    ]
    for state, rows in document["changed"].items():
        if rows:
            sections.append(Section(f"Tags: {state}", table=pd.DataFrame(rows).drop(columns="tag")))
    older = document["older"] or "no version before"
    about = f"{document['created']} · {document['newer']} next to {older} · model {document['model']}"
    return page(f"{document['corpus']}: {document['light'].upper()}", about, sections)


def _behind(ws: Workspace, name: str, newest: str) -> bool:
    """Whether a model is still to learn from the newest version: one of an older version, or the first."""
    return not models.models(ws, newest) or bool(comparing.stale(ws, name))


def _told(check: Mapping[str, Any]) -> str:
    return check["reason"] + (f" Such as: {', '.join(check['examples'])}." if check["examples"] else "")


def _point(metric: Mapping[str, Any]) -> dict[str, Any]:
    name = metric["metric"]
    return {"name": name, "title": METRICS.get(name, name), "value": metric["value"], "light": ""}


# --- checks ----------------------------------------------------------------------------------------------------------


def _ordered(moved: pd.DataFrame, state: str) -> pd.DataFrame:
    """The tags of one state, those with most playlists first, or that moved most."""
    part = moved[moved["state"] == state]
    by = {"new": "after", "gone": "before"}.get(state)
    return part.sort_values(by, ascending=False, kind="stable") if by else part


def _rows(moved: pd.DataFrame, state: str, count: int = 30) -> list[dict[str, Any]]:
    columns = ["tag", "label", "before", "after", "share_before", "share_after", "z"]
    rows = _ordered(moved, state).head(count)[columns].round({"share_before": 6, "share_after": 6, "z": 3})
    return [{str(key): value for key, value in row.items()} for row in rows.to_dict("records")]


def _vocabulary(moved: pd.DataFrame, limits: Thresholds) -> list[Check]:
    new, gone = (_ordered(moved, state) for state in ("new", "gone"))
    rising, falling = (_ordered(moved, state) for state in ("rising", "falling"))
    both = int((~moved["state"].isin(("new", "gone"))).sum())
    of_new = float(new["after"].sum() / max(1, moved["after"].sum()))
    of_gone = float(gone["before"].sum() / max(1, moved["before"].sum()))
    of_moved = (len(rising) + len(falling)) / max(1, both)
    ends = [f"{label} ↑" for label in rising["label"][: SHOWN // 2]]
    ends += [f"{label} ↓" for label in falling["label"][: SHOWN // 2]]
    return [
        _check(
            "new", "New tags", of_new, limits.new_amber, limits.new_red,
            f"{len(new):,} tags are new and make up {of_new:.1%} of all uses.", new["label"],
        ),
        _check(
            "gone", "Tags gone", of_gone, limits.gone_amber, limits.gone_red,
            f"{len(gone):,} tags are gone; {of_gone:.1%} of the older version's uses fell on them.", gone["label"],
        ),
        _check(
            "moved", "Tags rising or falling", of_moved, limits.moved_amber, limits.moved_red,
            f"{len(rising):,} rise and {len(falling):,} fall of {both:,} tags in both versions.", ends,
        ),
    ]  # fmt: skip


def _distributions(older: Corpus, newer: Corpus, moved: pd.DataFrame, limits: Thresholds) -> list[Check]:
    distance = drift.jensen_shannon(moved["before"], moved["after"])
    uses = moved[["before", "after"]] / moved[["before", "after"]].sum().clip(lower=1)
    gap = uses["after"] - uses["before"]
    widest = gap.abs().sort_values(ascending=False, kind="stable").index[:SHOWN]
    apart = [f"{moved.loc[row, 'label']} {'↑' if gap[row] > 0 else '↓'}" for row in widest if gap[row]]
    checks = [
        _check(
            "tags", "Which tags are used", distance, limits.tags_amber, limits.tags_red,
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
            checks.append(_check(name, title, index, limits.psi_amber, limits.psi_red, reason))
    counts = drift.shares(drift.languages(older), drift.languages(newer))
    index = drift.stability(counts)
    portion = counts / counts.sum()
    most = str((portion["after"] - portion["before"]).abs().idxmax())
    was, now_is = (float(portion[side][most]) for side in ("before", "after"))
    reason = f"{most!r} titles went from {was:.1%} to {now_is:.1%}; stability index {index:.3f}."
    return [*checks, _check("languages", "Script of the titles", index, limits.psi_amber, limits.psi_red, reason)]


def _judged(
    ws: Workspace,
    name: str,
    newer: Corpus,
    older: Corpus | None,
    limits: Thresholds,
    limit: int | None,
    progress: ProgressCallback,
) -> tuple[str, list[dict[str, Any]], list[Check]]:
    """The default model, what it reached on the newest version, and the checks of metric and space."""
    model = models.open_model(ws, newer, progress=progress)
    method = model.info.method
    if older is not None and _reached(ws, name, method, older.fingerprint).empty:
        verdicts.evaluate(ws, older, [method], PROTOCOL, MASK, seed=SEED, limit=limit, progress=progress)
    verdicts.evaluate(ws, newer, [model.ref], PROTOCOL, MASK, seed=SEED, limit=limit, progress=progress)
    frame = _reached(ws, name, method)
    last = frame[frame["fingerprint"] == newer.fingerprint].iloc[-1]
    metrics = [
        {"metric": metric, "value": float(last[metric]), "low": _number(last, metric, "low"),
         "high": _number(last, metric, "high"), "questions": int(last["questions"])}
        for metric in METRICS
    ]  # fmt: skip
    checks = [_metric(frame, newer.fingerprint, limits)]
    if older is None:
        return model.ref, metrics, checks
    before = models.open_model(ws, older, method, progress)
    if model.embedding is None or before.embedding is None:
        reason = f"{method} has no space of its own to compare."
        return model.ref, metrics, [*checks, _unknown("space", "Nearest tags", reason)]
    by_use = newer.vocab(Kind.TAG).ids[np.argsort(-newer.counts(Kind.TAG), kind="stable")]
    found = drift.overlap(before.embedding, model.embedding, by_use.astype(str).tolist(), limits.k)
    if found.empty:
        return model.ref, metrics, [*checks, _unknown("space", "Nearest tags", "Hardly a tag is in both spaces.")]
    mean = float(found["overlap"].mean())
    # of a rare tag the neighbours are mostly chance: examples come from the frequent half
    frequent = set(by_use[: max(1, len(found) // 2)])
    least = newer.vocab(Kind.TAG).label_list(
        newer.vocab(Kind.TAG).find([t for t in found["tag"] if t in frequent][:SHOWN])
    )
    reason = f"Of the {limits.k} nearest of each tag {mean:.0%} are the same as before ({len(found):,} tags)."
    return model.ref, metrics, [
        *checks,
        _check("space", "Nearest tags", mean, limits.overlap_amber, limits.overlap_red, reason, least, less=True),
    ]  # fmt: skip


def _reached(ws: Workspace, name: str, method: str, fingerprint: str = "") -> pd.DataFrame:
    """Evaluations of a method that are comparable over time, oldest first."""
    frame = verdicts.history(ws, name, Kind.TAG)
    if frame.empty:
        return frame
    alike = (frame["method"] == method) & (frame["protocol"] == PROTOCOL) & (frame["seed"] == SEED)
    alike &= (frame["mask"] == MASK) & frame[METRIC].notna()
    return frame[alike & (frame["fingerprint"] == fingerprint)] if fingerprint else frame[alike]


def _metric(frame: pd.DataFrame, newest: str, limits: Thresholds) -> Check:
    """nDCG next to the version before, or next to its control limits once enough versions were evaluated. One point a
    version: the same one evaluated again says the same."""
    points = frame.drop_duplicates("fingerprint", keep="last")
    here, before = points[points["fingerprint"] == newest], points[points["fingerprint"] != newest]
    title, value = "Quality of the answers", float(here[METRIC].iloc[-1])
    if before.empty:
        return _unknown("metric", title, f"nDCG is {value:.3f}; nothing to compare it with.")
    last = float(before[METRIC].iloc[-1])
    lost = (last - value) / last if last else 0.0
    stands = light(lost, limits.drop_amber, limits.drop_red)
    reason = f"nDCG was {last:.3f} and is {value:.3f}."
    # as if the two were independent: versions share playlists, so the difference is rather better known
    unsure = math.hypot(*(_half(row) for row in (here.iloc[-1], before.iloc[-1])))
    if stands is not Light.GREEN and last - value <= unsure:
        reason += f" That may be chance: the difference is known to ± {unsure:.3f}."
        stands = Light.AMBER
    usual = control.limits(before[METRIC].tolist()) if len(before) >= limits.points else None
    if usual is not None:
        reason += f" Over {len(before)} versions it keeps between {usual.low:.3f} and {usual.high:.3f}."
        stands = worst([stands, Light.AMBER if value < usual.low else Light.GREEN])
    return Check("metric", title, stands, round(lost, 6), limits.drop_amber, limits.drop_red, reason)


def _half(row: Any) -> float:
    """Half of the interval of the metric in a row of `_reached`; 0 where none is known."""
    low, high = (_number(row, METRIC, end) for end in ("low", "high"))
    return 0.0 if low is None or high is None else (high - low) / 2


def _verdicts(ws: Workspace, name: str, limits: Thresholds, moment: float) -> Check:
    """The share found right in the last days next to that before."""
    frame = frame_of(feedback.standing(ws, name))
    recent = frame["at"] >= pd.Timestamp(moment, unit="s", tz="UTC") - pd.Timedelta(days=limits.days)
    right = frame["answer"] == "right"
    sides = [(int(right[part].sum()), int(part.sum())) for part in (~recent, recent)]
    title = "Verdicts"
    if min(total for _, total in sides) < limits.verdicts:
        told = (
            f"{sides[1][1]} in the last {limits.days} days, {sides[0][1]} before: {limits.verdicts} of each are needed."
        )
        return _unknown("verdicts", title, told)
    (before, now_) = (hit / total for hit, total in sides)
    chance = control.falls(*sides)
    reason = f"{now_:.0%} of {sides[1][1]:,} were found right in the last {limits.days} days, {before:.0%} before."
    fell = before - now_
    if chance > limits.significance:
        reason += " That may be chance."
        return Check("verdicts", title, Light.GREEN, fell, limits.verdicts_amber, limits.verdicts_red, reason)
    return _check("verdicts", title, fell, limits.verdicts_amber, limits.verdicts_red, reason)


def _check(
    name: str,
    title: str,
    value: float,
    amber: float,
    red: float,
    reason: str,
    examples: Any = (),
    less: bool = False,
) -> Check:
    if not math.isfinite(value):
        return _unknown(name, title, "One of the versions has none.")
    shown = tuple(str(one) for one in list(examples)[:SHOWN])
    return Check(name, title, light(value, amber, red, less), round(value, 6), amber, red, reason, shown)


def _unknown(name: str, title: str, reason: str) -> Check:
    return Check(name, title, Light.UNKNOWN, None, None, None, reason)


def _number(row: Any, metric: str, end: str) -> float | None:
    value = row.get(f"{metric}_{end}")
    return None if value is None or pd.isna(value) else float(value)
