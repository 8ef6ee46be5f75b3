"""How a title was interpreted: one pill for each part, which a click exchanges, as a phrase, or switches off.

What a person chooses is in the URL, as `reading=typed→key` for each part, and `match` for several tags.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import streamlit as st

from tagviz.query import parser
from tagviz.query.entities import entities_of
from tagviz.query.interpretation import AS_PHRASE, OFF, interpret
from tagviz.query.names import MentionKind
from tagviz.types import PHRASE, Corpus, Kind, Query, TermMatch, split_key
from tagviz.ui import cache, formatting, url_state
from tagviz.ui.components import pills
from tagviz.ui.context import PageContext
from tagviz.ui.i18n import N_, _, label_of

ARROW = "→"
"""Between the typed part and what it means, in the URL."""
AUTOMATIC = "automatic"
"""Choice of a part's pill: the interpretation without anybody's choice."""
MATCHES: Mapping[str, str] = {"auto": N_("Automatic"), "all": N_("All of these"), "any": N_("Any of these")}
"""Whether an answer must fit all tags of the title, or any of them."""
KINDS: Mapping[str, str] = {
    **{str(kind): name for kind, name in formatting.KINDS.items()},
    MentionKind.ALBUM: N_("album"),
}
ICONS: Mapping[str, str] = {
    **{str(kind): icon for kind, icon in pills.ICONS.items()},
    MentionKind.ALBUM: ":material/album:",
}
ROLES: Mapping[str, str] = {"asked": N_("{part}"), "avoided": N_("not {part}"), "off": N_("ignored: {part}")}
LONGEST = 40
"""Characters of a name on a pill."""


@dataclass(frozen=True)
class Place:
    """Where a part of a title is shown.

    Attributes:
        param: The URL parameter that keeps the title.
        number: Number of the part.
    """

    param: str
    number: int


def query_of(corpus: Corpus, title: str) -> Query:
    """Return the query of a title, with the readings and the match of the URL.

    Args:
        corpus: The corpus that the readings name items of.
        title: The title.
    """
    match = url_state.current_value("match", "auto", tuple(MATCHES))
    return Query(title=title, readings=chosen(corpus, title), match=match)


def matches(corpus: Corpus, query: Query) -> tuple[TermMatch, ...]:
    """Return how the parts of a title are read.

    Args:
        corpus: The corpus that it is read in.
        query: The title, with the readings of the URL (see `query_of`).
    """
    return tuple(match for match in parser.parse(query, corpus).readings[0] if match.span[0] >= 0)


def named(corpus: Corpus, text: str, kinds: Sequence[Kind]) -> list[str]:
    """Return the keys of what a whole text may name, the likeliest first.

    Args:
        corpus: The corpus that it is read in.
        text: The text.
        kinds: Kinds that count.
    """
    read = interpret(text, corpus).mentions
    if len(read) != 1 or read[0].typed.casefold() != text.strip().casefold():
        return []
    keys = (read[0].key, *(other.key for other in read[0].alternatives))
    return [key for key in keys if key.partition(":")[0] in map(str, kinds)]


def chosen(corpus: Corpus, title: str) -> tuple[tuple[str, str], ...]:
    """Return the readings in the URL that apply to a title: (typed part, key, "" or "phrase").

    Those of other titles and with keys of other corpora are left out.
    """
    pairs = [_parse(text) for text in of_title(title)]
    return tuple((typed, key) for typed, key in pairs if key in (OFF, AS_PHRASE) or entities_of(corpus).find(key) >= 0)


def of_title(title: str) -> list[str]:
    """Return the values of `reading` in the URL whose part is in a title."""
    typed = {text: _parse(text)[0].casefold() for text in url_state.params("reading")}
    return [text for text, part in typed.items() if part and part in title.casefold()]


def _parse(text: str) -> tuple[str, str]:
    """Return the typed part and its meaning, ("", "") if it is neither; an arrow may also be in a part or a key."""
    parts = text.split(ARROW)
    for at in range(1, len(parts)):
        typed, key = ARROW.join(parts[:at]), ARROW.join(parts[at:])
        if key in (OFF, AS_PHRASE) or key.partition(":")[0] in set(MentionKind):
            return typed.strip(), key
    return "", ""


def show(here: PageContext, title: str, matches: tuple[TermMatch, ...], param: str = "title") -> None:
    """Show a pill for each part of a title, and the choice of all or any where it names several tags.

    Args:
        here: Corpus and model of the page.
        title: The title that was interpreted.
        matches: Its interpretation; terms that are not part of the title are skipped.
        param: The URL parameter that keeps the title.
    """
    parts = [match for match in matches if match.span[0] >= 0]
    if not parts:
        return
    with pills.row():
        st.caption(_("Read as"), width="content")
        for number, match in enumerate(parts):
            _pill(here, title, match, Place(param, number))
        if sum(match.kind in (Kind.TAG, Kind.GENRE) and match.role == "asked" for match in parts) > 1:
            st.segmented_control(
                _("Tags must fit"),
                list(MATCHES),
                format_func=label_of(MATCHES),
                label_visibility="collapsed",
                help=_("Whether recommendations fit all tags of the title or any of them"),
                **url_state.bind_param("match", "auto", tuple(MATCHES)),
            )


def _pill(here: PageContext, title: str, match: TermMatch, place: Place) -> None:
    corpus = here.model_key.opened
    options = _options(corpus, title, match)
    decided = {typed.casefold(): key for typed, key in chosen(corpus, title)}
    selected = decided.get(match.typed.casefold(), AUTOMATIC)
    key = f"reading-{place.number}-{match.typed}"
    st.session_state[key] = selected if selected in options else AUTOMATIC
    with st.popover(_label(here, match), type="tertiary", help=_("Click to change how this part is read")):
        st.radio(
            _("Read “{typed}” as").format(typed=formatting.escape(match.typed, LONGEST)),
            list(options),
            format_func=options.__getitem__,
            key=key,
            on_change=_choose,
            args=(corpus, place.param, title, match.typed, key),
        )


def _options(corpus: Corpus, title: str, match: TermMatch) -> dict[str, str]:
    """Return the choices for a part of a title, each with its label."""
    mentions = (*interpret(title, corpus).mentions, *interpret(match.typed, corpus).mentions)
    own = next((mention for mention in mentions if mention.typed.casefold() == match.typed.casefold()), None)
    options = {AUTOMATIC: _("Automatic")}
    keys = [match.key, *(key for key, _confidence in match.alternatives)]
    if own is not None:
        options[AUTOMATIC] = _("Automatic: {reading}").format(reading=_named(corpus, own.key, own.typed))
        keys = [key for key in (*keys, *(other.key for other in own.alternatives)) if key != own.key]
    options |= {key: _named(corpus, key, match.typed) for key in keys if key}
    if own is None or own.key:
        options[AS_PHRASE] = _("As a phrase")
    return options | {OFF: _("Ignore it")}


def _named(corpus: Corpus, key: str, typed: str) -> str:
    """Return a reading in words, for Markdown."""
    if not key:
        return _("“{typed}” as a phrase").format(typed=formatting.escape(typed, LONGEST))
    entity = entities_of(corpus).entity(entities_of(corpus).find(key))
    kind = _(KINDS[entity.kind])
    return _("{kind} {name}").format(kind=kind, name=formatting.escape(entity.label, LONGEST))


def corrected(match: TermMatch) -> str:
    """Return a phrase as it was read: with its slips of spelling corrected, where there are any."""
    return split_key(match.suggestions[0])[1] if match.how == PHRASE and match.suggestions else match.typed


def _label(here: PageContext, match: TermMatch) -> str:
    """Return the Markdown of a part's pill, in the colour of what it was read as."""
    corpus = here.model_key.opened
    if match.role == "off":
        part = _("“{typed}”").format(typed=formatting.escape(match.typed, LONGEST))
    else:
        part = _named(corpus, match.key, corrected(match))
    color, icon = "gray", ""
    if match.key and match.role != "off":
        kind = match.key.partition(":")[0]
        icon = "" if kind == Kind.TAG else ICONS[kind]
        color = "blue"
        facet = cache.item(*here.names, match.key).facet if kind == Kind.TAG else ""
        if facet:
            color = pills.facet_color(facet, cache.facets(*here.names))
    elif match.how == PHRASE and match.role != "off":
        icon = ":material/format_quote:"
    text = _(ROLES[match.role]).format(part=part)
    return f":{color}-badge[{icon}{' ' if icon else ''}{text}]"


def _choose(corpus: Corpus, param: str, title: str, typed: str, key: str) -> None:
    """Put the choice of a part's pill into the URL, together with the title."""
    selected = st.session_state[key]
    kept = [pair for pair in chosen(corpus, title) if pair[0].casefold() != typed.casefold()]
    if selected is not None and selected != AUTOMATIC:
        kept.append((typed, selected))
    url_state.set_params(**{param: title, "reading": [f"{part}{ARROW}{meaning}" for part, meaning in kept]})
