"""All of several tags, and a step away from what is avoided."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scipy.sparse as sp

from tagviz.intersection import DEPTH, all_of, intersected, step_away
from tagviz.types import Floats, Kind, QueryBatch

ALONE = {0: [9.0, 8, 3, 1, 0], 1: [0.0, 7, 2, 8, 9]}
"""Songs' scores for each tag alone."""


def asked(tags: list[list[int]], match: str = "all", songs: int = 0) -> QueryBatch:
    matrix = np.zeros((len(tags), 12), dtype=np.float32)
    for row, held in enumerate(tags):
        matrix[row, held] = 1
    items = {
        Kind.TAG: sp.csr_matrix(matrix),
        Kind.SONG: sp.csr_matrix(np.full((len(tags), 5), songs, dtype=np.float32)),
        Kind.WORD: sp.csr_matrix((len(tags), 1), dtype=np.float32),
    }
    return QueryBatch(("",) * len(tags), items, match=(match,) * len(tags) if match else ())


def score(batch: QueryBatch, kind: Kind) -> Floats:
    return np.array([ALONE.get(int(tag), [1.0] * 5) for tag in batch.items[Kind.TAG].indices], dtype=np.float32)


@pytest.mark.parametrize(
    ("query", "kind", "meant"),
    [
        (asked([[0, 1], [0], [2, 3, 4]]), Kind.SONG, [0, 2]),
        (asked([[0, 1]], "any"), Kind.SONG, []),
        (asked([[0, 1]], ""), Kind.SONG, []),
        (asked([[0, 1]], songs=1), Kind.SONG, []),
        (asked([[0, 1]]), Kind.TAG, []),
        (asked([list(range(12))]), Kind.SONG, []),
    ],
)
def test_which_queries_are_intersections(query: QueryBatch, kind: Kind, meant: list[int]) -> None:
    assert intersected(query, kind).tolist() == meant


def test_what_fits_both_comes_first() -> None:
    """Of 400 songs, each tag alone puts the other's hundreds behind; song 7 is eighth for one, ninth for the other."""
    one, other = np.arange(400.0, 0, -1), np.roll(np.arange(400.0, 0, -1), 200)
    other[7] = other.max() - 8.5

    def either(batch: QueryBatch, kind: Kind) -> Floats:
        return np.array([(one, other)[tag] for tag in batch.items[Kind.TAG].indices], dtype=np.float32)

    union = np.maximum(one, other).astype(np.float32)[None]
    found = all_of(either, asked([[0, 1]]), Kind.SONG, np.array([0]), union)
    assert found[0].argmax() == 7
    assert (found > 0).all()
    assert (found <= 1).all()


def test_a_tag_of_which_nothing_is_known_says_nothing() -> None:
    union = np.array([[9.0, 8, 3, 1, 0]], dtype=np.float32)
    found = all_of(score, asked([[0, 7]]), Kind.SONG, np.array([0]), union)
    assert np.argsort(-found[0]).tolist() == [0, 1, 2, 3, 4]


def test_many_items_are_cut_behind_the_depth() -> None:
    def many(batch: QueryBatch, kind: Kind) -> Floats:
        return np.arange(2 * DEPTH, dtype=np.float32)[None].repeat(batch.items[Kind.TAG].nnz, axis=0)

    union = np.arange(2 * DEPTH, dtype=np.float32)[None]
    found: Any = all_of(many, asked([[0, 1]]), Kind.SONG, np.array([0]), union)
    assert found[0].argmax() == 2 * DEPTH - 1
    assert len(np.unique(found[0, :DEPTH])) == 1


def test_avoiding_spares_what_both_have_in_common() -> None:
    wanted = np.array([[1.0, 0.8, 0.7, 0.0, 0.0, 0.0]], dtype=np.float32)
    away = np.array([[0.5, 0.4, 1.0, 0.9, 0.0, 0.0]], dtype=np.float32)
    off = step_away(wanted, away)[0]
    assert off[2] > 0.5, "strong in both, but more than its share of what is avoided"
    assert off[0] < 0.2, "only what the genres share"
    assert off.min() >= 0
    assert off.max() == pytest.approx(1)


def test_avoiding_what_says_nothing_takes_nothing_off() -> None:
    wanted = np.array([[1.0, 0.5, 0.0]], dtype=np.float32)
    assert not step_away(wanted, np.zeros((1, 3), dtype=np.float32)).any()
