"""How a file is read, as widgets: format, encoding, separators, roles of columns, sessions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from tagviz.operations.import_preview import ROLES, ImportPreview, options_of
from tagviz.song_words import SONGS_ARE
from tagviz.sources import READERS
from tagviz.ui import formatting, url_state
from tagviz.ui.components import params_form
from tagviz.ui.data.choices import Choices
from tagviz.ui.i18n import N_, _, label_of

FORMATS = {
    "auto": N_("Detect automatically"),
    "melon": N_("Melon / Kakao Arena (JSON)"),
    "lastfm": N_("Last.fm HetRec (.dat)"),
    "jamendo": N_("MTG-Jamendo (TSV)"),
    "deezer": N_("Deezer genres (JSON)"),
    "mpd": N_("Spotify Million Playlists (JSON)"),
    "spotify": N_("Spotify’s data export (JSON)"),
    "listenbrainz": N_("ListenBrainz (JSON Lines)"),
    "cornell": N_("Cornell’s playlists (TXT)"),
    "msd": N_("Last.fm tags of the Million Song Dataset"),
    "playlists": N_("Playlists (M3U, XSPF, iTunes)"),
    "tagviz": N_("A corpus that tagviz exported"),
    "table": N_("Table (CSV, Excel, Parquet, JSON)"),
}
ROLE_LABELS: Mapping[str, str] = {
    "id": N_("Playlist id"),
    "title": N_("Title"),
    "tags": N_("Tags"),
    "songs": N_("Song id"),
    "song_name": N_("Song name"),
    "artist": N_("Artist"),
    "album": N_("Album"),
    "date": N_("Date"),
    "likes": N_("Likes"),
    "group": N_("Listener or group"),
    "weight": N_("Plays or rating"),
    "score": N_("Score of a tag"),
}
"""What a column can hold."""
SONG_WORDS = {"tracks": N_("tracks"), "artists": N_("artists"), "albums": N_("albums")}
RULES = {
    "off": N_("leave listening out"),
    "gap": N_("split at pauses"),
    "month": N_("one per month"),
    "listener": N_("one per listener"),
}
ENCODINGS = (
    "utf-8", "utf-16", "cp949", "shift_jis", "cp1252", "latin-1", "gb18030", "big5", "cp1251", "cp1250", "iso8859-15",
)  # fmt: skip
DELIMITERS = {
    ",": N_("comma ,"), ";": N_("semicolon ;"), "\\t": N_("tab"), "|": N_("bar |"), "::": N_("double colon ::"),
    " ": N_("space"),
}  # fmt: skip
SEPARATORS = {
    "": N_("detected"), "|": N_("bar |"), ";": N_("semicolon ;"), ",": N_("comma ,"), "/": N_("slash /"),
    "\\n": N_("line break"), "\\t": N_("tab"), "#": N_("hash sign #"),
}  # fmt: skip
MOST_TAG_COLUMNS = 12
"""Up to so many columns of tags can be chosen one by one."""
_OWN = (
    "encoding", "delimiter", "separator", "songs_are", "sessions", "merge_case", "date_order", "max_files", *ROLES,
)  # fmt: skip
"""Options with a widget of their own, or none."""


def show_reading(choices: Choices, preview: ImportPreview) -> None:
    """Show how the file is read; each guess can be changed."""
    fields = options_of(preview.format).model_fields
    grid = st.grid(4, min_column_width=200)
    with grid.container():
        formats = {name: label if name != "auto" else FORMATS[preview.format] for name, label in FORMATS.items()}
        names = ["auto", *(name for name in READERS if choices.format == name or name != preview.format)]
        _choose(choices, "format", _("Format"), names, choices.format, label_of(formats))
    if preview.encoding:
        with grid.container():
            _encoding(choices, preview)
    if preview.separator and "delimiter" in fields:
        with grid.container():
            separator = preview.separator.replace("\t", "\\t")
            _choose(
                choices, "delimiter", _("Columns are separated by"), _with(DELIMITERS, separator), separator, DELIMITERS
            )
    if preview.tag_form and "separator" in fields:
        with grid.container():
            chosen = choices.options.get("separator", "")
            shown = {**SEPARATORS, "": _("detected: {form}").format(form=formatting.one_line(preview.tag_form, 60))}
            _choose(choices, "separator", _("Tags in a cell are separated by"), _with(shown, chosen), chosen, shown)
    if preview.counts.get("songs"):
        with grid.container():
            _songs_are(choices, preview)
    if preview.sessions:
        with grid.container():
            _sessions(choices, preview)
    if preview.case_variants or choices.options.get("merge_case"):
        with grid.container(vertical_alignment="bottom"):
            _merge_case(choices, preview)


def show_roles(choices: Choices, preview: ImportPreview) -> None:
    """Show, for tables, a picker of the column for each role."""
    fields = options_of(preview.format).model_fields
    if not preview.columns or not {"title", "tags"} <= set(fields):
        return
    columns = [column.name for column in preview.columns]
    by_role = {role: [column.name for column in preview.columns if column.role == role] for role in ROLES}
    st.markdown(f"**{_('Which column holds what')}**")
    grid = st.grid(4, min_column_width=200)
    for role in ROLES:
        with grid.container():
            if role == "tags":
                _tag_columns(choices, columns, by_role[role])
            else:
                _column(choices, role, columns, by_role[role])


def show_more(choices: Choices, format: str) -> None:
    """Show the reader's other options."""
    names = [name for name in options_of(format).model_fields if name not in _OWN]
    with st.expander(_("More settings ({n})").format(n=len(names)), icon=":material/tune:"):
        start = {name: choices.options[name] for name in names if name in choices.options}
        values = params_form.some(options_of(format), names, start, choices.key(f"more-{format}"))
    choices.set_others(names, values)


