"""Domain types of tagviz: embeddings, queries, recommendations, projections.

All types are frozen and their arrays read-only. This module depends on numpy, scipy and pandas only.

A *key* is a string with a namespace, such as `tag:jazz`, `song:1234` or `word:여행`. A bare number is never a key, so
that an identifier and a row number cannot be confused.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal, Protocol, runtime_checkable

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from tagviz.corpus import Corpus as Corpus
from tagviz.corpus import Floats as Floats
from tagviz.corpus import Ints as Ints
from tagviz.corpus import Kind as Kind
from tagviz.corpus import Rulings as Rulings
from tagviz.corpus import Vocab as Vocab
from tagviz.corpus import key_of as key_of
from tagviz.corpus import readonly as readonly
from tagviz.corpus import split_key as split_key
from tagviz.errors import NotFoundError


@dataclass(frozen=True, eq=False)
class Embedding:
    """Vectors of items of several kinds in one array, one block of rows per kind in the order of `vocabs`.

    Attributes:
        vocabs: Vocabulary of each kind that has vectors.
        vectors: float32 (n, d), rows of length 1.
        norms: float32 (n,), length of each raw vector (raw vector = norm · vector).
        outputs: float32 (n, d), raw output ("context") vectors, or None where the method has none.
        method: Id of the method that trained the vectors.
        params: Parameters of the training.
        fingerprint: Fingerprint of the corpus the vectors were trained on.
    """

    vocabs: Mapping[Kind, Vocab]
    vectors: Floats
    norms: Floats
    outputs: Floats | None
    method: str
    params: Mapping[str, Any] = field(default_factory=dict)
    fingerprint: str = ""

    @property
    def dimension(self) -> int:
        """Length d of the vectors."""
        return int(self.vectors.shape[1])

    @cached_property
    def blocks(self) -> dict[Kind, slice]:
        """Rows of each kind as a slice of `vectors`."""
        ends = np.cumsum([len(vocab) for vocab in self.vocabs.values()])
        return {
            kind: slice(int(end) - len(vocab), int(end))
            for (kind, vocab), end in zip(self.vocabs.items(), ends, strict=True)
        }

    def of(self, kind: Kind) -> Floats:
        """Return the unit vectors (n_kind, d) of one kind as a view; (0, d) where the embedding lacks the kind."""
        return self.vectors[self.blocks.get(kind, slice(0, 0))]

    def raw(self, kind: Kind) -> Floats:
        """Return the raw vectors (n_kind, d) of one kind, before they were scaled to length 1."""
        block = self.blocks.get(kind, slice(0, 0))
        return self.vectors[block] * self.norms[block, None]

    def row(self, key: str) -> int:
        """Return the row of a key within the block of its kind, so that `of(kind)[row]` is its vector.

        Raises:
            NotFoundError: The key's kind or the key itself has no vector.
        """
        kind, ident = split_key(key)
        row = self.vocabs[kind].row(ident, missing="skip") if kind in self.vocabs else -1
        if row < 0:
            holds = ", ".join(f"{len(vocab):,} {of}s" for of, vocab in self.vocabs.items()) or "nothing"
            raise NotFoundError(
                f"{key!r} has no vector in this model",
                f"it is unknown or too rare: the model holds {holds}",
                "choose another",
            )
        return row

    def rows_in(self, vocab: Vocab) -> Ints:
        """Map a vocabulary to the rows of this embedding.

        Returns:
            int32 (n,) row of each item of `vocab` within this embedding's block of that kind, −1 where it has no
            vector.
        """
        if vocab.kind not in self.vocabs:
            return np.full(len(vocab), -1, dtype=np.int32)
        return self.vocabs[vocab.kind].ids.get_indexer(vocab.ids).astype(np.int32)


@dataclass(frozen=True)
class Query:
    """A request for recommendations. Title, tags and songs may each be missing.

    Attributes:
        title: Title of the playlist.
        tags: Tags as typed or as keys.
        songs: Songs as typed or as keys.
        avoid: Keys that the recommendations should stay away from.
        n: Number of recommendations.
        date: ISO date of the playlist; with it, songs released later can be left out.
        readings: What a person decided on parts of the title: pairs of the typed part and the key it means ("": no
            item, PHRASE: a phrase).
        match: Whether all items that the title names are meant at once, or any of them; "auto": as the title says.
    """

    title: str = ""
    tags: tuple[str, ...] = ()
    songs: tuple[str, ...] = ()
    avoid: tuple[str, ...] = ()
    n: int = 20
    date: str = ""
    readings: tuple[tuple[str, str], ...] = ()
    match: Literal["auto", "all", "any"] = "auto"


PHRASE = "phrase"
"""`TermMatch.how` of a part of a title that matches no name."""


@dataclass(frozen=True)
class TermMatch:
    """How one typed term was matched.

    Attributes:
        typed: The term as typed.
        kind: Kind the term was looked up in.
        key: Key of the matched item, "" where nothing matches.
        how: Name of the rule that matched.
        suggestions: Keys the term may have meant instead.
        span: Position of the first character and of the one behind the last for parts of a title, (−1, −1) for other
            terms.
        confidence: How likely the term is meant this way, 0 … 1.
        alternatives: Other keys the term may mean, with their confidence.
        role: Whether the item is asked for, avoided, or was switched off by a person.
    """

    typed: str
    kind: Kind
    key: str = ""
    how: str = ""
    suggestions: tuple[str, ...] = ()
    span: tuple[int, int] = (-1, -1)
    confidence: float = 1.0
    alternatives: tuple[tuple[str, float], ...] = ()
    role: Literal["asked", "avoided", "off"] = "asked"


@dataclass(frozen=True, eq=False)
class QueryBatch:
    """Several queries as CSR rows over songs, tags and title words; a single query is a batch of one.

    Attributes:
        titles: The titles, one per query; what is misspelt is corrected where titles are read.
        items: Per kind a float32 CSR matrix (q, n_kind) of the items in each query.
        avoid: Per kind a CSR matrix of items to stay away from.
        masked: Per kind a CSR matrix of items that must not be recommended for another reason, such as a tag that
            equals the title. Items of the query itself are never recommended either, except those in `named`.
        readings: Per query how each term was matched.
        dates: datetime64[s] (q,) date of each query, NaT where unknown.
        named: Per kind a CSR matrix of those `items` that the title names. They may be recommended; the weights in
            (0, 1] say how far they lead.
        phrases: Per query the parts of the title that match no name, one per line; an empty tuple: none.
        avoided_phrases: The same for parts of the title that are avoided.
        match: Per query "all" or "any" of what the title names; an empty tuple: "all".
    """

    titles: tuple[str, ...]
    items: Mapping[Kind, sp.csr_matrix]
    avoid: Mapping[Kind, sp.csr_matrix] = field(default_factory=dict)
    masked: Mapping[Kind, sp.csr_matrix] = field(default_factory=dict)
    readings: tuple[tuple[TermMatch, ...], ...] = ()
    dates: NDArray[Any] | None = None
    named: Mapping[Kind, sp.csr_matrix] = field(default_factory=dict)
    phrases: tuple[str, ...] = ()
    avoided_phrases: tuple[str, ...] = ()
    match: tuple[str, ...] = ()

    def __len__(self) -> int:
        """Return the number of queries."""
        return len(self.titles)

    def part(self, start: int, stop: int) -> QueryBatch:
        """Return the queries `start` … `stop` − 1 as a batch of their own.

        Args:
            start: First query.
            stop: One past the last query.

        Returns:
            The part; the batch itself where the range covers all queries.
        """
        if start == 0 and stop >= len(self):
            return self
        return QueryBatch(
            titles=self.titles[start:stop],
            items={kind: sp.csr_matrix(matrix[start:stop]) for kind, matrix in self.items.items()},
            avoid={kind: sp.csr_matrix(matrix[start:stop]) for kind, matrix in self.avoid.items()},
            masked={kind: sp.csr_matrix(matrix[start:stop]) for kind, matrix in self.masked.items()},
            readings=self.readings[start:stop],
            dates=None if self.dates is None else self.dates[start:stop],
            named={kind: sp.csr_matrix(matrix[start:stop]) for kind, matrix in self.named.items()},
            phrases=self.phrases[start:stop],
            avoided_phrases=self.avoided_phrases[start:stop],
            match=self.match[start:stop],
        )

    @property
    def unknown(self) -> tuple[tuple[str, ...], ...]:
        """Per query the typed terms that match nothing; phrases are not among them."""
        return tuple(
            tuple(reading.typed for reading in row if not reading.key and reading.how != PHRASE)
            for row in self.readings
        )


@dataclass(frozen=True)
class Reason:
    """One reason why an item is recommended: an item of the query, a playlist or a member of an ensemble.

    Attributes:
        key: Key of the reason: an item, `playlist:…` or `member:…`.
        label: Text to show.
        weight: Share of the item's score. The weights of one `via` add up to about 1.
        via: Type of the reason.
    """

    key: str
    label: str
    weight: float
    via: Literal["asked", "playlist", "member"] = "asked"


@runtime_checkable
class Recommender(Protocol):
    """Interface of every fitted method.

    Attributes:
        method: Id of the method.
        kinds: Kinds of items that the method recommends.
    """

    method: str
    kinds: frozenset[Kind]

    def score(self, asked: QueryBatch, kind: Kind) -> Floats:
        """Score all items of a kind for each query.

        Each row depends on its own query only. The caller may overwrite a writable array without changing later
        answers.

        Args:
            asked: The queries (q); never changed.
            kind: Kind of the items to score.

        Returns:
            float32 (q, n_kind), higher is better. A row of equal scores means that the method knows nothing of the
            query.

        Raises:
            InvalidParameterError: `kind` is not in `kinds`.
        """
        ...

    def explain(self, asked: QueryBatch, kind: Kind, rows: Ints) -> tuple[tuple[Reason, ...], ...]:
        """Explain the scores of some items for a single query.

        Args:
            asked: A batch of one query.
            kind: Kind of the items.
            rows: int32 (m,) rows of the items to explain.

        Returns:
            Per item its reasons, largest first; empty where the method cannot explain.
        """
        ...

    def state(self) -> tuple[dict[str, np.ndarray[Any, Any]], dict[str, Any]]:
        """Return named arrays and JSON parameters from which the method can be restored together with its corpus."""
        ...


@dataclass(frozen=True, eq=False)
class Ranking:
    """The answer to one query: keys with scores in descending order, and reasons.

    Attributes:
        kind: Kind of the items.
        keys: Keys of the items, best first.
        labels: Text to show for each key.
        scores: float32 (n,) scores.
        method: Id of the method.
        model: Reference of the model, "" where there is none.
        fallback: True where the method knew nothing of the query, so that these are the most popular items.
        readings: How the typed terms were matched.
        reasons: Reasons of each item.
        expected: How good answers to queries like this have been, None where the method has not learned it.
    """

    kind: Kind
    keys: tuple[str, ...]
    labels: tuple[str, ...]
    scores: Floats
    method: str
    model: str = ""
    fallback: bool = False
    readings: tuple[TermMatch, ...] = ()
    reasons: tuple[tuple[Reason, ...], ...] = ()
    expected: Expectation | None = None

    @classmethod
    def of(
        cls,
        vocab: Vocab,
        rows: Sequence[int] | NDArray[Any],
        scores: Floats | Sequence[float],
        method: str,
        model: str = "",
    ) -> Ranking:
        """Build a ranking from rows of a vocabulary.

        Args:
            vocab: Vocabulary of the items.
            rows: Rows of the items (n,), best first.
            scores: Scores (n,) in the same order.
            method: Id of the method.
            model: Reference of the model.

        Returns:
            The ranking, without readings and reasons.
        """
        return cls(
            kind=vocab.kind,
            keys=tuple(vocab.keys(rows)),
            labels=tuple(vocab.label_list(rows)),
            scores=readonly(np.asarray(scores), np.float32),
            method=method,
            model=model,
        )


@dataclass(frozen=True)
class Expectation:
    """What to expect of an answer.

    Attributes:
        share: Expected share of right items among the first ten, 0 … 1.
        questions: Number of questions like it from which this was learned.
    """

    share: float
    questions: int

    @property
    def poor(self) -> bool:
        """Whether the answer is likely poor: fewer than one item in ten is right."""
        return self.share < POOR


POOR = 0.1
"""Expected share below which an answer is likely poor."""


@dataclass(frozen=True, eq=False)
class Projection:
    """A map of the items of one kind: positions, clusters with labels per zoom level, and trust per point.

    Attributes:
        vocab: The items.
        xy: float32 (n, 2), or (n, 3) for a map in three dimensions.
        levels: Per zoom level, coarse to fine, int32 (n,) cluster of each point (−1: none).
        names: Per zoom level the label of each cluster.
        trust: float32 (n,) in [0, 1], share of each point's true neighbours that are also its neighbours on the
            map.
        method: Name of the layout method.
        params: Parameters of the layout.
        measures: Quality measures of the whole map.
        fingerprint: Hash of the inputs.
        near: int32 (n, up to 5) rows of each point's nearest neighbours in the original space; None where not
            stored.
    """

    vocab: Vocab
    xy: Floats
    levels: tuple[Ints, ...]
    names: tuple[tuple[str, ...], ...]
    trust: Floats
    method: str
    params: Mapping[str, Any] = field(default_factory=dict)
    measures: Mapping[str, float] = field(default_factory=dict)
    fingerprint: str = ""
    near: Ints | None = None


@dataclass(frozen=True)
class Progress:
    """State of a long computation.

    Attributes:
        phase: What is being computed.
        fraction: Fraction that is done, None where unknown.
        note: Short note to show beside the phase.
        numbers: Numbers worth plotting, such as the loss.
        near: For watched keys the labels of their current nearest neighbours while an embedding trains.
    """

    phase: str
    fraction: float | None = None
    note: str = ""
    numbers: Mapping[str, float] = field(default_factory=dict)
    near: Mapping[str, Sequence[str]] = field(default_factory=dict)


ProgressCallback = Callable[[Progress], None]
"""Called by long computations about once a second; raises Cancelled to stop them."""


def no_progress(progress: Progress) -> None:
    """Ignore the progress: a ProgressCallback that does nothing."""
