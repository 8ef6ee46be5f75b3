"""Measures and thresholds → green, amber or red with a reason, and what to do about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from tagviz.params import Params, knob


class Light(StrEnum):
    """How a check stands. UNKNOWN: not measured, and the reason says why; it worries nobody."""

    UNKNOWN = "unknown"
    GREEN = "green"
    AMBER = "amber"
    RED = "red"


ORDER = tuple(Light)
EXIT = {Light.UNKNOWN: 0, Light.GREEN: 0, Light.AMBER: 2, Light.RED: 3}
"""What `monitor run` exits with; 1 is left to errors."""


class Thresholds(Params):
    """From where on a check is amber, and from where on it is red."""

    new_amber: float = knob(0.05, "Share of all uses of tags that new tags make up: amber.", ge=0, le=1)
    new_red: float = knob(0.20, "The same: red.", ge=0, le=1)
    gone_amber: float = knob(0.05, "Share of the older version's uses that fell on tags now gone: amber.", ge=0, le=1)
    gone_red: float = knob(0.20, "The same: red.", ge=0, le=1)
    moved_amber: float = knob(0.05, "Share of the tags in both versions that rise or fall: amber.", ge=0, le=1)
    moved_red: float = knob(0.20, "The same: red.", ge=0, le=1)
    tags_amber: float = knob(0.10, "Jensen–Shannon distance of the tags: amber.", ge=0, le=1)
    tags_red: float = knob(0.30, "The same: red.", ge=0, le=1)
    psi_amber: float = knob(0.10, "Population stability index of lengths and languages: amber.", ge=0)
    psi_red: float = knob(0.25, "The same: red.", ge=0)
    overlap_amber: float = knob(0.50, "Mean share of the nearest tags that stayed: amber below.", ge=0, le=1)
    overlap_red: float = knob(0.25, "The same: red below.", ge=0, le=1)
    drop_amber: float = knob(0.05, "Part of nDCG that was lost: amber.", ge=0, le=1)
    drop_red: float = knob(0.15, "The same: red.", ge=0, le=1)
    verdicts_amber: float = knob(0.05, "By how much the share found right fell: amber.", ge=0, le=1)
    verdicts_red: float = knob(0.15, "The same: red.", ge=0, le=1)
    significance: float = knob(0.01, "Chance at which a tag or a share of verdicts counts as moved.", ge=0, le=1)
    points: int = knob(8, "Versions evaluated before control limits are heeded.", ge=3)
    verdicts: int = knob(30, "Verdicts that either side needs to be compared.", ge=1)
    days: int = knob(28, "Verdicts of so many days count as recent.", ge=1)
    k: int = knob(10, "Nearest tags that are compared.", ge=1)


@dataclass(frozen=True)
class Check:
    """One measure and how it stands. name: stable, for other systems. value: None where it was not measured. reason: a
    sentence. examples: labels of tags, untrusted text."""

    name: str
    title: str
    light: Light
    value: float | None
    amber: float | None
    red: float | None
    reason: str
    examples: tuple[str, ...] = ()

    def plain(self) -> dict[str, Any]:
        """As JSON."""
        return {**asdict(self), "light": str(self.light), "examples": list(self.examples)}


@dataclass(frozen=True)
class Proposal:
    """What to do. act: `retrain`, `tune`, `curate` or `judge`; tags: ids of those it is about, perhaps none."""

    act: str
    sentence: str
    tags: tuple[str, ...] = ()

    def plain(self) -> dict[str, Any]:
        """As JSON."""
        return {**asdict(self), "tags": list(self.tags)}


def light(value: float, amber: float, red: float, less: bool = False) -> Light:
    """How a value stands: amber or red where it is at least so large, or with `less` so small."""
    if less:
        value, amber, red = -value, -amber, -red
    return Light.RED if value >= red else Light.AMBER if value >= amber else Light.GREEN


def worst(lights: Sequence[Light]) -> Light:
    """The worst of them; UNKNOWN for none."""
    return max(lights, key=ORDER.index, default=Light.UNKNOWN)


def proposals(checks: Sequence[Check], new: Sequence[str], behind: bool = True, count: int = 12) -> list[Proposal]:
    """What the checks suggest, the most urgent first. new: ids of the new tags, the most used first. behind: whether
    a model has not learned from the newest version yet; training again helps nobody where all have."""
    bad = {check.name for check in checks if check.light in (Light.AMBER, Light.RED)}
    found = []
    moved = [check.title.lower() for check in checks if check.name in bad and check.name != "verdicts"]
    if moved and behind:
        found.append(Proposal("retrain", f"Train again on the newest version: {', '.join(moved)}."))
    elif "metric" in bad:
        found.append(Proposal("tune", "Search better settings: the models have learned from the newest version."))
    if "new" in bad:
        chosen = tuple(new[:count])
        found.append(Proposal("curate", f"Look over the {len(chosen)} most used of the new tags.", chosen))
    if bad & {"verdicts", "metric", "space"}:
        found.append(Proposal("judge", "Ask for verdicts, so that people say where the answers got worse."))
    elif "new" in bad:
        found.append(Proposal("judge", "Ask for verdicts on new and rare tags.", tuple(new[:count])))
    return found
