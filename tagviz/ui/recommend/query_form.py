"""The query of the Recommend page: its widgets, and how it was interpreted."""

from __future__ import annotations

import re
from dataclasses import replace

import streamlit as st

from tagviz.query.parser import EXACT
from tagviz.types import PHRASE, Corpus, Kind, Query, TermMatch, split_key
from tagviz.ui import cache, formatting, url_state
from tagviz.ui.components import errors, pills, readings, search_box, title_box
from tagviz.ui.components.search_box import Field, ItemSearch, items
from tagviz.ui.components.title_box import TextSearch
from tagviz.ui.context import PageContext
from tagviz.ui.i18n import N_, _

LENGTHS = (10, 20, 50, 100)
"""Numbers of recommendations that can be chosen."""
VARIETIES = tuple(range(0, 101, 10))
"""Steps of the variety slider, in percent."""
POPULARITIES = tuple(range(-100, 101, 10))
"""Steps of the popularity slider, in percent."""
OPTIONS = (
    "avoid",
    "variety",
    "popularity",
    "date",
    "n",
    "include_later",
    "all_spellings",
    "ignore_feedback",
    "musical_only",
)
"""URL parameters of the options."""
LONG_WORD = 7
"""Letters from which on a word with one wrong letter is still recognised without doubt."""
COMMON = frozenset(
    "about after also avec been cette chez comme dans elle even every from have here into just like made make mais "
    "many more most much need nous only other over pour quand some sans sous such than that their them then there "
    "they this those very votre vous want were what when where which while will with without your".split()
)
"""Words of many titles that do not describe the music."""
UNKNOWN = {
    Kind.TAG: N_("The tag “{term}” is not in this corpus."),
    Kind.SONG: N_("The song “{term}” is not in this corpus."),
}
UNKNOWN_WITH_HITS = {
    Kind.TAG: N_("The tag “{term}” is not in this corpus. Did you mean:"),
    Kind.SONG: N_("The song “{term}” is not in this corpus. Did you mean:"),
}


def show(here: PageContext) -> Query:
    """Show the widgets of the query and return it; title, tags and songs may each be absent."""
    corpus = here.model_key.opened
    hint = _("type to search, add as many as you like")
    with st.container(key="recommend-question"):  # page.css keeps it in view
        grid = st.grid(3, min_column_width=220, gap="medium")
        title, tags, songs = grid.cell(), grid.cell(), grid.cell()
        with title:
            _title(here)
        if corpus.has(Kind.TAG):
            with tags, st.container(key="recommend-more-tags"):
                search_box.choose_many(here, ItemSearch(_("Tags"), "tag", (Kind.TAG,), hint))
        if corpus.has(Kind.SONG):
            with songs, st.container(key="recommend-more-songs"):
                search_box.choose_many(here, ItemSearch(_("Songs"), "song", (Kind.SONG,), hint))
    _more()
    return current(corpus)


def _more() -> None:
    """Show the switch that opens the rest of the form in a narrow window; page.css hides it in a wide one."""
    n = sum(len(url_state.params(name)) for name in ("tag", "song")) + sum(url_state.has(name) for name in OPTIONS)
    label = _("Tags, songs, model and options ({n} set)").format(n=n) if n else _("Tags, songs, model and options")
    with st.container(key="recommend-opener"):
        st.toggle(label, key="recommend-all-fields")


@st.fragment
@errors.guarded
def _title(here: PageContext) -> None:
    """Show the box of the title: tags, artists, songs, or any phrase."""
    items.rerun_if_chosen()
    field = Field("title", _("Title"), _("for example late night jazz"), mode="text")
    kinds = tuple(kind for kind in (Kind.TAG, Kind.SONG) if here.model_key.opened.has(kind))
    title_box.show(here, TextSearch(field, kinds, on_item=lambda key: title_box.name_item(here, key)))


