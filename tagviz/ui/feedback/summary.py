"""Results of the feedback: precision by model and week, agreement, blind comparison, the reviewer's own verdicts."""

from __future__ import annotations

import streamlit as st

from tagviz.figures import feedback as figures
from tagviz.operations import feedback
from tagviz.operations.feedback import Summary
from tagviz.ui import cache, formatting, model_names
from tagviz.ui.components import charts, errors, tables
from tagviz.ui.context import PageContext
from tagviz.ui.feedback import own_verdicts
from tagviz.ui.i18n import _

SURE = 0.5
"""Lower end of the interval above which a preference is more than chance."""


def show(here: PageContext) -> None:
    """Show the results for the corpus, and what the reviewer can do with his or her own verdicts."""
    summary = feedback.summarize(cache.context(), here.corpus.name)
    if not summary.verdicts:
        errors.empty(_("There is no feedback yet. Results appear here after the first verdict."))
        return
    label = {ref: model_names.model_label(ref, here.corpus.fingerprint) for ref in set(summary.by_model["model"])}
    grid = st.grid(2, min_column_width=420, gap="large")
    left, right = grid.cell(), grid.cell()
    with left:
        kinds = [_(formatting.KINDS[kind]) for kind in summary.by_model["kind"]]
        by_model = summary.by_model.assign(model=[label[ref] for ref in summary.by_model["model"]], kind=kinds)
        title = _("Share of each model's recommendations marked as right")
        charts.figure(figures.precision(by_model, charts.dark()), "precision", title)
        shares = {name: 100 * by_model[name] for name in ("precision", "low", "high")}
        tables.table(by_model.assign(**shares), "verdicts-by-model", _("By model"), columns=_columns())
    with right:
        by_week = summary.by_week.assign(model=[label[ref] for ref in summary.by_week["model"]])
        if by_week["week"].nunique() > 1:
            title = _("Share of each model's recommendations marked as right, by week")
            charts.figure(figures.weeks(by_week, charts.dark()), "weeks", title)
        else:
            st.caption(_("A chart by week appears once there are verdicts from two weeks."))
        _agreement(summary)
        _blind_outcomes(summary, label)
    own_verdicts.show(here)


def _columns() -> dict[str, object]:
    number = st.column_config.NumberColumn
    low_help, high_help = _("Lower end of the 95 % interval (Wilson)"), _("Upper end of the 95 % interval (Wilson)")
    return {
        "model": st.column_config.TextColumn(_("Model"), width=130),
        "kind": st.column_config.TextColumn(_("Kind"), width=50),
        "verdicts": number(_("Verdicts"), format="localized", width=70),
        "right": number(_("Right"), format="localized", width=60),
        "precision": number(_("Share"), format="%.0f %%", width=60),
        "low": number(_("At least"), format="%.0f %%", width=68, help=low_help),
        "high": number(_("At most"), format="%.0f %%", width=68, help=high_help),
    }


def _agreement(summary: Summary) -> None:
    if summary.agreement.empty:
        st.caption(_("Agreement between reviewers appears once two people have answered the same question."))
        return
    kappa_help = _("Cohen's kappa for two reviewers, Fleiss' for all: 1 is full agreement, 0 is chance")
    tables.table(
        summary.agreement,
        "agreement",
        _("Agreement between reviewers"),
        columns={
            "reviewers": st.column_config.TextColumn(_("Reviewers")),
            "items": st.column_config.NumberColumn(_("Items in common"), format="localized"),
            "agree": st.column_config.NumberColumn(_("Same answer"), format="percent"),
            "kappa": st.column_config.NumberColumn(_("Kappa"), format="%.2f", help=kappa_help),
        },
    )


def _blind_outcomes(summary: Summary, label: dict[str, str]) -> None:
    for outcome in summary.blind:
        names = [label.get(ref, ref) for ref in (outcome.first, outcome.second)]
        first_leads = outcome.preference >= 0.5
        share = outcome.preference if first_leads else 1 - outcome.preference
        low, high = (outcome.low, outcome.high) if first_leads else (1 - outcome.high, 1 - outcome.low)
        text = (
            _("Blind comparison: {model} is preferred in {share:.0%} of {playlists}, more than chance.")
            if low > SURE
            else _("Blind comparison: {model} is preferred in {share:.0%} of {playlists}, which may be chance.")
        )
        with st.container(border=True):
            sentence = text.format(
                model=formatting.escape(names[0] if first_leads else names[1]),
                share=share,
                playlists=formatting.count(outcome.questions, "playlist"),
            )
            st.markdown(f"**{sentence}**")
            wins, losses, ties = outcome.wins
            details = _(
                "95 % interval {low:.0%} to {high:.0%}; {wins} to {losses}, {ties} ties; sign test p = {p:.3f}."
            )
            st.caption(details.format(low=low, high=high, wins=wins, losses=losses, ties=ties, p=outcome.p))
