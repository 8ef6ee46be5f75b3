"""Named access tokens: what a person types to log in where neither a provider nor a proxy says who it is.

The database holds only SHA-256 digests. A token has 256 random bits, so a slow hash would protect nothing more.
"""

from __future__ import annotations

import hashlib
import secrets
import time
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from tagviz.errors import InvalidParameterError, NotFoundError
from tagviz.store.database import database_errors, write_transaction

if TYPE_CHECKING:
    from sqlalchemy import Engine, Table

PREFIX = "tagviz-"
"""Beginning of every token, by which scanners for leaked secrets can know it."""
DAY_SECONDS = 86_400.0


@dataclass(frozen=True)
class AccessToken:
    """Facts about a token; not the token.

    Attributes:
        name: The person who has it.
        created: Seconds since 1970.
        expires: Seconds since 1970; None for never.
    """

    name: str
    created: float
    expires: float | None

    @property
    def expired(self) -> bool:
        """Whether it is too old."""
        return self.expires is not None and self.expires <= time.time()


@dataclass(frozen=True)
class AccessTokens:
    """The tokens in a database."""

    engine: Engine

    def create(self, name: str, days: float | None = None) -> str:
        """Make a token for a person and return it; it is shown this once.

        Args:
            name: The person; has one token at most.
            days: Days until it expires; None for never.

        Raises:
            InvalidParameterError: The person has a token, or the days are not positive.
        """
        from sqlalchemy import insert
        from sqlalchemy.exc import IntegrityError

        if days is not None and days <= 0:
            raise InvalidParameterError(f"A token cannot expire in {days:g} days", "a positive number was expected")
        token, now = PREFIX + secrets.token_urlsafe(32), time.time()
        values = {
            "name": name,
            "digest": _digest(token),
            "created": now,
            "expires": None if days is None else now + days * DAY_SECONDS,
        }
        with write_transaction(self.engine) as connection:
            try:
                connection.execute(insert(_table()).values(values))
            except IntegrityError as error:
                raise InvalidParameterError(
                    f"{name!r} has an access token", "a person has one", "revoke it first"
                ) from error
        return token

    def revoke(self, name: str) -> None:
        """Delete the token of a person.

        Raises:
            NotFoundError: The person has none.
        """
        rows = _table()
        with write_transaction(self.engine) as connection:
            if not connection.execute(rows.delete().where(rows.c.name == name)).rowcount:
                raise NotFoundError(f"{name!r} has no access token", "", "list the tokens")

    def list(self) -> list[AccessToken]:
        """Return all tokens by name."""
        from sqlalchemy import select

        rows = _table()
        with database_errors(str(self.engine.url)), self.engine.connect() as connection:
            rows_by_name = connection.execute(select(rows.c.name, rows.c.created, rows.c.expires).order_by(rows.c.name))
            return [AccessToken(*row) for row in rows_by_name]

    def person(self, token: str) -> str:
        """Return whose token it is; "" for an unknown or expired one."""
        from sqlalchemy import select

        if not token.startswith(PREFIX):
            return ""
        rows = _table()
        query = select(rows.c.name, rows.c.created, rows.c.expires).where(rows.c.digest == _digest(token))
        with database_errors(str(self.engine.url)), self.engine.connect() as connection:
            row = connection.execute(query).one_or_none()
        return "" if row is None or AccessToken(*row).expired else str(row.name)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


@cache
def _table() -> Table:
    import sqlalchemy as sa

    return sa.Table(
        "access_tokens",
        sa.MetaData(),
        sa.Column("name", sa.String(80), primary_key=True),
        sa.Column("digest", sa.Text),
        sa.Column("created", sa.Float),
        sa.Column("expires", sa.Float),
    )
