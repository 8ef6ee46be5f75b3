"""An overlay as a YAML file that people read and write, and the merge of two such files.

```yaml
tagviz: 1
corpus: lastfm
decisions:
- merge: [hip-hop, hiphop]
  into: hip hop
  by: Ann
  at: 2026-11-20T10:15:00Z
  because: three spellings of one thing
- block: [seen live]
  by: Bob
```
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from tagviz.curation.decisions import TARGETED, Act, Decision, Overlay
from tagviz.errors import SourceError, TagvizError

FORMAT = 1
TARGETS = {Act.MERGE: "into", Act.RENAME: "as", Act.FACET: "is", Act.BROADER: "under"}
"""What the target is called in the file."""
MOST_BYTES = 5_000_000
MOST_DECISIONS = 30_000
CONSTRUCTOR_ERRORS = (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError)
"""What PyYAML runs into where a tag such as !!bool or !!timestamp stands before something else."""


def write(layer: Overlay, corpus: str = "") -> str:
    """Return the overlay as YAML, the oldest decision first."""
    import yaml

    document = {"tagviz": FORMAT, "corpus": corpus, "decisions": [_entry(one) for one in layer]}
    return str(yaml.safe_dump(document, allow_unicode=True, sort_keys=False, width=120, default_flow_style=None))


def read(text: str | bytes, name: str = "the file") -> Overlay:
    """Read an overlay from YAML.

    Args:
        text: The YAML.
        name: Name of the file, for messages.

    Raises:
        SourceError: If it is no YAML or no overlay, with the entry.
    """
    import yaml

    if len(text) > MOST_BYTES:
        raise SourceError(f"{name} is too large", f"{len(text):,} bytes, at most {MOST_BYTES:,}", "split it")
    try:
        _refuse_aliases(text)
        document = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except (yaml.YAMLError, *CONSTRUCTOR_ERRORS) as error:
        what = " ".join(str(error).split())[:300] or type(error).__name__
        raise SourceError(f"{name} is no YAML", what, "correct it at this place") from error
    if not isinstance(document, Mapping) or document.get("tagviz") != FORMAT:
        raise SourceError(
            f"{name} holds no decisions", f"expected `tagviz: {FORMAT}` at its head", "export a layer to see the form"
        )
    entries = document.get("decisions") or []
    if not isinstance(entries, list):
        raise SourceError(f"{name} holds no list of decisions", "expected `decisions:` and a list", "correct it")
    if len(entries) > MOST_DECISIONS:
        raise SourceError(
            f"{name} holds too many decisions", f"{len(entries):,}, at most {MOST_DECISIONS:,}", "split it"
        )
    standing: dict[str, Decision] = {}
    for number, entry in enumerate(entries, 1):
        one = _decision(entry, f"{name}, decision {number}")
        standing.pop(one.id, None)
        standing[one.id] = one
    return Overlay(tuple(standing.values()))


@dataclass(frozen=True)
class Conflict:
    """Two decisions, one from each file, of which only one can be followed."""

    mine: Decision
    theirs: Decision
    why: str


@dataclass(frozen=True)
class Merged:
    """Two overlays as one.

    Attributes:
        layer: The overlay; in conflicts it keeps mine.
        added: Decisions that mine did not have.
        dropped: Decisions of mine that theirs took back.
        conflicts: What a person has to choose.
    """

    layer: Overlay
    added: tuple[Decision, ...]
    dropped: tuple[Decision, ...]
    conflicts: tuple[Conflict, ...]


def merge(mine: Overlay, theirs: Overlay, base: Overlay | None = None) -> Merged:
    """Merge two overlays.

    In conflict are decisions with different targets for one tag, or that contradict each other.

    Args:
        mine: The overlay here.
        theirs: The other overlay.
        base: The overlay from which both come: what either took back is gone. None: nothing is dropped.
    """
    before = {one.id for one in base} if base is not None else set()
    ours, others = {one.id for one in mine}, {one.id for one in theirs}
    dropped = tuple(one for one in mine if one.id in before and one.id not in others)
    kept = Overlay(tuple(one for one in mine if one not in dropped))
    decided = {(one.act, tag): one for one in kept if one.act in ONE_TARGET for tag in one.tags}
    conflicts: list[Conflict] = []
    candidates: list[Decision] = []
    for one in theirs:
        if one.id not in ours and one.id not in before:
            other = next((decided[one.act, tag] for tag in one.tags if (one.act, tag) in decided), None)
            if other is not None and other.target != one.target:
                shared = next(tag for tag in one.tags if tag in other.tags)
                conflicts.append(Conflict(other, one, f"{shared!r} → {other.target!r}, or → {one.target!r}"))
            else:
                candidates.append(one)
    added = list(candidates)
    for problem in Overlay((*kept, *candidates)).effect.problems:
        if problem.decision in added:
            added.remove(problem.decision)
            named = {*problem.decision.tags, problem.decision.target} - {""}
            against = (one for one in kept if named & {*one.tags, one.target})
            conflicts.append(Conflict(next(against, problem.decision), problem.decision, problem.why))
    return Merged(Overlay((*kept, *added)), tuple(added), dropped, tuple(conflicts))


ONE_TARGET = (Act.MERGE, Act.RENAME, Act.FACET)
"""Acts that give a tag one target only."""


def _entry(one: Decision) -> dict[str, Any]:
    entry: dict[str, Any] = {str(one.act): list(one.tags)}
    if one.target:
        entry[TARGETS[one.act]] = one.target
    if one.author:
        entry["by"] = one.author
    if one.at:
        entry["at"] = datetime.fromtimestamp(one.at, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    if one.reason:
        entry["because"] = one.reason
    return entry


def _decision(entry: Any, place: str) -> Decision:
    if not isinstance(entry, Mapping):
        raise SourceError(
            f"{place} is no decision", "expected such as `merge: [hip-hop]` with `into: hip hop`", "correct it"
        )
    acts = [Act(key) for key in entry if key in Act.__members__.values()]
    if len(acts) != 1:
        raise SourceError(
            f"{place} says {len(acts)} things", f"expected one of {', '.join(Act)}", "one decision an entry"
        )
    act = acts[0]
    known = {str(act), "by", "at", "because", *([TARGETS[act]] if act in TARGETED else [])}
    if set(entry) - known:
        strange = ", ".join(sorted(map(str, set(entry) - known)))
        raise SourceError(f"{place} has an entry {strange}", f"“{act}” has {', '.join(sorted(known))}", "correct it")
    tags = entry[str(act)]
    tags = tags if isinstance(tags, list) else [tags]
    texts = [*tags, *(entry.get(name, "") for name in ("by", "because", TARGETS.get(act, "")))]
    if not all(isinstance(text, str) for text in texts):
        odd = next(text for text in texts if not isinstance(text, str))
        raise SourceError(f"{place} holds {odd!r}", "tags, names and reasons are text", f"put it in quotes: '{odd}'")
    try:
        return Decision(
            act,
            tuple(tags),
            entry.get(TARGETS.get(act, ""), ""),
            entry.get("by", ""),
            entry.get("because", ""),
            _time(entry.get("at"), place),
        )
    except SourceError:
        raise
    except TagvizError as error:
        raise SourceError(f"{place}: {error.title}", error.detail, error.remedy) from error


def _time(given: Any, place: str) -> float:
    if given is None:
        return 0.0
    try:
        moment = given if isinstance(given, datetime) else datetime.fromisoformat(str(given))
        stamp = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
        datetime.fromtimestamp(stamp, UTC)  # raises where it is before the year 1 there, and could not be written
        return stamp
    except (ValueError, OverflowError, OSError) as error:
        raise SourceError(
            f"{place}: {str(given)[:40]!r} is no time", "expected such as 2026-11-20T10:15:00Z", "correct it"
        ) from error


def _refuse_aliases(text: str | bytes) -> None:
    """Raises a YAMLError for aliases, with which a small file could stand for an endless one."""
    import yaml

    if ("*" in text) if isinstance(text, str) else (b"*" in text):
        for event in yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
            if isinstance(event, yaml.AliasEvent):
                raise yaml.composer.ComposerError(None, None, "aliases (*name) are not read", event.start_mark)
