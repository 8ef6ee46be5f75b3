"""What there is to know of a tag, an artist or a song: its company, its years, who uses it, and how it is written."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tagviz.curation import suggestions
from tagviz.operations import items
from tagviz.operations.items import ItemPage
from tagviz.operations.models import Model
from tagviz.recommenders.near_duplicates import NearDuplicates
from tagviz.text import language
from tagviz.types import Corpus, Kind, split_key

RISING, FALLING, STEADY, UNKNOWN = "rising", "falling", "steady", ""
"""How the share of playlists changes over the years."""
SURE = 2.0
"""z score from which a change of the share counts as more than chance."""
FACTOR = 1.25
"""Least ratio between the shares of the earlier and the later years of an item that rises or falls."""
MOST = 10
"""Items, listeners and spellings that are listed."""


@dataclass(frozen=True, eq=False)
class ItemProfile:
    """All that the page of an item shows.

    Attributes:
        page: Neighbours, company, songs, playlists and years.
        share: Share of all playlists that contain it.
        artists: Frame `key`, `label`, `count`, `lift` of the artists most typical of its playlists.
        years: Frame `year`, `count`, `share`: of the year's playlists, how many contain it.
        first_year: First year of a playlist that contains it; 0 where none has a date.
        trend: RISING, FALLING, STEADY or UNKNOWN.
        scripts: Frame `script`, `share` (of its titled playlists), `usual` (of all titled playlists).
        groups: Frame `group`, `count`, `share` (of the group's playlists) of those who use it most.
        users: Number of groups (listeners or artists) that use it, and of all; (0, 0) where the corpus has none.
        spellings: Keys of other spellings.
        broader: Keys of broader tags.
        narrower: Keys of narrower tags.
        nearest: Key of its nearest item; "" for none.
        apart: Frame `key`, `label`, `here`, `there`: tags that are more often with it than with its nearest item, as
            shares of their playlists.
    """

    page: ItemPage
    share: float
    artists: pd.DataFrame
    years: pd.DataFrame
    first_year: int
    trend: str
    scripts: pd.DataFrame
    groups: pd.DataFrame
    users: tuple[int, int]
    spellings: tuple[str, ...]
    broader: tuple[str, ...]
    narrower: tuple[str, ...]
    nearest: str
    apart: pd.DataFrame


def profile(corpus: Corpus, model: Model, key: str, duplicates: NearDuplicates) -> ItemProfile:
    """Describe an item.

    Args:
        corpus: The corpus.
        model: The model whose neighbours are shown.
        key: The item.
        duplicates: The corpus's spelling variants and copies.

    Raises:
        NotFoundError: If the corpus does not contain it.
    """
    page = items.item_page(corpus, model, key)
    kind, ident = split_key(key)
    row = corpus.vocab(kind).row(ident)
    holders = items.playlists_containing(corpus, kind, row)
    years = _years(corpus, holders)
    spellings = _spellings(duplicates, corpus, key)
    nearest = next((other for other in page.neighbours.keys if other not in (key, *spellings)), "")
    broader, narrower = _hierarchy(corpus, ident, holders) if kind is Kind.TAG else ((), ())
    return ItemProfile(
        page=page,
        share=len(holders) / max(1, len(corpus)),
        artists=items.cooccurring_items(corpus, holders, Kind.ARTIST, MOST, row if kind is Kind.ARTIST else -1),
        years=years,
        first_year=int(years["year"][years["count"] > 0].min()) if (years["count"] > 0).any() else 0,
        trend=trend(years),
        scripts=_scripts(corpus, holders),
        groups=_groups(corpus, holders),
        users=_users(corpus, holders),
        spellings=spellings,
        broader=broader,
        narrower=narrower,
        nearest=nearest,
        apart=_apart(corpus, key, nearest, holders),
    )


def trend(years: pd.DataFrame) -> str:
    """Return how the share changes: later half of the years against the earlier, if that is more than chance.

    Args:
        years: Frame `year`, `count`, `share`, as in `ItemProfile`.
    """
    used = years[years["share"].notna()]
    if len(used) < 2:
        return UNKNOWN
    middle = len(used) // 2
    halves = (used.iloc[:middle], used.iloc[middle:])
    with_it = [float(half["count"].sum()) for half in halves]
    everything = [float(half["playlists"].sum()) for half in halves]
    early, late = (count / max(1.0, total) for count, total in zip(with_it, everything, strict=True))
    pooled = sum(with_it) / max(1.0, sum(everything))
    error = np.sqrt(pooled * (1 - pooled) * sum(1 / max(1.0, total) for total in everything))
    if error == 0 or abs(late - early) / error < SURE or max(early, late) < FACTOR * min(early, late):
        return STEADY
    return RISING if late > early else FALLING


def _years(corpus: Corpus, holders: NDArray[np.int64]) -> pd.DataFrame:
    """Return the number and the share of playlists per year, from the first to the last year of the corpus."""
    every = corpus.playlists["date"].dt.year
    totals = every.dropna().astype(int).value_counts().sort_index()
    counts = every.iloc[holders].dropna().astype(int).value_counts().reindex(totals.index, fill_value=0)
    return pd.DataFrame(
        {
            "year": totals.index.astype(int),
            "count": counts.to_numpy(),
            "playlists": totals.to_numpy(),
            "share": (counts / totals).to_numpy(),
        }
    )


def _scripts(corpus: Corpus, holders: NDArray[np.int64]) -> pd.DataFrame:
    """Return the scripts of the titles of its playlists beside those of all playlists."""
    titles = corpus.playlists["title"]
    scripts = pd.Series([language(str(title)) for title in titles], index=titles.index, dtype="str")
    usual = scripts[scripts != ""].value_counts(normalize=True)
    own = scripts.iloc[holders]
    shares = own[own != ""].value_counts(normalize=True).reindex(usual.index, fill_value=0.0)
    return pd.DataFrame({"script": usual.index, "share": shares.to_numpy(), "usual": usual.to_numpy()})


def _groups(corpus: Corpus, holders: NDArray[np.int64]) -> pd.DataFrame:
    """Return the listeners (or artists) who use it most."""
    groups = corpus.playlists["group"]
    named = groups.iloc[holders]
    counts = named[named != ""].value_counts().head(MOST)
    totals = groups[groups.isin(counts.index)].value_counts().reindex(counts.index)
    return pd.DataFrame(
        {"group": counts.index, "count": counts.to_numpy(), "share": (counts / totals).to_numpy(dtype=np.float64)}
    )


def _users(corpus: Corpus, holders: NDArray[np.int64]) -> tuple[int, int]:
    groups = corpus.playlists["group"]
    known = groups[groups != ""]
    return int(groups.iloc[holders][lambda own: own != ""].nunique()), int(known.nunique())


def _spellings(duplicates: NearDuplicates, corpus: Corpus, key: str) -> tuple[str, ...]:
    kind, ident = split_key(key)
    if kind not in duplicates.groups:
        return ()
    return tuple(corpus.vocab(kind).keys(duplicates.variants(kind, corpus.vocab(kind).row(ident))))[:MOST]


def _hierarchy(corpus: Corpus, tag: str, holders: NDArray[np.int64]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the broader and the narrower tags: those that experts decided, else those that the data suggest.

    The data suggest them as on the Curate page (see `curation.suggestions.hierarchy`).
    """
    vocab = corpus.vocab(Kind.TAG)
    row = vocab.row(tag)
    if Kind.TAG in corpus.rulings and (matrix := corpus.rulings[Kind.TAG].broader).nnz:
        above, below = matrix[[row]].indices, matrix.tocsc()[:, [row]].indices
        if len(above) or len(below):
            return tuple(vocab.keys(above)), tuple(vocab.keys(below))
    counts = corpus.counts(Kind.TAG).astype(np.float64)
    both = np.bincount(corpus.matrix(Kind.TAG)[holders].indices, minlength=len(vocab)).astype(np.float64)
    both[row] = 0.0
    own, other = both / max(1, len(holders)), both / np.maximum(counts, 1.0)
    fits = (counts >= 2 * suggestions.FEWEST) & (both * len(corpus) >= 2 * counts * len(holders))
    above = np.flatnonzero(fits & (own >= suggestions.SUBSUMED) & (own >= suggestions.STEEPER * other))
    below = np.flatnonzero(fits & (other >= suggestions.SUBSUMED) & (other >= suggestions.STEEPER * own))
    above = above[np.argsort(-own[above], kind="stable")][:1]
    below = below[np.argsort(-counts[below], kind="stable")][:MOST]
    return tuple(vocab.keys(above)), tuple(vocab.keys(below))


def _apart(corpus: Corpus, key: str, nearest: str, holders: NDArray[np.int64]) -> pd.DataFrame:
    """Return the tags that are more typical of an item's playlists than of its nearest item's."""
    empty = pd.DataFrame({"key": [], "label": [], "here": [], "there": []})
    if not nearest or not len(holders) or not corpus.has(Kind.TAG):
        return empty
    kind, ident = split_key(nearest)
    others = items.playlists_containing(corpus, kind, corpus.vocab(kind).row(ident))
    vocab, matrix = corpus.vocab(Kind.TAG), corpus.matrix(Kind.TAG)
    own = np.bincount(matrix[holders].indices, minlength=len(vocab))
    here = (own + 0.5) / (len(holders) + 1)
    there = (np.bincount(matrix[others].indices, minlength=len(vocab)) + 0.5) / (len(others) + 1)
    weight = np.where((own > 1) & (here > there), here * np.log(here / there), 0.0)
    weight[[vocab.row(name) for kind, name in map(split_key, (key, nearest)) if kind is Kind.TAG]] = 0.0
    rows = np.argsort(-weight, kind="stable")[: MOST - 2]
    rows = rows[weight[rows] > 0]
    return pd.DataFrame(
        {"key": vocab.keys(rows), "label": vocab.label_list(rows), "here": here[rows], "there": there[rows]}
    )
