"""What every page has: its title, the menu, and the pickers of corpus and model in the side bar."""

from __future__ import annotations

import html
from dataclasses import replace

import streamlit as st

from tagviz.access.roles import Actor, Permission
from tagviz.errors import TagvizError
from tagviz.operations import access, database
from tagviz.operations import jobs as job_operations
from tagviz.operations.corpora import CorpusInfo
from tagviz.operations.models import compare
from tagviz.operations.registry import METHODS
from tagviz.server_settings import server_settings
from tagviz.settings import ASSETS
from tagviz.types import Kind
from tagviz.ui import cache, formatting, login, metrics, pages, security, start_page, url_state
from tagviz.ui.components import charts, errors, key_help, saved_views, tables, undo_bar
from tagviz.ui.context import PageContext
from tagviz.ui.i18n import LANGUAGES, _, browser_language, language, translated, use_language, use_words_of
from tagviz.ui.model_names import model_label, model_refs
from tagviz.ui.pages import PAGES, Page

SIDEBAR_PX = 256
"""Width of the side bar."""

UNBROKEN = ("ko",)
"""Languages whose words browsers break anywhere unless they are told not to."""

PREFERRED = "demo"
"""The corpus that is shown when nobody has chosen one, if it exists."""


def open_page(page: Page) -> PageContext:
    """Begin a page: browser title, menu, pickers, then the page's name and the question it answers.

    Without any corpus the page ends here with a link to the import, except for the home page's and the Data page's own
    content.

    Args:
        page: The page that is drawn.

    Returns:
        The chosen corpus and model.
    """
    metrics.open_page(page.url_path or "Home")
    use_language(url_state.param("lang"))
    st.set_page_config(
        page_title=f"{_(page.title)} · tagviz",
        page_icon=str(ASSETS / "icon.svg"),
        layout="wide",
        initial_sidebar_state=SIDEBAR_PX,
    )
    # For unknown addresses, which Streamlit answers with its own start page. Markdown is drawn earlier than st.html
    st.markdown(start_page.style_sheet(), unsafe_allow_html=True)
    if language() in UNBROKEN:
        st.html("<style>.stApp { word-break: keep-all; overflow-wrap: anywhere; }</style>")
    undo_bar.show()
    st.logo(str(ASSETS / f"logo-{'dark' if charts.dark() else 'light'}.svg"), size="large")
    if security.open_to_everyone():
        st.warning(
            _(
                "This dashboard is open to everyone: whoever can reach its address can read, change and delete "
                "everything in it, without a login."
            ),
            icon=":material/lock_open:",
        )
    _require_login()
    if cache.context().actor.read_only:
        st.info(_("This dashboard is read-only: nothing that you do here is kept."), icon=":material/lock:")
    here, failure = None, None
    with st.sidebar:
        menu = st.container(gap="xsmall")
        st.space("small")
        try:
            corpora = cache.corpora()
            here = _pickers(corpora) if corpora else None
        except TagvizError as problem:
            failure = problem
        with errors.show_errors():
            if here is not None and not _old_version(here):
                _new_version(here)
            _about(here)
        with errors.show_errors():
            if here is not None:
                saved_views.show(here, page)
        key_help.show(page)
        _name_damaged_corpora()
        _who(cache.context().actor)
    with menu:
        for entry in visible_pages():
            link = url_state.link_params()
            st.page_link(entry.path, label=_(entry.title), icon=entry.icon, width="stretch", query_params=link)
    if page.question:
        with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
            st.title(_(page.title), anchor=False, width="content")
            st.caption(_(page.question), width="content")
    _warn_about_database()
    if failure is not None:
        errors.show_error(failure)
        if page is not pages.DATA:
            st.stop()
    if here is None:
        if page is not pages.DATA:
            errors.empty(_("No playlists have been imported yet."), pages.DATA.path, _("Import"), ":material/upload:")
            st.stop()
        here = PageContext(CorpusInfo("", "", 0, {}, "", (), 0, False, {}), "")
    version = here.corpus.fingerprint.replace("+", "-")
    st.session_state[tables.EXPORTED_FROM] = "-".join(part for part in (here.corpus.name, version, here.model) if part)
    url_state.announce_renames(page.url_path)
    _warn_about_missing(here)
    if error := url_state.last_error():
        errors.show_error(error, _("This action failed."))
    return here


