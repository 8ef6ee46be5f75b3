"""Curation: experts decide on tags; every page, method and command follows at once; every decision can be undone."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from tagviz import asking
from tagviz.curate import files, skos
from tagviz.curate.apply import unknown
from tagviz.curate.layer import TARGETED, Act, Decision, Layer, decide
from tagviz.errors import BadParameter, UnknownTerm
from tagviz.operations import layers
from tagviz.operations.database import database, has_database
from tagviz.store.decisions import Decisions, Event
from tagviz.store.verdicts import name_of
from tagviz.store.workspace import Workspace
from tagviz.types import Corpus, Kind, split_key

MOST_SUGGESTED = 3


def layer(ws: Workspace, name: str) -> Layer:
    """What stands on a corpus now."""
    ws.versions(name)
    return layers.layer(ws, name)


def history(ws: Workspace, name: str) -> list[Event]:
    """All that was ever decided and undone, the oldest first."""
    return Decisions(database(ws)).events(name) if has_database(ws) else []


def add(
    ws: Workspace, name: str, act: Act | str, tags: Iterable[str], target: str = "", author: str = "", reason: str = ""
) -> Decision:
    """Takes a decision, which holds from now on everywhere, and returns it.

    Raises BadParameter when it contradicts what stands (a circle of broader tags, a merge of a blocked tag, what
    another decided the other way), UnknownTerm for tags that the corpus does not have.
    """
    corpus = ws.open_corpus(name)
    decision = spelled(corpus, decide(act, tags, target, name_of(author), reason))
    known(corpus, decision)

    def taken(before: Layer) -> Change:
        checked(before, decision)
        return Change((decision,))

    _change(ws, name, taken)
    return decision


def undo(ws: Workspace, name: str, ident: str, author: str, reason: str = "") -> Decision:
    """Takes back a decision by its id, whatever was decided since. Raises UnknownTerm when it does not stand."""
    author = name_of(author)
    undone: list[Decision] = []

    def taken_back(before: Layer) -> Change:
        undone.append(_standing(before, ident, name))
        return Change(undone=tuple(undone))

    _change(ws, name, taken_back, author, reason)
    return undone[0]


def reject(ws: Workspace, name: str, decision: Decision, author: str) -> None:
    """Keeps that a proposal was looked at and turned down, so that it is proposed no more; nothing else changes."""
    one = replace(decision, author=name_of(author), at=time.time())

    def turned_down(before: list[Event]) -> list[Event]:
        return [_event(name, one, layers.replayed(before).digest, undone=True)]

    Decisions(database(ws)).add(name, turned_down)


def checked(before: Layer, decision: Decision) -> Layer:
    """The layer with a decision more. Raises BadParameter when it, or one that stands, could then not be followed, or
    when somebody else has named another target for the same tag."""
    standing = before.find(decision.id)
    if standing is not None:
        raise BadParameter(
            f"“{decision}” is decided already", f"by {standing.author or 'somebody'}", "there is nothing left to do"
        )
    for one in before:
        shared = [tag for tag in decision.tags if tag in one.tags]
        same = one.act is decision.act and one.act in files.ONE_TARGET
        if same and shared and one.author != decision.author:
            raise BadParameter(
                f"“{decision}” contradicts what {one.author or 'somebody'} decided",
                f"{shared[0]!r}: “{one}”" + (f", because {one.reason}" if one.reason else ""),
                "talk it over, then undo the other decision first",
            )
    after = before.with_(decision)
    known = {(problem.decision.id, problem.why) for problem in before.effect.problems}
    for problem in after.effect.problems:
        if (problem.decision.id, problem.why) not in known:
            other = "" if problem.decision.id == decision.id else f" (against “{problem.decision}”)"
            raise BadParameter(f"“{decision}” contradicts what stands", problem.why + other, problem.remedy)
    return after


@dataclass(frozen=True)
class Imported:
    """What a file brought: see `files.Merged`. warnings: what a person should know, a line each."""

    merged: files.Merged
    warnings: tuple[str, ...]


def import_layer(
    ws: Workspace,
    name: str,
    text: str | bytes,
    author: str,
    base: str | bytes | None = None,
    apply: bool = True,
    file: str = "",
) -> Imported:
    """Joins a layer to what stands: YAML, or SKOS where the `file`'s name ends so (see `skos.read`); with the `base`
    that both come from, also what it took back.

    Conflicts are shown and not followed. `apply` false only looks. Raises SourceError for a file that is none.
    """
    corpus = ws.open_corpus(name)
    theirs = _read(corpus, text, file)
    before = files.read(base, "the base") if base is not None else None
    author = name_of(author)
    found: list[files.Merged] = []

    def joined(mine: Layer) -> Change:
        merged = files.merge(mine, theirs, before)
        found.append(merged)
        now = time.time()
        new = tuple(replace(one, author=one.author or author, at=one.at or now) for one in merged.added)
        return Change(new, merged.dropped) if apply else Change()

    _change(ws, name, joined, author)
    return Imported(found[0], tuple(warnings(corpus, theirs)))


def _read(corpus: Corpus, text: str | bytes, file: str) -> Layer:
    if skos.reads(file):
        return skos.read(text.encode() if isinstance(text, str) else text, file, own=_speller(corpus))
    return files.read(text, file or "the file")


def warnings(corpus: Corpus, found: Layer) -> list[str]:
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


def export_yaml(ws: Workspace, name: str) -> str:
    return files.write(layer(ws, name), name)


def export_skos(ws: Workspace, name: str) -> str:
    return skos.turtle(layer(ws, name), name)


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
    forms = asking.index_of(corpus).forms(Kind.TAG)

    def own(tag: str) -> str:
        tag = plain(tag)
        row = vocab.row(tag, missing="skip")
        if row < 0:
            row = forms.get(asking.text.normal(tag), -1)
        return tag if row < 0 else str(vocab.ids[row])

    return own


def known(corpus: Corpus, decision: Decision) -> None:
    """Raises UnknownTerm for a tag that the corpus does not have, with the closest spellings."""
    named = [*decision.tags]
    if decision.act in TARGETED and decision.act not in (Act.RENAME, Act.FACET):
        named.append(decision.target)
    for tag, row in zip(named, corpus.vocab(Kind.TAG).find(named), strict=True):
        if row < 0:
            near = [split_key(key)[1] for key in asking.suggest(corpus, Kind.TAG, tag, MOST_SUGGESTED)]
            hint = f"close to it: {', '.join(near)}" if near else f"{len(corpus.vocab(Kind.TAG)):,} tags are known"
            raise UnknownTerm(f"There is no tag {tag!r} in {corpus.name!r}", hint, "use one of these or correct it")


def _standing(before: Layer, ident: str, name: str) -> Decision:
    found = [one for one in before if ident and one.id.startswith(ident)]
    if len(found) != 1:
        what = "several decisions begin so" if found else "it was never taken, or is undone"
        raise UnknownTerm(f"No decision {ident!r} stands on {name!r}", what, "list the decisions")
    return found[0]


@dataclass(frozen=True)
class Change:
    """Decisions that are taken, after others are undone."""

    taken: tuple[Decision, ...] = ()
    undone: tuple[Decision, ...] = ()


def _change(ws: Workspace, name: str, think: Callable[[Layer], Change], author: str = "", reason: str = "") -> None:
    """Keeps what `think` makes of the layer as it stands, while nobody else can decide."""

    def events(before: list[Event]) -> list[Event]:
        now = layers.replayed(before)
        change = think(now)
        gone = {one.id for one in (*change.undone, *change.taken)}
        digest = Layer((*(one for one in now if one.id not in gone), *change.taken)).digest
        when = time.time()
        return [
            *(_event(name, replace(one, author=author, reason=reason, at=when), digest, True) for one in change.undone),
            *(_event(name, one, digest) for one in change.taken),
        ]

    Decisions(database(ws)).add(name, events)


def _event(name: str, one: Decision, digest: str, undone: bool = False) -> Event:
    return Event(name, one.id, undone, str(one.act), one.tags, one.target, one.author, one.reason, one.at, digest)
