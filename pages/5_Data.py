"""Data: what is in here, and what is wrong with it?"""

from __future__ import annotations

import pandas as pd
import streamlit as st

from tagviz.figures import profile as figures
from tagviz.operations.corpora import Profile
from tagviz.types import Kind
from tagviz.ui import bringing, cached, frame, plain, widgets, work

PLURALS = {"tag": "Tags", "song": "Songs", "word": "Title words", "artist": "Artists", "genre": "Genres"}


def sizes(here: frame.Here, profile: Profile) -> None:
    grid = st.grid(6, min_column_width=130)
    grid.metric("Playlists", here.corpus.playlists, format="localized", border=True)
    for kind, items, used in zip(*(profile.sizes[name].tolist() for name in ("kind", "items", "used")), strict=True):
        unused = items - used
        grid.metric(
            PLURALS[kind],
            items,
            format="localized",
            border=True,
            help=f"{plain.count(unused, 'of them is', 'of them are')} in no playlist" if unused else None,
        )


def most_frequent(profile: Profile) -> None:
    kinds = list(profile.top)
    kind = st.segmented_control(
        "Most frequent", kinds, format_func=lambda kind: PLURALS[kind], default=kinds[0], required=True, key="top-kind"
    )
    top = profile.top[kind][["label", "count"]]
    widgets.table(
        top,
        f"most-frequent-{kind}",
        f"Most frequent {PLURALS[kind].lower()}",
        columns={
            "label": st.column_config.TextColumn(PLURALS[kind]),
            "count": widgets.bar("Playlists", float(top["count"].max()), "How many playlists hold it", "localized"),
        },
    )


def shape(profile: Profile) -> None:
    dark = widgets.dark()
    for kind in (Kind.TAG, Kind.SONG):
        counts = profile.lengths[kind]
        if kind in profile.top:
            what = PLURALS[kind].lower()
            widgets.figure(figures.lengths(counts, what, dark), f"lengths-{kind}", f"How many {what} playlists have")
    if len(profile.languages):
        widgets.figure(figures.languages(profile.languages, dark), "languages", "Titles by script")


def years(profile: Profile) -> None:
    if len(profile.years):
        widgets.figure(figures.years(profile.years, widgets.dark()), "years", "Playlists per year")


def notes(here: frame.Here) -> None:
    found = pd.DataFrame(here.corpus.meta.get("notes", ()))
    if found.empty:
        st.caption("The import found nothing to correct.")
        return
    found["examples"] = [", ".join(map(str, examples)) for examples in found["examples"]]
    widgets.table(
        found,
        "import-notes",
        "What the import noticed",
        columns={
            "what": st.column_config.TextColumn("What", width="medium"),
            "count": st.column_config.NumberColumn("How many", format="localized", width="small"),
            "action": st.column_config.TextColumn("What was done", width="medium"),
            "examples": st.column_config.TextColumn("For example"),
        },
    )


here = frame.open_page("Data", "What is in here, and what is wrong with it?")
with widgets.forgiving():
    box = st.expander("Bring playlists in", icon=":material/upload:", expanded=not here.corpus.name)
    with box, widgets.forgiving():
        bringing.show()
    work.work(("import",))
    bringing.versions(here)
if here.corpus.name:
    with widgets.forgiving():
        profile = cached.profile(*here.names)
        sizes(here, profile)
        grid = st.grid(2, min_column_width=400, gap="large")
        left, right = grid.cell(), grid.cell()
        with left:
            most_frequent(profile)
        with right:
            shape(profile)
        grid = st.grid(2, min_column_width=400, gap="large")
        left, right = grid.cell(), grid.cell()
        with left:
            notes(here)
        with right:
            years(profile)
