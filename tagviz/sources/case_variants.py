"""Tags that differ in case or in how Unicode composes them: offered as one at the import, merged only when asked."""

from __future__ import annotations

import unicodedata

import numpy as np
import pandas as pd
import scipy.sparse as sp

from tagviz.sources.raw import Notes


def case_variants(tags: sp.csr_matrix, ids: pd.Index) -> tuple[tuple[str, ...], ...]:
    """Groups of tags that differ in case or composition only, each and all with the most frequent first.

    tags: playlists × tags, (n, len(ids)).
    """
    groups: dict[str, list[int]] = {}
    for row, tag in enumerate(ids):
        groups.setdefault(_form(tag), []).append(row)
    counts = np.bincount(tags.indices, minlength=len(ids))
    several = [sorted(rows, key=lambda row: -counts[row]) for form, rows in groups.items() if len(rows) > 1 and form]
    several.sort(key=lambda rows: -int(counts[rows].sum()))
    return tuple(tuple(str(ids[row]) for row in rows) for rows in several)


def merge_variants(
    tags: sp.csr_matrix, ids: pd.Index, variants: tuple[tuple[str, ...], ...], notes: Notes
) -> tuple[sp.csr_matrix, pd.Index]:
    """The same matrix with the tags of each group in one column, that of its most frequent spelling."""
    target = np.arange(len(ids))
    rows = {tag: row for row, tag in enumerate(ids)}
    for group in variants:
        target[[rows[tag] for tag in group]] = rows[group[0]]
    notes.add(
        "tags that differ in case only", sum(map(len, variants)) - len(variants), "merged", [g[0] for g in variants]
    )
    merged = sp.csr_matrix((tags.data, target[tags.indices], tags.indptr), shape=tags.shape)
    merged.sum_duplicates()
    merged.data[:] = 1
    used = np.unique(target)
    return sp.csr_matrix(merged[:, used]), ids[used]


def _form(tag: str) -> str:
    return (
        tag
        if tag.isascii() and tag.islower()
        else unicodedata.normalize("NFC", unicodedata.normalize("NFC", tag).casefold())
    )
