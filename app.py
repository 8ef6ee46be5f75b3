"""The server's entry, and the home page."""

from __future__ import annotations

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from tagviz.types import Kind
from tagviz.ui import examples, frame, picker, plain, server, state, widgets

ROOMS = (
    (state.MAP, "Tag map", ":material/bubble_chart:", "See which tags lie close together, and what is behind each."),
    (
        state.RECOMMEND,
        "Recommend",
        ":material/queue_music:",
        "Give a title, tags or songs and see what to add, and why.",
    ),
    (state.EVALUATE, "Evaluate", ":material/fact_check:", "See how often the answers are right, and where they fail."),
    (state.TRAIN, "Train", ":material/model_training:", "Make new models and watch them learn."),
    (state.DATA, "Data", ":material/library_music:", "Bring playlists in and look them over."),
)


def home() -> None:
    here = frame.open_page("Home")
    st.space("small")
    st.title("Type a tag, a title or a song", anchor=False)
    with widgets.forgiving():
        _search(here)
        st.space("medium")
        st.subheader("Or start with one of these", anchor=False)
        grid = st.grid(3, min_column_width=240)
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
    st.space("medium")
    st.subheader("Where to go", anchor=False)
    grid = st.grid(5, min_column_width=200)
    for page, label, icon, sentence in ROOMS:
        with grid.container(border=True):
            st.page_link(page, label=f"**{label}**", icon=icon, query_params=state.carried())
            st.caption(sentence)


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
        st.caption("Suggestions come as you type.")
        return
    with widgets.row():
        st.page_link(
            state.RECOMMEND,
            label=f"**Recommend for a playlist called “{plain.escape(text, 60)}”**",
            icon=":material/queue_music:",
            query_params=state.carried(title=text),
        )
    found = picker.hits(here, text, (Kind.TAG, Kind.SONG))
    with widgets.row():
        for hit in found:
            widgets.item_link(hit, here)
    if not found:
        st.caption("No tag or song here reads like this; as a title it can still be asked.")


if get_script_run_ctx() is None:
    app = st.App("app.py", routes=server.routes(), lifespan=server.lifespan, on_script_error=server.on_script_error)
else:
    home()
