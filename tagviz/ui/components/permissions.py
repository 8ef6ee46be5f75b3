"""Controls that a person's role does not allow: switched off, with the role that is needed.

The operations refuse such a change as well, whatever the page shows (`tagviz/operations/access.py`).
"""

from __future__ import annotations

from typing import Any

import streamlit as st

from tagviz.access.roles import REQUIRED, Permission
from tagviz.ui import cache, formatting
from tagviz.ui.i18n import _


def may(permission: Permission) -> bool:
    """Return whether the visitor may do it."""
    return cache.context().actor.may(permission)


def gate(permission: Permission, disabled: bool = False, help: str | None = None) -> dict[str, Any]:  # noqa: A002
    """Return the arguments `disabled` and `help` of a control that needs a permission.

    Args:
        permission: What the control does.
        disabled: Whether it is switched off for everybody.
        help: Its explanation for a person who may use it.
    """
    if may(permission):
        return {"disabled": disabled, "help": help}
    return {"disabled": True, "help": reason(permission)}


def allowed(permission: Permission) -> bool:
    """Return whether the visitor may use a part of a page, and say in its place why not."""
    if may(permission):
        return True
    st.caption(f":material/lock: {reason(permission)}")
    return False


def reason(permission: Permission) -> str:
    """Return why the visitor may not do it."""
    actor = cache.context().actor
    if actor.read_only:
        return _("This dashboard is read-only.")
    needed, own = formatting.role_label(REQUIRED[permission]), formatting.role_label(actor.role)
    return _("This needs the role {needed}. Your role is {own}; ask an admin.").format(needed=needed, own=own)