def _name_damaged_corpora() -> None:
    """Name the corpora that cannot be chosen because they are damaged."""
    here = cache.context()
    names = [name for name in cache.damaged_corpora() if access.sees(here, name)]
    if names:
        text = _("Damaged, and therefore not shown: {names}").format(names=formatting.listing(names))
        st.caption(f":material/warning: {formatting.escape(text, 300)}")
        st.page_link(pages.DATA.path, label=_("What can be done"), query_params=url_state.link_params())


def _warn_about_database() -> None:
    """Say why the database cannot be read, and what that means."""
    problem = database.problem(cache.context())
    if problem is not None:
        meaning = _("Corpora, models and reports are shown; decisions as last seen; feedback and jobs are missing.")
        remedy = _("What to do: {remedy}").format(remedy=translated(problem.remedy))
        text = f"{translated(problem.title)} ({translated(problem.detail)}). {meaning} {remedy}"
        st.warning(formatting.escape(text, 700), icon=":material/database_off:")


def visible_pages() -> list[Page]:
    """Return the pages of the menu; the audit log is for admins only."""
    audit = cache.context().actor.may(Permission.AUDIT)
    return [page for page in PAGES if page is not pages.AUDIT or audit]


def _require_login() -> None:
    """End the page with the login where somebody has to log in and has not, or has no role."""
    with errors.show_errors():
        actor = cache.context().actor
        if actor.may(Permission.VIEW):
            return
        way = server_settings().login
        with st.container(horizontal_alignment="center"):
            if actor.verified:
                st.title(_("You have no access yet"), anchor=False)
                text = _("You are logged in as {name}, who has no role. Ask an admin of this dashboard for one.")
                st.write(text.format(name=formatting.escape(actor.name, 60)))
            else:
                st.title(_("Log in"), anchor=False)
                st.write(_("This dashboard is for a team. Log in to use it."))
            if way == "oidc" and not actor.verified:
                st.button(_("Log in"), type="primary", on_click=st.login)
            elif way == "oidc":
                st.button(_("Log out"), on_click=st.logout)
            elif way == "token":
                st.link_button(_("Log in with an access token"), f"{login.base_path()}{login.LOGOUT}")
            else:
                st.write(_("The proxy in front of this dashboard did not say who you are."))
    st.stop()


def _who(actor: Actor) -> None:
    """Show who is logged in, with the role, and the way out."""
    if not actor.verified:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        label = f"{formatting.escape(actor.name, 40)} · {formatting.role_label(actor.role)}"
        st.caption(f":material/person: {label}", width="stretch")
        way = server_settings().login
        if way == "oidc":
            st.button(_("Log out"), type="tertiary", on_click=st.logout)
        elif way == "token":
            st.html(f'<a href="{login.base_path()}{login.LOGOUT}" target="_self">{html.escape(_("Log out"))}</a>')


def _warn_about_missing(here: PageContext) -> None:
    """Say that the corpus or the model of a link does not exist (any more).

    A model is mentioned once: whoever changes to another corpus leaves its models behind.
    """
    corpus, ref = url_state.param("corpus"), url_state.param("model")
    if corpus in cache.damaged_corpora():
        errors.show_error(cache.damaged_corpora()[corpus])
    elif corpus and corpus != here.corpus.name:
        missing = _("There is no corpus “{name}”.").format(name=formatting.escape(corpus, 40))
        shown = _("Shown instead: {name}.").format(name=formatting.escape(here.corpus.name, 40))
        st.warning(f"{missing} {shown}" if here.corpus.name else missing, icon=":material/link_off:")
    elif ref and ref != here.model:
        text = _("This corpus has no model “{name}”. Used instead: {other}.")
        label = formatting.escape(model_label(here.model, here.corpus.fingerprint))
        st.toast(text.format(name=formatting.escape(ref, 40), other=label), icon=":material/link_off:")
        url_state.set_params(model="")


def _pickers(corpora: list[CorpusInfo]) -> PageContext:
    by_name = {info.name: info for info in corpora}
    first = PREFERRED if PREFERRED in by_name else corpora[0].name
    name = st.selectbox(
        _("Corpus"),
        list(by_name),
        format_func=lambda name: formatting.one_line(name, 40),
        help=_("The collection of playlists that every page shows"),
        **url_state.bind_param("corpus", first, list(by_name)),
    )
    chosen = _pinned(by_name[name])
    use_words_of(chosen.songs_are)
    refs = model_refs(chosen.fingerprint)
    wanted = url_state.param("model")
    known = {*refs, *METHODS, *(info.id for info in cache.models(chosen.fingerprint))}
    if wanted and wanted not in refs and wanted.partition(":")[0] in known:
        refs.append(wanted)
    ref = st.selectbox(
        _("Model"),
        refs,
        format_func=lambda ref: model_label(ref, chosen.fingerprint),
        help=_("The trained model that every page uses. Train more on the Train page."),
        **url_state.bind_param("model", refs[0], refs, key=f"model-{refs[0]}"),
    )
    return PageContext(chosen, ref)


