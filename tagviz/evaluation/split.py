"""Split a corpus into a training side and questions with known answers. The training side never sees an answer.

Protocols:
    tags: playlists with at least four tags. Half of the tags (rounded down), drawn at random, are shown, nothing else.
    arena: as in the Melon Playlist Continuation challenge (Kakao Arena 2020). Each question belongs to one case, which
        decides what is shown. Of a kind that is partly shown, half (rounded down) is drawn at random and the rest is
        hidden. Of a kind that is not shown at all, everything is hidden, cut to 100 songs and 10 tags (drawn at random,
        where the Arena keeps the first ones: a corpus has no order).
    cold: songs of some artists are taken out of the training lists, and only these are asked for; see `cold`.

Masks of the arena protocol:
    official: the shares in the organisers' own splitting script, titles always shown.
    real: the shares found in their validation and test files; no title where songs are shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np
import pandas as pd
import scipy.sparse as sp
from numpy.typing import NDArray

from tagviz.errors import InvalidParameterError, NotReadyError
from tagviz.evaluation import cold
from tagviz.types import Corpus, Kind, QueryBatch

Protocol = Literal["tags", "arena", "cold"]
Mask = Literal["real", "official"]

PROTOCOLS: tuple[Protocol, ...] = ("tags", "arena", "cold")

SONGS_TAGS, SONGS, TAGS_TITLE, TAGS, TITLE = CASES = ("songs+tags", "songs", "tags+title", "tags", "title")
"""The cases: what a question shows."""

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

    Attributes:
        frame: Frame `id`, `title` (always the whole title), `titled` (bool: whether it is shown), `date`, `group`,
            `case` (one of CASES), `songs` and `tags` (int: numbers in the whole playlist).
        shown: Binary float32 CSR matrix (questions, items) by kind, columns as in the corpus.
        hidden: The same, for the kinds that are asked for.
        candidates: Per kind bool (items,), the only items that may be recommended; empty: all.
    """

    frame: pd.DataFrame
    shown: Mapping[Kind, sp.csr_matrix]
    hidden: Mapping[Kind, sp.csr_matrix]
    candidates: Mapping[Kind, NDArray[np.bool_]] = field(default_factory=dict)

    def __len__(self) -> int:
        """Return the number of questions."""
        return len(self.frame)

    @property
    def titles(self) -> list[str]:
        """The titles as they are shown, "" where they are hidden."""
        return [str(title) for title in np.where(self.frame["titled"], self.frame["title"], "")]

    def queries(self, corpus: Corpus) -> QueryBatch:
        """Return the questions as a batch of queries to a model of `corpus`, the training side."""
        from tagviz.query.parser import batch_from_lists

        def lists(kind: Kind) -> list[list[str]]:
            ids = corpus.vocab(kind).ids.to_numpy(dtype=object)
            matrix = self.shown[kind]
            return [part.tolist() for part in np.split(ids[matrix.indices], matrix.indptr[1:-1])]

        return batch_from_lists(
            corpus,
            self.titles,
            lists(Kind.TAG),
            lists(Kind.SONG),
            self.frame["date"].to_numpy().astype("datetime64[s]"),
        )

    def select(self, rows: NDArray[Any]) -> Questions:
        """Return some of the questions.

        Args:
            rows: Their rows, int, or a mask.
        """
        return Questions(
            self.frame.iloc[rows].reset_index(drop=True),
            {kind: sp.csr_matrix(matrix[rows]) for kind, matrix in self.shown.items()},
            {kind: sp.csr_matrix(matrix[rows]) for kind, matrix in self.hidden.items()},
            self.candidates,
        )


