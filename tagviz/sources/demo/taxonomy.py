"""The hand-written taxonomy: concepts that people tag music with, how they spell them, how near they are to each other.

The files stand in `assets/demo_taxonomy` and are described in its README.
"""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tagviz.errors import SourceError
from tagviz.settings import ASSETS
from tagviz.types import readonly

FOLDER = ASSETS / "demo_taxonomy"
TONGUES = ("en", "ko", "fr")
FACETS = ("genre", "mood", "activity", "era", "place", "instrument", "voice", "season", "personal")
YEARS = (2015, 2024)
"""First and last year of the playlists."""

RANK_DECAY = 0.85
"""What the n-th entry of a concept's `near` is worth: RANK_DECAY**n."""

RESTART = 0.45
"""Share of a concept's relatedness that stays on itself; smaller lets meaning spread further over the graph."""


@dataclass(frozen=True)
class Genre:
    """What only genres have: the genre above ("" none), whose artists play it, and when such artists began."""

    parent: str
    tongues: tuple[str, ...]
    first: int
    last: int


@dataclass(frozen=True, eq=False)
class Spellings:
    """Every way of typing a tag: text, row of its concept, tongue (row of TONGUES), how common it is among its kin."""

    texts: tuple[str, ...]
    concepts: NDArray[np.int64]
    tongues: NDArray[np.int64]
    weights: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Taxonomy:
    """Concepts as rows. popularity (c,); months (c, 12) and trend (c, years): factors on popularity; near (c, c).

    The symmetric weights written by hand, 0 where nothing is said.
    """

    names: tuple[str, ...]
    facets: NDArray[Any]
    popularity: NDArray[np.float64]
    months: NDArray[np.float64]
    trend: NDArray[np.float64]
    near: NDArray[np.float64]
    genres: Mapping[str, Genre]
    spellings: Spellings

    def __len__(self) -> int:
        return len(self.names)

    @cached_property
    def row(self) -> dict[str, int]:
        return {name: row for row, name in enumerate(self.names)}

    @cached_property
    def related(self) -> NDArray[np.float64]:
        """(c, c), rows summing to 1: where a random walk with restarts over `near` is found (Tong et al. 2006)."""
        strength = np.sqrt(np.maximum(self.near.sum(axis=1), 1e-9))
        step = self.near / strength[:, None] / strength[None, :]
        walk = np.linalg.inv(np.eye(len(self)) - (1 - RESTART) * step)
        return readonly(walk / walk.sum(axis=1, keepdims=True))

    def of_facet(self, *facets: str) -> NDArray[np.bool_]:
        return np.isin(self.facets, facets)

    def roots(self, genre: str) -> list[str]:
        """The genre and the genres above it, the highest first."""
        parent = self.genres[genre].parent
        return [*(self.roots(parent) if parent else []), genre]


def read_taxonomy(folder: Path = FOLDER) -> Taxonomy:
    """The taxonomy of a folder with one CSV file per facet. Raises SourceError naming the concept that is wrong."""
    rows = [(facet, row) for facet in FACETS for row in read_csv(folder / f"{facet}.csv")]
    names = tuple(row["concept"] for _, row in rows)
    place = {name: number for number, name in enumerate(names)}
    if len(place) < len(names):
        raise SourceError(
            "A concept is described twice", str(sorted({n for n in names if names.count(n) > 1})), "rename one"
        )
    near = np.zeros((len(names), len(names)))
    for facet, row in rows:
        for rank, other in enumerate([*filter(None, [row.get("parent", "")]), *row["near"].split()]):
            if other not in place:
                raise SourceError(
                    f"{facet}.csv: {row['concept']!r} is near {other!r}", "no such concept", "correct the name"
                )
            here, there = place[row["concept"]], place[other]
            near[here, there] = near[there, here] = max(near[here, there], RANK_DECAY**rank)
    years = YEARS[1] - YEARS[0] + 1
    return Taxonomy(
        names=names,
        facets=np.array([facet for facet, _ in rows]),
        popularity=np.array([float(row["pop"]) for _, row in rows]),
        months=np.array([_months(row["months"]) if row.get("months") else np.ones(12) for _, row in rows]),
        trend=np.array([_trend(row["trend"], years) if row["trend"] else np.ones(years) for _, row in rows]),
        near=near,
        genres={row["concept"]: _genre(row) for facet, row in rows if facet == "genre"},
        spellings=_spellings([row for _, row in rows]),
    )


def read_csv(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV file by column name."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def read_toml(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        return tomllib.load(file)


def _months(text: str) -> NDArray[np.float64]:
    """Parse "6:4 7:5 *:.1" into twelve factors; a month that is not named has the factor of the star."""
    factors = dict(part.split(":") for part in text.split())
    return np.array([float(factors.get(str(month), factors.get("*", "1"))) for month in range(1, 13)])


def _trend(text: str, years: int) -> NDArray[np.float64]:
    """Factors evenly spread over the years, with geometric steps between them: ".5 2" → .5 … 1 … 2."""
    logs = np.log([float(part) for part in text.split()])
    return np.exp(np.interp(np.linspace(0, len(logs) - 1, years), np.arange(len(logs)), logs))


def _genre(row: Mapping[str, str]) -> Genre:
    first, last = row["years"].split("-")
    return Genre(row["parent"], tuple(row["tongues"].split()) or TONGUES, int(first), int(last))


def _spellings(rows: list[dict[str, str]]) -> Spellings:
    genres: dict[str, tuple[int, int, float]] = {}
    for number, row in enumerate(rows):
        for tongue, column in enumerate(TONGUES):
            for rank, text in enumerate(filter(None, row[column].split("|"))):
                owner = genres.setdefault(text, (number, tongue, (1 + rank) ** -1.6))[0]
                if owner != number:
                    names = f"{rows[owner]['concept']!r} and {row['concept']!r}"
                    raise SourceError(f"{text!r} is a spelling of two concepts", names, "take it from one of them")
    concepts, tongues, weights = (np.array(values) for values in zip(*genres.values(), strict=True))
    return Spellings(tuple(genres), concepts.astype(np.int64), tongues.astype(np.int64), weights)
