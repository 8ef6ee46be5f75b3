"""The layer of experts' decisions over each corpus, as everything that opens a corpus sees it."""

from __future__ import annotations

from collections.abc import Iterable

from tagviz.curate.apply import MARK, curated, raw_part
from tagviz.curate.layer import Act, Decision, Layer
from tagviz.errors import UnknownTerm
from tagviz.operations.database import database, has_database
from tagviz.store.decisions import Decisions, Event
from tagviz.store.shelf import Shelf
from tagviz.store.workspace import Workspace
from tagviz.types import Corpus


def layer(ws: Workspace, name: str, digest: str = "") -> Layer:
    """The layer over a corpus as it is now, or as it was when it had this digest.

    Raises UnknownTerm when it never had it.
    """
    found = replayed(Decisions(database(ws)).events(name, digest)) if has_database(ws) else Layer()
    if digest and found.digest != digest:
        raise UnknownTerm(
            f"The decisions on {name!r} were never {digest!r}",
            "they are kept in the database",
            "use them as they are now",
        )
    return found


def digest(ws: Workspace, name: str) -> str:
    """The digest of the layer as it is now, "" for none."""
    return Decisions(database(ws)).digest(name) if has_database(ws) else ""


def seen(ws: Workspace, name: str, raw: str) -> str:
    """The fingerprint under which a corpus as it came is seen through its layer."""
    own = digest(ws, name)
    return f"{raw}{MARK}{own}" if own else raw


def opened(ws: Workspace, name: str, version: str = "") -> Corpus:
    """The corpus seen through its layer: as it is now, or, for a version with a `+`, as it was then. A version that is
    the whole fingerprint of a corpus as it came gives it without any layer."""
    raw, _, then = version.partition(MARK)
    corpus = ws.open_corpus(name, raw)
    if version == corpus.fingerprint:
        return corpus
    return curated(corpus, layer(ws, name, then))


def related(shelf: Shelf, fingerprint: str) -> list[str]:
    """Fingerprints under which a shelf keeps artifacts of the same corpus, seen through any layer: its own first."""
    raw = raw_part(fingerprint)
    return [fingerprint, *(one for one in shelf.folders() if one != fingerprint and raw_part(one) == raw)]


def replayed(events: Iterable[Event]) -> Layer:
    """The layer that a history of decisions comes to."""
    standing: dict[str, Decision] = {}
    for event in events:
        standing.pop(event.decision, None)
        if not event.undone:
            standing[event.decision] = decision_of(event)
    return Layer(tuple(standing.values()))


def decision_of(event: Event) -> Decision:
    return Decision(Act(event.act), event.tags, event.target, event.author, event.reason, event.at)
