"""Corpus → a training side and questions with known answers. The training side never sees what is asked for.

Protocols
    tags: playlists with at least four tags; half of the tags (rounded down), drawn at random, are shown, nothing else.
    arena: as in the Melon Playlist Continuation challenge (Kakao Arena 2020): each question falls into one case,
        which says what is shown. Of a kind that is partly shown, half (rounded down) is drawn at random and the rest
        is hidden; of a kind that is not shown at all, everything is hidden, cut to 100 songs and 10 tags (drawn at
        random, where the Arena
        keeps the first ones: a corpus does not keep an order).

Masks of the arena protocol
    official: the shares of the organisers' own splitting script, titles always shown.
    real: what their validation and test files turned out to hold; no title where songs are shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
import scipy.sparse as sp
from numpy.typing import NDArray

from tagviz.errors import BadParameter, NotReady
from tagviz.types import Asked, Corpus, Kind

Protocol = Literal["tags", "arena"]
Mask = Literal["real", "official"]

SONGS_TAGS, SONGS, TAGS_TITLE, TAGS, TITLE = CASES = ("songs+tags", "songs", "tags+title", "tags", "title")
"""What a question shows."""

SHARES: Mapping[str, Mapping[str, float]] = {
    "real": {SONGS_TAGS: 0.39, SONGS: 0.42, TAGS_TITLE: 0.11, TITLE: 0.08},
    "official": {SONGS_TAGS: 0.50, SONGS: 0.30, TAGS_TITLE: 0.15, TITLE: 0.05},
}
"""Shares of the cases, the most demanding case first: it takes its playlists first."""

LONGEST_TRUTH = {Kind.SONG: 100, Kind.TAG: 10}
FEWEST_TAGS = 4


@dataclass(frozen=True, eq=False)
class Questions:
    """Playlists of which a part is hidden, one row each.

    frame: `id`, `title` (always the whole title), `titled` (bool: whether it is shown), `date`, `group`, `case` (one
        of CASES), `songs` and `tags` (int: how many the whole playlist has).
    shown, hidden: binary float32 CSR rows by kind, columns as in the corpus; `hidden` has the kinds that are asked for.
    """

    frame: pd.DataFrame
    shown: Mapping[Kind, sp.csr_matrix]
    hidden: Mapping[Kind, sp.csr_matrix]

    def __len__(self) -> int:
        return len(self.frame)

    @property
    def titles(self) -> list[str]:
        """The titles as they are shown, "" where they are hidden."""
        return np.where(self.frame["titled"], self.frame["title"], "").astype(object).tolist()

    def asked(self, corpus: Corpus) -> Asked:
        """The questions as a batch of queries to a model of `corpus` (the split's training side)."""
        from tagviz.asking import from_lists

        def lists(kind: Kind) -> list[list[str]]:
            ids = corpus.vocab(kind).ids.to_numpy(dtype=object)
            matrix = self.shown[kind]
            return [part.tolist() for part in np.split(ids[matrix.indices], matrix.indptr[1:-1])]

        return from_lists(
            corpus,
            self.titles,
            lists(Kind.TAG),
            lists(Kind.SONG),
            self.frame["date"].to_numpy().astype("datetime64[s]"),
        )

    def part(self, rows: NDArray[Any]) -> Questions:
        """Some of the questions, as a set of their own."""
        return Questions(
            self.frame.iloc[rows].reset_index(drop=True),
            {kind: sp.csr_matrix(matrix[rows]) for kind, matrix in self.shown.items()},
            {kind: sp.csr_matrix(matrix[rows]) for kind, matrix in self.hidden.items()},
        )


@dataclass(frozen=True, eq=False)
class Split:
    """A corpus cut in two, and how. `notes` say what was left out and why; `leak` is the share of questions whose group
    (listener, artist) also has playlists on the training side, 0 where the corpus knows no groups."""

    train: Corpus
    questions: Questions
    corpus: str
    fingerprint: str
    protocol: Protocol
    mask: Mask
    by_group: bool
    seed: int
    share: float
    leak: float
    notes: tuple[str, ...] = ()


def split(
    corpus: Corpus,
    protocol: Protocol = "tags",
    mask: Mask = "real",
    by_group: bool = True,
    seed: int = 42,
    share: float = 0.2,
    limit: int | None = None,
) -> Split:
    """A training side and questions: the same for the same corpus, settings and seed.

    mask: of the arena protocol, see above. by_group: whole groups (listeners, artists) go to one side, so that
    nobody's other lists give the answer away; without effect on a corpus without groups. share: of the playlists
    that can be questions; a larger share gives narrower intervals and poorer models. limit: at most so many
    questions; the others stay out altogether.

    Raises BadParameter for an unknown protocol or mask or a share outside (0, 1), NotReady where no playlist can be
    asked about.
    """
    if protocol not in ("tags", "arena"):
        raise BadParameter(f"There is no protocol {protocol!r}", "protocols: tags, arena", "choose one of these")
    if mask not in SHARES:
        raise BadParameter(f"There is no mask {mask!r}", "masks: real, official", "choose one of these")
    if not 0 < share < 1:
        raise BadParameter(f"The share of questions cannot be {share}", "it lies between 0 and 1", "try 0.2")
    if limit is not None and limit < 1:
        raise BadParameter(f"The number of questions cannot be {limit}", "at least one question is needed", "try 1000")
    rng = np.random.default_rng(seed)
    able = _able(corpus, protocol)
    eligible = np.logical_or.reduce(list(able.values()))
    if eligible.sum() < 2:
        needed = f"at least {FEWEST_TAGS} tags" if protocol == "tags" else "at least two songs, two tags, or a title"
        raise NotReady(
            f"The corpus {corpus.name!r} cannot be split for the {protocol} protocol",
            f"a question needs {needed}; {int(eligible.sum())} of {len(corpus)} playlists have that",
            "choose the other protocol or a larger corpus",
        )
    groups = corpus.playlists["group"].to_numpy(dtype=object)
    grouped = by_group and bool((groups != "").any())
    held = _held_out(groups, eligible, share, grouped, rng)
    rows = np.flatnonzero(held & eligible)
    notes = []
    if by_group and not grouped:
        notes.append("The corpus knows no listeners or artists, so playlists were split one by one.")
    if limit is not None and len(rows) > limit:
        notes.append(f"{limit:,} of {len(rows):,} possible questions were drawn; the others are on neither side.")
        rows = np.sort(rng.choice(rows, limit, replace=False))
    if left := int((held & ~eligible).sum()):
        notes.append(f"{left:,} playlists too short for a question are on neither side, because their group is tested.")
    train = corpus.select(np.flatnonzero(~held), f"{corpus.name}:train")
    if len(train) == 0:
        raise NotReady(
            f"Nothing of the corpus {corpus.name!r} is left to train on",
            "all playlists belong to one group",
            "split without groups",
        )
    drawn = {name: can[rows] for name, can in able.items()}
    questions = _tags(corpus, rows, rng) if protocol == "tags" else _arena(corpus, rows, drawn, mask, rng)
    return Split(
        train=train,
        questions=questions,
        corpus=corpus.name,
        fingerprint=corpus.fingerprint,
        protocol=protocol,
        mask=mask,
        by_group=grouped,
        seed=seed,
        share=share,
        leak=leak(train, questions),
        notes=tuple(notes),
    )


def leak(train: Corpus, questions: Questions) -> float:
    """Share of the questions whose group also has playlists on the training side."""
    known = questions.frame["group"] != ""
    return float((known & questions.frame["group"].isin(train.playlists["group"])).mean()) if len(questions) else 0.0


def halves(matrix: sp.csr_matrix, rng: np.random.Generator) -> tuple[sp.csr_matrix, sp.csr_matrix]:
    """Each row's entries in two: floor(n/2) of them drawn at random, and the rest."""
    position, lengths = _shuffled(matrix, rng)
    return _keep(matrix, position < lengths // 2), _keep(matrix, position >= lengths // 2)


def cut(matrix: sp.csr_matrix, most: int, rng: np.random.Generator) -> sp.csr_matrix:
    """At most `most` entries of each row, drawn at random."""
    return _keep(matrix, _shuffled(matrix, rng)[0] < most)


def _able(corpus: Corpus, protocol: Protocol) -> dict[str, NDArray[np.bool_]]:
    """Per case, the playlists that can be asked about in it."""
    songs, tags = (np.diff(corpus.matrix(kind).indptr) for kind in (Kind.SONG, Kind.TAG))
    if protocol == "tags":
        return {TAGS: tags >= FEWEST_TAGS}
    titled = (corpus.playlists["title"].str.strip() != "").to_numpy()
    return {
        SONGS_TAGS: (songs > 1) & (tags > 1),
        SONGS: songs > 1,
        TAGS_TITLE: tags > 1,
        TITLE: titled & ((songs > 0) | (tags > 0)),
    }


def _held_out(
    groups: NDArray[Any], eligible: NDArray[np.bool_], share: float, grouped: bool, rng: np.random.Generator
) -> NDArray[np.bool_]:
    """Which playlists are not trained on: whole groups drawn until `share` of the eligible playlists is in them."""
    wanted = max(1, round(share * int(eligible.sum())))
    if not grouped:
        held = np.zeros(len(groups), dtype=bool)
        held[rng.permutation(np.flatnonzero(eligible))[:wanted]] = True
        return held
    codes, names = pd.factorize(groups)
    alone = groups == ""
    codes[alone] = len(names) + np.arange(int(alone.sum()))
    sizes = np.bincount(codes, weights=eligible)
    order = rng.permutation(len(sizes))
    order = order[: int(np.searchsorted(np.cumsum(sizes[order]), wanted)) + 1]
    return np.isin(codes, order)


def _tags(corpus: Corpus, rows: NDArray[Any], rng: np.random.Generator) -> Questions:
    shown, hidden = halves(corpus.matrix(Kind.TAG)[rows], rng)
    nothing = sp.csr_matrix((len(rows), len(corpus.vocab(Kind.SONG))), dtype=np.float32)
    frame = _frame(corpus, rows, np.zeros(len(rows), dtype=bool), np.full(len(rows), TAGS, dtype=object))
    return Questions(frame, {Kind.TAG: shown, Kind.SONG: nothing}, {Kind.TAG: hidden})


def _arena(
    corpus: Corpus, rows: NDArray[Any], able: Mapping[str, NDArray[np.bool_]], mask: Mask, rng: np.random.Generator
) -> Questions:
    case = _assigned(able, SHARES[mask], rng)
    partly = {Kind.SONG: np.isin(case, (SONGS_TAGS, SONGS)), Kind.TAG: np.isin(case, (SONGS_TAGS, TAGS_TITLE))}
    shown, hidden = {}, {}
    for kind, some in partly.items():
        whole = corpus.matrix(kind)[rows]
        half, rest = halves(whole, rng)
        shown[kind] = _rows_where(half, some)
        hidden[kind] = sp.csr_matrix(_rows_where(rest, some) + _rows_where(cut(whole, LONGEST_TRUTH[kind], rng), ~some))
    titled = ~partly[Kind.SONG] if mask == "real" else np.ones(len(rows), dtype=bool)
    titled &= (corpus.playlists["title"].iloc[rows].str.strip() != "").to_numpy()
    case[(case == TAGS_TITLE) & ~titled] = TAGS
    hidden = {kind: matrix for kind, matrix in hidden.items() if corpus.has(kind)}
    return Questions(_frame(corpus, rows, titled, case), shown, hidden)


def _assigned(
    able: Mapping[str, NDArray[np.bool_]], shares: Mapping[str, float], rng: np.random.Generator
) -> NDArray[Any]:
    """A case per question: each case draws its share of those that can be asked so; the rest get the first that
    fits."""
    count = len(able[TITLE])
    order = rng.permutation(count)
    case = np.full(count, "", dtype=object)
    for name, share in shares.items():
        free = order[(case[order] == "") & able[name][order]]
        case[free[: round(share * count)]] = name
    for name in shares:
        case[(case == "") & able[name]] = name
    return case


def _frame(corpus: Corpus, rows: NDArray[Any], titled: NDArray[np.bool_], case: NDArray[Any]) -> pd.DataFrame:
    frame = corpus.playlists.iloc[rows][["id", "title", "date", "group"]].reset_index(drop=True)
    for name, kind in (("songs", Kind.SONG), ("tags", Kind.TAG)):
        frame[name] = np.diff(corpus.matrix(kind).indptr)[rows].astype(np.int32)
    return frame.assign(titled=titled, case=case.astype(str))


def _shuffled(matrix: sp.csr_matrix, rng: np.random.Generator) -> tuple[NDArray[Any], NDArray[Any]]:
    """Per entry its place in a random order of its row, and the length of its row."""
    lengths = np.diff(matrix.indptr)
    row = np.repeat(np.arange(matrix.shape[0]), lengths)
    order = np.lexsort((rng.random(matrix.nnz), row))
    place = np.empty(matrix.nnz, dtype=np.int64)
    place[order] = np.arange(matrix.nnz) - np.repeat(matrix.indptr[:-1], lengths)
    return place, lengths[row]


def _keep(matrix: sp.csr_matrix, kept: NDArray[np.bool_]) -> sp.csr_matrix:
    row = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))[kept]
    values = np.ones(len(row), dtype=np.float32)
    return sp.csr_matrix((values, (row, matrix.indices[kept])), shape=matrix.shape, dtype=np.float32)


def _rows_where(matrix: sp.csr_matrix, wanted: NDArray[np.bool_]) -> sp.csr_matrix:
    return _keep(matrix, np.repeat(wanted, np.diff(matrix.indptr)))
