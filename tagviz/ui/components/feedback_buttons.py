"""Feedback on any page: the reviewer's name, buttons for right and wrong, and undo."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import streamlit as st

from tagviz.access.roles import Permission
from tagviz.errors import NotFoundError
from tagviz.operations import feedback
from tagviz.store.feedback import Answer, FeedbackContext, Verdict
from tagviz.types import Kind, Query, Ranking, key_of, split_key
from tagviz.ui import cache, formatting, url_state
from tagviz.ui.components import errors, permissions, search_box, tables, undo_bar
from tagviz.ui.i18n import N_, _

GUEST = "guest"
"""Name of a reviewer who has not entered one."""
MOST_REPLACEMENTS = 8
"""Items that are offered as a replacement."""
BUTTON_PX = 34
"""Width of a column of buttons."""
HELP = {"right": N_("Right: it belongs there"), "wrong": N_("Wrong: it does not belong there")}
OUTCOMES = {
    Answer.RIGHT: N_("“{item}” is marked as right"),
    Answer.WRONG: N_("“{item}” is marked as wrong"),
    Answer.INSTEAD: N_("“{item}” is marked as wrong, with a replacement"),
    Answer.NONE: N_("The verdict on “{item}” is taken back"),
}
"""What the undo bar says of an answer."""
_RECORDED, _DIALOG = "verdicts-recorded", "replacement-dialog"


def reviewer() -> str:
    """Return the name under which verdicts are stored: the login's, else what was typed."""
    actor = cache.context().actor
    return actor.name if actor.verified else url_state.param("me", GUEST).strip()[:60] or GUEST


def name_box() -> None:
    """Show the box for the reviewer's name; where a login says who it is, the name."""
    actor = cache.context().actor
    if actor.verified:
        st.text_input(_("Your name"), actor.name, disabled=True, help=_("The name of your login"))
        return
    st.text_input(
        _("Your name"),
        max_chars=60,
        help=_("Any name that you will remember; your verdicts are stored under it"),
        **url_state.bind_param("me", GUEST),
    )


def record(verdict: Verdict, undo_with: Callable[[], object] | None = None) -> None:
    """Store a verdict, and remember what it replaced so that it can be undone.

    Args:
        verdict: The verdict.
        undo_with: What the undo bar calls; `undo` if None.
    """
    before = feedback.answers_by(cache.context(), verdict.corpus, verdict.reviewer, verdict.query).get(verdict.key)
    same = before is not None and before.subject == verdict.subject
    _store(verdict, before if same and before else replace(verdict, answer=Answer.NONE, instead=""), undo_with or undo)


def take_back(verdict: Verdict) -> None:
    """Take a stored verdict back."""
    _store(replace(verdict, answer=Answer.NONE, instead="", id=0, at=0.0), verdict, undo)


def _store(verdict: Verdict, before: Verdict, undo_with: Callable[[], object]) -> None:
    feedback.record_feedback(cache.context(), verdict)
    st.session_state.setdefault(_RECORDED, []).append((verdict, before))
    name = formatting.one_line(item_label(verdict.corpus, verdict.corpus_fingerprint, verdict.key), 60)
    undo_bar.offer(_(OUTCOMES[verdict.answer]).format(item=name), undo_with)


def item_label(corpus: str, fingerprint: str, key: str) -> str:
    """Return what a person reads for an item; its id where the corpus no longer contains it."""
    try:
        return cache.item(corpus, fingerprint, key).label
    except NotFoundError:
        return split_key(key)[1]


def recorded() -> list[Verdict]:
    """Return the verdicts of this browser session, the oldest first."""
    return [verdict for verdict, _before in st.session_state.get(_RECORDED, [])]


def undo() -> None:
    """Undo the last verdict of this browser session: what it replaced counts again."""
    if st.session_state.get(_RECORDED):
        undo_bar.withdraw()
        _verdict, before = st.session_state[_RECORDED].pop()
        feedback.record_feedback(cache.context(), replace(before, id=0, at=0.0))


@dataclass(frozen=True)
class SuggestionList:
    """Suggested items on which feedback can be given, the best first.

    Attributes:
        corpus: Name of the corpus.
        fingerprint: Version of the corpus.
        model: What suggests them: a model's id, or a word for what is no model.
        trained: Fingerprint of what the model was trained on.
        query: What they are suggested for.
        kind: Tags or songs.
        keys: The items.
        scores: One per item, or none where none were stored.
    """

    corpus: str
    fingerprint: str
    model: str
    trained: str
    query: Query
    kind: Kind
    keys: tuple[str, ...]
    scores: Sequence[float] = ()

    def verdict(self, row: int, answer: Answer) -> Verdict:
        """Return the current reviewer's verdict on the item in a row (from 0)."""
        about = FeedbackContext(self.corpus, self.fingerprint, self.model, self.trained, self.query, self.kind)
        score = float(self.scores[row]) if len(self.scores) else 0.0
        return about.verdict(self.keys[row], row + 1, score, reviewer(), answer)


