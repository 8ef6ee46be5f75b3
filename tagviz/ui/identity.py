"""Who uses the page: the person that the login names, with the role that the access file gives."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from tagviz.access.roles import Actor, Role
from tagviz.operations import access
from tagviz.operations.context import Context
from tagviz.server_settings import server_settings
from tagviz.ui.login import TOKEN_COOKIE, token_holder

NAME_KEYS = ("email", "preferred_username", "name", "sub")
"""Where a login names the person, the first of them that is there; an address is one person's only."""
GROUP_KEYS = ("groups", "roles")
"""Where a login names groups: a list, or text with commas."""


def actor(context: Context) -> Actor:
    """Return who acts in this browser session.

    Where nobody has to log in, everybody who reaches the dashboard may do everything, unless it is read-only. Where a
    login is needed, a session without one has no role.

    Args:
        context: The workspace.

    Raises:
        InvalidParameterError: The access file is damaged.
    """
    settings = server_settings()
    nobody = Actor(role=Role.NONE, remote=True, read_only=settings.read_only)
    if not settings.login:
        return replace(nobody, role=Role.ADMIN)
    if get_script_run_ctx() is None:  # the warm-up
        return replace(nobody, role=Role.VIEWER)
    if settings.login == "token":
        name, email, groups = token_holder(context, str(st.context.cookies.get(TOKEN_COOKIE, ""))), "", frozenset[str]()
    else:
        name, email, groups = _from_login(settings.login)
    if not name:
        return nobody
    return access.with_role(context, replace(nobody, name=name, verified=True, groups=groups), email)


def _from_login(way: str) -> tuple[str, str, frozenset[str]]:
    """Name, address and groups as Streamlit has them from the provider or the proxy; "" where nobody is logged in."""
    if way == "oidc" and not st.user.get("is_logged_in"):
        return "", "", frozenset()
    facts = {key: st.user.get(key) for key in (*NAME_KEYS, *GROUP_KEYS)}
    name = next((str(facts[key]).strip() for key in NAME_KEYS if facts[key]), "")
    groups: set[str] = set()
    for key in GROUP_KEYS:
        named = facts[key]
        if isinstance(named, str):
            groups |= {group.strip() for group in named.split(",")}
        elif isinstance(named, Iterable):
            groups |= {str(group).strip() for group in named}
    return name[:60], str(facts["email"] or ""), frozenset(filter(None, groups))
