"""From measures and thresholds to green, amber or red with a reason, and to what should be done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from tagviz.params import Params, param


class Light(StrEnum):
    """State of a check. UNKNOWN: not measured; the check's reason says why, and nothing follows from it."""

    UNKNOWN = "unknown"
    GREEN = "green"
    AMBER = "amber"
    RED = "red"


ORDER = tuple(Light)
EXIT = {Light.UNKNOWN: 0, Light.GREEN: 0, Light.AMBER: 2, Light.RED: 3}
"""Exit codes of `monitor run`; 1 is reserved for errors."""


class Thresholds(Params):
    """Limits from which a check is amber, and from which it is red."""

    new_amber: float = param(0.05, "Share of all uses of tags that new tags make up: amber.", ge=0, le=1)
    new_red: float = param(0.20, "The same: red.", ge=0, le=1)
    gone_amber: float = param(0.05, "Share of the older version's uses that fell on tags now gone: amber.", ge=0, le=1)
    gone_red: float = param(0.20, "The same: red.", ge=0, le=1)
    lost_amber: float = param(0.05, "Share of the older version's playlists or songs now gone: amber.", ge=0, le=1)
    lost_red: float = param(0.20, "The same: red.", ge=0, le=1)
    moved_amber: float = param(0.05, "Share of the tags in both versions that rise or fall: amber.", ge=0, le=1)
    moved_red: float = param(0.20, "The same: red.", ge=0, le=1)
    tags_amber: float = param(0.10, "Jensen–Shannon distance of the tags: amber.", ge=0, le=1)
    tags_red: float = param(0.30, "The same: red.", ge=0, le=1)
    psi_amber: float = param(0.10, "Population stability index of lengths and languages: amber.", ge=0)
    psi_red: float = param(0.25, "The same: red.", ge=0)
    overlap_amber: float = param(0.50, "Mean share of the nearest tags that stayed: amber below.", ge=0, le=1)
    overlap_red: float = param(0.25, "The same: red below.", ge=0, le=1)
    drop_amber: float = param(0.05, "Part of nDCG that was lost: amber.", ge=0, le=1)
    drop_red: float = param(0.15, "The same: red.", ge=0, le=1)
    verdicts_amber: float = param(0.05, "By how much the share found right fell: amber.", ge=0, le=1)
    verdicts_red: float = param(0.15, "The same: red.", ge=0, le=1)
    golden_amber: float = param(0.05, "Golden queries: by how much the share understood fell, or worse: amber.", ge=0)
    golden_red: float = param(0.15, "The same: red.", ge=0)
    significance: float = param(0.01, "Chance at which a tag or a share of verdicts counts as moved.", ge=0, le=1)
    points: int = param(8, "Versions evaluated before control limits are heeded.", ge=3)
    verdicts: int = param(30, "Verdicts that either side needs to be compared.", ge=1)
    days: int = param(28, "Verdicts of so many days count as recent.", ge=1)
    k: int = param(10, "Nearest tags that are compared.", ge=1)


@dataclass(frozen=True)
class Check:
    """One measure and its state.

    Attributes:
        name: Stable name, for other systems.
        title: Name on screen.
        light: State.
        value: The measure; None where it was not measured.
        amber: Limit of amber, if the check has one.
        red: Limit of red.
        reason: One sentence.
        examples: Labels of tags, untrusted text.
    """

    name: str
    title: str
    light: Light
    value: float | None
    amber: float | None
    red: float | None
    reason: str
    examples: tuple[str, ...] = ()

    def plain(self) -> dict[str, Any]:
        """Return the check as JSON."""
        return {**asdict(self), "light": str(self.light), "examples": list(self.examples)}


@dataclass(frozen=True)
class Advice:
    """A proposed action.

    Attributes:
        act: `retrain`, `tune`, `default`, `import`, `rename`, `curate` or `judge`.
        sentence: The proposal in one sentence.
        tags: Ids of the tags that it is about, if any.
    """

    act: str
    sentence: str
    tags: tuple[str, ...] = ()

    def plain(self) -> dict[str, Any]:
        """Return the proposal as JSON."""
        return {**asdict(self), "tags": list(self.tags)}


def light(value: float, amber: float, red: float, less: bool = False) -> Light:
    """Return the state of a value.

    Args:
        value: The value.
        amber: Limit of amber.
        red: Limit of red.
        less: Whether small values are bad; else large ones are.
    """
    if less:
        value, amber, red = -value, -amber, -red
    return Light.RED if value >= red else Light.AMBER if value >= amber else Light.GREEN


def worst(lights: Sequence[Light]) -> Light:
    """Return the worst of some states; UNKNOWN for none."""
    return max(lights, key=ORDER.index, default=Light.UNKNOWN)


def advice(
    checks: Sequence[Check],
    new: Sequence[str],
    behind: bool = True,
    count: int = 12,
    renamed: Sequence[tuple[str, str]] = (),
) -> list[Advice]:
    """Return what the checks suggest, the most urgent first.

    Args:
        checks: The checks of a run.
        new: Ids of the new tags, the most used first.
        behind: Whether a model was not trained on the newest version yet; else training again does not help.
        count: Largest number of tags that a proposal names.
        renamed: Tags that seem to be renamed: the name before and the name now.
    """
    bad = {check.name for check in checks if check.light in (Light.AMBER, Light.RED)}
    proposals = []
    moved = [check.title.lower() for check in checks if check.name in bad - {"verdicts", "golden"}]
    if moved and behind:
        proposals.append(Advice("retrain", f"Train again on the newest version: {', '.join(moved)}."))
    elif "metric" in bad:
        proposals.append(Advice("tune", "Search better settings: the models have learned from the newest version."))
    if "golden" in bad:
        proposals.append(Advice("default", "Look at the golden queries that got worse, or choose another default."))
    if bad & {"playlists", "songs"}:
        proposals.append(Advice("import", "Look whether the import is complete: playlists or songs are gone."))
    if renamed:
        names = ", ".join(f"{old} → {new}" for old, new in renamed[:count])
        tags = tuple(new for _old, new in renamed[:count])
        proposals.append(Advice("rename", f"Tags seem to be renamed: {names}. Look whether they mean the same.", tags))
    if "new" in bad:
        chosen = tuple(new[:count])
        proposals.append(Advice("curate", f"Look over the {len(chosen)} most used of the new tags.", chosen))
    if bad & {"verdicts", "metric", "space"}:
        proposals.append(Advice("judge", "Ask for verdicts, so that people say where the answers got worse."))
    elif "new" in bad:
        proposals.append(Advice("judge", "Ask for verdicts on new and rare tags.", tuple(new[:count])))
    return proposals
