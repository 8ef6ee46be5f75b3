"""The commands `access` (roles and access tokens) and `audit` (who changed what)."""

from __future__ import annotations

from argparse import Namespace
from datetime import UTC, datetime
from typing import Any

import pandas as pd

from tagviz.access.roles import ACTIONS, REQUIRED, Role
from tagviz.cli.output import line, table
from tagviz.csv_guard import write_csv
from tagviz.errors import InvalidParameterError
from tagviz.operations import access as operations
from tagviz.operations.context import Context
from tagviz.store.files import store_errors
from tagviz.text import clean
from tagviz.types import ProgressCallback


def access(context: Context, arguments: Namespace, progress: ProgressCallback) -> dict[str, Any]:
    if arguments.action in ("create-token", "revoke-token"):
        if not arguments.name:
            raise InvalidParameterError("No person is named", "", f"write: tagviz access {arguments.action} NAME")
        if arguments.action == "create-token":
            token = operations.create_token(context, arguments.name, arguments.days)
            return {"name": arguments.name, "token": token}
        operations.revoke_token(context, arguments.name)
        return {"name": arguments.name, "revoked": True}
    if arguments.action == "tokens":
        rows = [
            {
                "name": one.name,
                "created": _moment(one.created),
                "expires": "never" if one.expires is None else _moment(one.expires),
                "state": "expired" if one.expired else "valid",
            }
            for one in operations.list_tokens(context)
        ]
        return {"tokens": rows}
    policy = operations.policy(context)
    document: dict[str, Any] = {
        "file": operations.policy_file(context).name,
        "default": policy.default.label,
        "people": [{"name": name, "role": role.label} for name, role in sorted(policy.people.items())],
        "groups": [{"name": name, "role": role.label} for name, role in sorted(policy.groups.items())],
        "corpora": [{"corpus": name, "seen by": ", ".join(sorted(who))} for name, who in policy.corpora.items()],
        "permissions": [
            {"role": role.label, "may": ", ".join(ACTIONS[one] for one in ACTIONS if REQUIRED[one] is role)}
            for role in Role
            if role
        ],
    }
    if arguments.name:
        document["person"] = {"name": arguments.name, "role": policy.role_of(arguments.name, arguments.name).label}
    return document


def show_access(document: dict[str, Any]) -> None:
    """What a person reads."""
    if "token" in document:
        print(document["token"])
        line(f"This is the access token of {clean(document['name'])}. It is shown this once.")
    elif "revoked" in document:
        print(f"{clean(document['name'])} can no longer log in with an access token.")
    elif "tokens" in document:
        table(document["tokens"], ("name", "created", "expires", "state"))
    elif "person" in document:
        print(f"{clean(document['person']['name'])}: {document['person']['role']}")
    else:
        print(f"{document['file']}: whoever logs in and is not named is {document['default']}")
        for part in ("people", "groups", "corpora", "permissions"):
            if document[part]:
                print(f"{part}:")
                table(document[part])


def audit(context: Context, arguments: Namespace, progress: ProgressCallback) -> dict[str, Any]:
    entries = [
        {
            "when": _moment(one.at),
            "person": one.person,
            "way": one.way,
            "action": one.action,
            "corpus": one.corpus,
            "failed": one.failed,
            "details": dict(one.details or {}),
        }
        for one in operations.audit_entries(context, arguments.by, arguments.corpus, arguments.n)
    ]
    if arguments.out is not None:
        frame = pd.DataFrame(entries, columns=["when", "person", "way", "action", "corpus", "failed", "details"])
        with store_errors(arguments.out):
            write_csv(frame, arguments.out)
    return {"entries": entries}


def show_audit(document: dict[str, Any]) -> None:
    """What a person reads."""
    rows = [
        {
            **row,
            "failed": "failed" if row["failed"] else "",
            "details": ", ".join(f"{key} {value}" for key, value in row["details"].items()),
        }
        for row in document["entries"]
    ]
    table(rows, ("when", "person", "way", "action", "corpus", "failed", "details"))


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S")
