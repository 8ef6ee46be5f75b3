"""The question on the Recommend page: its widgets, and how it was read."""

from __future__ import annotations

import re

import streamlit as st

from tagviz.asking import EXACT
from tagviz.types import Kind, Query, Reading, split_key
from tagviz.ui import cached, picker, plain, state, widgets
from tagviz.ui.frame import Here

LENGTHS = (10, 20, 50, 100)
STEPS = tuple(range(0, 101, 10))
FINE = ("avoid", "variety", "popularity", "date", "n", "later", "spellings", "unheeded")
LEANINGS = tuple(range(-100, 101, 10))
LONG = 7
"""Letters from which one wrong letter still leaves no doubt of a word."""
COMMON = frozenset(
    "about after also avec been cette chez comme dans elle even every from have here into just like made make mais "
    "many more most much need nous only other over pour quand some sans sous such than that their them then there "
    "they this those very votre vous want were what when where which while will with without your".split()
)
"""Words of many titles that say nothing about the music."""


def ask(here: Here) -> Query:
    """The question as its widgets say it; title, tags and songs may each be absent."""
    corpus = here.place.opened
    grid = st.grid(3, min_column_width=220, gap="medium")
    title, tags, songs = grid.cell(), grid.cell(), grid.cell()
    with title:
        st.text_input(
            "Title",
            placeholder="such as late night jazz",
            max_chars=300,
            help="What the playlist is called; every word that the corpus knows counts",
            **state.tied("title", ""),
        )
    if corpus.has(Kind.TAG):
        with tags:
            picker.chooser(here, "Tags", "tag", (Kind.TAG,), "type to search, add as many as you like")
    if corpus.has(Kind.SONG):
        with songs:
            picker.chooser(here, "Songs", "song", (Kind.SONG,), "type to search, add as many as you like")
    return asked()


def asked() -> Query:
    """The question as the address says it."""
    return Query(
        title=state.value("title"),
        tags=state.values("tag"),
        songs=state.values("song"),
        avoid=state.values("avoid"),
        n=state.current("n", 20, LENGTHS),
        date=state.value("date"),
    )


def taste() -> cached.Taste:
    """What the sliders say."""
    return cached.Taste(
        variety=state.current("variety", 0, STEPS) / 100,
        popularity=state.current("popularity", 0, LEANINGS) / 100,
        released=not state.current("later", False),
        folded=not state.current("spellings", False),
        heeding=not state.current("unheeded", False),
    )


def fine(here: Here) -> None:
    """What is turned less often, behind one button that says how much of it is turned."""
    turned = sum(name in st.query_params for name in FINE)
    label = f"Fine-tune · {turned} on" if turned else "Fine-tune"
    with st.popover(label, icon=":material/tune:", width="stretch", help="Keep away from, variety, popularity, date"):
        picker.chooser(here, "Keep away from", "avoid", (Kind.TAG, Kind.SONG), "a tag or song to stay clear of")
        st.select_slider(
            "Variety",
            STEPS,
            format_func="{} %".format,
            help="How much an item loses for being like those above it (maximal marginal relevance)",
            **state.tied("variety", 0, STEPS),
        )
        st.select_slider(
            "Discoveries or known hits",
            LEANINGS,
            format_func=_leaning,
            help="Left: less known items first. Right: well-known ones first.",
            **state.tied("popularity", 0, LEANINGS),
        )
        st.selectbox("How many", LENGTHS, **state.tied("n", 20, LENGTHS))
        st.text_input(
            "Date of the playlist",
            placeholder="2015-06-30",
            max_chars=30,
            help="Songs issued later are left out, where their dates are known",
            **state.tied("date", ""),
        )
        st.toggle("Songs issued later too", **state.tied("later", False))
        st.toggle(
            "Every spelling of a tag",
            help="Otherwise only the most common of “80s” and “80's” is suggested",
            **state.tied("spellings", False),
        )
        st.toggle(
            "As if nobody had judged",
            help="Otherwise what reviewers found right or wrong moves up or down, for like questions too",
            **state.tied("unheeded", False),
        )


def _leaning(step: int) -> str:
    return "as it comes" if not step else f"{abs(step)} % {'hits' if step > 0 else 'discoveries'}"


