"""An overlay: experts' decisions in the order in which they were taken, and their combined effect.

An overlay knows no corpus: it refers to tags by their spellings. To undo a decision is to leave it out, so any of them
can be undone at any time. A decision that then contradicts another one is not followed and is reported as a problem.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

import orjson
import regex

from tagviz.errors import InvalidParameterError
from tagviz.text import LONGEST_TITLE, clean

LONGEST_REASON = 2_000
MOST_TAGS = 500
"""Largest number of tags that one decision may name."""
_MARKUP = regex.compile(r"</?[a-zA-Z][^>]*>|\]\(\s*\w+:")


class Act(StrEnum):
    """Kinds of decisions about tags.

    - merge: they are other spellings of the target
    - split: they are tags of their own again, whatever was merged before
    - block: they are never recommended
    - together: they belong together
    - apart: they are kept apart (never merged, never next to each other)
    - rename: they are shown as the target
    - facet: their facet is the target
    - broader: the target is the broader tag
    """

    MERGE = "merge"
    SPLIT = "split"
    BLOCK = "block"
    TOGETHER = "together"
    APART = "apart"
    RENAME = "rename"
    FACET = "facet"
    BROADER = "broader"


TARGETED = frozenset({Act.MERGE, Act.RENAME, Act.FACET, Act.BROADER})
"""Acts with a target."""
PAIRED = frozenset({Act.TOGETHER, Act.APART})
"""Acts that need at least two tags."""


@dataclass(frozen=True)
class Decision:
    """One decision. Two are the same when act, tags and target agree.

    Attributes:
        act: What is decided.
        tags: The tags.
        target: The target, for TARGETED acts.
        author: Who decided.
        reason: Why.
        at: Seconds since 1970.

    Raises:
        InvalidParameterError: Without tags, without a target where one is needed, for a tag merged into itself, and for
            texts that are too long.
    """

    act: Act
    tags: tuple[str, ...]
    target: str = ""
    author: str = ""
    reason: str = ""
    at: float = field(default=0.0, compare=False)

    def __post_init__(self) -> None:
        """Clean the texts and check the decision."""
        tags = tuple(dict.fromkeys(clean(tag) for tag in self.tags))
        target = clean(self.target)
        if self.act is Act.MERGE:
            tags = tuple(tag for tag in tags if tag != target)
        for name, text in (("tags", tags), ("target", target), ("reason", clean(self.reason))):
            object.__setattr__(self, name, text)
        self._check()

    def _check(self) -> None:
        least = 2 if self.act in PAIRED else 1
        longest = max(map(len, (*self.tags, self.target)), default=0)
        wrong = {
            f"at least {least} different tags": len(self.tags) < least or "" in self.tags,
            f"at most {MOST_TAGS} tags": len(self.tags) > MOST_TAGS,
            "a target": self.act in TARGETED and not self.target,
            "no target": self.act not in TARGETED and bool(self.target),
            "a broader tag that is another tag": self.act is Act.BROADER and self.target in self.tags,
            f"tags of at most {LONGEST_TITLE:,} characters": longest > LONGEST_TITLE,
            f"a reason of at most {LONGEST_REASON:,} characters": len(self.reason) > LONGEST_REASON,
        }
        for needed, fails in wrong.items():
            if fails:
                shown = ", ".join(self.tags)[:80]
                raise InvalidParameterError(
                    f"“{self.act}” of {shown or 'nothing'!s} is no decision", f"it needs {needed}", "correct it"
                )

    @cached_property
    def id(self) -> str:
        """Twelve hex digits of what is decided, whoever decides it."""
        tags = list(self.tags) if self.act is not Act.APART and self.act is not Act.TOGETHER else sorted(self.tags)
        return hashlib.sha256(orjson.dumps([self.act, tags, self.target])).hexdigest()[:12]

    @property
    def marked_up(self) -> bool:
        """Whether its texts contain markup, which is shown as the text that it is."""
        return any(_MARKUP.search(text) for text in (self.reason, self.author, self.target, *self.tags))

    def __str__(self) -> str:
        """Return the decision in one line."""
        return f"{self.act} {', '.join(self.tags)}" + (f" → {self.target}" if self.target else "")


@dataclass(frozen=True)
class Problem:
    """A decision that is not followed, or only in part.

    Attributes:
        decision: The decision.
        why: The reason.
        remedy: What can be done.
    """

    decision: Decision
    why: str
    remedy: str


@dataclass(frozen=True)
class Effect:
    """The combined effect of an overlay, by spelling.

    Attributes:
        merged: From a spelling to the tag that it was merged into.
        blocked: Tags that are never recommended.
        together: Pairs of tags, in both orders.
        apart: Pairs of tags, in both orders.
        labels: From a tag to the text that it is shown as.
        facets: From a tag to its facet.
        broader: Pairs (tag, broader tag), without cycles.
        problems: Decisions that are not followed.
    """

    merged: Mapping[str, str]
    blocked: frozenset[str]
    together: frozenset[tuple[str, str]]
    apart: frozenset[tuple[str, str]]
    labels: Mapping[str, str]
    facets: Mapping[str, str]
    broader: tuple[tuple[str, str], ...]
    problems: tuple[Problem, ...]


@dataclass(frozen=True)
class Overlay:
    """Decisions in the order in which they count, each at most once."""

    decisions: tuple[Decision, ...] = ()

    def __len__(self) -> int:
        """Return the number of decisions."""
        return len(self.decisions)

    def __iter__(self) -> Iterator[Decision]:
        """Iterate over the decisions, oldest first."""
        return iter(self.decisions)

    @cached_property
    def digest(self) -> str:
        """Eight hex digits of what is decided, "" for an empty overlay; authors and reasons do not count."""
        if not self.decisions:
            return ""
        return hashlib.sha256("".join(one.id for one in self.decisions).encode()).hexdigest()[:8]

    @cached_property
    def effect(self) -> Effect:
        """The combined effect of the decisions."""
        return _Resolver(self.decisions).effect()

    def find(self, ident: str) -> Decision | None:
        """Return the decision with an id, or None."""
        return next((one for one in self.decisions if one.id == ident), None)

    def with_(self, decision: Decision) -> Overlay:
        """Return the overlay with one more decision, as the newest."""
        return Overlay((*(one for one in self.decisions if one.id != decision.id), decision))

    def without(self, ident: str) -> Overlay:
        """Return the overlay without the decision with an id."""
        return Overlay(tuple(one for one in self.decisions if one.id != ident))


def resolve(
    act: Act | str, tags: Iterable[str], target: str = "", author: str = "", reason: str = "", at: float | None = None
) -> Decision:
    """Build a decision that is taken now.

    Args:
        act: What is decided.
        tags: The tags.
        target: The target, for acts that need one.
        author: Who decides.
        reason: Why.
        at: Seconds since 1970; None: now.

    Raises:
        InvalidParameterError: For an unknown act, or an invalid decision (see `Decision`).
    """
    if act not in Act.__members__.values():
        raise InvalidParameterError(
            f"There is no decision {str(act)!r}", f"decisions: {', '.join(Act)}", "choose one of these"
        )
    return Decision(Act(act), tuple(tags), target, author, reason, time.time() if at is None else at)


class _Resolver:
    """Apply decisions one after another: merges and what forbids them first, then everything else about merged tags."""

    def __init__(self, decisions: tuple[Decision, ...]) -> None:
        self.decisions = decisions
        self.head: dict[str, str] = {}
        self.members: dict[str, list[str]] = {}
        self.blocked: set[str] = set()
        self.pairs: dict[Act, dict[str, set[str]]] = {Act.TOGETHER: {}, Act.APART: {}}
        self.problems: list[Problem] = []

    def effect(self) -> Effect:
        for one in self.decisions:
            if one.act is Act.MERGE:
                self._merge(one)
            elif one.act is Act.SPLIT:
                self._split(one)
            elif one.act is Act.BLOCK:
                self.blocked.update(one.tags)
            elif one.act in PAIRED:
                self._pair(one)
        texts: dict[Act, dict[str, str]] = {Act.RENAME: {}, Act.FACET: {}}
        for one in self.decisions:
            if one.act in texts:
                texts[one.act].update({self._head(tag): one.target for tag in one.tags})
        return Effect(
            merged={tag: head for tag, head in self.head.items() if tag != head},
            blocked=frozenset(map(self._head, self.blocked)),
            together=self._pairs(Act.TOGETHER),
            apart=self._pairs(Act.APART),
            labels=texts[Act.RENAME],
            facets=texts[Act.FACET],
            broader=self._broader(),
            problems=tuple(self.problems),
        )

    def _head(self, tag: str) -> str:
        return self.head.get(tag, tag)

    def _group(self, tag: str) -> list[str]:
        return self.members.get(self._head(tag), [tag])

    def _merge(self, one: Decision) -> None:
        for tag in one.tags:
            mine, other = self._group(tag), self._group(one.target)
            if mine is other or self._head(tag) == self._head(one.target):
                group = other
            elif any(self.pairs[Act.APART].get(spelling, set()).intersection(other) for spelling in mine):
                why = f"{tag!r} and {one.target!r} are to be kept apart"
                self._refuse(one, why, "undo “apart” or this")
                continue
            elif bool(self.blocked.intersection(mine)) != bool(self.blocked.intersection(other)):
                which = tag if self.blocked.intersection(mine) else one.target
                self._refuse(one, f"{which!r} is blocked", "undo the block, or block both before you merge them")
                continue
            else:
                group = [*other, *mine]
            for head in (self._head(tag), self._head(one.target)):
                self.members.pop(head, None)
            self.members[one.target] = group
            self.head.update(dict.fromkeys(group, one.target))

    def _split(self, one: Decision) -> None:
        for tag in one.tags:
            head = self._head(tag)
            group = [spelling for spelling in self._group(tag) if spelling != tag]
            if not group:
                self._refuse(one, f"{tag!r} is merged with nothing", "undo this")
                continue
            self.members.pop(head, None)
            self.head[tag] = tag
            new = head if head != tag else group[0]
            self.members[new] = group
            self.head.update(dict.fromkeys(group, new))

    def _pair(self, one: Decision) -> None:
        opposite = self.pairs[Act.APART if one.act is Act.TOGETHER else Act.TOGETHER]
        for tag in one.tags:
            for other in one.tags:
                if tag == other:
                    continue
                if other in opposite.get(tag, ()):
                    if tag < other:
                        ruling = "kept apart" if one.act is Act.TOGETHER else "belonging together"
                        self._refuse(one, f"{tag!r} and {other!r} are ruled as {ruling}", "undo one of the two")
                elif one.act is Act.APART and self._head(tag) == self._head(other):
                    if tag < other:
                        self._refuse(one, f"{tag!r} and {other!r} are merged", "undo the merge, or split them first")
                else:
                    self.pairs[one.act].setdefault(tag, set()).add(other)

    def _pairs(self, act: Act) -> frozenset[tuple[str, str]]:
        heads = ((self._head(a), self._head(b)) for a, others in self.pairs[act].items() for b in others)
        return frozenset((a, b) for a, b in heads if a != b)

    def _broader(self) -> tuple[tuple[str, str], ...]:
        above: dict[str, set[str]] = {}
        kept: dict[tuple[str, str], None] = {}
        for one in self.decisions:
            for tag in one.tags if one.act is Act.BROADER else ():
                low, high = self._head(tag), self._head(one.target)
                path = _path_up(above, high, low)
                if low == high:
                    self._refuse(one, f"{tag!r} and {one.target!r} are merged into one tag", "undo one of the two")
                elif path:
                    circle = " → ".join(path)
                    self._refuse(one, f"a circle: {circle} says that {low!r} is broader", "undo one of these")
                else:
                    above.setdefault(low, set()).add(high)
                    kept[(low, high)] = None
        return tuple(kept)

    def _refuse(self, one: Decision, why: str, remedy: str) -> None:
        self.problems.append(Problem(one, why, remedy))


def _path_up(above: Mapping[str, set[str]], start: str, goal: str) -> list[str]:
    """Return a path from one tag up to another; [] for none."""
    before: dict[str, str] = {start: ""}
    waiting = [start]
    while waiting:
        here = waiting.pop()
        if here == goal:
            path = [here]
            while before[path[-1]]:
                path.append(before[path[-1]])
            return path[::-1]
        for high in above.get(here, ()):
            if high not in before:
                before[high] = here
                waiting.append(high)
    return []