@dataclass(frozen=True)
class SplitSpec:
    """Settings of a split, which decide which playlists become questions.

    Attributes:
        protocol: "tags", "arena" or "cold", see the module.
        mask: Shares of the arena protocol's cases, "real" or "official"; the tags protocol ignores it.
        by_group: Keep all playlists of a group (listener, artist) on one side, so that nobody's other playlists give
            the answer away. Has no effect on a corpus without groups.
        seed: Seed of all random draws.
        share: Share of the eligible playlists that become questions, between 0 and 1. A larger share gives narrower
            intervals and weaker models.
        limit: Largest number of questions; the other eligible playlists are on neither side. None: no limit.

    Raises:
        InvalidParameterError: For an unknown protocol or mask, a share outside (0, 1) or a limit below 1.
    """

    protocol: Protocol = "tags"
    mask: Mask = "real"
    by_group: bool = True
    seed: int = 42
    share: float = 0.2
    limit: int | None = None

    def __post_init__(self) -> None:
        """Check the settings."""
        if self.protocol not in PROTOCOLS:
            raise InvalidParameterError(
                f"There is no protocol {self.protocol!r}",
                f"protocols: {', '.join(PROTOCOLS)}",
                "choose one of these",
            )
        if self.mask not in SHARES:
            raise InvalidParameterError(
                f"There is no mask {self.mask!r}", f"masks: {', '.join(SHARES)}", "choose one of these"
            )
        if not 0 < self.share < 1:
            raise InvalidParameterError(
                f"The share of questions cannot be {self.share}", "it lies between 0 and 1", "try 0.2"
            )
        if self.limit is not None and self.limit < 1:
            raise InvalidParameterError(
                f"The number of questions cannot be {self.limit}", "at least one question is needed", "try 1000"
            )


@dataclass(frozen=True, eq=False)
class Split:
    """A corpus divided into a training side and questions.

    Attributes:
        train: Corpus of the training playlists.
        questions: Playlists with a hidden part.
        corpus: Name of the corpus.
        fingerprint: Fingerprint of the whole corpus.
        spec: Settings of the split; its `by_group` is false where the corpus has no groups.
        leak: Share of the questions whose group (listener, artist) also has playlists on the training side; 0 where
            the corpus has no groups.
        notes: Sentences on playlists that were left out, and why.
    """

    train: Corpus
    questions: Questions
    corpus: str
    fingerprint: str
    spec: SplitSpec
    leak: float
    notes: tuple[str, ...] = ()


def split(corpus: Corpus, spec: SplitSpec | None = None) -> Split:
    """Divide a corpus into a training side and questions.

    The same corpus and settings always give the same split.

    Args:
        corpus: The corpus.
        spec: Settings; None: the defaults of SplitSpec.

    Returns:
        The training side and the questions.

    Raises:
        NotReadyError: If no playlist is long enough for a question, or none is left to train on.
    """
    spec = spec or SplitSpec()
    if spec.protocol == "cold":
        return _cold_split(corpus, spec)
    protocol, limit = spec.protocol, spec.limit
    rng = np.random.default_rng(spec.seed)
    eligible_by_case = _eligible_by_case(corpus, protocol)
    eligible = np.logical_or.reduce(list(eligible_by_case.values()))
    if eligible.sum() < 2:
        needed = f"at least {FEWEST_TAGS} tags" if protocol == "tags" else "at least two songs, two tags, or a title"
        raise NotReadyError(
            f"The corpus {corpus.name!r} cannot be split for the {protocol} protocol",
            f"a question needs {needed}; {int(eligible.sum())} of {len(corpus)} playlists have that",
            "choose the other protocol or a larger corpus",
        )
    groups = corpus.playlists["group"].to_numpy(dtype=object)
    grouped = spec.by_group and bool((groups != "").any())
    held = _held_out_mask(groups, eligible, spec.share, grouped, rng)
    rows = np.flatnonzero(held & eligible)
    notes = []
    if spec.by_group and not grouped:
        notes.append("The corpus knows no listeners or artists, so playlists were split one by one.")
    if limit is not None and len(rows) > limit:
        notes.append(f"{limit:,} of {len(rows):,} possible questions were drawn; the others are on neither side.")
        rows = np.sort(rng.choice(rows, limit, replace=False))
    if left := int((held & ~eligible).sum()):
        notes.append(f"{left:,} playlists too short for a question are on neither side, because their group is tested.")
    train = corpus.select(np.flatnonzero(~held), f"{corpus.name}:train")
    if len(train) == 0:
        raise NotReadyError(
            f"Nothing of the corpus {corpus.name!r} is left to train on",
            "all playlists belong to one group",
            "split without groups",
        )
    drawn = {name: can[rows] for name, can in eligible_by_case.items()}
    questions = (
        _tags_questions(corpus, rows, rng)
        if protocol == "tags"
        else _arena_questions(corpus, rows, drawn, spec.mask, rng)
    )
    return Split(
        train=train,
        questions=questions,
        corpus=corpus.name,
        fingerprint=corpus.fingerprint,
        spec=replace(spec, by_group=grouped),
        leak=leak(train, questions),
        notes=tuple(notes),
    )


