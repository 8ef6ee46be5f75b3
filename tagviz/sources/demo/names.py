"""Invented names: artists, songs and albums from word lists, and titles of playlists from templates."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from tagviz.errors import SourceError
from tagviz.sources.demo.taxonomy import FOLDER, Taxonomy, read_csv, read_toml

_SLOT = re.compile(r"\{(\w+?)(2?)\}")
_ELISION = re.compile(r"\bde (?=[AEIOUHÉÈÊÎ])")
_AND = re.compile(r"([가-힣])과\(와\)")

TRIES = 400
"""Draws of a name before the word lists count as used up."""


def choice(rng: np.random.Generator, items: Sequence[Any]) -> Any:
    return items[int(rng.integers(len(items)))]


def fill(pattern: str, words: Mapping[str, Sequence[str]], rng: np.random.Generator) -> str:
    """The pattern with a word of the list behind each {slot}; {Word2} differs from {Word}; {word} is in lower case.

    과(와), the Korean "and", becomes 과 after a final consonant and 와 after a vowel; "de Octave" becomes "d'Octave".
    """
    used: dict[str, str] = {}

    def word(match: re.Match[str]) -> str:
        name, second = match.groups()
        list_name = name if name in words else name.capitalize()
        others = [w for w in words[list_name] if w != used.get(list_name)] if second else words[list_name]
        used[list_name] = choice(rng, others)
        return used[list_name] if name == list_name else used[list_name].lower()

    def particle(match: re.Match[str]) -> str:
        closed = (ord(match[1]) - ord("가")) % 28 > 0
        return match[1] + ("과" if closed else "와")

    return _ELISION.sub("d'", _AND.sub(particle, _SLOT.sub(word, pattern)))


class Names:
    """Names of artists, songs and albums; an artist's name is given once only."""

    def __init__(self, taxonomy: Taxonomy, rng: np.random.Generator) -> None:
        self._lists = read_toml(FOLDER / "names.toml")
        self._taxonomy = taxonomy
        self._rng = rng
        self._taken = {name.casefold() for name in self._lists["taken"]}
        self._palette_of = {
            concept: palette for palette, concepts in self._lists["palettes"].items() for concept in concepts
        }

    def artist(self, tongue: str, genre: str) -> str:
        """A name that nobody has yet, in the style of the genre."""
        styles = self._lists["styles"]
        style = next((styles[g] for g in reversed(self._taxonomy.roots(genre)) if g in styles), "band")
        patterns, words = self._lists[tongue]["artists"][style], self._lists[tongue]["words"]
        for _ in range(TRIES):
            name = fill(choice(self._rng, patterns), words, self._rng)
            if name.casefold() not in self._taken:
                self._taken.add(name.casefold())
                return name
        raise SourceError(
            f"No {style} name is left in {tongue!r}", "the word lists of names.toml are used up", "add words there"
        )

    def song(self, tongue: str, concepts: Sequence[str], taken: set[str]) -> str:
        """A title in words that suit one of the song's concepts; not one of `taken`, to which it is added."""
        lists = self._lists[tongue]["songs"]
        palettes = [self._palette_of[c] for c in concepts if c in self._palette_of]
        for _ in range(TRIES):
            palette = choice(self._rng, [*palettes, "plain"])
            words = {"Who": lists["Who"], **lists[palette]}
            name = fill(choice(self._rng, lists["patterns"]), words, self._rng)
            if name not in taken:
                taken.add(name)
                return name
        raise SourceError(
            f"No song title is left in {tongue!r}", "the word lists of names.toml are used up", "add words there"
        )


class Titles:
    """Titles of playlists about some concepts, in the listener's tongue and manner."""

    def __init__(self, taxonomy: Taxonomy, rng: np.random.Generator) -> None:
        self._templates = read_toml(FOLDER / "templates.toml")
        self._phrases = {row["concept"]: row for row in read_csv(FOLDER / "titles.csv")}
        self._taxonomy = taxonomy
        self._rng = rng

    def title(self, tongue: str, concepts: Sequence[str], spelled: Mapping[str, str], year: int) -> str:
        """A title in `tongue`. `spelled`: how this listener types each of the concepts."""
        genres = [c for c in concepts if c in self._taxonomy.genres]
        others = [c for c in concepts if c in self._phrases and self._phrases[c][tongue]]
        sort = "other"
        if genres and others:
            sort = choice(self._rng, ["genre_and_concept", "genre_and_concept", "concept", "genre"])
        elif len(others) > 1:
            sort = choice(self._rng, ["two_concepts", "concept"])
        elif others:
            sort = "concept"
        elif genres:
            sort = "genre"
        values = {"year": str(year), "n": str(int(self._rng.integers(1, 9)))}
        if genres:
            values["genre"] = spelled[choice(self._rng, genres)]
        for suffix, concept in zip(("", "2"), self._rng.permutation(others).tolist(), strict=False):
            values["title" + suffix] = choice(self._rng, self._phrases[concept][tongue].split("|"))
            values["for" + suffix] = self._phrases[concept][f"{tongue}_for"]
        return str(choice(self._rng, self._templates[tongue][sort])).format(**values)

    def worn(self, title: str, manner: int) -> str:
        """The title as somebody types it: `manner` 0 as it stands, 1 small letters, 2 first letter large, 3 capitals.

        Now and then a letter is lost or swapped, or an emoji follows.
        """
        title = (title, title.lower(), title[:1].upper() + title[1:], title.upper())[manner]
        roll = self._rng.random()
        if roll < 0.03 and len(title) > 5:
            at = int(self._rng.integers(1, len(title) - 2))
            swapped = title[:at] + title[at + 1] + title[at] + title[at + 2 :]
            title = swapped if roll < 0.015 else title[:at] + title[at + 1 :]
        elif roll > 0.95:
            title += " " + choice(self._rng, ("✨", "🎧", "🎶", "♥", "🌙", "☕", "🔥", "~"))
        return title
