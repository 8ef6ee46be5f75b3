"""Disk use of the workspace, and deleted artifacts that can be restored."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from tagviz.access.roles import Permission
from tagviz.store.workspace import ModelInfo
from tagviz.ui import cache, formatting, url_state
from tagviz.ui.components import permissions, pills
from tagviz.ui.i18n import _

MOST = 20
"""Deleted artifacts that are listed."""


def show(infos: Sequence[ModelInfo]) -> None:
    """Show the disk use, then what was deleted, with buttons to restore and to delete permanently."""
    workspace = cache.context().workspace
    use = {name: size for name, size in workspace.disk_use().items() if size}
    text = _("{models}: {size} on disk. Whole workspace: {total}.")
    models, size = formatting.count(len(infos), "model"), formatting.size(sum(info.size for info in infos))
    parts = ", ".join(f"{name} {formatting.size(part)}" for name, part in use.items())
    total = formatting.size(sum(use.values()))
    st.caption(text.format(models=models, size=size, total=f"{total} ({parts})" if parts else total))
    deleted = workspace.deleted()
    if not deleted:
        return
    count, amount = formatting.count(len(deleted), "deleted item"), formatting.size(sum(one.size for one in deleted))
    with st.expander(f"{count}, {amount}", icon=":material/delete:"):
        for one in deleted[:MOST]:
            with pills.row():
                line = f"{one.key.rpartition('/')[2]} · {formatting.moment(one.when)} · {formatting.size(one.size)}"
                st.text(line, width=420)
                st.button(
                    _("Restore"),
                    icon=":material/undo:",
                    type="tertiary",
                    key=f"restore-{one.token}",
                    on_click=url_state.safe_callback(cache.restore),
                    args=(cache.context(), one.token),
                    **permissions.gate(Permission.RESTORE),
                )
                st.button(
                    _("Delete permanently"),
                    icon=":material/delete_forever:",
                    type="tertiary",
                    key=f"discard-{one.token}",
                    on_click=url_state.safe_callback(cache.discard),
                    args=(cache.context(), one.token),
                    **permissions.gate(Permission.DELETE),
                )