def _cold_split(corpus: Corpus, spec: SplitSpec) -> Split:
    rng = np.random.default_rng(spec.seed)
    drawn = cold.draw(corpus, spec.share, rng)
    can = np.flatnonzero(cold.eligible(corpus, drawn))
    if len(can) < 2:
        raise NotReadyError(
            f"The corpus {corpus.name!r} cannot be split for the cold protocol",
            "fewer than two playlists hold one of the drawn songs and anything else",
            "choose another protocol or a larger share",
        )
    rows = np.sort(rng.permutation(can)[: max(1, min(round(spec.share * len(can)), spec.limit or len(can)))])
    train = corpus.select(np.setdiff1d(np.arange(len(corpus)), rows), f"{corpus.name}:train")
    songs = cold.without_drawn(train, drawn, rng)
    train = replace(train, links={**train.links, Kind.SONG: songs}, stored_fingerprint="")
    shown, hidden, by_songs = cold.shown_and_hidden(corpus, rows, drawn, rng)
    titled = ~by_songs & (corpus.playlists["title"].iloc[rows].str.strip() != "").to_numpy()
    has_tags = np.diff(shown[Kind.TAG].indptr) > 0
    case = np.select(
        [by_songs & has_tags, by_songs, has_tags & titled, has_tags], [SONGS_TAGS, SONGS, TAGS_TITLE, TAGS], TITLE
    )
    noun = {"artist": "artists", "album": "albums", "song": "single songs"}[drawn.unit]
    notes = (f"{int(drawn.drawn.sum()):,} songs, whole {noun}, have few training playlists or none; only they count.",)
    questions = Questions(_question_frame(corpus, rows, titled, case), shown, hidden, {Kind.SONG: drawn.drawn})
    settled = replace(spec, by_group=False)
    return Split(train, questions, corpus.name, corpus.fingerprint, settled, 0.0, notes)


def leak(train: Corpus, questions: Questions) -> float:
    """Return the share of the questions whose group also has playlists on the training side.

    Args:
        train: The training side.
        questions: The questions.
    """
    known = questions.frame["group"] != ""
    return float((known & questions.frame["group"].isin(train.playlists["group"])).mean()) if len(questions) else 0.0


