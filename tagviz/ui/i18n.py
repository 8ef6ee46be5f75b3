"""Translation of the screen: every text that a page shows goes through `_()`, `ngettext()` or `translated()`.

Rules that tests hold (tests/ui/test_i18n.py, tests/ui/test_catalogues.py):

- no text reaches Streamlit outside these functions;
- placeholders have names: `_("{n} playlists").format(n=12)`; no f-string inside `_()`;
- constants of a module are marked with `N_()` and translated where they are shown, because the language can differ from
  one visitor to the next: `_(TITLES[name])`; the text of a spinner, which is given once, is `lazy("Opening the map")`;
- what the layers below say (errors, notes, sentences of reports) is English, whoever reads it: the command line, a log
  or a file. Pages show it through `translated()`, which recognises it (`tagviz/ui/recognition.py`);
- what is cached for all visitors holds no translated text, or has the language among its arguments (`language()`).

The songs of a corpus may be artists or albums. English replaces the words "song" and "songs" (`tagviz/song_words.py`).
Other languages need articles, agreement and particles, so their translations write the three forms side by side, in the
order of `SONGS_ARE`: "Ajouter [un morceau|un artiste|un album]". `chosen_form` takes the one that fits.

docs/translation.md says how a text, a translation or a language is added.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from gettext import GNUTranslations, NullTranslations
from pathlib import Path
from typing import TypeVar

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from tagviz.song_words import SONGS_ARE, in_words
from tagviz.ui.message import Message
from tagviz.ui.recognition import Recogniser

DOMAIN = "tagviz"
"""Name of the catalogue."""
LOCALE = Path(__file__).parent / "locale"
"""Folder of the catalogues."""
SOURCE = "en"
"""The language in which the texts are written."""
LANGUAGES: Mapping[str, str] = {"en": "English", "ko": "한국어", "fr": "Français"}
"""Languages that visitors can choose, under their own names. Only complete ones: a test holds it."""

_SONGS_ARE = "songs-are"
_LANGUAGE = "language"
_words: ContextVar[str] = ContextVar("words", default="")
_language: ContextVar[str] = ContextVar("language", default="")
_FORMS = re.compile(r"\[([^\[\]|]*)\|([^\[\]|]*)\|([^\[\]|]*)\]")

Key = TypeVar("Key")


def languages_of(header: str) -> list[str]:
    """Return the languages that an Accept-Language header names, the preferred first: "fr-FR,en;q=0.5" → fr, en."""
    weighed = []
    for part in header[:500].split(","):
        name, _semicolon, weight = part.partition(";")
        try:
            quality = float(weight.strip().removeprefix("q=") or 1)
        except ValueError:
            quality = 0.0
        weighed.append((-quality, name.strip().lower().partition("-")[0]))
    return [name for quality, name in sorted(weighed, key=lambda pair: pair[0]) if name and quality]


def offered(wanted: list[str]) -> str:
    """Return the first language that can be chosen, English if there is none."""
    return next((name for name in wanted if name in LANGUAGES), SOURCE)


def browser_language() -> str:
    """Return the language that the visitor's browser asks for, among those that can be chosen."""
    header = str(st.context.headers.get("Accept-Language") or "")
    return offered([*languages_of(st.context.locale or ""), *languages_of(header)])


def use_language(name: str) -> None:
    """Show everything in this session in a language from now on; one that is unknown is the browser's."""
    st.session_state[_LANGUAGE] = name if name in LANGUAGES else browser_language()


@contextmanager
def in_language(name: str) -> Iterator[None]:
    """Use a language within the block: for answers to requests, which have no session."""
    token = _language.set(name if name in CATALOGUES else SOURCE)
    try:
        yield
    finally:
        _language.reset(token)


def language() -> str:
    """Return the language of the current visitor."""
    if known := _language.get():
        return known
    in_page = get_script_run_ctx(suppress_warning=True) is not None
    return str(st.session_state.get(_LANGUAGE, SOURCE)) if in_page else SOURCE


def use_words_of(word: str) -> None:
    """Use the words of a corpus from now on: on its pages, songs are called artists where they are artists.

    Args:
        word: tracks, artists or albums.
    """
    st.session_state[_SONGS_ARE] = word


@contextmanager
def words_of(word: str) -> Iterator[None]:
    """Use the words of another corpus within the block."""
    token = _words.set(word)
    try:
        yield
    finally:
        _words.reset(token)


def songs_are() -> str:
    """Return what the songs of the current corpus are: tracks, artists or albums."""
    in_page = get_script_run_ctx(suppress_warning=True) is not None
    return _words.get() or (str(st.session_state.get(_SONGS_ARE, "tracks")) if in_page else "tracks")


def _opened(name: str) -> NullTranslations:
    with (LOCALE / name / "LC_MESSAGES" / f"{DOMAIN}.mo").open("rb") as file:
        return GNUTranslations(file)


CATALOGUES: Mapping[str, NullTranslations] = {SOURCE: NullTranslations()} | {
    folder.name: _opened(folder.name) for folder in sorted(LOCALE.iterdir()) if (folder / "LC_MESSAGES").is_dir()
}
"""The catalogues by language, those of unfinished languages too."""
_RECOGNISERS = {name: Recogniser(catalogue) for name, catalogue in CATALOGUES.items() if name != SOURCE}


def chosen_form(text: str, songs: str) -> str:
    """Return a translation for what the songs of a corpus are: "[un morceau|un artiste|un album]" → "un artiste"."""
    return _FORMS.sub(lambda forms: forms[1 + SONGS_ARE.index(songs)], text) if "|" in text else text


@lru_cache(maxsize=20_000)
def _message(message: str, plural: str, n: int, name: str, songs: str) -> str:
    catalogue = CATALOGUES[name]
    text = catalogue.ngettext(message, plural, n) if plural else catalogue.gettext(message)
    if text in (message, plural):
        text = in_words(text, songs)
    return Message(chosen_form(text, songs), name) if name != SOURCE else text


def _(message: str) -> str:
    """Return the message in the current language and in the words of the current corpus."""
    return _message(message, "", 1, language(), songs_are()) if message else ""


def ngettext(singular: str, plural: str, n: int) -> str:
    """Return the form of a message that fits the number `n`, in the current language."""
    return _message(singular, plural, n, language(), songs_are())


@lru_cache(maxsize=5_000)
def _recognised(text: str, name: str, songs: str) -> str:
    message = _RECOGNISERS[name].translated(text)
    return in_words(text, songs) if message is None else chosen_form(message, songs)


def translated(text: str) -> str:
    """Return an English text of the layers below in the current language and in the words of the current corpus."""
    name, songs = language(), songs_are()
    return in_words(text, songs) if name == SOURCE or not text else _recognised(text, name, songs)


def mark(message: str) -> str:
    """Mark a message for translation and return it unchanged; for constants."""
    return message


N_ = mark
"""`mark` under the name that gettext's tools look for."""


class lazy(str):  # noqa: N801 - written like `_`
    """A message that is translated where it is shown, not where it is written: the text of a cache's spinner."""

    def __str__(self) -> str:
        """Return the message in the language of the visitor who waits."""
        return _(str.__str__(self))


def label_of(labels: Mapping[Key, str]) -> Callable[[Key], str]:
    """Return the `format_func` of a widget whose options are the keys of `labels`."""
    return lambda key: _(labels[key])
