"""Fictional listeners and the playlists they make: what about, when, with which songs, tagged how, under which title."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tagviz.sources.demo.catalogue import Catalogue
from tagviz.sources.demo.naming import Titles
from tagviz.sources.demo.taxonomy import TONGUES, YEARS, Taxonomy

LISTENERS, PLAYLISTS = 420, 6_400
TONGUE_SHARES = (0.56, 0.25, 0.19)
"""Of the listeners: English, Korean, French."""

TYPED_IN = np.array([[1.0, 0.002, 0.006], [0.42, 1.0, 0.001], [0.55, 0.001, 1.0]])
"""How readily a listener (row) types a tag in each tongue (column), times the spelling's own weight."""

TITLED_IN = np.array([[0.97, 0.01, 0.02], [0.14, 0.86, 0.0], [0.27, 0.0, 0.73]])
HEARD = np.array([[1.0, 0.12, 0.12], [0.7, 1.0, 0.06], [0.8, 0.06, 1.0]])
"""How readily a listener (row) takes a song of an artist of each tongue (column)."""

THEME_FACETS = {
    "genre": 1.0, "mood": 1.0, "activity": 1.1, "season": 1.1, "era": 0.8, "place": 0.7, "instrument": 0.5, "voice": 0.35, "personal": 0.5,
}  # fmt: skip
"""How readily a playlist is about a concept of the facet, times the concept's popularity."""

SHARPNESS = 1.5
"""How closely a playlist's songs follow its concepts: larger is closer."""

TAG_MIX = {"theme": 0.42, "around": 0.24, "songs": 0.22, "taste": 0.12}
"""Where a playlist's tags come from: its concepts, what goes with these, what its songs are, what the listener always tags."""

SECOND_SPELLING = 0.16
"""Share of tags that are followed by a translation or another spelling of the same."""