def halves(matrix: sp.csr_matrix, rng: np.random.Generator) -> tuple[sp.csr_matrix, sp.csr_matrix]:
    """Divide each row's entries into floor(n/2), drawn at random, and the rest."""
    position, lengths = _random_positions(matrix, rng)
    return _select_entries(matrix, position < lengths // 2), _select_entries(matrix, position >= lengths // 2)


def cut(matrix: sp.csr_matrix, most: int, rng: np.random.Generator) -> sp.csr_matrix:
    """Keep at most `most` entries of each row, drawn at random."""
    return _select_entries(matrix, _random_positions(matrix, rng)[0] < most)


def _eligible_by_case(corpus: Corpus, protocol: Protocol) -> dict[str, NDArray[np.bool_]]:
    """Return, per case, which playlists can be asked about in it."""
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


def _held_out_mask(
    groups: NDArray[Any], eligible: NDArray[np.bool_], share: float, grouped: bool, rng: np.random.Generator
) -> NDArray[np.bool_]:
    """Return which playlists are not trained on.

    Whole groups are drawn until they contain `share` of the eligible playlists.
    """
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


def _tags_questions(corpus: Corpus, rows: NDArray[Any], rng: np.random.Generator) -> Questions:
    shown, hidden = halves(corpus.matrix(Kind.TAG)[rows], rng)
    nothing = sp.csr_matrix((len(rows), len(corpus.vocab(Kind.SONG))), dtype=np.float32)
    frame = _question_frame(corpus, rows, np.zeros(len(rows), dtype=bool), np.full(len(rows), TAGS, dtype=object))
    return Questions(frame, {Kind.TAG: shown, Kind.SONG: nothing}, {Kind.TAG: hidden})


def _arena_questions(
    corpus: Corpus,
    rows: NDArray[Any],
    eligible_by_case: Mapping[str, NDArray[np.bool_]],
    mask: Mask,
    rng: np.random.Generator,
) -> Questions:
    case = _assign_cases(eligible_by_case, SHARES[mask], rng)
    partly = {Kind.SONG: np.isin(case, (SONGS_TAGS, SONGS)), Kind.TAG: np.isin(case, (SONGS_TAGS, TAGS_TITLE))}
    shown, hidden = {}, {}
    for kind, some in partly.items():
        whole = corpus.matrix(kind)[rows]
        half, rest = halves(whole, rng)
        shown[kind] = _select_rows(half, some)
        hidden[kind] = sp.csr_matrix(
            _select_rows(rest, some) + _select_rows(cut(whole, LONGEST_TRUTH[kind], rng), ~some)
        )
    titled = ~partly[Kind.SONG] if mask == "real" else np.ones(len(rows), dtype=bool)
    titled &= (corpus.playlists["title"].iloc[rows].str.strip() != "").to_numpy()
    case[(case == TAGS_TITLE) & ~titled] = TAGS
    hidden = {kind: matrix for kind, matrix in hidden.items() if corpus.has(kind)}
    return Questions(_question_frame(corpus, rows, titled, case), shown, hidden)


def _assign_cases(
    eligible_by_case: Mapping[str, NDArray[np.bool_]], shares: Mapping[str, float], rng: np.random.Generator
) -> NDArray[Any]:
    """Assign a case to each question.

    Each case draws its share of the questions that fit it; the remaining ones get the first case that fits.
    """
    count = len(eligible_by_case[TITLE])
    order = rng.permutation(count)
    case = np.full(count, "", dtype=object)
    for name, share in shares.items():
        free = order[(case[order] == "") & eligible_by_case[name][order]]
        case[free[: round(share * count)]] = name
    for name in shares:
        case[(case == "") & eligible_by_case[name]] = name
    return case


def _question_frame(corpus: Corpus, rows: NDArray[Any], titled: NDArray[np.bool_], case: NDArray[Any]) -> pd.DataFrame:
    frame = corpus.playlists.iloc[rows][["id", "title", "date", "group"]].reset_index(drop=True)
    for name, kind in (("songs", Kind.SONG), ("tags", Kind.TAG)):
        frame[name] = np.diff(corpus.matrix(kind).indptr)[rows].astype(np.int32)
    return frame.assign(titled=titled, case=case.astype(str))


def _random_positions(matrix: sp.csr_matrix, rng: np.random.Generator) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return, per entry, its position in a random order of its row, and the length of its row."""
    lengths = np.diff(matrix.indptr)
    row = np.repeat(np.arange(matrix.shape[0]), lengths)
    order = np.lexsort((rng.random(matrix.nnz), row))
    place = np.empty(matrix.nnz, dtype=np.int64)
    place[order] = np.arange(matrix.nnz) - np.repeat(matrix.indptr[:-1], lengths)
    return place, lengths[row]


def _select_entries(matrix: sp.csr_matrix, kept: NDArray[np.bool_]) -> sp.csr_matrix:
    row = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))[kept]
    values = np.ones(len(row), dtype=np.float32)
    return sp.csr_matrix((values, (row, matrix.indices[kept])), shape=matrix.shape, dtype=np.float32)


def _select_rows(matrix: sp.csr_matrix, wanted: NDArray[np.bool_]) -> sp.csr_matrix:
    return _select_entries(matrix, np.repeat(wanted, np.diff(matrix.indptr)))