def is_empty(query: Query) -> bool:
    return not (query.title.strip() or query.tags or query.songs)


def show_readings(here: Here, readings: tuple[Reading, ...]) -> None:
    """How each term was read, and for those nobody knows the closest spellings to click."""
    show_known(here, readings)
    unknown = [reading for reading in readings if not reading.key]
    words = [reading for reading in unknown if reading.kind is Kind.WORD]
    for number, reading in enumerate(reading for reading in unknown if reading.kind is not Kind.WORD):
        with widgets.row():
            hint = " Did you mean" if reading.suggestions else ""
            st.text(f"{_named(reading)} is not known here.{hint}", width="content")
            _instead(here, reading, reading.suggestions, f"instead-{number}-{reading.typed}")
    if words:
        with widgets.row():
            quoted = plain.listing([f"“{plain.one_line(reading.typed, 60)}”" for reading in words])
            st.caption(plain.escape(f"Not known here as title words: {quoted}.", 400), width="content")
            for number, reading in enumerate(words):
                _instead(here, reading, close(reading), f"instead-word-{number}-{reading.typed}")


def show_known(here: Here, readings: tuple[Reading, ...]) -> None:
    """What was read as something other than what was typed."""
    known = [reading for reading in readings if reading.key and reading.how != EXACT]
    if known:
        st.caption(
            plain.escape(f"Read as: {', '.join(dict.fromkeys(_read(here, reading) for reading in known))}.", 600)
        )


def mended(title: str, readings: tuple[Reading, ...]) -> str:
    """The title with its unknown words as they were most likely meant (see `close`)."""
    for reading in readings:
        meant = close(reading) if reading.kind is Kind.WORD and not reading.key else ()
        if meant:
            title = re.sub(re.escape(reading.typed), split_key(meant[0])[1], title, flags=re.IGNORECASE)
    return title


def _instead(here: Here, reading: Reading, spellings: tuple[str, ...], key: str) -> None:
    """The known spellings to click in place of an unknown one."""
    if spellings:
        st.pills(
            "Did you mean",
            spellings,
            format_func=lambda known: plain.escape(picker.name_of(here, known, (Kind.TAG, Kind.SONG)), 50),
            key=key,
            label_visibility="collapsed",
            on_change=_replace,
            args=(reading, key),
        )


def close(reading: Reading) -> tuple[str, ...]:
    """The one known word that an unknown title word is a slip of, if any is: one letter swapped, doubled or halved, in
    long words one letter at all. (One letter more makes "later" of "late", and "light" is no slip of "night".)"""
    from rapidfuzz.distance import OSA

    typed = reading.typed.casefold()
    if typed in COMMON:
        return ()
    slips = [
        key
        for key in reading.suggestions
        if OSA.distance(typed, word := split_key(key)[1]) == 1 and (len(typed) >= LONG or set(typed) == set(word))
    ]
    return tuple(slips[:1])


def _named(reading: Reading) -> str:
    return f"The {reading.kind} “{plain.one_line(reading.typed, 60)}”"


def _read(here: Here, reading: Reading) -> str:
    name = plain.one_line(picker.name_of(here, reading.key, (Kind.TAG, Kind.SONG)), 60)
    kind = "title word" if reading.kind is Kind.WORD else str(reading.kind)
    if name == reading.typed or reading.kind is Kind.SONG:
        return f"{kind} {name}"
    how = "" if reading.how == "exact" else f", {reading.how}"
    return f"{kind} {name} (for “{plain.one_line(reading.typed, 40)}”{how})"


def _replace(reading: Reading, pill: str) -> None:
    """Put the suggested spelling that was clicked where the unknown one stands in the address."""
    key = st.session_state[pill]
    if not key:
        return
    ident = key.partition(":")[2]
    if reading.kind is Kind.WORD:
        words = state.value("title")
        state.put(title=words.replace(reading.typed, ident) if reading.typed in words else f"{words} {ident}")
    for param, own in (("tag", ident), ("song", ident), ("avoid", key)):
        terms = state.values(param)
        if reading.typed in terms:
            state.put(**{param: [own if term == reading.typed else term for term in terms]})