UNTITLED = 0.04


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
        self._themes = taxonomy.popularity * np.array([THEME_FACETS[facet] for facet in taxonomy.facets])
        self._issued = catalogue.songs["date"].to_numpy()
        self._appeal = np.log(catalogue.songs["popularity"].to_numpy())
        self._tongue = catalogue.artists["tongue"].to_numpy()[catalogue.songs["artist"]]
        meaning = catalogue.profiles @ taxonomy.related
        usual = meaning.mean(axis=0)
        # No song is "seen live" by itself: such concepts leave the choice to taste.
        ratio = np.divide(meaning, usual, out=np.ones_like(meaning), where=usual > 0)
        self._fit = np.log(ratio + 0.05).T
        self._content = catalogue.profiles / catalogue.profiles.sum(axis=1, keepdims=True)
        self._near_tongue = self._nearness_of_tongues()

    def playlists(self) -> Iterator[Playlist]:
        """Every playlist, listener after listener."""
        activity = self._rng.lognormal(0.0, 0.8, LISTENERS)
        counts = 2 + self._rng.multinomial(PLAYLISTS - 2 * LISTENERS, activity / activity.sum())
        tongues = self._rng.choice(len(TONGUES), LISTENERS, p=TONGUE_SHARES)
        for listener in range(LISTENERS):
            yield from self._of_listener(listener, int(tongues[listener]), int(counts[listener]))

    def _nearness_of_tongues(self) -> NDArray[np.float64]:
        """(tongues, concepts): factors on how readily a listener of the tongue takes a concept up, from how near it stands to a country."""
        related, row = self._taxonomy.related, self._taxonomy.row
        korean, french = (related[:, row[place]] / related[:, row[place]].max() for place in ("korea", "french"))
        foreign = [1 - 0.93 * np.minimum(1, 4 * near) for near in (korean, french)]
        return np.array([foreign[0] * foreign[1], (1 + 8 * korean) * foreign[1], (1 + 8 * french) * foreign[0]])

    def _of_listener(self, number: int, tongue: int, count: int) -> Iterator[Playlist]:
        rng, taxonomy = self._rng, self._taxonomy
        genres = taxonomy.of_facet("genre") * taxonomy.popularity * self._near_tongue[tongue]
        loved = rng.choice(len(taxonomy), 5, replace=False, p=genres / genres.sum())
        taste = taxonomy.related[loved].mean(axis=0) * self._near_tongue[tongue]
        taste = (taste + 0.0025 * self._near_tongue[tongue]) * rng.lognormal(0, 0.6, len(taxonomy))
        habits = rng.gumbel(size=len(taxonomy.spellings.texts))
        own = np.log(HEARD[tongue])[self._tongue] + self._appeal + 0.5 * rng.gumbel(size=len(self._appeal))
        own += 0.35 * self._fit[loved].mean(axis=0)
        personal = taxonomy.of_facet("personal") * taxonomy.popularity
        label = int(rng.choice(len(taxonomy), p=personal / personal.sum())) if rng.random() < 0.3 else -1
        manner = int(rng.choice(4, p=(0.4, 0.35, 0.22, 0.03)))
        fame = rng.lognormal(0.3, 1.2)
        for date in self._dates(count):
            month, year = int(date.astype("datetime64[M]").astype(int) % 12), int(date.astype("datetime64[Y]").astype(int)) + 1970
            now = taxonomy.months[:, month] * taxonomy.trend[:, year - YEARS[0]]
            themes = self._about(taste, now)
            songs = self._songs(themes, own, date)
            concepts = self._concepts(themes, songs, taste, now)
            if label >= 0 and rng.random() < 0.35:
                concepts = np.unique(np.append(concepts, label))
            tags, spelled = self._typed(concepts, themes, tongue, habits)
            speaks = TONGUES[int(rng.choice(len(TONGUES), p=TITLED_IN[tongue]))]
            title = ""
            if rng.random() > UNTITLED:
                names = [taxonomy.names[c] for c in themes]
                title = self._titles.worn(self._titles.title(speaks, names, spelled, year), manner)
            likes = int(rng.poisson(fame * rng.lognormal(-0.4, 1.3)))
            yield Playlist(number, title, date, likes, tags, songs)

    def _dates(self, count: int) -> NDArray[Any]:
        """When a listener makes playlists: within some years of the ten, more of them towards the end."""
        rng = self._rng
        first = np.datetime64(f"{YEARS[0]}-01-01", "s").astype(np.int64)
        last = np.datetime64(f"{YEARS[1]}-12-31T23:59:59", "s").astype(np.int64)
        joined = first + (last - first) * min(rng.beta(0.9, 1.6), 0.97)
        left = joined + (last - joined) * rng.beta(3.0, 1.0)
        return np.sort(rng.uniform(joined, left, count).astype(np.int64)).astype("datetime64[s]")

    def _about(self, taste: NDArray[np.float64], now: NDArray[np.float64]) -> NDArray[np.int64]:
        """One to three concepts, each further one near the first."""
        rng, taxonomy = self._rng, self._taxonomy
        wanted = taste**0.7 * self._themes * now
        first = int(rng.choice(len(taxonomy), p=wanted / wanted.sum()))
        chosen = [first]
        for _ in range(int(rng.choice(3, p=(0.2, 0.5, 0.3)))):
            beside = (taxonomy.related[chosen].mean(axis=0) + 0.0004) * wanted**0.5
            beside[chosen] = 0
            beside *= np.where(taxonomy.facets == taxonomy.facets[first], 0.25, 1.0)
            chosen.append(int(rng.choice(len(taxonomy), p=beside / beside.sum())))
        return np.array(chosen)

    def _songs(self, themes: NDArray[np.int64], own: NDArray[np.float64], date: np.datetime64) -> NDArray[np.int64]:
        rng = self._rng
        count = int(np.clip(rng.lognormal(2.78, 0.42), 8, 40))
        age = (date - self._issued).astype(np.int64) / 86_400
        fresh = np.log1p(2.5 * np.exp(-np.maximum(age, 0) / 400))
        score = SHARPNESS * self._fit[themes].mean(axis=0) + own + fresh + rng.gumbel(size=len(own))
        score[age <= 0] = -np.inf
        return np.sort(np.argpartition(-score, count)[:count])

    def _concepts(
        self, themes: NDArray[np.int64], songs: NDArray[np.int64], taste: NDArray[np.float64], now: NDArray[np.float64]
    ) -> NDArray[np.int64]:
        """The concepts it is tagged with: mostly its own, what goes with them, and what its songs are."""
        rng, taxonomy = self._rng, self._taxonomy
        appeal = taxonomy.popularity**0.5
        around = taxonomy.related[themes].mean(axis=0) * appeal * np.minimum(now, 2.0)
        heard = (self._content[songs].mean(axis=0) ** 1.5) * appeal * np.minimum(now, 1.5)
        usual = taste * appeal * np.minimum(now, 1.5)
        weights = sum(
            TAG_MIX[part] * values / values.sum() for part, values in (("around", around), ("songs", heard), ("taste", usual))
        )
        weights[themes] += TAG_MIX["theme"] / len(themes)
        count = int(np.clip(rng.negative_binomial(3, 0.5) + 3, 3, 12))
        return np.sort(np.argsort(-(np.log(weights) + rng.gumbel(size=len(weights))), kind="stable")[:count])

    def _typed(
        self, concepts: NDArray[np.int64], themes: NDArray[np.int64], tongue: int, habits: NDArray[np.float64]
    ) -> tuple[tuple[str, ...], dict[str, str]]:
        """Tags as this listener types them, and how they spell the themes."""
        rng, taxonomy = self._rng, self._taxonomy
        spellings = taxonomy.spellings
        with np.errstate(divide="ignore"):
            ease = np.log(spellings.weights * TYPED_IN[tongue][spellings.tongues]) + 0.6 * habits
        ease = ease + 0.5 * rng.gumbel(size=len(ease))
        tags: list[str] = []
        spelled: dict[str, str] = {}
        for concept in dict.fromkeys([*concepts.tolist(), *themes.tolist()]):
            own = np.flatnonzero(spellings.concepts == concept)
            own = own[np.argsort(-ease[own], kind="stable")]
            spelled[taxonomy.names[concept]] = spellings.texts[own[0]]
            if concept in concepts:
                both = len(own) > 1 and rng.random() < SECOND_SPELLING
                tags += [spellings.texts[s] for s in own[: 1 + both]]
        return tuple(tags[:12]), spelled
