"""Reports for tests, written out so that a reader can check an expected value by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import scipy.sparse as sp

from tagviz.evaluation.items import Items
from tagviz.evaluation.report import EvalReport, EvaluatedModel, ranks_of
from tagviz.types import Floats, Ints, Kind, QueryBatch, Reason, Vocab

Lists = Sequence[Sequence[str]]


def report_of(
    truth: Mapping[Kind, Lists],
    answers: Mapping[str, Mapping[Kind, Lists]],
    *,
    cases: Sequence[str] = (),
    groups: Sequence[str] = (),
    counts: Mapping[str, int] | None = None,
    vectors: Mapping[str, Sequence[float]] | None = None,
    genres: Mapping[str, Sequence[str]] | None = None,
    shown: Mapping[Kind, Lists] | None = None,
    titles: Sequence[str] = (),
    **more: Any,
) -> EvalReport:
    """A report from lists of ids: per kind what each question hides, per model and kind what it recommends."""
    size = len(next(iter(truth.values())))
    items, hidden, seen, rows = {}, {}, {}, {}
    for kind in (Kind.TAG, Kind.SONG):
        lists = [*truth.get(kind, []), *(shown or {}).get(kind, [])]
        for by_kind in answers.values():
            lists += list(by_kind.get(kind, []))
        ids = sorted({item for row in lists for item in row})
        place = {item: number for number, item in enumerate(ids)}
        table = np.array([(vectors or {}).get(item, ()) for item in ids], dtype=np.float16)
        table = table.reshape(len(ids), table.shape[1] if table.ndim == 2 else 0)
        names = sorted({genre for of_song in (genres or {}).values() for genre in of_song})
        of_genre = sp.lil_matrix((len(ids), len(names) if kind is Kind.SONG else 0), dtype=np.float32)
        for item, of_song in (genres or {}).items():
            if kind is Kind.SONG and item in place:
                of_genre[place[item], [names.index(genre) for genre in of_song]] = 1
        items[kind] = Items(
            vocab=Vocab.of(kind, ids),
            counts=np.array([(counts or {}).get(item, 1) for item in ids], dtype=np.int32),
            band=np.array([number % 3 for number in range(len(ids))], dtype=np.int8),
            catalogue=len(ids),
            facets=np.full(len(ids), "", dtype=object),
            vectors=table,
            genres=sp.csr_matrix(of_genre),
            genre_names=tuple(names) if kind is Kind.SONG else (),
        )
        seen[kind] = binary((shown or {}).get(kind, [[]] * size), place)
        if kind in truth:
            hidden[kind] = binary(truth[kind], place)
        for label, by_kind in answers.items():
            if kind in by_kind:
                width = max(map(len, by_kind[kind]))
                padded = [[place[item] for item in row] + [-1] * (width - len(row)) for row in by_kind[kind]]
                rows[label, kind] = np.array(padded, dtype=np.int32).reshape(size, width)
    frame = pd.DataFrame(
        {
            "id": pd.Series([f"p{number}" for number in range(size)], dtype="str"),
            "title": pd.Series(list(titles) or [""] * size, dtype="str"),
            "titled": np.array([bool(title) for title in titles] or [False] * size),
            "date": pd.to_datetime([f"20{10 + number % 5}-01-01" for number in range(size)]).astype("datetime64[s]"),
            "group": pd.Series(list(groups) or [""] * size, dtype="str"),
            "case": pd.Series(list(cases) or ["tags"] * size, dtype="str"),
            "songs": np.arange(size, dtype=np.int32),
            "tags": np.full(size, 4, dtype=np.int32),
            "language": pd.Series(["latin"] * size, dtype="str"),
            "year": np.array([2010 + number % 5 for number in range(size)], dtype=np.int32),
        }
    )
    about = {
        "name": "tiny",
        "corpus": "tiny",
        "fingerprint": "f0",
        "protocol": "tags",
        "mask": "real",
        "by_group": bool(groups),
        "seed": 1,
        "share": 0.2,
        "leak": 0.0,
        "notes": (),
        "created": "2020-01-02T03:04:05+00:00",
        "version": "0",
        "playlists": 8,
        "trained": "t0",
    }
    return EvalReport(
        **(about | more),
        models=tuple(EvaluatedModel(label) for label in answers),
        questions=frame,
        items=items,
        shown=seen,
        hidden=hidden,
        rows=rows,
        ranks={key: ranks_of(found, hidden[key[1]]) for key, found in rows.items()},
        fallback={key: np.zeros(size, dtype=bool) for key in rows},
    )


def binary(lists: Lists, place: Mapping[str, int]) -> sp.csr_matrix:
    pairs = sorted((row, place[item]) for row, values in enumerate(lists) for item in values)
    rows, columns = [row for row, _ in pairs], [column for _, column in pairs]
    return sp.csr_matrix((np.ones(len(pairs), dtype=np.float32), (rows, columns)), shape=(len(lists), len(place)))


def random_report(questions: int = 200, n: int = 30, items: int = 60, models: int = 3, seed: int = 0) -> EvalReport:
    """Random answers and truths (some empty) of songs and tags, grouped by threes."""
    rng = np.random.default_rng(seed)
    truth: dict[Kind, list[list[str]]] = {}
    answers: dict[str, dict[Kind, list[list[str]]]] = {f"m{number}": {} for number in range(models)}
    for kind in (Kind.TAG, Kind.SONG):
        sizes = rng.integers(0, 50, questions)
        truth[kind] = [[f"{item}" for item in rng.choice(items, size, replace=False)] for size in sizes]
        for by_kind in answers.values():
            by_kind[kind] = [[f"{item}" for item in rng.permutation(items)[:n]] for _ in range(questions)]
    cases = [("songs", "songs+tags", "title")[number % 3] for number in range(questions)]
    groups = [f"g{number // 3}" for number in range(questions)]
    vectors = {f"{item}": rng.normal(size=4) for item in range(items)}
    vectors = {item: vector / np.linalg.norm(vector) for item, vector in vectors.items()}
    return report_of(truth, answers, cases=cases, groups=groups, vectors=vectors)


class Popular:
    """The simplest honest recommender: every item by how many playlists hold it."""

    method = "popular"

    def __init__(self, corpus: Any, kinds: Sequence[Kind] = (Kind.TAG, Kind.SONG)) -> None:
        self.corpus, self.kinds = corpus, frozenset(kinds)

    def score(self, asked: QueryBatch, kind: Kind) -> Floats:
        return np.tile(self.corpus.counts(kind).astype(np.float32), (len(asked), 1))

    def explain(self, asked: QueryBatch, kind: Kind, rows: Ints) -> tuple[tuple[Reason, ...], ...]:
        return ((),) * len(rows)

    def state(self) -> tuple[dict[str, Any], dict[str, Any]]:
        return {}, {}


class Cooccurring(Popular):
    """Items by how many playlists hold them together with what is asked: right on the checkerboard."""

    method = "cooccurring"

    def score(self, asked: QueryBatch, kind: Kind) -> Floats:
        total = np.zeros((len(asked), len(self.corpus.vocab(kind))), dtype=np.float32)
        for other, matrix in asked.items.items():
            common = matrix @ self.corpus.matrix(other).T
            total += np.asarray((common @ self.corpus.matrix(kind)).todense())
        return total
