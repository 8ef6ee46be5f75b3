"""The verdicts of reviewers on recommended items. Rows are only added: a new answer is a new row.

The answer that counts is the newest row of its subject (reviewer, question, model, item). So a verdict can be changed
and taken back at any time, the order of the rows and not the clock decides, and the history stays.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
import pandas as pd

from tagviz.errors import InvalidParameterError
from tagviz.store.database import database_errors, write_transaction
from tagviz.store.files import store_errors
from tagviz.text import clean
from tagviz.types import Kind, Query

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine, Table

LONGEST_NAME = 60
"""Largest length of a reviewer's or an author's name, characters."""


class Answer(StrEnum):
    """right; wrong; instead: wrong, and a better item is named; none: taken back."""

    RIGHT = "right"
    WRONG = "wrong"
    INSTEAD = "instead"
    NONE = "none"


@dataclass(frozen=True)
class Verdict:
    """One answer to the question "does this item belong there?".

    Attributes:
        reviewer: Name of the reviewer.
        corpus: Name of the corpus.
        corpus_fingerprint: Fingerprint of the corpus that was open.
        model: Reference of the model.
        model_fingerprint: Fingerprint of the corpus that it was trained on.
        query: The question; its `n` and `date` do not count.
        kind: Kind of the item.
        key: Key of the item.
        rank: Its place in the answer, from 1.
        score: The model's score for it.
        answer: The answer.
        instead: Key of the better item, with the answer INSTEAD only.
        versus: The model that it was interleaved with, which the reviewer does not know; "" outside a blind comparison.
        at: Seconds since 1970; 0 before it is stored.
        id: Row in the database; 0 before it is stored.
    """

    reviewer: str
    corpus: str
    corpus_fingerprint: str
    model: str
    model_fingerprint: str
    query: Query
    kind: Kind
    key: str
    rank: int
    score: float
    answer: Answer
    instead: str = ""
    versus: str = ""
    at: float = 0.0
    id: int = 0

    @property
    def subject(self) -> str:
        """Hash of what the verdict is about; a later verdict with the same subject replaces it."""
        parts = [name_of(self.reviewer), self.corpus, self.model, self.versus, query_document(self.query), self.key]
        return hashlib.sha256(orjson.dumps(parts)).hexdigest()[:32]


@dataclass(frozen=True)
class FeedbackContext:
    """The question and the model behind a list of recommended items, the same for every verdict on one of them.

    Attributes:
        corpus: Name of the corpus.
        corpus_fingerprint: Fingerprint of the corpus that was open.
        model: Reference of the model, or a word for something that is not a model.
        model_fingerprint: Fingerprint of the corpus that the model was trained on.
        query: The question.
        kind: Kind of the recommended items.
    """

    corpus: str
    corpus_fingerprint: str
    model: str
    model_fingerprint: str
    query: Query
    kind: Kind

    def verdict(
        self, key: str, rank: int, score: float = 0.0, reviewer: str = "", answer: Answer = Answer.NONE
    ) -> Verdict:
        """Build a verdict on one item of the list.

        Args:
            key: The item's key, such as tag:jazz.
            rank: Its place in the list, from 1.
            score: The model's score for it; 0 where none was kept.
            reviewer: Name of the reviewer; "" while nobody has answered.
            answer: The reviewer's answer; NONE while nobody has answered.
        """
        return Verdict(
            reviewer=reviewer,
            corpus=self.corpus,
            corpus_fingerprint=self.corpus_fingerprint,
            model=self.model,
            model_fingerprint=self.model_fingerprint,
            query=self.query,
            kind=self.kind,
            key=key,
            rank=rank,
            score=score,
            answer=answer,
        )


@dataclass(frozen=True)
class FeedbackStore:
    """The verdicts in a database. Many processes may use it at once."""

    engine: Engine

    def give(self, *verdicts: Verdict) -> list[int]:
        """Store verdicts, all or none.

        Args:
            verdicts: The verdicts.

        Returns:
            Their ids. Once they are returned the verdicts are stored.

        Raises:
            InvalidParameterError: For a verdict without a reviewer, or with INSTEAD but no other item.
            StoreError: If the database cannot be written.
        """
        from sqlalchemy import insert

        rows = [_row(verdict) for verdict in verdicts]
        with _writer_lock(self.engine), write_transaction(self.engine) as connection:
            people = {name: _reviewer(connection, name) for name in {str(row["reviewer"]) for row in rows}}
            stored = insert(_verdicts()).returning(_verdicts().c.id, sort_by_parameter_order=True)
            placed = [{**row, "reviewer": people[str(row["reviewer"])]} for row in rows]
            return [int(ident) for ident in connection.execute(stored, placed).scalars()] if placed else []

    def current(self, corpus: str, reviewer: str = "") -> list[Verdict]:
        """Return the answers that count, oldest first, without those taken back.

        Args:
            corpus: Name of the corpus.
            reviewer: Only this reviewer's; "": all.
        """
        from sqlalchemy import func, select

        verdicts = _verdicts()
        here = verdicts.c.corpus == corpus
        newest = select(func.max(verdicts.c.id)).where(here).group_by(verdicts.c.subject)
        newest_answers = self._select(verdicts.c.id.in_(newest), reviewer)
        return [verdict for verdict in newest_answers if verdict.answer is not Answer.NONE]

    def history(self, corpus: str = "", reviewer: str = "") -> list[Verdict]:
        """Return every stored row, oldest first, also those changed or taken back.

        Args:
            corpus: Only this corpus's; "": all.
            reviewer: Only this reviewer's; "": all.
        """
        from sqlalchemy import true

        return self._select(_verdicts().c.corpus == corpus if corpus else true(), reviewer)

    def reviewers(self, corpus: str = "") -> dict[str, int]:
        """Return the reviewers' names and how many answers of each count, greatest first.

        Args:
            corpus: Only answers on this corpus; "": on all.
        """
        from sqlalchemy import func, select

        verdicts, people = _verdicts(), _reviewers()
        newest = select(func.max(verdicts.c.id)).group_by(verdicts.c.subject)
        wanted = verdicts.c.id.in_(newest) & (verdicts.c.answer != Answer.NONE)
        if corpus:
            wanted &= verdicts.c.corpus == corpus
        joined = people.join(verdicts, verdicts.c.reviewer == people.c.id)
        counted = select(people.c.name, func.count()).select_from(joined).where(wanted).group_by(people.c.name)
        with database_errors(str(self.engine.url)), self.engine.connect() as connection:
            answers = {str(name): int(count) for name, count in connection.execute(counted)}
        return dict(sorted(answers.items(), key=lambda one: (-one[1], one[0])))

    def version(self, corpus: str) -> str:
        """Return a text that changes with every row of a corpus that is added or deleted; used as a cache key."""
        from sqlalchemy import func, select

        verdicts = _verdicts()
        newest = select(func.max(verdicts.c.id), func.count()).where(verdicts.c.corpus == corpus)
        with database_errors(str(self.engine.url)), self.engine.connect() as connection:
            row = connection.execute(newest).one()
        return f"{row[0] or 0}-{row[1]}"

    def forget(self, reviewer: str) -> int:
        """Delete a reviewer and all rows by that reviewer.

        Returns:
            Number of deleted rows.
        """
        from sqlalchemy import delete, select

        verdicts, people = _verdicts(), _reviewers()
        who = select(people.c.id).where(people.c.name == name_of(reviewer)).scalar_subquery()
        with write_transaction(self.engine) as connection:
            gone = connection.execute(delete(verdicts).where(verdicts.c.reviewer == who)).rowcount
            connection.execute(delete(people).where(people.c.name == name_of(reviewer)))
        return int(gone)

    def _select(self, wanted: Any, reviewer: str) -> list[Verdict]:
        from sqlalchemy import select

        verdicts, people = _verdicts(), _reviewers()
        if reviewer:
            wanted &= people.c.name == name_of(reviewer)
        joined = verdicts.join(people, verdicts.c.reviewer == people.c.id)
        columns = [column for column in verdicts.c if column.name not in ("reviewer", "subject")]
        rows = select(people.c.name.label("reviewer"), *columns).select_from(joined).where(wanted)
        with database_errors(str(self.engine.url)), self.engine.connect() as connection:
            return [_verdict(row) for row in connection.execute(rows.order_by(verdicts.c.id)).mappings()]


def frame_of(verdicts: Sequence[Verdict]) -> pd.DataFrame:
    """Return verdicts as a table, to be analysed or exported.

    Args:
        verdicts: The verdicts.

    Returns:
        One row each, with the parts of the query as columns and `at` as a time in UTC.
    """
    rows = []
    for verdict in verdicts:
        row = asdict(verdict)
        query = row.pop("query")
        joined = {f"query_{name}": "\n".join(query[name]) for name in ("tags", "songs", "avoid")}
        rows.append(
            {**row, "kind": str(verdict.kind), "answer": str(verdict.answer), "asked": query_document(verdict.query)}
        )
        rows[-1] |= {"query_title": query["title"], **joined}
    frame = pd.DataFrame(rows, columns=COLUMNS)
    frame["at"] = pd.to_datetime(frame["at"], unit="s", utc=True)
    return frame


COLUMNS = (
    *("id", "at", "reviewer", "corpus", "corpus_fingerprint", "model", "model_fingerprint", "versus"),
    *("query_title", "query_tags", "query_songs", "query_avoid", "kind", "key", "rank", "score", "answer", "instead"),
    "asked",
)


def query_document(query: Query) -> str:
    """Return a query as one text; equal for equal questions, whatever the order of their terms."""
    parts = [query.title.strip(), *(sorted(terms) for terms in (query.tags, query.songs, query.avoid))]
    return orjson.dumps(parts).decode()


def query_from_document(text: str) -> Query:
    """Read what `query_document` wrote."""
    title, tags, songs, avoid = orjson.loads(text)
    return Query(title, tuple(tags), tuple(songs), tuple(avoid))


def name_of(reviewer: str) -> str:
    """Return a reviewer's or an author's name, cleaned.

    Raises:
        InvalidParameterError: For an empty name or one that is too long.
    """
    name = clean(reviewer)
    if not name or len(name) > LONGEST_NAME:
        raise InvalidParameterError(
            "A name is needed" if not name else "The name is too long",
            f"any text of at most {LONGEST_NAME} characters by which you know yourself again",
            "choose a name",
        )
    return name


@contextmanager
def _writer_lock(engine: Engine) -> Iterator[None]:
    """Let SQLite's writers wait in a queue.

    The lock wakes the next writer at once, where SQLite sleeps and asks again, longer each time. The system releases it
    however a process ends.
    """
    import fcntl

    file = engine.url.database if engine.dialect.name == "sqlite" else None
    if not file:
        yield
        return
    with store_errors(Path(file)), open(f"{file}.turn", "ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _row(verdict: Verdict) -> dict[str, Any]:
    if (verdict.answer is Answer.INSTEAD) != bool(verdict.instead):
        raise InvalidParameterError(
            f"A verdict {str(verdict.answer)!r} with {verdict.instead or 'no other item'}",
            "“instead” names the better item, and only “instead” does",
            "name the item, or say wrong",
        )
    return {
        "reviewer": name_of(verdict.reviewer),
        "subject": verdict.subject,
        "query": query_document(verdict.query),
        "item": verdict.key,
        "at": verdict.at or time.time(),
        **{name: getattr(verdict, name) for name in _PLAIN},
    }


_PLAIN = (
    *("corpus", "corpus_fingerprint", "model", "model_fingerprint", "versus", "kind", "rank", "score", "answer"),
    "instead",
)


def _verdict(row: Mapping[str, Any] | Any) -> Verdict:
    plain = {name: row[name] for name in _PLAIN if name not in ("kind", "answer")}
    return Verdict(
        **plain,
        reviewer=row["reviewer"],
        query=query_from_document(row["query"]),
        kind=Kind(row["kind"]),
        key=row["item"],
        answer=Answer(row["answer"]),
        at=row["at"],
        id=row["id"],
    )


def _reviewer(connection: Connection, name: str) -> int:
    """Return a reviewer's row, added with the first verdict."""
    from sqlalchemy import select
    from sqlalchemy.dialects import postgresql, sqlite

    people = _reviewers()
    known = select(people.c.id).where(people.c.name == name)
    ident = connection.execute(known).scalar()
    if ident is None:
        dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
        connection.execute(dialect.insert(people).values(name=name, created=time.time()).on_conflict_do_nothing())
        ident = connection.execute(known).scalar_one()
    return int(ident)


@cache
def _reviewers() -> Table:
    import sqlalchemy as sa

    columns = (
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.Text),
        sa.Column("created", sa.Float),
    )
    return sa.Table("reviewers", sa.MetaData(), *columns)


@cache
def _verdicts() -> Table:
    import sqlalchemy as sa

    texts = ("subject", "corpus", "corpus_fingerprint", "model", "model_fingerprint", "versus", "query", "kind", "item")
    return sa.Table(
        "verdicts",
        sa.MetaData(),
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("reviewer", sa.Integer),
        *(sa.Column(name, sa.Text) for name in (*texts, "answer", "instead")),
        sa.Column("rank", sa.Integer),
        *(sa.Column(name, sa.Float) for name in ("score", "at")),
    )
