"""Fictional listeners and the playlists they make: what about, when, with which songs and tags, under which title."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tagviz.sources.demo.catalogue import Catalogue
from tagviz.sources.demo.names import Titles
from tagviz.sources.demo.taxonomy import TONGUES, YEARS, Taxonomy

LISTENERS, PLAYLISTS = 420, 6_400
TONGUE_SHARES = (0.56, 0.25, 0.19)
"""Of the listeners: English, Korean, French."""

TYPED_IN = np.array([[1.0, 0.001, 0.002], [0.22, 1.0, 0.0005], [0.28, 0.0005, 1.0]])
"""How readily a listener (row) types a tag in each tongue (column), times the spelling's own weight."""

BILINGUAL = 1.4
"""How much listeners differ in their leaning towards English: the spread of a factor's logarithm."""

TITLED_IN = np.array([[0.97, 0.01, 0.02], [0.14, 0.86, 0.0], [0.27, 0.0, 0.73]])
HEARD = np.array([[1.0, 0.12, 0.12], [0.7, 1.0, 0.06], [0.8, 0.06, 1.0]])
"""How readily a listener (row) takes a song of an artist of each tongue (column)."""

THEME_FACETS = {
    "genre": 1.0, "mood": 1.0, "activity": 1.1, "season": 1.1, "era": 0.8,
    "place": 0.7, "instrument": 0.5, "voice": 0.35, "personal": 0.5,
}  # fmt: skip
"""How readily a playlist is about a concept of the facet, times the concept's popularity."""

SHARPNESS = 2.4
"""How closely a playlist's songs follow its concepts: larger is closer."""

TAG_MIX = {"theme": 0.5, "around": 0.46, "songs": 0.032, "taste": 0.008}
"""Where tags come from: the playlist's concepts, what goes with these, what its songs are, the listener's taste."""

CERTAINTY = 4.0
"""Power of the tags' weights: larger makes the choice of tags more predictable."""

THEME_POWER, APPEAL = 1.8, 1.5
"""Powers of the concepts' popularity as themes and as tags: larger makes the common ones more common."""

HABIT, WHIM = 0.6, 0.25
"""How much the spellings that a listener keeps to, and those of the moment, differ from what is usual."""

THEME_COUNTS = (0.2, 0.5, 0.3)
"""Shares of playlists about one, two and three concepts."""

SECOND_SPELLING = (0.1, 0.4, 0.4)
"""Share of tags, by the listener's tongue, that are followed by another spelling of the same: a translation where there
is one and the listener's own tongue is not English."""

TAG_COUNTS, SONG_COUNTS = (3, 12), (8, 40)
"""Fewest and most tags and songs of a playlist."""

UNTITLED = 0.04


@dataclass(frozen=True, eq=False)
class Listener:
    """An invented person. tongue: row of TONGUES. taste (concepts,): liking of concepts. pull (songs,).

    Log liking of songs whatever the playlist is about. habits (spellings,): how readily each spelling is typed, as
    logarithm. label: a personal tag that often returns, −1 none. manner: how titles are typed. fame: likes a playlist
    gets.
    """

    number: int
    tongue: int
    taste: NDArray[np.float64]
    pull: NDArray[np.float64]
    habits: NDArray[np.float64]
    label: int
    manner: int
    fame: float


@dataclass(frozen=True, eq=False)
class Playlist:
    """One playlist: rows of the catalogue's songs, tags as typed, and who made it when."""

    listener: int
    title: str
    date: np.datetime64
    likes: int
    tags: tuple[str, ...]
    songs: NDArray[np.int64]


