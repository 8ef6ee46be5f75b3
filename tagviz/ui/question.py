"""The question on the Recommend page: its widgets, and how it was read."""

from __future__ import annotations

import streamlit as st
from streamlit.elements.lib.grid_container import GridContainer

from tagviz.types import Kind, Query, Reading
from tagviz.ui import cached, picker, plain, state, widgets
from tagviz.ui.frame import Here

LENGTHS = (10, 20, 50, 100)
STEPS = tuple(range(0, 101, 10))
FINE = ("avoid", "variety", "popularity", "date", "n", "later", "spellings")
LEANINGS = tuple(range(-100, 101, 10))


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
    tuned = any(name in st.query_params for name in FINE)
    with st.expander("Fine-tune: keep away from, variety, popularity, date", icon=":material/tune:", expanded=tuned):
        _fine(here, st.grid(3, min_column_width=220, gap="medium"))
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
    )


def _fine(here: Here, grid: GridContainer) -> None:
    with grid.cell():
        picker.chooser(here, "Keep away from", "avoid", (Kind.TAG, Kind.SONG), "a tag or song to stay clear of")
    with grid.cell():
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
    with grid.cell():
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


def _leaning(step: int) -> str:
    return "as it comes" if not step else f"{abs(step)} % {'hits' if step > 0 else 'discoveries'}"


def is_empty(query: Query) -> bool:
    return not (query.title.strip() or query.tags or query.songs)


def show_readings(here: Here, readings: tuple[Reading, ...]) -> None:
    """How each term was read, and for those nobody knows the closest spellings to click."""
    known = [reading for reading in readings if reading.key]
    if known:
        st.text(f"Read as: {', '.join(dict.fromkeys(_read(here, reading) for reading in known))}.")
    unknown = [reading for reading in readings if not reading.key]
    if not unknown:
        return
    with st.container(border=True, gap="xsmall"):
        for number, reading in enumerate(unknown):
            with widgets.row():
                hint = " Did you mean" if reading.suggestions else ""
                st.text(f"{_named(reading)} is not known here.{hint}", width="content")
                if reading.suggestions:
                    key = f"instead-{number}-{reading.typed}"
                    st.pills(
                        "Did you mean",
                        reading.suggestions,
                        format_func=lambda known: plain.escape(picker.name_of(here, known, (Kind.TAG, Kind.SONG)), 50),
                        key=key,
                        label_visibility="collapsed",
                        on_change=_replace,
                        args=(reading, key),
                    )


def _named(reading: Reading) -> str:
    what = "The title word" if reading.kind is Kind.WORD else f"The {reading.kind}"
    return f"{what} “{plain.one_line(reading.typed, 60)}”"


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
