"""Drift between two versions of a corpus: its tags, its distributions and its embedding space."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from tagviz.text import language
from tagviz.types import Corpus, Embedding, Kind

CELLS = 10
"""Number of bins of the population stability index, as is usual."""
MOST = 4_000
"""Largest number of tags whose neighbours are compared, the most frequent ones."""


def vocabulary(older: Corpus, newer: Corpus, significance: float = 0.01) -> pd.DataFrame:
    """Compare how often each tag is used in two versions.

    Versions that share playlists are more alike than the test assumes; so what it calls rising or falling has moved
    even more.

    Args:
        older: The older version.
        newer: The newer version.
        significance: Largest adjusted p value of a tag that counts as rising or falling.

    Returns:
        One row per tag that either version uses, sorted by |z|, greatest first: `tag` (id), `label`, `before` and
        `after` (playlists with the tag), `share_before` and `share_after` (of all playlists), `z` (two proportions with
        pooled variance), `p` (adjusted for the number of tags; Benjamini & Hochberg 1995) and `state` (new, gone,
        rising, falling or steady).
    """
    from scipy.stats import false_discovery_control, norm

    sides = [_used_tags(corpus) for corpus in (older, newer)]
    frame = pd.concat(sides, axis=1, keys=["before", "after"]).fillna(0).astype(np.int64)
    labels = {
        str(name): label
        for corpus in (older, newer)
        for name, label in zip(
            corpus.vocab(Kind.TAG).ids,
            corpus.vocab(Kind.TAG).label_list(np.arange(len(corpus.vocab(Kind.TAG)))),
            strict=True,
        )
    }
    totals = np.array([max(1, len(older)), max(1, len(newer))])
    before, after = frame["before"].to_numpy(), frame["after"].to_numpy()
    pooled = (before + after) / totals.sum()
    spread = np.sqrt(pooled * (1 - pooled) * (1 / totals).sum())
    gap = after / totals[1] - before / totals[0]
    z = np.divide(gap, spread, out=np.zeros(len(frame)), where=spread > 0)
    p = 2 * norm.sf(np.abs(z))
    p = false_discovery_control(p) if len(p) else p
    moving = p <= significance
    state = np.select(
        [before == 0, after == 0, moving & (z > 0), moving & (z < 0)], ["new", "gone", "rising", "falling"], "steady"
    )
    frame = frame.assign(
        share_before=before / totals[0], share_after=after / totals[1], z=z, p=p, state=state.astype(object)
    )
    frame = frame.rename_axis("tag").reset_index()
    frame.insert(1, "label", frame["tag"].map(labels))
    order = np.lexsort((frame["tag"].to_numpy(dtype=object).astype(str), -np.abs(z)))
    return frame.iloc[order].reset_index(drop=True)


def shares(older: Sequence[str], newer: Sequence[str]) -> pd.DataFrame:
    """Count each category on both sides.

    Args:
        older: Categories of the older side, one per element.
        newer: Categories of the newer side.

    Returns:
        Frame `before`, `after` (counts), indexed by category.
    """
    sides = [pd.Series(list(side), dtype="str").value_counts() for side in (older, newer)]
    return pd.concat(sides, axis=1, keys=["before", "after"]).fillna(0).astype(np.int64).sort_index()


def binned(older: ArrayLike, newer: ArrayLike, cells: int = CELLS) -> pd.DataFrame:
    """Count numbers on both sides in bins at quantiles of the older side.

    Args:
        older: Numbers of the older side.
        newer: Numbers of the newer side.
        cells: Number of bins.

    Returns:
        Frame `before`, `after` (counts), indexed by the bin's range.
    """
    first, second = np.asarray(older, dtype=float), np.asarray(newer, dtype=float)
    inner = np.unique(np.quantile(first, np.linspace(0, 1, cells + 1)[1:-1])) if len(first) else np.array([])
    # a cell holds its upper end: (…, 3], (3, 5], (5, …)
    counts = [np.bincount(np.searchsorted(inner, side), minlength=len(inner) + 1) for side in (first, second)]
    names = [*(f"up to {high:g}" for high in inner), f"more than {inner[-1]:g}" if len(inner) else "all"]
    return pd.DataFrame({"before": counts[0], "after": counts[1]}, index=pd.Index(names, dtype="str"))


def stability(counts: pd.DataFrame) -> float:
    """Return the population stability index Σ (q − p) ln(q / p).

    It is 0 where nothing moved; below 0.1 is usually called stable, above 0.25 shifted (Siddiqi 2006, Credit Risk
    Scorecards). Half a count is added to each cell, so that an empty one gives no infinity.

    Args:
        counts: Counts `before` (p) and `after` (q), one row per cell.
    """
    if counts.empty:
        return 0.0
    p, q = (np.asarray(counts[side], dtype=float) + 0.5 for side in ("before", "after"))
    p, q = p / p.sum(), q / q.sum()
    return float(((q - p) * np.log(q / p)).sum())


def jensen_shannon(before: ArrayLike, after: ArrayLike) -> float:
    """Return the Jensen–Shannon distance of two lists of counts, with logarithms of base 2 (Endres & Schindelin 2003).

    Args:
        before: Counts, (n,).
        after: Counts of the same things.

    Returns:
        0 for equal shares, 1 where nothing is in both; NaN where a side is empty.
    """
    p, q = np.asarray(before, dtype=float), np.asarray(after, dtype=float)
    if not p.sum() or not q.sum():
        return float("nan")
    p, q = p / p.sum(), q / q.sum()
    middle = (p + q) / 2
    total = 0.0
    for side in (p, q):
        held = side > 0
        total += 0.5 * float((side[held] * np.log2(side[held] / middle[held])).sum())
    return float(np.sqrt(max(0.0, total)))


def lengths(corpus: Corpus, kind: Kind) -> NDArray[np.int64]:
    """Return how many items of a kind each playlist has, int (playlists,)."""
    return np.diff(corpus.matrix(kind).indptr).astype(np.int64) if corpus.has(kind) else np.zeros(len(corpus), np.int64)


def languages(corpus: Corpus) -> list[str]:
    """Return the script of each title, "none" where it has none (see `text.language`)."""
    return [language(str(title)) or "none" for title in corpus.playlists["title"]]


def overlap(older: Embedding, newer: Embedding, tags: Sequence[str], k: int = 10) -> pd.DataFrame:
    """Compare the nearest neighbours of tags in two embeddings.

    By chance the overlap would be k / (tags − 1).

    Args:
        older: Embedding of the older version.
        newer: Embedding of the newer version.
        tags: Ids of tags, the most frequent first; at most MOST are compared.
        k: Number of neighbours, by cosine among these tags.

    Returns:
        Per tag of both embeddings `tag` and `overlap`, the share of its neighbours that are the same, lowest first;
        empty for fewer than two tags.
    """
    rows = [pd.Index(side.vocabs[Kind.TAG].ids) for side in (older, newer)]
    shared = [tag for tag in tags if all(tag in side for side in rows)][:MOST]
    k = min(k, len(shared) - 1)
    if k < 1:
        return pd.DataFrame({"tag": pd.Series(dtype="str"), "overlap": pd.Series(dtype=float)})
    near = [
        _nearest(space.of(Kind.TAG)[side.get_indexer(shared)], k)
        for space, side in zip((older, newer), rows, strict=True)
    ]
    same = [len(np.intersect1d(first, second)) / k for first, second in zip(*near, strict=True)]
    return pd.DataFrame({"tag": shared, "overlap": same}).sort_values("overlap", kind="stable").reset_index(drop=True)


def _nearest(vectors: NDArray[np.float32], k: int) -> NDArray[np.int64]:
    """Return the rows of the k nearest other rows of each row, computed in chunks."""
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit = vectors / np.where(norms > 0, norms, 1)
    nearest = []
    for start in range(0, len(unit), 512):
        near = unit[start : start + 512] @ unit.T
        near[np.arange(len(near)), start + np.arange(len(near))] = -np.inf
        nearest.append(np.argsort(-near, axis=1, kind="stable")[:, :k])
    return np.concatenate(nearest)


def _used_tags(corpus: Corpus) -> pd.Series:
    counts = pd.Series(corpus.counts(Kind.TAG), index=pd.Index(corpus.vocab(Kind.TAG).ids, dtype="str"))
    return counts[counts > 0]
