"""The server's entry, and the home page."""

from __future__ import annotations

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from tagviz.types import Kind, Query
from tagviz.ui import cached, examples, frame, picker, plain, question, server, state, widgets

ROOMS = (
    (state.MAP, "Tag map", ":material/bubble_chart:", "See which tags lie close, and what is behind each."),
    (
        state.RECOMMEND,
        "Recommend",
        ":material/queue_music:",
        "Give a title, tags or songs and see what to add, and why.",
    ),
    (state.JUDGE, "Judge", ":material/thumbs_up_down:", "Say what is right, a key a verdict; the answers follow."),
    (state.EVALUATE, "Evaluate", ":material/fact_check:", "See how often the answers are right, and where they fail."),
    (state.TRAIN, "Train", ":material/model_training:", "Make new models and watch them learn."),
    (state.DATA, "Data", ":material/library_music:", "Bring playlists in and look them over."),
    (state.CURATE, "Curate", ":material/rule:", "Merge, block and order tags; take anything back."),
    (state.WATCH, "Watch", ":material/monitor_heart:", "See what moved between two versions, and what to do."),
)

TAGS = 40
"""Tags that the first screen shows."""
FIRST_ANSWERS = 8
"""Tags and songs that are suggested while one types."""


def home() -> None:
    here = frame.open_page("Home")
    st.title("Type a tag, a title or a song", anchor=False)
    with widgets.forgiving():
        _search(here)
        st.subheader("Or start with one of these", anchor=False)
        grid = st.grid(3, min_column_width=240, gap="small")
        for example in examples.examples(*here.names):
            with grid.container(border=True):
                st.page_link(
                    example.page,
                    label=plain.escape(example.question, 90),
                    icon=":material/arrow_forward:",
                    icon_position="right",
                    query_params=state.carried(**example.params),
                    width="stretch",
                )
        _tags(here)
    st.subheader("Where to go", anchor=False)
    grid = st.grid(4, min_column_width=180, gap="small")
    for page, label, icon, sentence in ROOMS:
        with grid.container(border=True):
            st.page_link(page, label=f"**{label}**", icon=icon, query_params=state.carried())
            st.caption(sentence)


def _tags(here: frame.Here) -> None:
    """What people here write most, each on its place of the map by a click."""
    if here.corpus.sizes.get(Kind.TAG):
        st.subheader("What people here write most", anchor=False)
        with widgets.row():
            for key in cached.popular(*here.names, Kind.TAG, TAGS)["key"]:
                widgets.item_link(cached.item(*here.names, str(key)), here)


@st.fragment
def _search(here: frame.Here) -> None:
    typed = st.text_input(
        "Type a tag, a title or a song",
        key="home-search",
        type="search",
        live="200ms",
        max_chars=200,
        label_visibility="collapsed",
        placeholder="such as jazz, rainy night, or a song you like",
    )
    text = (typed or "").strip()
    if not text:
        st.caption("The answer comes as you type, in any language.")
        return
    opened = here.place.opened
    kinds = [kind for kind in (Kind.TAG, Kind.SONG) if opened.has(kind)]
    readings = cached.recommend(here.place, Query(title=text, n=FIRST_ANSWERS), kinds[0]).readings
    meant = question.mended(text, readings)
    if meant != text:
        st.caption(f"Read as “{plain.escape(meant, 60)}”.")
    else:
        question.show_known(here, readings)
    found = picker.hits(here, text, kinds) or picker.hits(here, meant, kinds)
    with widgets.row():
        for hit in found:
            widgets.item_link(hit, here)
    _answer(here, meant, kinds)


def _answer(here: frame.Here, text: str, kinds: list[Kind]) -> None:
    """What belongs on a playlist of this title, and the way to all of it."""
    query = Query(title=text, n=FIRST_ANSWERS)
    with st.container(border=True, gap="small"):
        st.page_link(
            state.RECOMMEND,
            label=f"**Recommend for a playlist called “{plain.escape(text, 60)}”**",
            icon=":material/arrow_forward:",
            icon_position="right",
            query_params=state.carried(title=text),
        )
        for kind in kinds:
            ranking = cached.recommend(here.place, query, kind)
            if kind is kinds[0] and ranking.fallback:
                st.caption("Nothing like this is known here, so these are simply the most popular.")
            with widgets.row():
                for key in ranking.keys:
                    widgets.item_link(cached.item(*here.names, key), here)


if get_script_run_ctx() is None:
    app = st.App("app.py", routes=server.routes(), lifespan=server.lifespan, on_script_error=server.on_script_error)
else:
    home()