def current(corpus: Corpus) -> Query:
    """Return the query of the URL.

    Args:
        corpus: The corpus that the readings of the title name items of.
    """
    return replace(
        readings.query_of(corpus, title_box.current()),
        tags=url_state.params("tag"),
        songs=url_state.params("song"),
        avoid=url_state.params("avoid"),
        n=url_state.current_value("n", 20, LENGTHS),
        date=url_state.param("date"),
    )


def answer_options() -> cache.AnswerOptions:
    """Return the options of the URL."""
    return cache.AnswerOptions(
        variety=url_state.current_value("variety", 0, VARIETIES) / 100,
        popularity=url_state.current_value("popularity", 0, POPULARITIES) / 100,
        only_released=not url_state.current_value("include_later", False),
        merge_spellings=not url_state.current_value("all_spellings", False),
        use_feedback=not url_state.current_value("ignore_feedback", False),
        musical_only=url_state.current_value("musical_only", True),
    )


def show_options(here: PageContext) -> None:
    """Show the options that are used less often, behind one button that says how many are set."""
    n = sum(url_state.has(name) for name in OPTIONS)
    label = _("Options ({n} set)").format(n=n) if n else _("Options")
    with st.popover(label, icon=":material/tune:", width="stretch", help=_("Avoid, variety, popularity, date")):
        kinds = (Kind.TAG, Kind.SONG)
        search_box.choose_many(here, ItemSearch(_("Avoid"), "avoid", kinds, _("tags or songs to avoid")))
        st.select_slider(
            _("Variety"),
            VARIETIES,
            format_func="{} %".format,
            help=_("How much an item is ranked lower for being similar to those above it (maximal marginal relevance)"),
            **url_state.bind_param("variety", 0, VARIETIES),
        )
        st.select_slider(
            _("Popularity"),
            POPULARITIES,
            format_func=_popularity_label,
            help=_("Left: less popular items first. Right: more popular items first."),
            **url_state.bind_param("popularity", 0, POPULARITIES),
        )
        st.selectbox(_("Number of results"), LENGTHS, **url_state.bind_param("n", 20, LENGTHS))
        st.text_input(
            _("Date of the playlist"),
            placeholder="2015-06-30",
            max_chars=30,
            help=_("Songs released later are left out if their release date is known"),
            **url_state.bind_param("date", ""),
        )
        st.toggle(_("Include songs released later"), **url_state.bind_param("include_later", False))
        st.toggle(
            _("Show all spellings of a tag"),
            help=_("Otherwise only the most frequent of “80s” and “80's” is recommended"),
            **url_state.bind_param("all_spellings", False),
        )
        st.toggle(
            _("Ignore feedback"),
            help=_("Otherwise items that reviewers marked as right or wrong move up or down, also for similar queries"),
            **url_state.bind_param("ignore_feedback", False),
        )
        st.toggle(
            _("Leave out tags that say nothing of music"),
            help=_("For example “seen live”, “favourites” and tags of one listener, unless the title names them"),
            **url_state.bind_param("musical_only", True),
        )


def _popularity_label(step: int) -> str:
    if not step:
        return _("neutral")
    text = _("{percent} % popular") if step > 0 else _("{percent} % less popular")
    return text.format(percent=abs(step))


def is_empty(query: Query) -> bool:
    """Return whether a query has no title, tags or songs."""
    return not (query.title.strip() or query.tags or query.songs)


