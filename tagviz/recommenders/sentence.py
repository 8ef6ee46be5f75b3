"""Recommendations from text: the query's text against the texts of playlists and items.

playlists: the playlists whose title, tags and songs are most similar, then their items. items: the items with the
nearest vectors.

Vectors are centred by kind, since sentence models put all short texts into one narrow cone (Mu & Viswanath,
"All-but-the-Top", 2018), and the directions that separate scripts are removed, so that translations get similar vectors
(Yang et al., "A Simple and Effective Method To Eliminate the Self Language Bias in Multilingual Representations",
2021).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import scipy.sparse as sp

from tagviz.errors import InvalidParameterError, NotReadyError
from tagviz.params import Params, param
from tagviz.recommenders.embedding import embedding_from
from tagviz.recommenders.item_space import ItemSpace, nearest, unit
from tagviz.recommenders.sparse_ops import check_kind, dense, reasons
from tagviz.text import language
from tagviz.training import Arrays, Encode, TrainingContext
from tagviz.types import Corpus, Embedding, Floats, Ints, Kind, QueryBatch, Reason, key_of, readonly

WAYS = ("playlists", "items")
"""Ways to query the model, the default first."""
CARRIED = "head."
"""Prefix of the arrays that `state` stores for the code that makes the encoder."""
FEWEST_OF_SCRIPT = 20
"""Smallest number of tags in a script whose mean is used."""
KEPT_TITLES = 10_000
"""Number of titles whose vectors are cached."""


class SentenceParams(Params):
    """Parameters of recommendations from text."""

    model: str = param(
        "minilm",
        "minilm (English), e5 (multilingual), or the name or folder of a sentence-transformers model",
        first=True,
    )
    centred: bool = param(True, "subtract each kind's mean from its vectors when similar playlists are searched")
    centred_items: bool = param(
        True,
        "the same when items are searched; a fine-tuned model does better without, since its mean encodes popularity",
    )
    songs: float = param(
        2.0, "weight of the songs beside title and tags; larger: less text", ge=0, low=0.5, high=4.0, log=True
    )
    k: int = param(
        100,
        "number of nearest playlists; larger: broader, more popular",
        first=True,
        ge=1,
        low=30,
        high=300,
        log=True,
    )
    dimensions: int = param(
        0, "keep the texts' main directions only; 0: all; fewer: less memory and disk, slightly coarser", ge=0, le=1024
    )
    power: float = param(8.0, "exponent on the similarity; larger: only the very nearest count", ge=0, low=2, high=16)


@dataclass(frozen=True, eq=False)
class ExtraArrays:
    """Arrays beside the vectors of the texts.

    Attributes:
        carried: Arrays whose names begin with CARRIED.
        directions: float32 (model's dimension, d) directions to which the texts were reduced; None: not reduced.
    """

    carried: Mapping[str, np.ndarray[Any, Any]] = field(default_factory=dict)
    directions: Floats | None = None


class SentenceRecommender:
    """A sentence model's embedding of a corpus, queried in one of WAYS; new titles are encoded when they occur.

    Attributes:
        texts: Unit vectors of tags, songs and playlists from the sentence model.
        embedding: The same, centred where the parameters say so, with the songs' directions in the playlists.
    """

    method = "sentence"

    def __init__(
        self,
        corpus: Corpus,
        texts: Embedding,
        params: SentenceParams,
        tools: TrainingContext,
        way: str = "playlists",
        extra: ExtraArrays | None = None,
    ) -> None:
        """Create the method from encoded texts.

        Args:
            corpus: The playlists.
            texts: Unit vectors of tags, songs and playlists.
            params: Parameters.
            tools: Context with the encoders of sentence models.
            way: Way to query the model, one of WAYS.
            extra: Arrays beside the vectors.

        Raises:
            InvalidParameterError: There is no such way.
        """
        if way not in WAYS:
            raise InvalidParameterError(f"There is no way {way!r}", f"ways: {', '.join(WAYS)}", "choose one of these")
        centred = params.centred if way == "playlists" else params.centred_items
        self._scripts = _script_directions(texts)
        self.corpus = corpus
        self.texts = texts
        heard = replace(texts, vectors=readonly(_without(texts.vectors, self._scripts)))
        self.params = params
        self.way = way
        self.embedding = _placed(corpus, heard, params.songs, centred)
        self.centre = _mean(heard.of(Kind.PLAYLIST)) if centred else np.zeros(texts.dimension, dtype=np.float32)
        self.space = ItemSpace(corpus, self.embedding)
        self.kinds = frozenset(kind for kind in (Kind.TAG, Kind.SONG) if corpus.has(kind))
        self._tools = tools
        self._extra = extra or ExtraArrays()
        self._directions = self._extra.directions
        self._known: dict[str, Floats] = {}

    @classmethod
    def fit(
        cls,
        corpus: Corpus,
        params: SentenceParams,
        tools: TrainingContext,
        texts: Embedding,
        carried: Arrays | None = None,
    ) -> SentenceRecommender:
        """Create the method, with the texts reduced to their main directions where the parameters say so.

        Args:
            corpus: The playlists.
            params: Parameters.
            tools: Context with the encoders of sentence models.
            texts: Unit vectors of the corpus's tags, songs and playlists (`Kind.PLAYLIST`) from the sentence model.
            carried: Arrays to store for the code that makes the encoder.
        """
        if not 0 < params.dimensions < texts.dimension:
            return cls(corpus, texts, params, tools, extra=ExtraArrays(carried or {}))
        directions = _main_directions(texts.vectors, params.dimensions)
        texts = replace(texts, vectors=readonly(unit(texts.vectors @ directions)))
        return cls(corpus, texts, params, tools, extra=ExtraArrays(carried or {}, directions))

    @classmethod
    def restore(
        cls, arrays: Arrays, params: Mapping[str, Any], corpus: Corpus, tools: TrainingContext, way: str = ""
    ) -> SentenceRecommender:
        """Restore the method from `state`; the sentence model itself is loaded only for a new title.

        Args:
            arrays: Arrays of the state.
            params: Parameters of the state.
            corpus: The corpus it was fitted on.
            tools: Context with the encoders of sentence models.
            way: Another way to query the model; "": the stored one.
        """
        settings = SentenceParams.parse(params["settings"])
        carried = {name: array for name, array in arrays.items() if name.startswith(CARRIED)}
        extra = ExtraArrays(carried, arrays.get("directions"))
        texts = embedding_from(arrays, params, corpus)
        return cls(corpus, texts, settings, tools, way or str(params["way"]), extra)

    def score(self, asked: QueryBatch, kind: Kind) -> Floats:
        """Score items by similarity of text. Arguments as in `Recommender.score`."""
        check_kind(kind, self.kinds, f"{self.method}:{self.way}")
        query = self._query(asked)
        nothing = np.logical_not(query.any(axis=1))
        if self.way == "items":
            return self.space.spread(query @ self.embedding.of(kind).T, kind, nothing)
        return dense(self._near(query) @ self.corpus.matrix(kind))

    def explain(self, asked: QueryBatch, kind: Kind, rows: Ints) -> tuple[tuple[Reason, ...], ...]:
        """Return the most similar playlists, or the parts of the query. Arguments as in `Recommender.explain`."""
        check_kind(kind, self.kinds, f"{self.method}:{self.way}")
        if self.way == "items":
            return self._explain_items(asked, kind, rows)
        near = self._near(self._query(asked))
        brought = near.data[:, None] * dense(self.corpus.matrix(kind)[near.indices][:, rows])
        vocab = self.corpus.vocab(Kind.PLAYLIST)
        names = [(vocab.key(int(row)), vocab.label(int(row)) or vocab.key(int(row))) for row in near.indices]
        return tuple(tuple(reasons(brought[:, column], names, "playlist")) for column in range(len(rows)))

    def state(self) -> tuple[Arrays, dict[str, Any]]:
        """Return arrays and parameters as `Recommender.state`."""
        arrays: Arrays = {"vectors": self.texts.vectors, "norms": self.texts.norms}
        if self._directions is not None:
            arrays["directions"] = self._directions
        arrays |= self._extra.carried
        for kind, vocab in self.texts.vocabs.items():
            arrays[f"rows.{kind}"] = self.corpus.vocab(kind).find(list(vocab.ids))
        return arrays, {
            "method": self.texts.method,
            "params": dict(self.texts.params),
            "kinds": [str(kind) for kind in self.texts.vocabs],
            "settings": self.params.model_dump(),
            "way": self.way,
        }

    def _parts(self, asked: QueryBatch) -> tuple[Floats, Floats, Floats]:
        """Return (q, d) directions of titles, tags and songs, each of length 1 or zero."""
        titles = self._titles(asked.titles)
        tags = _direction(asked.items[Kind.TAG], self.embedding.of(Kind.TAG))
        songs = _direction(asked.items[Kind.SONG], self.embedding.of(Kind.SONG))
        return titles, tags, songs

    def _query(self, asked: QueryBatch) -> Floats:
        titles, tags, songs = self._parts(asked)
        return unit(np.asarray(titles + tags + self.params.songs * songs, dtype=np.float32))

    def _near(self, query: Floats) -> sp.csr_matrix:
        near = nearest(query, self.embedding.of(Kind.PLAYLIST), self.params.k)
        near.data **= self.params.power
        return near

    def _titles(self, titles: Sequence[str]) -> Floats:
        """Return (q, d) centred unit vectors of titles, zeros for empty ones; encoded once and cached."""
        new = list(dict.fromkeys(title for title in titles if title.strip() and title not in self._known))
        if new:
            if self._tools.encoder is None:
                raise NotReadyError(
                    "No sentence model is at hand", "a new title must be read", "open this model through the operations"
                )
            if len(self._known) > KEPT_TITLES:
                self._known.clear()
                return self._titles(titles)
            encode: Encode = self._tools.encoder(self.params.model)
            read = encode(new) if self._directions is None else unit(encode(new) @ self._directions)
            self._known.update(zip(new, unit(_without(read, self._scripts) - self.centre), strict=True))
        blank = np.zeros_like(self.centre)
        return np.array([self._known.get(title, blank) for title in titles], dtype=np.float32)

    def _explain_items(self, asked: QueryBatch, kind: Kind, rows: Ints) -> tuple[tuple[Reason, ...], ...]:
        """Return exact reasons: the query is a sum, and each term's product with the item is its part."""
        titles, _, _ = self._parts(asked)
        title = asked.titles[0]
        terms, names = [titles], [(key_of(Kind.WORD, title), f"“{title}”")]
        for of, weight in ((Kind.TAG, 1.0), (Kind.SONG, self.params.songs)):
            held = asked.items[of]
            if held.nnz:
                total = np.linalg.norm(held @ self.embedding.of(of))
                terms.append(
                    weight * held.data[:, None] * self.embedding.of(of)[held.indices] / max(float(total), 1e-9)
                )
                vocab = self.corpus.vocab(of)
                names += [(vocab.key(int(row)), vocab.label(int(row))) for row in held.indices]
        parts = np.vstack(terms) @ self.embedding.of(kind)[rows].T
        return tuple(tuple(reasons(parts[:, column], names)) for column in range(len(rows)))


def _placed(corpus: Corpus, texts: Embedding, song_weight: float, centred: bool) -> Embedding:
    """Return the vectors to query: centred by kind where wanted, playlists moved towards their songs."""
    parts = {kind: _centred(texts.of(kind)) if centred else texts.of(kind) for kind in texts.vocabs}
    if centred and Kind.SONG in parts:
        # songs read by their own names lie elsewhere than those that playlists describe
        heard, songs = (corpus.counts(Kind.SONG) > 0)[:, None], texts.of(Kind.SONG)
        parts[Kind.SONG] = _centred(songs * heard) + _centred(songs * ~heard)
    held = _direction(corpus.matrix(Kind.SONG), parts.get(Kind.SONG, texts.of(Kind.SONG)))
    parts[Kind.PLAYLIST] = unit(np.asarray(parts[Kind.PLAYLIST] + song_weight * held, dtype=np.float32))
    vectors = np.vstack(list(parts.values()))
    return replace(
        texts, vectors=readonly(vectors), norms=readonly(np.linalg.norm(vectors, axis=1), np.float32), outputs=None
    )


def _script_directions(texts: Embedding) -> Floats:
    """Return (d, scripts − 1) orthonormal directions between the mean tags of scripts with enough tags."""
    vectors, tags = texts.of(Kind.TAG), texts.vocabs[Kind.TAG].ids if Kind.TAG in texts.vocabs else ()
    scripts = np.array([language(tag) for tag in tags], dtype=object)
    names, counts = np.unique(scripts.astype(str), return_counts=True)
    means = [vectors[scripts == name].mean(axis=0) for name in names[counts >= FEWEST_OF_SCRIPT] if name]
    if len(means) < 2:
        return np.zeros((texts.dimension, 0), dtype=np.float32)
    return readonly(np.linalg.qr(np.transpose(means[1:] - means[0]))[0], np.float32)


def _without(vectors: Floats, directions: Floats) -> Floats:
    """Return unit vectors without their components along some directions."""
    return unit(np.asarray(vectors - vectors @ directions @ directions.T, dtype=np.float32))


def _main_directions(vectors: Floats, count: int) -> Floats:
    """Return (dimension, count): the directions of the largest variance, each with its largest entry positive."""
    _, axes = np.linalg.eigh(vectors.T.astype(np.float64) @ vectors)
    main = axes[:, : -count - 1 : -1]
    signs = np.sign(main[np.abs(main).argmax(axis=0), np.arange(count)])
    return readonly(main * signs, np.float32)


def _mean(vectors: Floats) -> Floats:
    """Return the mean of the rows that are not zero."""
    has_text = vectors.any(axis=1)
    mean = vectors[has_text].mean(axis=0) if has_text.any() else np.zeros(vectors.shape[1])
    return readonly(mean, np.float32)


def _centred(vectors: Floats) -> Floats:
    """Return unit vectors less their mean, scaled to length 1 again; rows of zeros stay."""
    has_text = vectors.any(axis=1, keepdims=True)
    return unit(np.where(has_text, vectors - _mean(vectors), 0).astype(np.float32))


def _direction(held: sp.csr_matrix, vectors: Floats) -> Floats:
    """Return each row's mean direction, zero for an empty row."""
    return unit(np.asarray(held @ vectors, dtype=np.float32))
