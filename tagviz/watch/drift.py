"""How far a newer version of a corpus has moved from an older one: its tags, its distributions, its space."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from tagviz.text import language
from tagviz.types import Corpus, Embedding, Kind

CELLS = 10
"""Cells into which a number is cut for its stability index, as usual for it."""
MOST = 4_000
"""Tags whose neighbours are compared at most, the most frequent ones."""


def vocabulary(older: Corpus, newer: Corpus, significance: float = 0.01) -> pd.DataFrame:
    """One row a tag that either version uses: `tag` (id), `label`, `before` and `after` (playlists that have it),
    `share_before`, `share_after` (of all playlists), `z`, `p` and `state`: new, gone, rising, falling or steady.

    z: of two proportions with the pooled variance. p: adjusted for the number of tags (Benjamini & Hochberg 1995); a
    tag in both versions moves where p ≤ significance. Versions that share playlists are more alike than z assumes, so
    what is called moving then has moved all the more. Sorted by |z|, the greatest first.
    """
    from scipy.stats import false_discovery_control, norm

    sides = [_used(corpus) for corpus in (older, newer)]
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
    """How often each category occurs on both sides: counts `before` and `after`, by category."""
    sides = [pd.Series(list(side), dtype="str").value_counts() for side in (older, newer)]
    return pd.concat(sides, axis=1, keys=["before", "after"]).fillna(0).astype(np.int64).sort_index()


def binned(older: ArrayLike, newer: ArrayLike, cells: int = CELLS) -> pd.DataFrame:
    """Counts `before` and `after` of numbers in cells that end at quantiles of the older side, by the cell's range."""
    first, second = np.asarray(older, dtype=float), np.asarray(newer, dtype=float)
    inner = np.unique(np.quantile(first, np.linspace(0, 1, cells + 1)[1:-1])) if len(first) else np.array([])
    # a cell holds its upper end: (…, 3], (3, 5], (5, …)
    counts = [np.bincount(np.searchsorted(inner, side), minlength=len(inner) + 1) for side in (first, second)]
    names = [*(f"up to {high:g}" for high in inner), f"more than {inner[-1]:g}" if len(inner) else "all"]
    return pd.DataFrame({"before": counts[0], "after": counts[1]}, index=pd.Index(names, dtype="str"))


def stability(counts: pd.DataFrame) -> float:
    """The population stability index Σ (q − p) ln(q / p) of counts `before` (p) and `after` (q) by cell: at least 0,
    and 0 where nothing moved; below 0.1 is usually called stable, above 0.25 shifted (Siddiqi 2006, Credit Risk
    Scorecards). Half a count is added to each cell, so that an empty one gives no infinity.
    """
    if counts.empty:
        return 0.0
    p, q = (np.asarray(counts[side], dtype=float) + 0.5 for side in ("before", "after"))
    p, q = p / p.sum(), q / q.sum()
    return float(((q - p) * np.log(q / p)).sum())


def jensen_shannon(before: ArrayLike, after: ArrayLike) -> float:
    """The Jensen–Shannon distance of two lists of counts of the same things, with logarithms of base 2: 0 for equal
    shares, 1 where nothing is in both (Endres & Schindelin 2003). NaN where a side is empty."""
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
    """How many items of a kind each playlist has."""
    return np.diff(corpus.matrix(kind).indptr).astype(np.int64) if corpus.has(kind) else np.zeros(len(corpus), np.int64)


def languages(corpus: Corpus) -> list[str]:
    """The script of each title, "none" where it has none (see `text.language`)."""
    return [language(str(title)) or "none" for title in corpus.playlists["title"]]


def overlap(older: Embedding, newer: Embedding, tags: Sequence[str], k: int = 10) -> pd.DataFrame:
    """Per tag that both spaces know, the share of its k nearest (by cosine, among these tags) that are the same:
    `tag`, `overlap` between 0 and 1, the least alike first. By chance it would be k / (tags − 1).

    tags: ids, the most frequent first; at most MOST are looked at. Empty where fewer than two are shared.
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
    """Rows of the k nearest others of each row, in chunks."""
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit = vectors / np.where(norms > 0, norms, 1)
    found = []
    for start in range(0, len(unit), 512):
        near = unit[start : start + 512] @ unit.T
        near[np.arange(len(near)), start + np.arange(len(near))] = -np.inf
        found.append(np.argsort(-near, axis=1, kind="stable")[:, :k])
    return np.concatenate(found)


def _used(corpus: Corpus) -> pd.Series:
    counts = pd.Series(corpus.counts(Kind.TAG), index=pd.Index(corpus.vocab(Kind.TAG).ids, dtype="str"))
    return counts[counts > 0]