def _pinned(newest: CorpusInfo) -> CorpusInfo:
    """Return the version of a corpus that the URL pins, else the newest."""
    version = url_state.param("version")
    if not version or version == newest.versions[-1]:
        return newest
    if version not in newest.versions:
        text = _("This version of “{corpus}” does not exist. Shown instead: the newest.")
        st.toast(text.format(corpus=formatting.escape(newest.name, 40)), icon=":material/link_off:")
        url_state.set_params(version="")
        return newest
    opened = cache.corpus(newest.name, version)
    return replace(
        newest,
        fingerprint=opened.fingerprint,
        playlists=len(opened),
        sizes={str(kind): len(opened.vocab(kind)) for kind in (Kind.TAG, Kind.SONG)},
        imported=cache.version_dates(newest.name)[version],
    )


def _old_version(here: PageContext) -> bool:
    """Say that an earlier version of the corpus is shown, with the way to the newest; return whether it is."""
    own = here.corpus.fingerprint.partition("+")[0]
    if not here.corpus.versions or own == here.corpus.versions[-1]:
        return False
    text = _("This is the version of {date}. There is a newer one.")
    st.caption(":material/history: " + text.format(date=formatting.moment(here.corpus.imported)))
    st.button(_("Show the newest version"), key="newest-version", on_click=url_state.set_params, kwargs={"version": ""})
    return True


def _new_version(here: PageContext) -> None:
    """Say that a newer version of the corpus changed which model answers, and offer to train the one from before."""
    if len(set(here.corpus.versions)) < 2:
        return
    before = cache.left_behind(here.corpus.name, here.corpus.fingerprint)
    if before is None:
        return
    text = _("New version of {date}: {model} was trained on the version before and does not answer yet.")
    st.caption(
        ":material/update: "
        + text.format(
            date=formatting.moment(here.corpus.imported),
            model=formatting.escape(model_label(before.id, before.fingerprint), 60),
        )
    )
    running = any(
        not job.over and job.kind == "train" and job.arguments.get("corpus") == here.corpus.name for job in cache.jobs()
    )
    if running:
        st.page_link(pages.TRAIN.path, label=_("A model is being trained"), icon=":material/hourglass_top:")
    else:
        st.button(
            _("Train it on the new version"),
            key="train-new-version",
            on_click=_train_again,
            args=(here.corpus.name, before.id),
            help=_("Runs in the background with the same settings; the Train page shows how far it is"),
        )


@url_state.safe_callback
def _train_again(corpus: str, ident: str) -> None:
    job_operations.submit(cache.context(), "train", compare.retrain_job(cache.context(), corpus, ident))


def _about(here: PageContext | None) -> None:
    if here is not None:
        sizes = dict(here.corpus.sizes)
        if "+" in here.corpus.fingerprint:  # decisions on tags may have merged some
            sizes[Kind.TAG] = len(cache.corpus(*here.names).vocab(Kind.TAG))
        parts = [formatting.count(here.corpus.playlists, "playlist")]
        parts += [formatting.count(sizes[kind], kind) for kind in ("tag", "song") if sizes.get(kind)]
        st.caption(" · ".join(parts))
        if here.corpus.synthetic:
            st.caption(":material/science: " + _("Synthetic data: artists, songs and playlists are invented."))
    with st.expander(_("Display"), icon=":material/tune:"):
        if len(LANGUAGES) > 1:
            usual = browser_language()
            st.selectbox(
                _("Language"),
                list(LANGUAGES),
                format_func=lambda name: LANGUAGES[name],
                **url_state.bind_param("lang", usual, list(LANGUAGES), key=f"lang-{usual}"),
            )
        st.segmented_control(
            _("Save figures as"),
            ["png", "svg"],
            format_func=str.upper,
            required=True,
            help=_("File format of the camera button above a figure"),
            **url_state.bind_param("figure_format", "png", ("png", "svg")),
        )
        st.caption(_("Light or dark theme: menu ⋮ at the top right, Settings."))
