"""Song features of the open corpus: what there is, and a form that adds a table, first shown."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pandas as pd
import streamlit as st

from tagviz.access.roles import Permission
from tagviz.errors import InvalidParameterError, SourceError
from tagviz.operations import access, corpora, features, server_paths
from tagviz.operations.features import AddedFeatures
from tagviz.ui import cache, formatting, url_state
from tagviz.ui.components import errors, file_upload, permissions, sound, tables, undo_bar, upload
from tagviz.ui.context import PageContext
from tagviz.ui.i18n import N_, _, label_of, translated
from tagviz.ui.shared_cache import shared

SOURCES = {"upload": N_("File"), "path": N_("Path on the server")}
ROLES = {"id": N_("ids of the songs"), "number": N_("number"), "": N_("not used")}
"""What a column is taken for."""
ARCHIVES = (".tar", ".tgz", ".npy")
COLUMNS_PX = 320
_ROUND = "features-round"
_OPEN = "features-open"


def show(here: PageContext) -> None:
    """Show the tables of the open corpus and the form, in an expander."""
    if not here.corpus.name:
        return
    box = st.expander(_("Song features"), icon=":material/graphic_eq:", key=_OPEN, on_change="rerun")
    if not box.open:
        return
    with box, errors.show_errors():
        _show_tables(here)
        if permissions.allowed(Permission.IMPORT):
            _form(here)


def _show_tables(here: PageContext) -> None:
    known = features.described(cache.context(), here.corpus.name)
    if not known:
        st.caption(
            _(
                "A table with one row per song: its id and numbers, such as Spotify's audio features. It shows what "
                "sounds alike, colours the map, and lets the method Content place new songs."
            )
        )
    for table in known:
        with st.container(horizontal=True, vertical_alignment="center"):
            text = _("**{name}**: {numbers} features of {songs}, added {time}")
            st.markdown(
                text.format(
                    name=formatting.escape(table["name"], 60),
                    numbers=table["numbers"],
                    songs=formatting.count(table["songs"], "song"),
                    time=formatting.moment(table["added"]),
                ),
                width="content",
            )
            if not table["shipped"]:
                st.button(
                    _("Remove"),
                    f"remove-features-{table['name']}",
                    icon=":material/delete:",
                    type="tertiary",
                    on_click=remove,
                    args=(here.corpus.name, table["name"], table["fingerprint"]),
                    **permissions.gate(Permission.DELETE),
                )


def _form(here: PageContext) -> None:
    location = _location()
    if location is None:
        return
    if location.is_dir() or location.name.endswith(ARCHIVES):
        st.caption(
            _("Folders of audio files and archives of spectrograms are added with the command `tagviz features add`.")
        )
        return
    column = st.session_state.get("features-id") or ""
    try:
        found = _preview(here.names, str(location), location.stat().st_mtime_ns, column)
    except SourceError as error:
        shown = error if server_paths.is_upload(cache.context(), location) else server_paths.without_contents(error)
        remedy = _("name the column of the ids") if "--id" in shown.remedy else shown.remedy
        errors.show_error(SourceError(shown.title, shown.detail, remedy))
        _id_field()
        return
    with st.container(border=True):
        _show_preview(found)
        with st.container(horizontal=True, vertical_alignment="bottom"):
            _id_field()
            default = corpora.valid_name(location.name.split(".")[0])
            name = st.text_input(_("Name of the table"), default, key=f"features-name-{location}", max_chars=80) or ""
            st.button(
                _("Add"),
                "features-add",
                type="primary",
                icon=":material/download_done:",
                on_click=add,
                args=(here.names, str(location), name.strip() or default, column),
                width="content",
            )
        if name.strip() in {table.name for table in sound.tables_of(here.corpus.name)}:
            st.caption(_("There is a table of this name: it will be replaced."))


def _id_field() -> None:
    help_text = _("Only where the ids are not found by themselves")
    st.text_input(_("Column of the ids"), key="features-id", max_chars=200, help=help_text)


def _location() -> Path | None:
    """Show where the table comes from; return it, None where there is none yet."""
    sources = [name for name in SOURCES if name != "path" or server_paths.import_roots()]
    number = st.session_state.get(_ROUND, 0)
    source = st.segmented_control(
        _("Source"), sources, format_func=label_of(SOURCES), default="upload", required=True, key="features-from"
    )
    if source == "path":
        path = upload.path_input(f"features-path-{number}").strip()
        if not path:
            return None
        access.check(cache.context(), Permission.IMPORT)
        location = server_paths.check_path(cache.context(), path)
    else:
        hint = _("CSV, Excel, Parquet, JSON or npz")
        uploaded = file_upload.show(f"upload-features-{number}", hint=hint)
        if uploaded is None:
            return None
        location = uploaded.path
    if not location.exists():
        raise InvalidParameterError(
            _("There is no such file"), formatting.one_line(location.name, 80), _("correct the path")
        )
    return location


@shared(2, spinner=N_("Reading the table"))
def _preview(names: tuple[str, str], path: str, changed: int, column: str) -> AddedFeatures:
    del changed  # another file has another preview
    return features.preview(cache.corpus(*names), Path(path), id_column=column)


def _show_preview(found: AddedFeatures) -> None:
    match, table = found.match, found.file.table
    cells = st.grid(4, min_column_width=130)
    cells.metric(_("Features per song"), len(table.columns), format="localized", border=True)
    cells.metric(
        _("Match"), match.matched, format="localized", border=True, help=_("Songs of the corpus with features")
    )
    cells.metric(_("Without features"), match.without, format="localized", border=True)
    help_text = _("Ids that no song of the corpus has, such as {examples}. They can be tagged.")
    examples = formatting.listing([formatting.escape(one, 40) for one in match.untagged_examples])
    cells.metric(
        _("Not in the corpus"),
        match.untagged,
        format="localized",
        border=True,
        help=help_text.format(examples=examples) if match.untagged else None,
    )
    for note in found.file.notes:
        line = f"{note['count']:,} {note['what']}: {note['action']}"
        st.caption(formatting.escape(formatting.import_note(line), 300))
    frame = pd.DataFrame(
        {
            "column": [use.name for use in found.file.columns],
            "role": [_(ROLES[use.role]) for use in found.file.columns],
            "why": [translated("" if use.role else use.why) for use in found.file.columns],
            "examples": [", ".join(use.examples[:3]) for use in found.file.columns],
        }
    )
    tables.table(
        frame,
        "features-columns",
        _("Columns"),
        columns={
            "column": st.column_config.TextColumn(_("Column"), width=150),
            "role": st.column_config.TextColumn(_("Taken for"), width=120),
            "why": st.column_config.TextColumn(_("Why"), width=200),
            "examples": st.column_config.TextColumn(_("Examples"), width=180),
        },
        height=COLUMNS_PX,
    )


@url_state.safe_callback
def add(names: tuple[str, str], path: str, name: str, column: str) -> None:
    """Add a table, and offer to undo it."""
    context, corpus = cache.context(), cache.corpus(*names)
    location = server_paths.check_path(context, path)
    before = {table.name: table.fingerprint for table in features.tables_of(context, names[0])}
    added = features.add(context, corpus, location, name, column)
    sound.tables_of.clear()
    st.session_state[_ROUND] = st.session_state.get(_ROUND, 0) + 1  # empties the form
    st.session_state["features-id"] = ""
    text = _("{name} is added: features of {songs}")
    songs = formatting.count(added.match.matched, "song")
    undo_bar.offer(
        text.format(name=formatting.one_line(added.name, 60), songs=songs),
        partial(_put, names[0], added.name, before.get(added.name, "")),
    )


@url_state.safe_callback
def remove(corpus: str, name: str, fingerprint: str) -> None:
    """Stop using a table, and offer to undo it."""
    features.remove(cache.context(), corpus, name)
    sound.tables_of.clear()
    undo_bar.offer(
        _("{name} is removed").format(name=formatting.one_line(name, 60)), partial(_put, corpus, name, fingerprint)
    )


def _put(corpus: str, name: str, fingerprint: str) -> None:
    """Use the table that was used under a name before; "" for none."""
    if fingerprint:
        features.use_again(cache.context(), corpus, name, fingerprint)
    else:
        features.remove(cache.context(), corpus, name)
    sound.tables_of.clear()
