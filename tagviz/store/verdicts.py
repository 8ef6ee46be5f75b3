"""Verdicts: what reviewers say of recommended items. Nothing is ever changed in place: a new answer is a new row.

The answer that counts is the newest row of its subject (who, asked what, of which model, about which item): a verdict
is changed and taken back as often as one likes, the order of rows and not the clock decides, and the history stays.
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

from tagviz.errors import BadParameter
from tagviz.store.arrays import storing
from tagviz.store.db import talking, writing
from tagviz.text import clean
from tagviz.types import Kind, Query

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine, Table

LONGEST_NAME = 60
"""Characters of a reviewer's or an author's name."""


class Answer(StrEnum):
    """right; wrong; instead: wrong, and another item is named; none: taken back."""

    RIGHT = "right"
    WRONG = "wrong"
    INSTEAD = "instead"
    NONE = "none"


@dataclass(frozen=True)
class Verdict:
    """One answer to "does this item belong there?".

    corpus, model: name and reference, each with the fingerprint of what was open or trained on. query: what was asked
    (`n` and `date` do not count). kind, key, rank (from 1), score: what was recommended. instead: the key of the better
    item, with the answer INSTEAD only. versus: the model that it was interleaved with, unknown to the reviewer.
    at: seconds since 1970, id: its row; both 0 before it is stored.
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
        """What a later verdict replaces."""
        told = [name_of(self.reviewer), self.corpus, self.model, self.versus, asked(self.query), self.key]
        return hashlib.sha256(orjson.dumps(told)).hexdigest()[:32]


@dataclass(frozen=True)
class Verdicts:
    """The verdicts in a database. Any number of processes may use it at once."""

    engine: Engine

    def give(self, *verdicts: Verdict) -> list[int]:
        """Stores verdicts, all or none, and returns their ids; once it returns, they are kept."""
        from sqlalchemy import insert

        rows = [_row(verdict) for verdict in verdicts]
        with _turn(self.engine), writing(self.engine) as connection:
            people = {name: _reviewer(connection, name) for name in {str(row["reviewer"]) for row in rows}}
            stored = insert(_verdicts()).returning(_verdicts().c.id, sort_by_parameter_order=True)
            placed = [{**row, "reviewer": people[str(row["reviewer"])]} for row in rows]
            return [int(ident) for ident in connection.execute(stored, placed).scalars()] if placed else []

    def current(self, corpus: str, reviewer: str = "") -> list[Verdict]:
        """The answers that count, oldest first, without those taken back."""
        from sqlalchemy import func, select

        verdicts = _verdicts()
        here = verdicts.c.corpus == corpus
        newest = select(func.max(verdicts.c.id)).where(here).group_by(verdicts.c.subject)
        found = self._select(verdicts.c.id.in_(newest), reviewer)
        return [verdict for verdict in found if verdict.answer is not Answer.NONE]

    def history(self, corpus: str = "", reviewer: str = "") -> list[Verdict]:
        """Every row ever stored, the oldest first, what was changed or taken back too."""
        from sqlalchemy import true

        return self._select(_verdicts().c.corpus == corpus if corpus else true(), reviewer)

    def reviewers(self, corpus: str = "") -> dict[str, int]:
        """Names and how many answers of each count, the busiest first."""
        from sqlalchemy import func, select

        verdicts, people = _verdicts(), _reviewers()
        newest = select(func.max(verdicts.c.id)).group_by(verdicts.c.subject)
        wanted = verdicts.c.id.in_(newest) & (verdicts.c.answer != Answer.NONE)
        if corpus:
            wanted &= verdicts.c.corpus == corpus
        joined = people.join(verdicts, verdicts.c.reviewer == people.c.id)
        counted = select(people.c.name, func.count()).select_from(joined).where(wanted).group_by(people.c.name)
        with talking(str(self.engine.url)), self.engine.connect() as connection:
            found = {str(name): int(count) for name, count in connection.execute(counted)}
        return dict(sorted(found.items(), key=lambda one: (-one[1], one[0])))

    def version(self, corpus: str) -> str:
        """Changes with every row of a corpus that comes or goes: what is learned from verdicts is kept under it."""
        from sqlalchemy import func, select

        verdicts = _verdicts()
        newest = select(func.max(verdicts.c.id), func.count()).where(verdicts.c.corpus == corpus)
        with talking(str(self.engine.url)), self.engine.connect() as connection:
            row = connection.execute(newest).one()
        return f"{row[0] or 0}-{row[1]}"

    def forget(self, reviewer: str) -> int:
        """Deletes all that a reviewer has ever said, and the name; returns how many rows are gone."""
        from sqlalchemy import delete, select

        verdicts, people = _verdicts(), _reviewers()
        who = select(people.c.id).where(people.c.name == name_of(reviewer)).scalar_subquery()
        with writing(self.engine) as connection:
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
        with talking(str(self.engine.url)), self.engine.connect() as connection:
            return [_verdict(row) for row in connection.execute(rows.order_by(verdicts.c.id)).mappings()]


