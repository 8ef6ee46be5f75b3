"""Stored reports of evaluations, opened and cached by name and fingerprint."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from tagviz.evaluation.report import EvalReport
from tagviz.operations import evaluation
from tagviz.operations.models import compare
from tagviz.operations.models.compare import Versus
from tagviz.ui import cache
from tagviz.ui.i18n import lazy


@dataclass(frozen=True)
class ReportKey:
    """A report, by names only; the key of its cached views.

    Attributes:
        fingerprint: Version of the corpus.
        ident: The report's id.
        names: For each label of the report, what people read instead (see `model_names.report_key`); () for the
            labels themselves.
    """

    fingerprint: str
    ident: str
    names: tuple[tuple[str, str], ...] = ()

    @property
    def opened(self) -> EvalReport:
        """The report, its models under the names that people read."""
        return _report(self.fingerprint, self.ident, self.names)

    @property
    def stored(self) -> EvalReport:
        """The report as it is stored, for exports."""
        return _report(self.fingerprint, self.ident, ())

    def shown(self, label: str) -> str:
        """Return what people read for a label of the report; addresses hold the labels."""
        return dict(self.names).get(label, label)

    def label(self, shown: str) -> str:
        """Return the label of the report for what people read."""
        return next((label for label, name in self.names if name == shown), shown)


@st.cache_resource(max_entries=12, show_spinner=lazy("Opening the report"))
def _report(fingerprint: str, ident: str, names: tuple[tuple[str, str], ...]) -> EvalReport:
    if names:
        return _report(fingerprint, ident, ()).relabelled(dict(names))
    return evaluation.open_report(cache.context(), fingerprint, ident)


@st.cache_data(max_entries=50, show_spinner=False)
def versus(report_key: ReportKey, first: str, second: str) -> Versus:
    """Return the comparison of two models of a report."""
    return compare.versus(report_key.opened, first, second)
