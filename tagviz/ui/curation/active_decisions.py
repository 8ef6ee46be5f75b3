"""Active decisions, each with its author and reason; undo in any order; export and import as a file."""

from __future__ import annotations

from datetime import datetime

import pandas as pd
import streamlit as st

from tagviz.access.roles import Permission
from tagviz.operations import curation
from tagviz.operations.curation import DecisionFile
from tagviz.ui import cache, formatting
from tagviz.ui.components import errors, feedback_buttons, permissions, pills, tables
from tagviz.ui.context import PageContext
from tagviz.ui.curation import changes
from tagviz.ui.curation.labels import sentence
from tagviz.ui.i18n import _, translated


def show(here: PageContext) -> None:
    """Show the active decisions and the files."""
    overlay = curation.current_overlay(cache.context(), here.corpus.name)
    if not len(overlay):
        errors.empty(_("There are no decisions yet; the tags are as they were imported."))
    else:
        problems = {problem.decision.id: translated(problem.why) for problem in overlay.effect.problems}
        decisions = list(overlay)[::-1]
        frame = pd.DataFrame(
            {
                "undo": _("Undo"),
                "decision": [sentence(one) for one in decisions],
                "author": [one.author for one in decisions],
                "reason": [one.reason for one in decisions],
                "when": pd.to_datetime([datetime.fromtimestamp(one.at) for one in decisions]),
                "problem": [problems.get(one.id, "") for one in decisions],
            }
        )
        config, may = st.column_config, permissions.may(Permission.DECIDE)
        tables.table(
            frame.drop(columns=[*([] if problems else ["problem"]), *([] if may else ["undo"])]),
            "decisions",
            _("{decisions} on {corpus}").format(
                decisions=formatting.count(len(decisions), "action"), corpus=here.corpus.name
            ),
            columns={
                "decision": config.TextColumn(_("Decision"), width=300),
                "author": config.TextColumn(_("Author"), width=90),
                "reason": config.TextColumn(_("Reason"), width=320),
                "when": config.DatetimeColumn(_("When"), format=_("D MMM YYYY, HH:mm"), width=140),
                "problem": config.TextColumn(_("Not applied because"), width=220),
                "undo": config.ButtonColumn(
                    "",
                    width=62,
                    key="undo",
                    type="tertiary",
                    on_click=changes.undo,
                    args=(here, decisions, "decisions"),
                ),
            },
            alt=_("Active decisions, the newest first"),
        )
    _files(here)


def _files(here: PageContext) -> None:
    st.subheader(_("Export and import"), anchor=False)
    name = here.corpus.name
    with pills.row():
        for label, export, ending in (("YAML", curation.export_yaml, "yaml"), ("SKOS", curation.export_skos, "ttl")):
            st.download_button(
                label,
                data=export(cache.context(), name),
                file_name=f"{name}-tags.{ending}",
                mime="text/plain",
                key=f"decisions-{ending}",
                icon=":material/download:",
                type="tertiary",
                on_click="ignore",
            )
    if not permissions.allowed(Permission.DECIDE):
        return
    upload = st.file_uploader(
        _("Import decisions (YAML, or SKOS as .ttl or .rdf)"),
        type=["yaml", "yml", "ttl", "rdf"],
        key="decisions-file",
        max_upload_size=20,
    )
    if upload is not None:
        with errors.show_errors():
            _import_preview(here, upload.getvalue(), upload.name)


def _import_preview(here: PageContext, text: bytes, file: str) -> None:
    """Show what a file would change, and the button that imports it."""
    summary = curation.import_decisions(
        cache.context(), here.corpus.name, DecisionFile(text, file), feedback_buttons.reviewer(), apply=False
    )
    for conflict in summary.merged.conflicts:
        message = _("Conflict: {reason}. Kept: “{decision}”.").format(
            reason=translated(conflict.why), decision=sentence(conflict.mine)
        )
        st.warning(formatting.escape(message, 400), icon=":material/call_split:")
    for line in summary.warnings:
        st.caption(formatting.escape(line, 400))
    added = summary.merged.added
    if added:
        listed = "; ".join(sentence(one) for one in added[:10])
        st.text(formatting.one_line(_("New: {decisions}").format(decisions=listed), 800))
        label = _("Import {decisions}").format(decisions=formatting.count(len(added), "decision"))
        st.button(label, "import-decisions", type="primary", on_click=changes.import_file, args=(here, text, file))
    else:
        st.text(_("The file contains no new decisions."))
