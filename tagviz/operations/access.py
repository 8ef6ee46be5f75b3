"""Checks what a person may do, and writes down what was changed."""

from __future__ import annotations

import inspect
import logging
import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache, wraps
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

from tagviz import logs
from tagviz.access.policy import FILE_NAME, AccessPolicy
from tagviz.access.roles import Actor, Permission
from tagviz.errors import NotFoundError, TagvizError
from tagviz.operations.context import Context
from tagviz.server_settings import server_settings
from tagviz.store.access_tokens import AccessToken, AccessTokens
from tagviz.store.audit import AuditEntry, AuditLog
from tagviz.store.feedback import name_of

log = logging.getLogger(__name__)

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")
Operation = Callable[Concatenate[Context, Arguments], Result]

SHOWN = ("name", "path", "ident", "method", "reviewer", "title", "token", "ref")
"""Arguments of an operation that go into the audit log, where it has them."""


def change(
    permission: Permission, action: str, about: str = "name"
) -> Callable[[Operation[Arguments, Result]], Operation[Arguments, Result]]:
    """Wrap an operation that changes something: the actor needs the permission, and the audit log gets an entry.

    Args:
        permission: What the actor must be allowed.
        action: What is done, as the log names it.
        about: The argument that names the corpus: its name, the corpus, or facts about a model; "" for none.
    """

    def decorate(operation: Operation[Arguments, Result]) -> Operation[Arguments, Result]:
        signature = inspect.signature(operation)

        @wraps(operation)
        def wrapped(context: Context, /, *args: Arguments.args, **kwargs: Arguments.kwargs) -> Result:
            values = signature.bind(context, *args, **kwargs).arguments
            corpus = _corpus_of(values.get(about))
            check(context, permission, corpus)
            failed = True
            try:
                result = operation(context, *args, **kwargs)
                failed = False
            finally:
                record(context, action, corpus, _details(values), failed)
            return result

        return wrapped

    return decorate


def check(context: Context, permission: Permission, corpus: str = "") -> None:
    """Make sure that the actor may do something.

    Args:
        context: The workspace, and who acts.
        permission: What is to be done.
        corpus: The corpus that it concerns, if any.

    Raises:
        NotPermittedError: The role does not allow it.
        NotFoundError: The actor does not see this corpus.
    """
    context.actor.require(permission)
    if corpus and not sees(context, corpus):
        raise NotFoundError(f"There is no corpus {corpus!r}", "", "list the corpora")


def sees(context: Context, corpus: str) -> bool:
    """Return whether the actor sees a corpus: the access file may limit it to people and groups."""
    actor = context.actor
    if not actor.remote:
        return True
    return policy(context).sees(corpus, frozenset(name.lower() for name in (actor.name, *actor.groups) if name))


def record(
    context: Context, action: str, corpus: str = "", details: Mapping[str, Any] | None = None, failed: bool = False
) -> None:
    """Add an entry to the audit log.

    A database that cannot be written costs the entry, not the change; the server's log has it then.
    """
    if not context.audited:
        return
    actor = context.actor
    facts = {"action": action, "corpus": corpus, "role": actor.role.label, "way": actor.way, "failed": failed}
    logs.CHANGES.info("change", extra=facts)
    entry = AuditEntry(0.0, actor.person, actor.way, action, corpus, details, failed)
    try:
        AuditLog(context.database).add(entry)
    except TagvizError as error:
        log.error("Not in the audit log: %s %s by %s (%s)", action, corpus, actor.person, error)


def policy(context: Context) -> AccessPolicy:
    """Return what the access file says now; it is read again as soon as it changes.

    Raises:
        InvalidParameterError: The file is damaged.
    """
    path = policy_file(context)
    try:
        status = os.stat(path)
        stamp = (status.st_mtime_ns, status.st_size, status.st_ino)
    except OSError:
        stamp = (0, 0, 0)
    return _policy_at(path, stamp)


@cache
def _policy_at(path: Path, _stamp: tuple[int, int, int]) -> AccessPolicy:
    return AccessPolicy.read(path)


def policy_file(context: Context) -> Path:
    """Return the access file: the one that TAGVIZ_ACCESS_FILE names, else access.toml in the workspace."""
    return server_settings().access_file or context.workspace.home / FILE_NAME


def audit_entries(context: Context, person: str = "", corpus: str = "", limit: int = 1000) -> list[AuditEntry]:
    """Return the newest changes first.

    Args:
        context: The workspace, and who acts.
        person: Only of this person; "" for all.
        corpus: Only of this corpus; "" for all.
        limit: Largest number.

    Raises:
        NotPermittedError: The actor is no admin and asks about others.
    """
    if not (person and person == context.actor.person):
        context.actor.require(Permission.AUDIT)
    return AuditLog(context.database).entries(person, corpus, limit) if context.has_database else []


@change(Permission.ROLES, "create access token", about="")
def create_token(context: Context, name: str, days: float | None = None) -> str:
    """Make an access token for a person and return it; it is shown this once.

    Raises:
        InvalidParameterError: The person has one already, or the name is not one.
    """
    return AccessTokens(context.database).create(name_of(name), days)


@change(Permission.ROLES, "revoke access token", about="")
def revoke_token(context: Context, name: str) -> None:
    """Revoke the access token of a person: open sessions end within a minute.

    Raises:
        NotFoundError: The person has none.
    """
    AccessTokens(context.database).revoke(name_of(name))


def list_tokens(context: Context) -> list[AccessToken]:
    """Return all access tokens by name, without the tokens themselves."""
    context.actor.require(Permission.ROLES)
    return AccessTokens(context.database).list() if context.has_database else []


def token_holder(context: Context, token: str) -> str:
    """Return whose access token it is; "" for an unknown, expired or revoked one."""
    return AccessTokens(context.database).person(token) if token and context.has_database else ""


def with_role(context: Context, actor: Actor, email: str = "") -> Actor:
    """Return a person who has logged in with the role that the access file gives.

    Args:
        context: The workspace.
        actor: Who logged in; its role does not count.
        email: The login's e-mail address, if any.
    """
    return replace(actor, role=policy(context).role_of(actor.name, email, actor.groups))


def _corpus_of(value: Any) -> str:
    """The name of the corpus that an argument is, or belongs to."""
    if value is None or isinstance(value, str):
        return value or ""
    return str(getattr(value, "corpus", "") or getattr(value, "name", ""))


def _details(values: Mapping[str, Any]) -> dict[str, Any]:
    details = {name: str(values[name])[:200] for name in SHOWN if values.get(name)}
    if "path" in details:  # messages and logs never show where files lie on the server
        details["path"] = Path(details["path"]).name
    if "info" in values:
        details["model"] = str(getattr(values["info"], "id", ""))
    if "decision" in values:
        details["decision"] = str(values["decision"])[:200]
    return details
