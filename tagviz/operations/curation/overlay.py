"""The layer of experts' decisions over each corpus, as everything that opens a corpus sees it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from tagviz.curation.decisions import Act, Decision, Overlay
from tagviz.curation.overlay import MARK, curated, raw_part
from tagviz.errors import NotFoundError
from tagviz.operations.context import Context
from tagviz.operations.database import read_or
from tagviz.store.artifacts import ArtifactStore
from tagviz.store.decisions import DecisionStore, Event, read_copy, write_copy
from tagviz.store.records import checked_name
from tagviz.types import Corpus


def overlay_at(context: Context, name: str, digest: str = "") -> Overlay:
    """The layer over a corpus as it is now, or as it was when it had this digest.

    Raises NotFoundError when it never had it.
    """
    overlay = replayed(_events(context, name, digest))
    if digest and overlay.digest != digest:
        raise NotFoundError(
            f"The decisions on {name!r} were never {digest!r}",
            "they are kept in the database",
            "use them as they are now",
        )
    return overlay


def digest(context: Context, name: str) -> str:
    """The digest of the layer as it is now, "" for none; while the database cannot be read, as it was last seen."""
    if not context.has_database:
        return ""
    return read_or(
        context,
        lambda: DecisionStore(context.database).digest(name),
        lambda: next((event.digest for event in reversed(read_copy(copy_of(context, name)))), ""),
    )


def _events(context: Context, name: str, digest: str) -> list[Event]:
    """The history of decisions up to a digest; while the database cannot be read, from the copy of it."""
    if not context.has_database:
        return []
    path = copy_of(context, name)

    def read() -> list[Event]:
        events = DecisionStore(context.database).events(name, digest)
        if not digest:
            write_copy(path, events)
        return events

    def copied() -> list[Event]:
        events = read_copy(path)
        last = max((number for number, event in enumerate(events) if event.digest == digest), default=-1)
        return events[: last + 1] if digest else events

    return read_or(context, read, copied)


def copy_of(context: Context, name: str) -> Path:
    """The file with a copy of the decisions on a corpus, which is read while the database cannot be."""
    return context.workspace.home / "overlays" / f"{checked_name(name)}.json"


def curated_corpus(context: Context, name: str, raw: str) -> str:
    """The fingerprint under which a corpus as it came is seen through its layer."""
    own = digest(context, name)
    return f"{raw}{MARK}{own}" if own else raw


def open_curated(context: Context, name: str, version: str = "") -> Corpus:
    """The corpus seen through its layer: as it is now, or, for a version with a `+`, as it was then.

    A version that is the whole fingerprint of a corpus as it came gives it without any layer.
    """
    raw, _, then = version.partition(MARK)
    corpus = context.workspace.open_corpus(name, raw)
    if version == corpus.fingerprint:
        return corpus
    return curated(corpus, overlay_at(context, name, then))


def related(shelf: ArtifactStore, fingerprint: str) -> list[str]:
    """Fingerprints under which a shelf keeps artifacts of the same corpus, seen through any layer: its own first."""
    raw = raw_part(fingerprint)
    return [fingerprint, *(one for one in shelf.folders() if one != fingerprint and raw_part(one) == raw)]


def replayed(events: Iterable[Event]) -> Overlay:
    """The layer that a history of decisions comes to."""
    standing: dict[str, Decision] = {}
    for event in events:
        standing.pop(event.decision, None)
        if not event.undone:
            standing[event.decision] = decision_of(event)
    return Overlay(tuple(standing.values()))


def rejected(events: Iterable[Event]) -> set[str]:
    """The ids of decisions that were turned down: undone, and not reopened since.

    A decision that is undone once more while it is undone is open again.
    """
    turned_down: dict[str, bool] = {}
    for event in events:
        turned_down[event.decision] = event.undone and not turned_down.get(event.decision, False)
    return {ident for ident, so in turned_down.items() if so}


def decision_of(event: Event) -> Decision:
    return Decision(Act(event.act), event.tags, event.target, event.author, event.reason, event.at)
