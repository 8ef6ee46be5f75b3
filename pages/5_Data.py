"""Data: what does this corpus contain, and which problems were found?"""

from __future__ import annotations

import streamlit as st

from tagviz.figures import profile as figures
from tagviz.operations import corpora
from tagviz.operations.corpora import Profile
from tagviz.types import Kind
from tagviz.ui import cache, context, formatting, page_layout, pages
from tagviz.ui.components import charts, damage, errors, item_links, jobs, tables
from tagviz.ui.data import corpus_tools, features_form, import_form, import_result
from tagviz.ui.i18n import N_, _, label_of, ngettext

TITLES = {
    "tag": N_("Tags"),
    "song": N_("Songs"),
    "word": N_("Title words"),
    "artist": N_("Artists"),
    "genre": N_("Genres"),
}
FREQUENT = {
    "tag": N_("Most frequent tags"),
    "song": N_("Most frequent songs"),
    "word": N_("Most frequent title words"),
    "artist": N_("Most frequent artists"),
    "genre": N_("Most frequent genres"),
}
LENGTHS = {Kind.TAG: N_("Tags per playlist"), Kind.SONG: N_("Songs per playlist")}


def show_sizes(here: context.PageContext, profile: Profile) -> None:
    """Show the number of playlists and of items of each kind."""
    grid = st.container(key="corpus-sizes").grid(6, min_column_width=130)
    grid.metric(_("Playlists"), here.corpus.playlists, format="localized", border=True)
    for kind, items, used in zip(*(profile.sizes[name].tolist() for name in ("kind", "items", "used")), strict=True):
        unused = items - used
        hint = ngettext("{n:,} of them is in no playlist", "{n:,} of them are in no playlist", unused).format(n=unused)
        grid.metric(_(TITLES[kind]), items, format="localized", border=True, help=hint if unused else None)


def show_most_frequent(profile: Profile) -> None:
    """Show the most frequent items of a kind."""
    kinds = list(profile.top)
    kind = st.segmented_control(
        _("Most frequent"), kinds, format_func=label_of(TITLES), default=kinds[0], required=True, key="top-kind"
    )
    top = profile.top[kind][["label", "count"]]
    item_links.table(
        top,
        profile.top[kind]["key"].astype(str).tolist(),
        f"most-frequent-{kind}",
        _(FREQUENT[kind]),
        columns={
            "label": st.column_config.TextColumn(_(TITLES[kind])),
            "count": tables.bar(_("Playlists"), float(top["count"].max()), _("Playlists that contain it"), "localized"),
        },
    )


def show_distributions(profile: Profile) -> None:
    """Show the lengths of the playlists and the scripts of their titles."""
    dark = charts.dark()
    for kind, title in LENGTHS.items():
        if kind in profile.top:
            chart = figures.lengths(profile.lengths[kind], _(formatting.PLURALS[kind]), dark)
            charts.figure(chart, f"lengths-{kind}", _(title))
    if len(profile.languages):
        charts.figure(figures.languages(profile.languages, dark), "languages", _("Scripts of the titles"))


def show_years(profile: Profile) -> None:
    """Show the number of playlists per year."""
    if len(profile.years):
        charts.figure(figures.years(profile.years, charts.dark()), "years", _("Playlists per year"))


def show_import_notes(here: context.PageContext) -> None:
    """Show what the import found and corrected."""
    summary = corpora.import_summary(here.corpus)
    lines = [*summary.get("rules", ()), *here.corpus.notes, *summary.get("rows_changed", ())]
    if unused := summary.get("columns_not_used"):
        lines.append(_("Columns not used: {what}").format(what=", ".join(unused)))
    st.subheader(_("Import notes"), anchor=False)
    if lines:
        st.markdown(
            "\n".join(
                f"- {formatting.escape(formatting.capitalize(formatting.import_note(line)), 500)}" for line in lines
            )
        )
    else:
        st.caption(_("The import found no problems."))


here = page_layout.open_page(pages.DATA)
with errors.show_errors():
    damage.show_findings(cache.findings())
with errors.show_errors():
    box = st.expander(_("Import"), icon=":material/upload:", expanded=not here.corpus.name)
    with box, errors.show_errors():
        import_form.show()
    jobs.show(("import",))
    import_result.show()
    corpus_tools.show(here)
    features_form.show(here)
if here.corpus.name:
    with errors.show_errors():
        profile = cache.profile(*here.names)
        show_sizes(here, profile)
        grid = st.grid(2, min_column_width=400, gap="large")
        left, right = grid.cell(), grid.cell()
        with left:
            show_most_frequent(profile)
        with right:
            show_distributions(profile)
        grid = st.grid(2, min_column_width=400, gap="large")
        left, right = grid.cell(), grid.cell()
        with left:
            show_import_notes(here)
        with right:
            show_years(profile)
