"""Golden queries: how many of them each model understands, and which it does not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
import streamlit as st

from tagviz.access.roles import Permission
from tagviz.evaluation.golden import DEPTH, FIRST, GoldenReport
from tagviz.figures import evaluation as figures
from tagviz.figures.profile import SCRIPTS
from tagviz.operations import golden
from tagviz.operations.golden_reports import KeptReports
from tagviz.operations.registry import METHODS
from tagviz.store.workspace import ModelInfo
from tagviz.ui import cache, formatting, model_names, pages, url_state
from tagviz.ui.components import charts, errors, permissions, tables
from tagviz.ui.context import PageContext
from tagviz.ui.i18n import N_, _, label_of, translated

KEY = "golden"
MOST_MODELS = 8
"""Models that are compared, the default first."""
MOST_GROUPS = 12
"""Groups that are drawn."""
GROUPS = {"": N_("all questions"), "language": N_("language"), "hard": N_("difficulty")}
"""What the questions are grouped by."""


@dataclass(frozen=True)
class Measure:
    """A measure of golden queries.

    Attributes:
        name: Its column.
        title: What people call it.
    """

    name: str
    title: str


MEASURES = {
    "understood": N_("Understood"),
    "mrr": N_("Mean reciprocal rank"),
    "violations": N_("Violations per question"),
}
HELP = {
    "understood": N_("Share of questions with a wanted item among the first {first} and all required ones in {depth}"),
    "mrr": N_("1 divided by the place of the first wanted item, 0 beyond place {depth}"),
    "violations": N_("Items among the first {depth} that must not come"),
}


@st.fragment(key=KEY)
@errors.guarded
def show(here: PageContext) -> None:
    """Show the panel of the corpus's golden queries."""
    st.divider()
    st.subheader(_("Golden queries"), anchor=False)
    queries = golden.queries_of(cache.context(), here.corpus.name)
    if not queries:
        st.caption(
            _(
                "None yet. A golden query is a question with answers that must or must not come. On the page "
                "Recommend, mark answers with ✓ or ✗ and press “Add to golden queries”."
            )
        )
        st.page_link(pages.RECOMMEND.path, label=_("Recommend"), icon=pages.RECOMMEND.icon)
        return
    text = _("{questions} with answers that people have written down; a model is asked as on the page Recommend.")
    st.caption(text.format(questions=formatting.count(len(queries), "question")))
    kept = KeptReports(cache.context(), here.corpus.name, queries)
    infos = _models(here)
    missing = [info for info in infos if not kept.has(here.model_key.opened, info.id)]
    if missing:
        label = _("Ask {models}").format(models=formatting.count(len(missing), "model"))
        st.button(
            label,
            icon=":material/play_arrow:",
            on_click=_ask,
            args=(here, kept, missing),
            **permissions.gate(Permission.JOBS),
        )
    reports = [kept.of(here.model_key.opened, info.id) for info in infos if info not in missing]
    if reports:
        labels = {info.id: model_names.model_label(info.id, here.corpus.fingerprint) for info in infos}
        _measures(reports, labels)
        _questions(reports, labels)


def _models(here: PageContext) -> list[ModelInfo]:
    """Return the models that can be asked, the default first, then the newest."""
    default = cache.resolved(here.corpus.fingerprint, cache.default(here.corpus.fingerprint))
    known = [info for info in cache.models(here.corpus.fingerprint) if info.method in METHODS]
    usable = [info for info in known if not info.marks.archived]
    return sorted(usable, key=lambda info: info.id != default)[:MOST_MODELS]


@url_state.safe_callback
def _ask(here: PageContext, kept: KeptReports, infos: Sequence[ModelInfo]) -> None:
    for info in infos:
        kept.of(here.model_key.opened, info.id)