def show_interpretation(here: PageContext, title: str, matches: tuple[TermMatch, ...]) -> None:
    """Show how each term was interpreted, with other readings of the title and the closest spellings to click."""
    readings.show(here, title, matches)
    show_interpreted(here, matches)
    unknown = [match for match in matches if not match.key and match.how != PHRASE]
    words = [match for match in unknown if match.kind is Kind.WORD and closest(match)]
    corrected = " ".join(match.typed for match in matches if readings.corrected(match) != match.typed).casefold()
    words = [match for match in words if match.typed.casefold() not in corrected]
    for number, match in enumerate(match for match in unknown if match.kind is not Kind.WORD):
        with pills.row():
            text = (UNKNOWN_WITH_HITS if match.suggestions else UNKNOWN)[match.kind]
            st.text(_(text).format(term=formatting.one_line(match.typed, 60)), width="content")
            _spellings(here, match, match.suggestions, f"instead-{number}-{match.typed}")
    if words:
        with pills.row():
            st.caption(_("Did you mean"), width="content")
            for number, match in enumerate(words):
                _spellings(here, match, closest(match), f"instead-word-{number}-{match.typed}")


def show_interpreted(here: PageContext, matches: tuple[TermMatch, ...]) -> None:
    """Show the tags and songs of the query that were interpreted as something other than what was typed."""
    known = [m for m in matches if m.key and m.how != EXACT and m.span[0] < 0 and m.kind is not Kind.WORD]
    if known:
        terms = ", ".join(dict.fromkeys(_named_item(here, match) for match in known))
        st.caption(formatting.escape(_("Interpreted as: {terms}.").format(terms=terms), 600))


def corrected_title(title: str, matches: tuple[TermMatch, ...]) -> str:
    """Return the title with its misspelt words corrected (see `closest`)."""
    for match in matches:
        words = closest(match) if match.kind is Kind.WORD and not match.key else ()
        if words:
            title = re.sub(re.escape(match.typed), split_key(words[0])[1], title, flags=re.IGNORECASE)
    return title


def _spellings(here: PageContext, match: TermMatch, spellings: tuple[str, ...], key: str) -> None:
    """Show the known spellings to click in place of an unknown one."""
    if spellings:
        kinds = (Kind.TAG, Kind.SONG)
        st.pills(
            _("Did you mean"),
            spellings,
            format_func=lambda known: formatting.escape(search_box.name_of(here, known, kinds), 50),
            key=key,
            label_visibility="collapsed",
            on_change=_replace,
            args=(match, key),
        )


def closest(match: TermMatch) -> tuple[str, ...]:
    """Return the key of the one known word of which an unknown title word is a misspelling, or ().

    One letter may be swapped, doubled or missing where it is doubled; in long words one letter may be wrong in any way.
    (One more letter would turn "late" into "later", and "light" is no misspelling of "night".)
    """
    from rapidfuzz.distance import OSA

    typed = match.typed.casefold()
    if typed in COMMON:
        return ()
    close = [
        key
        for key in match.suggestions
        if OSA.distance(typed, word := split_key(key)[1]) == 1 and (len(typed) >= LONG_WORD or set(typed) == set(word))
    ]
    return tuple(close[:1])


def _named_item(here: PageContext, match: TermMatch) -> str:
    name = formatting.one_line(search_box.name_of(here, match.key, (Kind.TAG, Kind.SONG)), 60)
    kind = _(formatting.KINDS[match.kind])
    if name == match.typed or match.kind is Kind.SONG:
        return f"{kind} {name}"
    typed = formatting.one_line(match.typed, 40)
    if match.how == "exact":
        return _("{kind} {name} (for “{typed}”)").format(kind=kind, name=name, typed=typed)
    return _("{kind} {name} (for “{typed}”, {how})").format(kind=kind, name=name, typed=typed, how=match.how)


def _replace(match: TermMatch, pill: str) -> None:
    """Put the clicked spelling into the URL in place of the unknown one."""
    key = st.session_state[pill]
    if not key:
        return
    ident = key.partition(":")[2]
    if match.kind is Kind.WORD:
        title = url_state.param("title")
        url_state.set_params(title=title.replace(match.typed, ident) if match.typed in title else f"{title} {ident}")
    for param, own in (("tag", ident), ("song", ident), ("avoid", key)):
        terms = url_state.params(param)
        if match.typed in terms:
            url_state.set_params(**{param: [own if term == match.typed else term for term in terms]})
