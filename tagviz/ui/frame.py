"""What every page has: its title, the menu, and the pickers of corpus and model in the side bar."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from tagviz.operations.corpora import CorpusInfo
from tagviz.operations.methods import METHODS, method
from tagviz.settings import ASSETS
from tagviz.types import Kind
from tagviz.ui import cached, plain, state, widgets

MENU = (
    (state.HOME, "Home", ":material/home:"),
    (state.MAP, "Tag map", ":material/bubble_chart:"),
    (state.RECOMMEND, "Recommend", ":material/queue_music:"),
    (state.JUDGE, "Judge", ":material/thumbs_up_down:"),
    (state.EVALUATE, "Evaluate", ":material/fact_check:"),
    (state.TRAIN, "Train", ":material/model_training:"),
    (state.DATA, "Data", ":material/library_music:"),
    (state.CURATE, "Curate", ":material/rule:"),
    (state.WATCH, "Watch", ":material/monitor_heart:"),
)

SIDEBAR_PX = 256

FIRST = "demo"
"""The corpus that is shown when nobody has chosen one, if it is there."""


@dataclass(frozen=True)
class Here:
    """The corpus and the model that the side bar says. `place` is what answers are kept under."""

    corpus: CorpusInfo
    model: str

    @property
    def place(self) -> cached.Place:
        return self.with_model(self.model)

    def with_model(self, ref: str) -> cached.Place:
        """The same corpus seen by another model."""
        fingerprint = self.corpus.fingerprint
        return cached.Place(self.corpus.name, fingerprint, cached.resolved(fingerprint, ref))

    @property
    def names(self) -> tuple[str, str]:
        """Name and fingerprint of the corpus."""
        return self.corpus.name, self.corpus.fingerprint


def open_page(title: str, question: str = "") -> Here:
    """Begin a page: browser title, menu, pickers, then the page's name and the question it answers.

    Without any corpus the page ends here, with the way to bring one in.
    """
    st.set_page_config(
        page_title=f"{title} · tagviz",
        page_icon=str(ASSETS / "icon.svg"),
        layout="wide",
        initial_sidebar_state=SIDEBAR_PX,
    )
    st.html(ASSETS / "page.css")
    st.logo(str(ASSETS / f"logo-{'dark' if widgets.dark() else 'light'}.svg"), size="large")
    corpora = cached.corpora()
    with st.sidebar:
        menu = st.container(gap="xsmall")
        st.space("small")
        here = _pickers(corpora) if corpora else None
        _about(here)
    with menu:
        for page, label, icon in MENU:
            st.page_link(page, label=label, icon=icon, width="stretch", query_params=state.carried())
    if question:
        with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
            st.title(title, anchor=False, width="content")
            st.caption(question, width="content")
    if here is None:
        if title != "Data":
            widgets.empty("No playlists have been brought in yet.", state.DATA, "Bring some in", ":material/upload:")
            st.stop()
        here = Here(CorpusInfo("", "", 0, {}, "", (), 0, False, {}), "")
    _say_what_is_gone(here)
    if error := state.failed():
        widgets.problem(error, "That was not done. ")
    return here


def _say_what_is_gone(here: Here) -> None:
    """A link may be old, or somebody has deleted its corpus or model meanwhile. A model is mentioned once: whoever
    goes on to another corpus leaves its models behind."""
    corpus, ref = state.value("corpus"), state.value("model")
    if corpus and corpus != here.corpus.name:
        instead = f" This is {plain.escape(here.corpus.name, 40)}." if here.corpus.name else ""
        st.warning(f"There is no corpus “{plain.escape(corpus, 40)}” here.{instead}", icon=":material/link_off:")
    elif ref and ref != here.model:
        label = plain.escape(model_label(here.model, here.corpus.fingerprint))
        st.toast(f"This corpus has no model “{plain.escape(ref, 40)}”. {label} answers.", icon=":material/link_off:")
        state.put(model="")


def model_label(ref: str, fingerprint: str) -> str:
    """What a person reads for a model: its title, or its method and when it was made."""
    name, _, variant = ref.partition(":")
    shown = METHODS[name].title if name in METHODS else ""
    for info in cached.models(fingerprint):
        if info.id == name:
            own = method(info.method).title
            shown = info.marks.title or f"{own} · {plain.moment(info.created)}"
    return f"{shown or name} ({variant})" if variant else shown or name


def model_refs(fingerprint: str) -> list[str]:
    """What a model picker offers: the default, every method that has been trained, and each trained model."""
    infos = [info for info in cached.models(fingerprint) if not info.marks.archived]
    trained = [name for name in METHODS if any(info.method == name for info in infos)]
    newest = {name: cached.resolved(fingerprint, name) for name in trained}
    older = [info.id for info in infos if info.id != newest.get(info.method)]
    return list(dict.fromkeys([cached.default(fingerprint), *trained, *older]))


def _pickers(corpora: list[CorpusInfo]) -> Here:
    by_name = {info.name: info for info in corpora}
    first = FIRST if FIRST in by_name else corpora[0].name
    name = st.selectbox(
        "Corpus",
        list(by_name),
        format_func=lambda name: plain.one_line(name, 40),
        help="The collection of playlists that every page looks at",
        **state.tied("corpus", first, list(by_name)),
    )
    chosen = by_name[name]
    refs = model_refs(chosen.fingerprint)
    asked = state.value("model")
    if asked and asked not in refs and asked.partition(":")[0] in {*refs, *METHODS}:
        refs.append(asked)
    ref = st.selectbox(
        "Model",
        refs,
        format_func=lambda ref: model_label(ref, chosen.fingerprint),
        help="What has learned from this corpus and answers on every page. More can be made on the Train page.",
        **state.tied("model", refs[0], refs, key=f"model-{refs[0]}"),
    )
    return Here(chosen, ref)


def _about(here: Here | None) -> None:
    if here is not None:
        sizes = dict(here.corpus.sizes)
        if "+" in here.corpus.fingerprint:  # experts may have merged some
            sizes[Kind.TAG] = len(cached.corpus(*here.names).vocab(Kind.TAG))
        known = [plain.count(here.corpus.playlists, "playlist")]
        known += [plain.count(sizes[kind], kind) for kind in ("tag", "song") if sizes.get(kind)]
        st.caption(" · ".join(known))
        if here.corpus.synthetic:
            st.caption(":material/science: Synthetic: artists, songs and playlists are invented.")
    with st.expander("Display", icon=":material/tune:"):
        st.segmented_control(
            "Save figures as",
            ["png", "svg"],
            format_func=str.upper,
            required=True,
            help="The camera above a figure saves it in this format",
            **state.tied("figures", "png", ("png", "svg")),
        )
        st.caption("Light or dark: menu ⋮ at the top right, Settings.")
