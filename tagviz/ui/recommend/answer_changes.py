"""The same question under a second model or an earlier version of the corpus: what moved, came and went, and why."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from tagviz.operations.answer_changes import AnswerSide, changes
from tagviz.operations.registry import METHODS
from tagviz.types import Kind, Query, Ranking
from tagviz.ui import cache, formatting
from tagviz.ui.components import item_links
from tagviz.ui.context import PageContext
from tagviz.ui.i18n import _
from tagviz.ui.model_names import model_label
from tagviz.ui.recommend import query_form, results

VERSION = "@"
"""First character of a choice that stands for an earlier version of the corpus; its fingerprint follows."""
MOST_VERSIONS = 3
"""Earlier versions that are offered, the newest first."""


def earlier_versions(here: PageContext) -> dict[str, str]:
    """Return the earlier versions on which the method of the page's model was trained, each with what people read."""
    method = _method(here.model_key)
    dates = cache.version_dates(here.corpus.name)
    own = here.corpus.fingerprint.partition("+")[0]
    older = [one for one in reversed(list(dates)) if one != own]
    trained = [one for one in older if any(info.method == method for info in cache.models(one))]
    text = _("version of {date}")
    return {f"{VERSION}{one}": text.format(date=formatting.moment(dates[one])) for one in trained[:MOST_VERSIONS]}


def _method(model_key: cache.ModelKey) -> str:
    name = model_key.model.partition(":")[0]
    if name in METHODS:
        return name
    return next((info.method for info in cache.models(model_key.fingerprint) if info.id == name), name)


def key_of_choice(here: PageContext, choice: str) -> cache.ModelKey:
    """Return the model that a choice stands for: one of the same corpus, or the same method on an earlier version."""
    if not choice.startswith(VERSION):
        return here.with_model(choice)
    fingerprint = choice.removeprefix(VERSION)
    return cache.ModelKey(here.corpus.name, fingerprint, cache.resolved(fingerprint, _method(here.model_key)))


def title_of(here: PageContext, model_key: cache.ModelKey) -> str:
    """Return the title of one of two answers: the model, and the version where it is not the page's."""
    title = model_label(model_key.model, model_key.fingerprint)
    if model_key.fingerprint == here.corpus.fingerprint:
        return title
    date = cache.version_dates(here.corpus.name).get(model_key.fingerprint.partition("+")[0], "")
    return _("{model}, version of {date}").format(model=title, date=formatting.moment(date))


def show(here: PageContext, there: cache.ModelKey, query: Query, kind: Kind) -> None:
    """Show how the page's answer differs from that of another model or version.

    Args:
        here: Corpus and model of the page.
        there: The other model.
        query: The query.
        kind: Tags or songs.
    """
    keys = (there, here.model_key)
    rankings = [cache.recommend(key, query, kind, query_form.answer_options()) for key in keys]
    before, now = (AnswerSide(ranking, key.opened) for ranking, key in zip(rankings, keys, strict=True))
    frame = changes(before, now)
    counts = frame["state"].value_counts()
    text = _("{new} new, {gone} gone, {moved} moved, {same} at the same place, from {before} to {now}.")
    sentence = text.format(
        new=int(counts.get("new", 0)),
        gone=int(counts.get("gone", 0)),
        moved=int(counts.get("up", 0) + counts.get("down", 0)),
        same=int(counts.get("same", 0)),
        before=title_of(here, there),
        now=title_of(here, here.model_key),
    )
    st.markdown(f"**{formatting.escape(sentence, 400)}**")
    number = st.column_config.NumberColumn
    shown = pd.DataFrame(
        {
            "label": frame["label"],
            "change": [_change(row) for row in frame.to_dict("records")],
            "before": frame["before"],
            "now": frame["now"],
            "playlists_before": frame["playlists_before"],
            "playlists_now": frame["playlists_now"],
            "why": [_why(rankings, str(key)) for key in frame["key"]],
        }
    )
    if there.fingerprint == here.model_key.fingerprint:
        shown = shown.drop(columns=["playlists_before", "playlists_now"])
    item_links.table(
        shown,
        frame["key"].astype(str).tolist(),
        f"changes-{kind}",
        _("What changed"),
        {
            "label": st.column_config.TextColumn(formatting.capitalize(_(formatting.KINDS[kind])), width=220),
            "change": st.column_config.TextColumn(_("Change"), width=80, help=_("↑ places up, ↓ places down")),
            "before": number(_("Place before"), width=90),
            "now": number(_("Place now"), width=90),
            "playlists_before": number(_("Playlists before"), format="localized", width=110),
            "playlists_now": number(_("Playlists now"), format="localized", width=110),
            "why": st.column_config.TextColumn(_("Because of"), help=_("In the answer that has it, with shares")),
        },
    )


def _change(row: dict[object, object]) -> str:
    state, moved = str(row["state"]), int(str(row["moved"]))
    if state == "new":
        return _("new")
    if state == "gone":
        return _("gone")
    return "=" if not moved else f"↑ {moved}" if moved > 0 else f"↓ {-moved}"


def _why(rankings: list[Ranking], key: str) -> str:
    """Return the reasons for an item in the answer of now, or of before where it is gone; "" where none are known."""
    for ranking in reversed(rankings):
        if key in ranking.keys and ranking.reasons:
            return results.reasons_text(ranking.reasons[ranking.keys.index(key)])
    return ""
