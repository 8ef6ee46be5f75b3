"""Questions to click that show off a corpus: taken from what it holds, so that they always have an answer."""

from __future__ import annotations

from dataclasses import dataclass, field

import streamlit as st

from tagviz.types import Corpus, Kind
from tagviz.ui import cached, plain, state

LONGEST = 40
"""Titles past this many characters make poor examples."""
WISHES = {"late night jazz": ("late", "night", "jazz"), "비오는 날": ("비",), "route de nuit": ("route", "de", "nuit")}
"""Titles in three languages that people are likely to have in mind, with their words: a corpus that knows all of them
is asked first. (To read a Korean title would load its dictionary, half the dashboard's memory, before anyone asks.)"""
MOST = 3
LIKED = 100
"""Titles to choose from."""


@dataclass(frozen=True)
class Example:
    """A question in words, and the page and parameters that answer it."""

    question: str
    page: str
    params: dict[str, str | tuple[str, ...]] = field(default_factory=dict)


@st.cache_data(max_entries=20, show_spinner=False)
def examples(name: str, fingerprint: str) -> list[Example]:
    """Up to three: a title, two tags that often stand together, a song; a tag on the map where one is missing."""
    corpus = cached.corpus(name, fingerprint)
    found = [_of_title(title) for title, words in WISHES.items() if _are_known(corpus, words)]
    title = "" if found else _title(name, fingerprint)
    if title:
        found.append(_of_title(title))
    if len(found) >= MOST:
        return found[:MOST]
    tags = [] if not corpus.has(Kind.TAG) else cached.popular(name, fingerprint, Kind.TAG, 12)["label"].tolist()
    if len(tags) >= 8:
        pair = (tags[2], tags[7])
        found.append(Example(f"{pair[0]} and {pair[1]}: what else?", state.RECOMMEND, {"tag": pair}))
    if corpus.has(Kind.SONG):
        song = cached.popular(name, fingerprint, Kind.SONG, 3).iloc[-1]
        ident = str(song["key"]).partition(":")[2]
        found.append(
            Example(f"Songs that go with {plain.one_line(song['label'], 60)}", state.RECOMMEND, {"song": (ident,)})
        )
    if tags and len(found) < 3:
        found.append(Example(f"What lies around {tags[0]}?", state.MAP, {"at": f"tag:{tags[0]}"}))
    return found[:MOST]


def _of_title(title: str) -> Example:
    return Example(f"What belongs on “{title}”?", state.RECOMMEND, {"title": title})


def _are_known(corpus: Corpus, words: tuple[str, ...]) -> bool:
    return bool((corpus.vocab(Kind.WORD).find(words) >= 0).all())


def _title(name: str, fingerprint: str) -> str:
    """Of the most liked titles of two to four words, the one whose words the corpus knows best."""
    corpus = cached.corpus(name, fingerprint)
    titles = corpus.playlists["title"].str.strip()
    words = titles.str.count(r"\s") + 1
    good = corpus.playlists[(titles.str.len() <= LONGEST) & words.between(2, 4)]
    good = good if len(good) else corpus.playlists[titles.str.len().between(1, LONGEST)]
    liked = good.sort_values("likes", ascending=False, kind="stable").head(LIKED)
    if liked.empty or not corpus.has(Kind.WORD):
        return ""
    known = corpus.matrix(Kind.WORD)[liked.index.to_numpy()] @ corpus.counts(Kind.WORD)
    return str(titles.loc[liked.index[int(known.argmax())]])
