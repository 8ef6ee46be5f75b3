"""Feedback: verdicts of reviewers are kept, asked for where they matter, counted, and heeded by the next answer."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from tagviz.access.roles import Permission
from tagviz.csv_guard import write_csv
from tagviz.errors import InvalidParameterError
from tagviz.feedback import training_examples as training_examples
from tagviz.operations import access
from tagviz.operations.context import Context
from tagviz.operations.database import read_or
from tagviz.operations.models import Model
from tagviz.store.audit import AuditLog
from tagviz.store.database_changes import changes
from tagviz.store.feedback import Answer, FeedbackContext, FeedbackStore, Verdict, frame_of, name_of, query_document
from tagviz.store.files import store_errors
from tagviz.store.saved_views import SavedViewStore
from tagviz.types import Corpus, Kind, Query, Ranking, split_key

if TYPE_CHECKING:
    from sqlalchemy import Engine

NOTHING = "0-0"
"""The version of no verdicts."""
_versions: WeakKeyDictionary[Engine, dict[str, tuple[int, str]]] = WeakKeyDictionary()
"""By database and corpus: the number of its changes when the version was read, and the version."""


def feedback_store(context: Context) -> FeedbackStore:
    return FeedbackStore(context.database)


def record_feedback(context: Context, *verdicts: Verdict) -> list[int]:
    """Store verdicts; once this returns they are kept.

    Where a login says who acts, the reviewer is this person, whatever the verdict says.

    Raises:
        InvalidParameterError: A verdict says nothing.
        NotPermittedError: The role does not allow feedback.
    """
    for corpus in {one.corpus for one in verdicts}:
        access.check(context, Permission.FEEDBACK, corpus)
    if context.actor.verified:
        verdicts = tuple(replace(one, reviewer=context.actor.name) for one in verdicts)
    for one in verdicts:
        split_key(one.key)
        if one.instead:
            split_key(one.instead)
    return feedback_store(context).give(*verdicts)


def verdict(
    about: FeedbackContext,
    ranking: Ranking,
    place: int,
    reviewer: str,
    answer: Answer,
    instead: str = "",
) -> Verdict:
    """Build a reviewer's verdict on one item of an answer.

    Args:
        about: The question and the model.
        ranking: The answer.
        place: Place of the item in it, from 0.
        reviewer: Who judges.
        answer: The judgement.
        instead: Key of the item that would have been right; empty for none.
    """
    score = float(ranking.scores[place])
    return replace(about.verdict(ranking.keys[place], place + 1, score, reviewer, answer), instead=instead)


def feedback_context(corpus: Corpus, model: Model, query: Query, kind: Kind) -> FeedbackContext:
    """The question and the model behind a list of recommended items."""
    return FeedbackContext(corpus.name, corpus.fingerprint, model.ref, model.info.fingerprint, query, kind)


def current_feedback(context: Context, name: str, reviewer: str = "") -> list[Verdict]:
    """The verdicts that count on a corpus."""
    return feedback_store(context).current(name, reviewer) if context.has_database else []


def version(context: Context, name: str) -> str:
    """Changes with every verdict on a corpus; "" while there is none, or while the database cannot be read."""
    if not context.has_database:
        return ""
    number = read_or(context, lambda: _version_of(context.database, name), lambda: NOTHING)
    return "" if number == NOTHING else number


def _version_of(database: Engine, name: str) -> str:
    """The version of a corpus's verdicts; read again only where the database has changed since."""
    counted = changes(database)  # before reading: what is written meanwhile is seen the next time
    known = _versions.setdefault(database, {}).get(name)
    if counted is not None and known is not None and known[0] == counted:
        return known[1]
    read = FeedbackStore(database).version(name)
    if counted is not None:
        _versions[database][name] = counted, read
    return read


def answers_by(context: Context, name: str, reviewer: str, query: Query) -> dict[str, Verdict]:
    """What a reviewer says of items for a question, by key, whichever model recommended them."""
    own = query_document(query)
    return {one.key: one for one in current_feedback(context, name, reviewer) if query_document(one.query) == own}


def export(context: Context, path: Path, name: str = "", reviewer: str = "") -> int:
    """Writes every verdict ever given, taken back or not, as CSV or Parquet (by the file's name); returns how many."""
    frame = frame_of(feedback_store(context).history(name, reviewer))
    with store_errors(path):
        if path.suffix == ".parquet":
            frame.to_parquet(path, index=False)
        elif path.suffix == ".csv":
            write_csv(frame, path)
        else:
            raise InvalidParameterError(
                f"{path.name!r} is neither CSV nor Parquet", "the name says the format", "end it in .csv or .parquet"
            )
    return len(frame)


def forget(context: Context, reviewer: str) -> int:
    """Delete all that a reviewer has ever said, and the name in the audit log; return how many answers are gone.

    Raises:
        NotPermittedError: It is somebody else's feedback, and the actor is no admin.
    """
    actor = context.actor
    own = actor.verified and name_of(reviewer) == name_of(actor.name)
    actor.require(Permission.FEEDBACK if own else Permission.FORGET)
    count = _forget(context, reviewer)
    access.record(context, "forget feedback", details={"answers": count})
    return count


def _forget(context: Context, reviewer: str) -> int:
    if context.has_database:
        for person in (reviewer, f"{reviewer} (unverified)"):
            AuditLog(context.database).erase(person)
        SavedViewStore(context.database).forget(reviewer)
    return feedback_store(context).forget(reviewer)