def frame_of(verdicts: Sequence[Verdict]) -> pd.DataFrame:
    """Verdicts as a table to analyse or export: one row each, the query's parts as columns, `at` as a time in UTC."""
    rows = []
    for verdict in verdicts:
        row = asdict(verdict)
        query = row.pop("query")
        joined = {f"query_{name}": "\n".join(query[name]) for name in ("tags", "songs", "avoid")}
        rows.append({**row, "kind": str(verdict.kind), "answer": str(verdict.answer), "asked": asked(verdict.query)})
        rows[-1] |= {"query_title": query["title"], **joined}
    frame = pd.DataFrame(rows, columns=COLUMNS)
    frame["at"] = pd.to_datetime(frame["at"], unit="s", utc=True)
    return frame


COLUMNS = (
    *("id", "at", "reviewer", "corpus", "corpus_fingerprint", "model", "model_fingerprint", "versus"),
    *("query_title", "query_tags", "query_songs", "query_avoid", "kind", "key", "rank", "score", "answer", "instead"),
    "asked",
)


def asked(query: Query) -> str:
    """What a query asks as one text; equal questions, equal text, whatever the order of their terms."""
    parts = [query.title.strip(), *(sorted(terms) for terms in (query.tags, query.songs, query.avoid))]
    return orjson.dumps(parts).decode()


def question_of(text: str) -> Query:
    """Undoes `asked`."""
    title, tags, songs, avoid = orjson.loads(text)
    return Query(title, tuple(tags), tuple(songs), tuple(avoid))


def name_of(reviewer: str) -> str:
    """The name under which somebody judges or decides. Raises BadParameter for none, or one that is too long."""
    name = clean(reviewer)
    if not name or len(name) > LONGEST_NAME:
        raise BadParameter(
            "A name is needed" if not name else "The name is too long",
            f"any text of at most {LONGEST_NAME} characters by which you know yourself again",
            "choose a name",
        )
    return name


@contextmanager
def _turn(engine: Engine) -> Iterator[None]:
    """SQLite's writers in a queue: a lock that wakes the next one at once, where SQLite itself sleeps and asks again,
    longer each time. The system lets go of it however a process dies."""
    import fcntl

    file = engine.url.database if engine.dialect.name == "sqlite" else None
    if not file:
        yield
        return
    with storing(Path(file)), open(f"{file}.turn", "ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _row(verdict: Verdict) -> dict[str, Any]:
    if (verdict.answer is Answer.INSTEAD) != bool(verdict.instead):
        raise BadParameter(
            f"A verdict {str(verdict.answer)!r} with {verdict.instead or 'no other item'}",
            "“instead” names the better item, and only “instead” does",
            "name the item, or say wrong",
        )
    return {
        "reviewer": name_of(verdict.reviewer),
        "subject": verdict.subject,
        "query": asked(verdict.query),
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
        query=question_of(row["query"]),
        kind=Kind(row["kind"]),
        key=row["item"],
        answer=Answer(row["answer"]),
        at=row["at"],
        id=row["id"],
    )


def _reviewer(connection: Connection, name: str) -> int:
    """The row of a reviewer, made at the first verdict."""
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
