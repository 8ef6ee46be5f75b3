"""What a file is taken for, shown before it is imported; the same operation as `tagviz import --preview`."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import streamlit as st

from tagviz.errors import SourceError, TagvizError
from tagviz.operations import import_preview, server_paths
from tagviz.operations.import_preview import ImportPreview, Question
from tagviz.ui import cache, formatting, i18n, url_state
from tagviz.ui.components import errors, pills, tables
from tagviz.ui.data import import_settings
from tagviz.ui.data.choices import Choices
from tagviz.ui.i18n import N_, _, lazy, translated

COUNTS = {
    "playlists": N_("Playlists"),
    "titled": N_("With a title"),
    "tags": N_("Tags"),
    "songs": N_("Songs"),
    "artists": N_("Artists"),
    "genres": N_("Genres"),
}
MOST_NAMES = 30
"""Names of columns or files that are listed."""
_COMMAND = re.compile(r"(?:add )?--(?:set |column |(?=sessions|encoding))")
_OPTION = re.compile(r"--(?:set |column |(?=sessions|encoding))(\w+)[= ]([\w:.-]+)")


def show(location: Path) -> tuple[tuple[ImportPreview, Choices] | None, bool]:
    """Show what a file is taken for, with every guess as a widget.

    Args:
        location: The file or folder.

    Returns:
        What will be imported and how, or None where the file cannot be imported as it is read now; and whether it could
        be read at all.
    """
    choices = Choices.of(location)
    outcome = _look(str(location), _stamp(location), *choices.arguments)
    if isinstance(outcome, TagvizError):
        _show_problem(choices, location, outcome)
        if choices.seen is None:
            _show_ways_to_read(choices)
            return None, False
        preview, ready = choices.seen, False
    else:
        preview = choices.seen = outcome
        ready = not preview.questions
    with i18n.words_of(preview.songs_are):
        _show_head(preview)
        choices.asked |= {question.key: question for question in preview.questions}
        for question in choices.asked.values():
            _show_question(choices, question)
        _show_rows(preview)
        import_settings.show_reading(choices, preview)
        import_settings.show_roles(choices, preview)
        _show_consequences(preview)
        import_settings.show_more(choices, preview.format)
    if choices.arguments != ("auto", ()) and st.button(
        _("Reset to the detected settings"), icon=":material/undo:", type="tertiary", key=choices.key("reset")
    ):
        del st.session_state["import-choices"]
        st.rerun()
    return ((preview, choices) if ready else None), True


@st.cache_resource(max_entries=30, show_spinner=lazy("Looking at the file"))
def _look(
    location: str, stamp: int, file_format: str, options: tuple[tuple[str, str], ...]
) -> ImportPreview | TagvizError:
    """Return the preview or why there is none; `stamp` changes with the file."""
    del stamp
    try:
        return import_preview.preview(Path(location), file_format, dict(options))
    except TagvizError as error:
        return error


def _stamp(location: Path) -> int:
    return location.stat().st_mtime_ns if location.exists() else 0


def _show_problem(choices: Choices, location: Path, error: TagvizError) -> None:
    """Show why the file cannot be read, and the options that the remedy names as buttons."""
    if isinstance(error, SourceError) and not server_paths.is_upload(cache.context(), location):
        error = server_paths.without_contents(error)
    remedy = _COMMAND.sub("", error.remedy)
    errors.show_error(type(error)(error.title, error.detail, remedy) if type(error) is SourceError else error)
    _show_ways_out(choices, error.remedy)


def _show_ways_out(choices: Choices, text: str) -> None:
    ways = dict.fromkeys(_OPTION.findall(text))
    if ways:
        with pills.row():
            for name, setting in ways:
                st.button(
                    _("Do without {column}").format(column=name) if setting == "-" else f"{name} = {setting}",
                    key=choices.key(f"way-{name}-{setting}"),
                    on_click=url_state.safe_callback(choices.apply),
                    args=(name, setting),
                )


def _show_ways_to_read(choices: Choices) -> None:
    """Show the choice of a format for a file that is not read as any."""
    key = choices.key("format")
    st.session_state[key] = choices.format
    st.selectbox(
        _("Read it as"),
        list(import_settings.FORMATS),
        format_func=i18n.label_of(import_settings.FORMATS),
        key=key,
        on_change=url_state.safe_callback(lambda: choices.set("format", st.session_state[key])),
        width=360,
    )
    if choices.options:
        st.caption(formatting.escape(", ".join(f"{name}={setting}" for name, setting in choices.options.items()), 300))


def _show_head(preview: ImportPreview) -> None:
    name, what = (
        formatting.escape(preview.name, 80),
        formatting.escape(formatting.capitalize(translated(preview.taken_for)), 200),
    )
    st.markdown(f"**{name}**: {what}")
    counts = {label: preview.counts[key] for key, label in COUNTS.items() if preview.counts.get(key)}
    grid = st.grid(6, min_column_width=110)
    for label, number in counts.items():
        grid.metric(_(label), number, format="localized")
    if not preview.complete:
        st.caption(_("Counted in the first part of the file. The import reads all of it."))


def _show_question(choices: Choices, question: Question) -> None:
    """Show an ambiguity as a choice; nothing is chosen before a person does."""
    settings = dict(zip(question.choices, question.answers, strict=True))
    chosen = next((words for words, (name, setting) in settings.items() if choices.options.get(name) == setting), None)
    key = choices.key(f"question-{question.key}")
    st.session_state[key] = chosen
    with st.container(border=True):
        st.radio(
            formatting.escape(formatting.capitalize(translated(question.text)), 400),
            list(settings),
            index=None,
            format_func=lambda words: formatting.escape(translated(words), 60),
            key=key,
            horizontal=True,
            on_change=_answer,
            args=(choices, question, key),
        )


@url_state.safe_callback
def _answer(choices: Choices, question: Question, key: str) -> None:
    choices.set(*question.answers[question.choices.index(st.session_state[key])])


def _show_rows(preview: ImportPreview) -> None:
    rows = pd.DataFrame([vars(row) for row in preview.rows])
    filled = [name for name in ("id", "title", "tags", "songs", "date", "likes", "group") if rows[name].any()]
    rows = rows[filled]
    for name in ("tags", "songs"):
        if name in rows:
            rows[name] = rows[name].map(list)
    titles = {**import_settings.ROLE_LABELS, "songs": N_("Songs")}
    tables.table(
        rows,
        "import-rows",
        _("First playlists, as they will be read"),
        columns={
            name: (st.column_config.ListColumn if name in ("tags", "songs") else st.column_config.Column)(
                _(titles[name]), width="large" if name in ("tags", "songs") else None
            )
            for name in filled
        },
    )


def _show_consequences(preview: ImportPreview) -> None:
    """Show the columns, and what is left out, changed or not read, and why."""
    lines = [*preview.rules, *preview.dropped]
    lines += [_("Rows changed: {what}").format(what=change) for change in preview.changed]
    if preview.columns_not_used:
        lines.append(_("Columns not used: {names}").format(names=_some(preview.columns_not_used)))
    if preview.files_not_read:
        lines.append(_("Files not read: {names}").format(names=_some(preview.files_not_read)))
    if lines:
        st.markdown(f"**{_('What is left out or changed')}**")
        st.markdown(
            "\n".join(
                f"- {formatting.escape(formatting.capitalize(formatting.import_note(line)), 600)}" for line in lines
            )
        )
    for offer in preview.offers:
        text = formatting.escape(formatting.capitalize(translated(offer.partition("; to ")[0])), 300)
        st.info(f"{text}. " + _("To read them, choose a rule under “Playlists from listening”."))
    if preview.columns:
        with st.expander(_("All columns ({n})").format(n=len(preview.columns)), icon=":material/view_column:"):
            _show_columns(preview)


def _show_columns(preview: ImportPreview) -> None:
    frame = pd.DataFrame(
        {
            "name": [column.name for column in preview.columns],
            "role": [
                _(import_settings.ROLE_LABELS.get(column.role, column.role)) or _("not used")
                for column in preview.columns
            ],
            "why": [translated(column.why) for column in preview.columns],
            "examples": [", ".join(column.examples) for column in preview.columns],
        }
    )
    heads = {"name": N_("Column"), "role": N_("Holds"), "why": N_("Why"), "examples": N_("Examples")}
    tables.table(
        frame,
        "import-columns",
        columns={name: st.column_config.TextColumn(_(head)) for name, head in heads.items()},
        alt=_("Columns of the file and what they hold"),
        height=400,
    )


def _some(names: tuple[str, ...]) -> str:
    shown = ", ".join(names[:MOST_NAMES])
    more = len(names) - MOST_NAMES
    return _("{names} and {n:,} more").format(names=shown, n=more) if more > 0 else shown
