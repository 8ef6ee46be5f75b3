"""Curation: experts decide on tags; every page, method and command follows at once; every decision can be undone."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from tagviz.access.roles import Permission
from tagviz.curation import skos, yaml_io
from tagviz.curation.decisions import TARGETED, Act, Decision, Overlay
from tagviz.curation.overlay import unknown
from tagviz.errors import InvalidParameterError, NotFoundError, TagvizError
from tagviz.operations import access
from tagviz.operations.context import Context
from tagviz.operations.curation import overlay
from tagviz.query import parser
from tagviz.query.term_index import index_of
from tagviz.store.decisions import DecisionStore, Event
from tagviz.store.feedback import name_of
from tagviz.text import normal
from tagviz.types import Corpus, Kind, split_key

MOST_SUGGESTED = 3


def current_overlay(context: Context, name: str) -> Overlay:
    """What stands on a corpus now."""
    context.workspace.versions(name)
    return overlay.overlay_at(context, name)


def history(context: Context, name: str) -> list[Event]:
    """All that was ever decided and undone, the oldest first."""
    return DecisionStore(context.database).events(name) if context.has_database else []


@access.change(Permission.DECIDE, "decide on tags")
def add(
    context: Context,
    name: str,
    decision: Decision,
) -> Decision:
    """Record a decision on tags, which holds everywhere from now on.

    Args:
        context: The workspace, and who acts.
        name: Name of the corpus.
        decision: What is decided, by whom and why, as `tagviz.curation.decisions.resolve` builds it.

    Returns:
        The decision as it is stored.

    Raises:
        InvalidParameterError: It contradicts an active decision (a circle of broader tags, a merge of a blocked tag,
            the opposite of what somebody else decided).
        NotFoundError: The corpus does not have one of the tags.
    """
    corpus = context.workspace.open_corpus(name)
    decision = spelled(corpus, replace(decision, author=name_of(decision.author)))
    known(corpus, decision)

    def taken(before: Overlay) -> Change:
        checked(before, decision)
        return Change((decision,))

    _change(context, name, taken)
    return decision


@access.change(Permission.DECIDE, "decide on tags")
def add_all(
    context: Context, name: str, decisions: Sequence[Decision]
) -> tuple[list[Decision], list[tuple[Decision, TagvizError]]]:
    """Record several decisions at once, in their order; those that contradict what stands by then are left out.

    Args:
        context: The workspace, and who acts.
        name: Name of the corpus.
        decisions: What is decided, by whom and why.

    Returns:
        The decisions as they are stored, and those that were left out, each with its reason.
    """
    corpus = context.workspace.open_corpus(name)
    stored: list[Decision] = []
    refused: list[tuple[Decision, TagvizError]] = []

    def taken(before: Overlay) -> Change:
        for one in decisions:
            try:
                decision = spelled(corpus, replace(one, author=name_of(one.author)))
                known(corpus, decision)
                before = checked(before, decision)
            except TagvizError as error:
                refused.append((one, error))
            else:
                stored.append(decision)
        return Change(tuple(stored))

    _change(context, name, taken)
    return stored, refused


@access.change(Permission.DECIDE, "reject suggestions")
def reject_all(context: Context, name: str, decisions: Sequence[Decision], author: str) -> list[Decision]:
    """Keep that several proposals were turned down; return those that had not been before."""
    return _turn_down(context, name, decisions, author)


def _turn_down(context: Context, name: str, decisions: Sequence[Decision], author: str) -> list[Decision]:
    author, now = name_of(author), time.time()
    rejected: list[Decision] = []

    def turned_down(before: list[Event]) -> list[Event]:
        known_before, digest = overlay.rejected(before), overlay.replayed(before).digest
        fresh = {one.id: one for one in decisions if one.id not in known_before}
        rejected.extend(replace(one, author=author, at=now) for one in fresh.values())
        return [_event(name, one, digest, undone=True) for one in rejected]

    DecisionStore(context.database).add(name, turned_down)
    return rejected


@access.change(Permission.DECIDE, "withdraw decisions")
def withdraw(context: Context, name: str, idents: Sequence[str], author: str) -> None:
    """Take decisions and rejections back as if they had never been made: they may be suggested again.

    Args:
        context: The workspace, and who acts.
        name: Name of the corpus.
        idents: Ids of decisions; those that neither stand nor are turned down are passed over.
        author: Who takes them back.
    """
    author, now = name_of(author), time.time()

    def events(before: list[Event]) -> list[Event]:
        standing, turned_down = overlay.replayed(before), overlay.rejected(before)
        last = {event.decision: event for event in before}
        active = {one.id for one in standing if one.id in idents}
        digest = Overlay(tuple(one for one in standing if one.id not in active)).digest
        times = {ident: 2 if ident in active else int(ident in turned_down) for ident in idents}
        return [
            _event(name, replace(overlay.decision_of(last[ident]), author=author, reason="", at=now), digest, True)
            for ident, number in times.items()
            for _undone in range(number)
        ]

    DecisionStore(context.database).add(name, events)


@access.change(Permission.DECIDE, "undo decision")
def undo(context: Context, name: str, ident: str, author: str, reason: str = "") -> Decision:
    """Takes back a decision by its id, whatever was decided since. Raises NotFoundError when it does not stand."""
    author = name_of(author)
    undone: list[Decision] = []

    def taken_back(before: Overlay) -> Change:
        undone.append(_standing(before, ident, name))
        return Change(undone=tuple(undone))

    _change(context, name, taken_back, author, reason)
    return undone[0]


@access.change(Permission.DECIDE, "reject suggestion")
def reject(context: Context, name: str, decision: Decision, author: str) -> None:
    """Keeps that a proposal was looked at and turned down, so that it is proposed no more; nothing else changes."""
    _turn_down(context, name, [decision], author)


@access.change(Permission.DECIDE, "reopen suggestion")
def reopen(context: Context, name: str, ident: str, author: str) -> Decision:
    """Take back that a suggestion was turned down, or that a decision was undone: it is suggested again.

    Raises:
        NotFoundError: It is not turned down.
    """
    author = name_of(author)
    reopened: list[Decision] = []

    def opened(before: list[Event]) -> list[Event]:
        if ident not in overlay.rejected(before):
            raise NotFoundError(f"No decision {ident!r} is turned down on {name!r}", remedy="list the history")
        last = next(event for event in reversed(before) if event.decision == ident)
        reopened.append(replace(overlay.decision_of(last), author=author, reason="", at=time.time()))
        return [_event(name, reopened[0], overlay.replayed(before).digest, undone=True)]

    DecisionStore(context.database).add(name, opened)
    return reopened[0]


def checked(before: Overlay, decision: Decision) -> Overlay:
    """The layer with a decision more.

    Raises InvalidParameterError when it, or one that stands, could then not be followed, or when somebody else has
    named another target for the same tag.
    """
    standing = before.find(decision.id)
    if standing is not None:
        raise InvalidParameterError(
            f"“{decision}” is decided already", f"by {standing.author or 'somebody'}", "there is nothing left to do"
        )
    for one in before:
        shared = [tag for tag in decision.tags if tag in one.tags]
        same = one.act is decision.act and one.act in yaml_io.ONE_TARGET
        if same and shared and one.author != decision.author:
            raise InvalidParameterError(
                f"“{decision}” contradicts what {one.author or 'somebody'} decided",
                f"{shared[0]!r}: “{one}”" + (f", because {one.reason}" if one.reason else ""),
                "talk it over, then undo the other decision first",
            )
    after = before.with_(decision)
    known = {(problem.decision.id, problem.why) for problem in before.effect.problems}
    for problem in after.effect.problems:
        if (problem.decision.id, problem.why) not in known:
            other = "" if problem.decision.id == decision.id else f" (against “{problem.decision}”)"
            raise InvalidParameterError(f"“{decision}” contradicts what stands", problem.why + other, problem.remedy)
    return after


@dataclass(frozen=True)
class ImportSummary:
    """What a file brought: see `files.Merged`. warnings: what a person should know, a line each."""

    merged: yaml_io.Merged
    warnings: tuple[str, ...]


@dataclass(frozen=True)
class DecisionFile:
    """A file of decisions.

    Attributes:
        text: Its content: YAML, or SKOS as Turtle or RDF/XML where `name` ends so.
        name: Its name; empty for YAML.
        base: The older file that both sides come from, so that what was removed from it is removed here as well.
    """

    text: str | bytes
    name: str = ""
    base: str | bytes | None = None


@access.change(Permission.DECIDE, "import decisions")
def import_decisions(
    context: Context,
    name: str,
    file: DecisionFile,
    author: str,
    apply: bool = True,
) -> ImportSummary:
    """Merge a file of decisions into the active ones. Conflicts are reported and not applied.

    Args:
        context: The workspace, and who acts.
        name: Name of the corpus.
        file: The decisions to merge.
        author: Who imports it; written where the file names nobody.
        apply: False only reports what would change.

    Returns:
        What was added, removed and in conflict, and warnings.

    Raises:
        SourceError: The file is neither YAML of this project nor SKOS.
    """
    corpus = context.workspace.open_corpus(name)
    theirs = _read(corpus, file.text, file.name)
    before = yaml_io.read(file.base, "the base") if file.base is not None else None
    author = name_of(author)
    merges: list[yaml_io.Merged] = []

    def joined(mine: Overlay) -> Change:
        merged = yaml_io.merge(mine, theirs, before)
        merges.append(merged)
        now = time.time()
        new = tuple(replace(one, author=one.author or author, at=one.at or now) for one in merged.added)
        return Change(new, merged.dropped) if apply else Change()

    _change(context, name, joined, author)
    return ImportSummary(merges[0], tuple(warnings(corpus, theirs)))


def _read(corpus: Corpus, text: str | bytes, file: str) -> Overlay:
    if skos.reads(file):
        return skos.read(text.encode() if isinstance(text, str) else text, file, own=_speller(corpus))
    return yaml_io.read(text, file or "the file")


def warnings(corpus: Corpus, found: Overlay) -> list[str]:
    """What a person should know of a layer over a corpus: unknown tags, markup, decisions that are not followed."""
    lines = [f"“{problem.decision}” is not followed: {problem.why}" for problem in found.effect.problems]
    missing = unknown(corpus, found)
    if missing:
        shown = ", ".join(missing[:5]) + (" …" if len(missing) > 5 else "")
        lines.append(f"{len(missing):,} tags are not in {corpus.name!r} and have no effect here: {shown}")
    marked = [one for one in found if one.marked_up]
    if marked:
        lines.append(f"{len(marked):,} decisions hold markup, which is shown as plain text, such as “{marked[0]}”")
    return lines


def export_yaml(context: Context, name: str) -> str:
    return yaml_io.write(current_overlay(context, name), name)


def export_skos(context: Context, name: str) -> str:
    return skos.turtle(current_overlay(context, name), name)


def plain(tag: str) -> str:
    """A tag as a person or a key names it."""
    return split_key(tag)[1] if tag.startswith(f"{Kind.TAG}:") else tag


def spelled(corpus: Corpus, decision: Decision) -> Decision:
    """The decision with its tags as the corpus spells them, where only their normal forms differ."""
    own = _speller(corpus)
    target = own(decision.target) if decision.act in (Act.MERGE, Act.BROADER) else decision.target
    return replace(decision, tags=tuple(map(own, decision.tags)), target=target)


def _speller(corpus: Corpus) -> Callable[[str], str]:
    """How the corpus writes a tag: as it is named, else the one of the same normal form; itself where there is none."""
    vocab = corpus.vocab(Kind.TAG)
    forms = index_of(corpus).forms(Kind.TAG)

    def own(tag: str) -> str:
        tag = plain(tag)
        row = vocab.row(tag, missing="skip")
        if row < 0:
            row = forms.get(normal(tag), -1)
        return tag if row < 0 else str(vocab.ids[row])

    return own


def known(corpus: Corpus, decision: Decision) -> None:
    """Raises NotFoundError for a tag that the corpus does not have, with the closest spellings."""
    named = [*decision.tags]
    if decision.act in TARGETED and decision.act not in (Act.RENAME, Act.FACET):
        named.append(decision.target)
    for tag, row in zip(named, corpus.vocab(Kind.TAG).find(named), strict=True):
        if row < 0:
            near = [split_key(key)[1] for key in parser.suggest(corpus, Kind.TAG, tag, MOST_SUGGESTED)]
            hint = f"close to it: {', '.join(near)}" if near else f"{len(corpus.vocab(Kind.TAG)):,} tags are known"
            raise NotFoundError(f"There is no tag {tag!r} in {corpus.name!r}", hint, "use one of these or correct it")


def _standing(before: Overlay, ident: str, name: str) -> Decision:
    matching = [one for one in before if ident and one.id.startswith(ident)]
    if len(matching) != 1:
        what = "several decisions begin so" if matching else "it was never taken, or is undone"
        raise NotFoundError(f"No decision {ident!r} stands on {name!r}", what, "list the decisions")
    return matching[0]


@dataclass(frozen=True)
class Change:
    """Decisions that are taken, after others are undone."""

    taken: tuple[Decision, ...] = ()
    undone: tuple[Decision, ...] = ()


def _change(
    context: Context, name: str, think: Callable[[Overlay], Change], author: str = "", reason: str = ""
) -> None:
    """Keeps what `think` makes of the layer as it stands, while nobody else can decide."""

    def events(before: list[Event]) -> list[Event]:
        now = overlay.replayed(before)
        change = think(now)
        gone = {one.id for one in (*change.undone, *change.taken)}
        digest = Overlay((*(one for one in now if one.id not in gone), *change.taken)).digest
        when = time.time()
        return [
            *(_event(name, replace(one, author=author, reason=reason, at=when), digest, True) for one in change.undone),
            *(_event(name, one, digest) for one in change.taken),
        ]

    DecisionStore(context.database).add(name, events)


def _event(name: str, one: Decision, digest: str, undone: bool = False) -> Event:
    return Event(name, one.id, undone, str(one.act), one.tags, one.target, one.author, one.reason, one.at, digest)
