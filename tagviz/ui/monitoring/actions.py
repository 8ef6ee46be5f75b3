"""What to do after a check: a button or a link for each proposed action."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from tagviz.access.roles import Permission
from tagviz.operations import feedback
from tagviz.operations import jobs as job_operations
from tagviz.operations.models import compare
from tagviz.ui import cache, formatting, pages, url_state
from tagviz.ui.components import permissions
from tagviz.ui.context import PageContext
from tagviz.ui.i18n import N_, _, translated
from tagviz.ui.pages import Page


@dataclass(frozen=True)
class ActionLink:
    """Where a proposed action leads.

    Attributes:
        page: The page.
        label: The link's text.
        icon: The link's icon.
        params: URL parameters.
        tags_param: The URL parameter for the tags that the proposal names; "" if the page takes none.
    """

    page: Page
    label: str
    icon: str
    params: Mapping[str, str] = field(default_factory=dict)
    tags_param: str = ""


LINKS = {
    "tune": ActionLink(pages.TRAIN, N_("Tune a model"), ":material/tune:", {"tab": "tune"}),
    "default": ActionLink(pages.TRAIN, N_("Choose the default model"), ":material/rule:", {"tab": "models"}),
    "retrain": ActionLink(pages.TRAIN, N_("Train a model"), pages.TRAIN.icon),
    "import": ActionLink(pages.DATA, N_("Look at the data"), pages.DATA.icon),
    "rename": ActionLink(
        pages.CURATE, N_("Curate these tags"), pages.CURATE.icon, {"suggestions": "spellings"}, tags_param="tag"
    ),
    "curate": ActionLink(
        pages.CURATE, N_("Curate these tags"), pages.CURATE.icon, {"suggestions": "spellings"}, tags_param="tag"
    ),
    "judge": ActionLink(pages.FEEDBACK, N_("Give feedback"), pages.FEEDBACK.icon, {"order": feedback.WAYS[2]}),
}
"""For each act of a proposal, its link."""


def show(here: PageContext, run: Mapping[str, Any]) -> None:
    """Show the proposed actions.

    Args:
        here: Corpus and model of the page.
        run: A stored check, as `tagviz.operations.monitoring` returns it.
    """
    if not run["proposals"] and run["exit_code"]:
        st.caption(_("Nothing to do: every model is trained on the newest version."))
    older = compare.stale(cache.context(), here.corpus.name) if len(here.corpus.versions) > 1 else []
    for proposal in run["proposals"]:
        link = LINKS[proposal["act"]]
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            if proposal["act"] == "retrain" and older:
                newest = {(info.method, str(dict(info.params)), info.seed): info.id for info in older}
                st.button(
                    _("Retrain {models}").format(models=formatting.count(len(newest), "model")),
                    "monitor-retrain",
                    type="primary",
                    icon=link.icon,
                    on_click=_retrain,
                    args=(here.corpus.name, tuple(newest.values())),
                    **permissions.gate(
                        Permission.TRAIN,
                        help=_("Trains the models of older versions on the newest version, with the same settings"),
                    ),
                )
            else:
                tags = {link.tags_param: tuple(proposal["tags"])} if link.tags_param else {}
                params = url_state.link_params(**link.params, **tags)
                st.page_link(link.page.path, label=f"**{_(link.label)}**", icon=link.icon, query_params=params)
            tag_list = ", ".join(formatting.escape(tag, 40) for tag in proposal["tags"])
            sentence = formatting.escape(translated(proposal["sentence"]), 300)
            st.caption(f"{sentence} {tag_list}" if tag_list else sentence)


@url_state.safe_callback
def _retrain(name: str, idents: tuple[str, ...]) -> None:
    for ident in idents:
        job_operations.submit(cache.context(), "train", compare.retrain_job(cache.context(), name, ident))