def _measures(reports: Sequence[GoldenReport], labels: Mapping[str, str]) -> None:
    """Show a measure of each model as dots with intervals, and all of them as a table."""
    with st.container(horizontal=True, gap="medium"):
        name: str = st.segmented_control(
            _("Measure"),
            list(MEASURES),
            format_func=label_of(MEASURES),
            required=True,
            **url_state.bind_param("golden_measure", "understood", list(MEASURES)),
        )
        by: str = st.segmented_control(
            _("Group by"),
            list(GROUPS),
            format_func=label_of(GROUPS),
            required=True,
            **url_state.bind_param("golden_by", "", list(GROUPS)),
        )
    frame = pd.concat([report.summary(by).assign(model=labels[report.model]) for report in reports])
    names = {name: translated(label) for name, label in SCRIPTS.items()} if by == "language" else {}
    groups = frame["group"].replace(names).where(frame["group"] != "", _("not stated") if by else _("all questions"))
    frame = frame.assign(segment=groups.astype(str)).rename(columns={"queries": "questions"})
    measure = Measure(name, _(MEASURES[name]))
    best = pd.Series({labels[report.model]: report.frame[name].astype(float).mean() for report in reports})
    leader = str(best.idxmin() if name == "violations" else best.idxmax())
    title = _("{measure}: {model} is ahead").format(measure=measure.title, model=formatting.one_line(leader, 40))
    if len(reports) == 1:
        title = measure.title
    st.markdown(f"**{formatting.escape(title, 120)}**")
    st.caption(_(HELP[name]).format(first=FIRST, depth=DEPTH))
    largest = frame.groupby("segment")["questions"].max().sort_values(ascending=False, kind="stable")
    drawn = frame[frame["segment"].isin(largest.index[:MOST_GROUPS])]
    if len(largest) > MOST_GROUPS:
        st.caption(_("The {n} groups with the most questions; the table has all.").format(n=MOST_GROUPS))
    charts.figure(figures.segments_dots(drawn, measure, "", dark=charts.dark()), "golden", title)
    shown = frame.assign(**{one: [_with_interval(row, one) for _i, row in frame.iterrows()] for one in MEASURES})
    tables.table(
        shown[["model", "segment", "questions", *MEASURES]],
        "golden",
        columns={
            "model": _("Model"),
            "segment": _("Questions about"),
            "questions": st.column_config.NumberColumn(_("Questions"), width=90),
            **{
                one: st.column_config.TextColumn(_(title), help=_("Mean with its 95 % interval (bootstrap)"))
                for one, title in MEASURES.items()
            },
        },
        alt=_("Measures of each model on the golden queries"),
    )


def _with_interval(row: pd.Series[float], name: str) -> str:
    mean, low, high = (f"{row[column]:z.2f}" for column in (name, f"{name}_low", f"{name}_high"))
    return f"{mean} [{low}, {high}]"


def _questions(reports: Sequence[GoldenReport], labels: Mapping[str, str]) -> None:
    """List the questions that a model does not understand or answers with something unwanted."""
    frames = [report.frame.set_index("id") for report in reports]
    first = frames[0]
    failed = pd.concat([~frame["understood"].astype(bool) | (frame["violations"] > 0) for frame in frames], axis=1)
    rows = first[failed.any(axis=1)]
    if rows.empty:
        st.caption(_("Every model understands all questions, and nothing unwanted comes."))
        return
    titles = [title or _("question {id}").format(id=ident) for ident, title in rows["title"].items()]
    languages = rows["language"].replace({one: translated(label) for one, label in SCRIPTS.items()})
    shown = pd.DataFrame(
        {
            "title": titles,
            "language": languages,
            "hard": rows["hard"],
        },
        rows.index,
    )
    for report, frame in zip(reports, frames, strict=True):
        shown[report.model] = [_mark(row) for row in frame.loc[rows.index].to_dict("records")]
    shown["answers"] = [", ".join(answers) for answers in rows["answers"]]
    tables.table(
        shown,
        "golden-questions",
        _("Questions that some model gets wrong"),
        columns={
            "title": st.column_config.TextColumn(_("Question"), width=200),
            "language": st.column_config.TextColumn(_("Language"), width=80),
            "hard": st.column_config.TextColumn(_("Difficulty"), width=130),
            **{
                report.model: st.column_config.TextColumn(
                    formatting.one_line(labels[report.model], 30),
                    width=110,
                    help=_("✓ understood, ✗ not understood, ⚠ items that must not come"),
                )
                for report in reports
            },
            "answers": st.column_config.TextColumn(
                _("First answers of {model}").format(model=formatting.one_line(labels[reports[0].model], 30)),
                width="large",
            ),
        },
    )


def _mark(row: Mapping[Any, Any]) -> str:
    unwanted = f" ⚠ {row['violations']}" if row["violations"] else ""
    return f"{'✓' if row['understood'] else '✗'}{unwanted}"