class Listening:
    """All listeners over one catalogue."""

    def __init__(self, taxonomy: Taxonomy, catalogue: Catalogue, rng: np.random.Generator) -> None:
        self._taxonomy, self._catalogue, self._rng = taxonomy, catalogue, rng
        self._titles = Titles(taxonomy, rng)
        self._themes = taxonomy.popularity**THEME_POWER * np.array([THEME_FACETS[facet] for facet in taxonomy.facets])
        self._issued = catalogue.songs["date"].to_numpy()
        self._appeal = np.log(catalogue.songs["popularity"].to_numpy())
        self._tongue = catalogue.artists["tongue"].to_numpy()[catalogue.songs["artist"]]
        meaning = catalogue.profiles @ taxonomy.related
        usual = meaning.mean(axis=0)
        # No song is "seen live" by itself: such concepts leave the choice to taste.
        ratio = np.divide(meaning, usual, out=np.ones_like(meaning), where=usual > 0)
        self._fit = np.log(ratio + 0.05).T
        self._content = catalogue.profiles / catalogue.profiles.sum(axis=1, keepdims=True)
        self._spelled = [np.flatnonzero(taxonomy.spellings.concepts == concept) for concept in range(len(taxonomy))]
        self._near_tongue = self._nearness_of_tongues()

    def playlists(self) -> Iterator[Playlist]:
        """Every playlist, listener after listener."""
        activity = self._rng.lognormal(0.0, 0.8, LISTENERS)
        counts = 2 + self._rng.multinomial(PLAYLISTS - 2 * LISTENERS, activity / activity.sum())
        tongues = self._rng.choice(len(TONGUES), LISTENERS, p=TONGUE_SHARES)
        for number in range(LISTENERS):
            listener = self._listener(number, int(tongues[number]))
            for date in self._dates(int(counts[number])):
                yield self._playlist(listener, date)

    def _nearness_of_tongues(self) -> NDArray[np.float64]:
        """(tongues, concepts): how readily listeners of a tongue take a concept up, by its nearness to a country."""
        related, row = self._taxonomy.related, self._taxonomy.row
        korean, french = (related[:, row[place]] / related[:, row[place]].max() for place in ("korea", "french"))
        foreign = [1 - 0.93 * np.minimum(1, 4 * near) for near in (korean, french)]
        return np.array([foreign[0] * foreign[1], (1 + 8 * korean) * foreign[1], (1 + 8 * french) * foreign[0]])

    def _listener(self, number: int, tongue: int) -> Listener:
        rng, taxonomy = self._rng, self._taxonomy
        near, spellings = self._near_tongue[tongue], taxonomy.spellings
        genres = taxonomy.of_facet("genre") * taxonomy.popularity * near
        loved = rng.choice(len(taxonomy), 5, replace=False, p=genres / genres.sum())
        taste = (taxonomy.related[loved].mean(axis=0) + 0.0025) * near * rng.lognormal(0, 0.6, len(taxonomy))
        pull = self._appeal + np.log(HEARD[tongue])[self._tongue] + 0.35 * self._fit[loved].mean(axis=0)
        english = rng.normal(0, BILINGUAL) * (spellings.tongues == 0) if tongue else 0.0
        habits = np.log(spellings.weights * TYPED_IN[tongue][spellings.tongues]) + english
        personal = taxonomy.of_facet("personal") * taxonomy.popularity
        return Listener(
            number,
            tongue,
            taste,
            pull + 0.5 * rng.gumbel(size=len(pull)),
            habits + HABIT * rng.gumbel(size=len(habits)),
            label=int(rng.choice(len(taxonomy), p=personal / personal.sum())) if rng.random() < 0.3 else -1,
            manner=int(rng.choice(4, p=(0.4, 0.35, 0.22, 0.03))),
            fame=float(rng.lognormal(0.3, 1.2)),
        )

    def _playlist(self, listener: Listener, date: np.datetime64) -> Playlist:
        rng, taxonomy = self._rng, self._taxonomy
        months = int(date.astype("datetime64[M]").astype(np.int64))
        year = 1970 + months // 12
        now = taxonomy.months[:, months % 12] * taxonomy.trend[:, year - YEARS[0]]
        themes = self._about(listener.taste, now)
        songs = self._songs(themes, listener.pull, date)
        concepts = self._concepts(themes, songs, listener.taste, now)
        if listener.label >= 0 and rng.random() < 0.35:
            concepts = np.unique(np.append(concepts, listener.label))
        tags, spelled = self._typed(concepts, themes, listener)
        title = "" if rng.random() < UNTITLED else self._title(themes, spelled, year, listener)
        likes = int(rng.poisson(listener.fame * rng.lognormal(-0.4, 1.3)))
        return Playlist(listener.number, title, date, likes, tags, songs)

    def _title(self, themes: NDArray[np.int64], spelled: dict[str, str], year: int, listener: Listener) -> str:
        tongue = TONGUES[int(self._rng.choice(len(TONGUES), p=TITLED_IN[listener.tongue]))]
        title = self._titles.title(tongue, [self._taxonomy.names[c] for c in themes], spelled, year)
        return self._titles.worn(title, listener.manner)

    def _dates(self, count: int) -> NDArray[Any]:
        """When a listener makes playlists: within some years of the ten, more of them towards the end."""
        rng = self._rng
        first = np.datetime64(f"{YEARS[0]}-01-01", "s").astype(np.int64)
        last = np.datetime64(f"{YEARS[1]}-12-31T23:59:59", "s").astype(np.int64)
        joined = first + (last - first) * min(rng.beta(0.6, 1.5), 0.97)
        left = joined + (last - joined) * rng.beta(4.0, 0.5)
        return np.sort(rng.uniform(joined, left, count).astype(np.int64)).astype("datetime64[s]")

    def _about(self, taste: NDArray[np.float64], now: NDArray[np.float64]) -> NDArray[np.int64]:
        """One to three concepts, each further one near the first."""
        rng, taxonomy = self._rng, self._taxonomy
        wanted = taste**0.7 * self._themes * now
        first = int(rng.choice(len(taxonomy), p=wanted / wanted.sum()))
        chosen = [first]
        for _ in range(int(rng.choice(3, p=THEME_COUNTS))):
            beside = (taxonomy.related[chosen].mean(axis=0) + 0.0004) * wanted**0.5
            beside[chosen] = 0
            beside *= np.where(taxonomy.facets == taxonomy.facets[first], 0.25, 1.0)
            chosen.append(int(rng.choice(len(taxonomy), p=beside / beside.sum())))
        return np.array(chosen)

    def _songs(self, themes: NDArray[np.int64], pull: NDArray[np.float64], date: np.datetime64) -> NDArray[np.int64]:
        """Songs that were out by then and suit the concepts, the listener, and the day: what is new is heard more."""
        rng = self._rng
        count = int(np.clip(rng.lognormal(2.78, 0.42), *SONG_COUNTS))
        age = (date - self._issued).astype(np.int64) / 86_400
        fresh = np.log1p(2.5 * np.exp(-np.maximum(age, 0) / 400))
        score = SHARPNESS * self._fit[themes].mean(axis=0) + pull + fresh + rng.gumbel(size=len(pull))
        score[age <= 0] = -np.inf
        return np.sort(np.argpartition(-score, count)[:count])

    def _concepts(
        self, themes: NDArray[np.int64], songs: NDArray[np.int64], taste: NDArray[np.float64], now: NDArray[np.float64]
    ) -> NDArray[np.int64]:
        """The concepts it is tagged with: mostly its own, what goes with them, and what its songs are."""
        rng, taxonomy = self._rng, self._taxonomy
        appeal = taxonomy.popularity**APPEAL * np.minimum(now, 2.0)
        around = np.exp(2 * np.log(taxonomy.related[themes] + 1e-3).mean(axis=0)) * appeal
        heard = self._content[songs].mean(axis=0) ** 2 * appeal
        usual = taste * appeal
        weights = sum(
            TAG_MIX[part] * values / values.sum()
            for part, values in (("around", around), ("songs", heard), ("taste", usual))
        )
        weights[themes] += TAG_MIX["theme"] / len(themes)
        count = int(np.clip(rng.negative_binomial(4, 0.5) + TAG_COUNTS[0], *TAG_COUNTS))
        keys = CERTAINTY * np.log(weights) + rng.gumbel(size=len(weights))
        return np.sort(np.argsort(-keys, kind="stable")[:count])

    def _typed(
        self, concepts: NDArray[np.int64], themes: NDArray[np.int64], listener: Listener
    ) -> tuple[tuple[str, ...], dict[str, str]]:
        """Tags as this listener types them, and how they spell the themes."""
        rng, taxonomy = self._rng, self._taxonomy
        spellings = taxonomy.spellings
        ease = listener.habits + WHIM * rng.gumbel(size=len(listener.habits))
        tags: list[str] = []
        spelled: dict[str, str] = {}
        for concept in dict.fromkeys([*concepts.tolist(), *themes.tolist()]):
            own = self._spelled[concept]
            own = own[np.argsort(-ease[own], kind="stable")]
            spelled[taxonomy.names[concept]] = spellings.texts[own[0]]
            if concept in concepts:
                tags.append(spellings.texts[own[0]])
                if len(own) > 1 and rng.random() < SECOND_SPELLING[listener.tongue]:
                    other = own[1:][spellings.tongues[own[1:]] != spellings.tongues[own[0]]]
                    tags.append(spellings.texts[other[0] if listener.tongue and len(other) else own[1]])
        return tuple(tags[: TAG_COUNTS[1]]), spelled
