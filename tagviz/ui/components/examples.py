"""Example queries that suit a corpus: taken from its contents, so that they always have an answer."""

from __future__ import annotations

from dataclasses import dataclass, field

import streamlit as st

from tagviz.types import Corpus, Kind
from tagviz.ui import cache, formatting, pages
from tagviz.ui.i18n import _, language, songs_are

LONGEST = 40
"""Most characters of a title in an example."""
KNOWN_TITLES = {
    "late night jazz": ("late", "night", "jazz"),
    "비오는 날": ("비",),
    "route de nuit": ("route", "de", "nuit"),
}
"""Titles in three languages that people are likely to have in mind, with their words; used where the corpus knows
all of them. (To tokenize a Korean title would load its dictionary, half the dashboard's memory, before anyone asks.)"""
MOST = 3
"""Examples at most."""
CANDIDATES = 100
"""Most liked titles to choose from."""


@dataclass(frozen=True)
class Example:
    """A query in words, with the page and the URL parameters that answer it.

    Attributes:
        question: The query in words.
        page: Path of the page's script.
        params: URL parameters.
    """

    question: str
    page: str
    params: dict[str, str | tuple[str, ...]] = field(default_factory=dict)


def examples(name: str, fingerprint: str) -> list[Example]:
    """Return up to three examples: titles, two frequent tags, a song, or a tag on the map where one of them is missing.

    Args:
        name: The corpus.
        fingerprint: Its version.
    """
    return _examples(name, fingerprint, language(), songs_are())


@st.cache_data(max_entries=60, show_spinner=False)
def _examples(name: str, fingerprint: str, language: str, songs_are: str) -> list[Example]:
    del language, songs_are  # of the questions
    corpus = cache.corpus(name, fingerprint)
    chosen = [_title_example(title) for title, words in KNOWN_TITLES.items() if _knows_all(corpus, words)]
    title = "" if chosen else _best_known_title(name, fingerprint)
    if title:
        chosen.append(_title_example(title))
    if len(chosen) >= MOST:
        return chosen[:MOST]
    tags = [] if not corpus.has(Kind.TAG) else cache.most_frequent(name, fingerprint, Kind.TAG, 12)["label"].tolist()
    if len(tags) >= 8:
        pair = (tags[2], tags[7])
        question = _("What goes with {first} and {second}?").format(first=pair[0], second=pair[1])
        chosen.append(Example(question, pages.RECOMMEND.path, {"tag": pair}))
    if corpus.has(Kind.SONG):
        song = cache.most_frequent(name, fingerprint, Kind.SONG, 3).iloc[-1]
        ident = str(song["key"]).partition(":")[2]
        question = _("Songs that go with {song}").format(song=formatting.one_line(song["label"], 60))
        chosen.append(Example(question, pages.RECOMMEND.path, {"song": (ident,)}))
    if tags and len(chosen) < MOST:
        question = _("What is near {tag}?").format(tag=tags[0])
        chosen.append(Example(question, pages.TAG_MAP.path, {"item": f"tag:{tags[0]}"}))
    return chosen[:MOST]


def _title_example(title: str) -> Example:
    question = _("What to add to “{title}”?").format(title=title)
    return Example(question, pages.RECOMMEND.path, {"title": title})


def _knows_all(corpus: Corpus, words: tuple[str, ...]) -> bool:
    return bool((corpus.vocab(Kind.WORD).find(words) >= 0).all())


def _best_known_title(name: str, fingerprint: str) -> str:
    """Return, of the most liked titles of two to four words, the one whose words are most frequent in the corpus."""
    corpus = cache.corpus(name, fingerprint)
    titles = corpus.playlists["title"].str.strip()
    words = titles.str.count(r"\s") + 1
    suitable = corpus.playlists[(titles.str.len() <= LONGEST) & words.between(2, 4)]
    suitable = suitable if len(suitable) else corpus.playlists[titles.str.len().between(1, LONGEST)]
    liked = suitable.sort_values("likes", ascending=False, kind="stable").head(CANDIDATES)
    if liked.empty or not corpus.has(Kind.WORD):
        return ""
    known = corpus.matrix(Kind.WORD)[liked.index.to_numpy()] @ corpus.counts(Kind.WORD)
    return str(titles.loc[liked.index[int(known.argmax())]])