def suggestions_of(model_key: cache.ModelKey, query: Query, ranking: Ranking) -> SuggestionList:
    """Return a model's ranking as a list on which feedback can be given."""
    model = model_key.opened_model
    return SuggestionList(
        corpus=model_key.opened.name,
        fingerprint=model_key.opened.fingerprint,
        model=model.ref,
        trained=model.info.fingerprint,
        query=_interpreted(query, ranking),
        kind=ranking.kind,
        keys=ranking.keys,
        scores=tuple(map(float, ranking.scores)),
    )


def current_answers(suggestions: SuggestionList) -> list[Answer]:
    """Return the current reviewer's answer to each item, NONE where there is none."""
    if not feedback.version(cache.context(), suggestions.corpus):
        return [Answer.NONE] * len(suggestions.keys)
    verdicts = feedback.answers_by(cache.context(), suggestions.corpus, reviewer(), suggestions.query)
    return [verdicts[key].answer if key in verdicts else Answer.NONE for key in suggestions.keys]


def columns(
    table: str, suggestions: SuggestionList, with_replacement: bool = False
) -> tuple[dict[str, list[str]], dict[str, Any]]:
    """Return the columns of a table that mark an item as right or wrong with one click.

    The same click again takes the verdict back.

    Args:
        table: Name of the table.
        suggestions: The rows.
        with_replacement: Add a third column that asks what belongs there instead; the page then calls
            `show_replacement_dialog`.

    Returns:
        The cells by column, and the column configurations.
    """
    if not permissions.may(Permission.FEEDBACK):
        return {}, {}
    answers = current_answers(suggestions)
    cells = {
        "right": ["☑" if answer is Answer.RIGHT else "✓" for answer in answers],
        "wrong": ["☒" if answer in (Answer.WRONG, Answer.INSTEAD) else "✗" for answer in answers],
    }
    configs = {
        name: _button(table, name, _(HELP[name]), partial(_on_click, table, suggestions, Answer(name), answers))
        for name in cells
    }
    if with_replacement:
        cells["instead"] = ["⇄"] * len(answers)
        text = _("Replace: choose what belongs there instead")
        configs["instead"] = _button(table, "instead", text, partial(_open_dialog, table, suggestions))
    return cells, configs


def _button(table: str, name: str, text: str, on_click: Callable[[], None]) -> Any:
    key = f"{table}-{name}"
    return st.column_config.ButtonColumn("", width=BUTTON_PX, help=text, type="tertiary", key=key, on_click=on_click)


@url_state.safe_callback
def _on_click(table: str, suggestions: SuggestionList, answer: Answer, before: list[Answer]) -> None:
    row = tables.pressed(f"{table}-{answer}", table)
    if row is not None and row < len(suggestions.keys):
        record(suggestions.verdict(row, Answer.NONE if before[row] is answer else answer))


def _open_dialog(table: str, suggestions: SuggestionList) -> None:
    row = tables.pressed(f"{table}-instead", table)
    if row is not None and row < len(suggestions.keys):
        st.session_state[_DIALOG] = (suggestions, row)


def show_replacement_dialog() -> None:
    """Open the dialog that the last click on ⇄ asked for; call it once, after the tables of a part of a page."""
    if request := st.session_state.pop(_DIALOG, None):
        st.dialog(_("What belongs there instead?"))(_dialog)(*request)


def _dialog(suggestions: SuggestionList, row: int) -> None:
    with errors.show_errors():
        item = cache.item(suggestions.corpus, suggestions.fingerprint, suggestions.keys[row])
        st.text(_("Instead of {item}:").format(item=formatting.one_line(item.label, 60)))
        if choose_replacement(suggestions, row):
            st.rerun()


def replacement_button(suggestions: SuggestionList, row: int) -> None:
    """Show the button that opens a search for the item that should be in place of the one in a row."""
    if not permissions.may(Permission.FEEDBACK):
        return
    with st.popover(_("Replace"), icon=":material/swap_horiz:", type="tertiary"):
        if choose_replacement(suggestions, row):
            st.rerun()


def choose_replacement(suggestions: SuggestionList, row: int) -> bool:
    """Show a search box; return whether an item was chosen and stored."""
    key = f"instead-{suggestions.model}-{suggestions.keys[row]}"
    done = f"{key}-done"

    def options(text: str) -> list[search_box.Option]:
        names = (suggestions.corpus, suggestions.fingerprint)
        items = cache.complete(*names, text, (suggestions.kind,), MOST_REPLACEMENTS)
        return [search_box.option_of(item, names) for item in items if item.key != suggestions.keys[row]]

    def choose(item: str) -> None:
        record(replace(suggestions.verdict(row, Answer.INSTEAD), instead=item))
        st.session_state[done] = True

    search_box.show(search_box.Field(key, _("What belongs there?")), options=options, on_chosen=choose)
    return bool(st.session_state.pop(done, False))


def _interpreted(query: Query, ranking: Ranking) -> Query:
    """Return the query with its tags and songs as they were understood, so that two spellings are one query."""
    understood = {match.typed: match.key for match in ranking.readings if match.key}
    tags, songs = (
        tuple(understood.get(term, key_of(kind, term)).removeprefix(f"{kind}:") for term in terms)
        for kind, terms in ((Kind.TAG, query.tags), (Kind.SONG, query.songs))
    )
    return replace(query, tags=tags, songs=songs)