def _choose(
    choices: Choices,
    option: str,
    label: str,
    names: Sequence[str],
    current: str,
    labels: Mapping[str, str] | Callable[[str], str],
) -> None:
    """Show a picker for an option."""
    key = choices.key(option)
    st.session_state[key] = current
    show = labels if callable(labels) else lambda name: _(labels[name]) if name in labels else repr(name)
    st.selectbox(label, names, format_func=show, key=key, on_change=_store, args=(choices, option, key))


@url_state.safe_callback
def _store(choices: Choices, option: str, key: str) -> None:
    chosen = str(st.session_state[key] or "")
    choices.set(option, "" if (option, chosen) == ("format", "auto") else chosen)


def _with(known: Mapping[str, str], current: str) -> list[str]:
    return list(known) if current in known else [*known, current]


def _encoding(choices: Choices, preview: ImportPreview) -> None:
    chosen = choices.options.get("encoding", "")
    names = ["", *(name for name in ENCODINGS if name != preview.encoding or chosen)]
    why = formatting.escape(preview.encoding_why, 120)
    key = choices.key("encoding")
    st.session_state[key] = chosen
    st.selectbox(
        _("Encoding"),
        names if chosen in names else [*names, chosen],
        format_func=lambda name: name or preview.encoding,
        key=key,
        on_change=_store,
        args=(choices, "encoding", key),
        help=_("Detected: {why}").format(why=why) if why and not chosen else None,
    )


def _songs_are(choices: Choices, preview: ImportPreview) -> None:
    key = choices.key("songs_are")
    st.session_state[key] = preview.songs_are
    st.selectbox(
        _("What the playlists list"),
        list(SONGS_ARE),
        format_func=label_of(SONG_WORDS),
        key=key,
        on_change=_store,
        args=(choices, "songs_are", key),
        help=_("All pages use this word. It can be changed later on this page."),
    )


def _sessions(choices: Choices, preview: ImportPreview) -> None:
    rule, _colon, minutes = preview.sessions.partition(":")
    key = choices.key("sessions")
    st.session_state[key] = rule
    rule_cell, minutes_cell = st.columns([2, 1.2], vertical_alignment="bottom") if rule == "gap" else (st, st)
    rule_cell.selectbox(
        _("Playlists from listening"),
        list(RULES),
        format_func=label_of(RULES),
        key=key,
        on_change=_store,
        args=(choices, "sessions", key),
        help=_("How a history of listening becomes playlists"),
    )
    if rule == "gap":
        minutes_key = choices.key("minutes")
        st.session_state[minutes_key] = int(float(minutes or 30))
        minutes_cell.number_input(
            _("Minutes"),
            1,
            1440,
            step=5,
            key=minutes_key,
            on_change=_store_minutes,
            args=(choices, minutes_key),
            help=_("A longer pause ends a playlist"),
        )


@url_state.safe_callback
def _store_minutes(choices: Choices, key: str) -> None:
    choices.set("sessions", f"gap:{st.session_state[key]}")


def _merge_case(choices: Choices, preview: ImportPreview) -> None:
    key = choices.key("merge_case")
    st.session_state[key] = choices.options.get("merge_case") == "true"
    groups = "; ".join(", ".join(group) for group in preview.case_variants[:4])
    st.toggle(
        _("Tags that differ in case only become one"),
        key=key,
        on_change=_store_toggle,
        args=(choices, "merge_case", key),
        help=formatting.escape(groups, 300) or None,
    )


@url_state.safe_callback
def _store_toggle(choices: Choices, option: str, key: str) -> None:
    choices.set(option, "true" if st.session_state[key] else "")


def _column(choices: Choices, role: str, columns: list[str], current: list[str]) -> None:
    key = choices.key(f"role-{role}")
    st.session_state[key] = current[0] if current else ""
    st.selectbox(
        _(ROLE_LABELS[role]),
        ["", *columns],
        format_func=lambda name: formatting.one_line(name, 60) or _("none"),
        key=key,
        on_change=_store_column,
        args=(choices, role, key),
    )


@url_state.safe_callback
def _store_column(choices: Choices, role: str, key: str) -> None:
    choices.set_column(role, str(st.session_state[key] or ""))


def _tag_columns(choices: Choices, columns: list[str], current: list[str]) -> None:
    if len(current) > MOST_TAG_COLUMNS:
        text = _("{n:,} columns, one a tag").format(n=len(current))
        st.text_input(_(ROLE_LABELS["tags"]), text, disabled=True, key=choices.key("role-tags-many"))
        return
    key = choices.key("role-tags")
    st.session_state[key] = current
    st.multiselect(
        _(ROLE_LABELS["tags"]),
        columns,
        format_func=lambda name: formatting.one_line(name, 40),
        key=key,
        on_change=_store_tags,
        args=(choices, key),
        placeholder=_("none"),
    )


@url_state.safe_callback
def _store_tags(choices: Choices, key: str) -> None:
    choices.set_column("tags", "\n".join(st.session_state[key]))
