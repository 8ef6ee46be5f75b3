"""Recommendations from text: what a query says, against what playlists and items say.

playlists: the playlists whose title, tags and songs say most nearly the same, then their items. items: the items whose
own vectors lie nearest. Vectors are centred by kind, since sentence models put all short texts into one narrow cone (Mu
& Viswanath, "All-but-the-Top", 2018), and what tells scripts apart is taken out, so that translations meet (Yang et
al., "A Simple and Effective Method To Eliminate the Self Language Bias in Multilingual Representations", 2021).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import scipy.sparse as sp

from tagviz.errors import BadParameter, NotReady
from tagviz.methods import Arrays, Encode, Tools
from tagviz.params import Params, knob
from tagviz.recommend.embedding import embedding_from
from tagviz.recommend.shared import check_kind, dense, reasons
from tagviz.recommend.space import Space, nearest, unit
from tagviz.text import language
from tagviz.types import Asked, Corpus, Embedding, Floats, Ints, Kind, Reason, frozen, key_of

WAYS = ("playlists", "items")
CARRIED = "head."
"""How the names of arrays begin that `state` keeps for whoever makes the encoder."""
FEWEST_OF_SCRIPT = 20
"""Tags in a script, below which its mean says too little."""
KEPT_TITLES = 10_000
"""Titles whose vectors are remembered."""


class SentenceParams(Params):
    """Parameters of recommendations from text."""

    model: str = knob(
        "minilm",
        "minilm (English), e5 (multilingual), or the name or folder of a sentence-transformers model",
        first=True,
    )
    centred: bool = knob(True, "take each kind's mean off its vectors when playlists are asked")
    centred_items: bool = knob(
        True,
        "the same when items are asked; a fine-tuned model does better without, since its mean says what is popular",
    )
    songs: float = knob(
        2.0, "weight of the songs beside title and tags; larger: less text", ge=0, low=0.5, high=4.0, log=True
    )
    k: int = knob(
        100,
        "nearest playlists that are asked; larger: broader, more popular",
        first=True,
        ge=1,
        low=30,
        high=300,
        log=True,
    )
    dimensions: int = knob(
        0, "keep the texts' main directions only; 0: all; fewer: less memory and disk, slightly coarser", ge=0, le=1024
    )
    power: float = knob(8.0, "exponent of the likeness; larger: only the very nearest count", ge=0, low=2, high=16)


class SentenceRecommender:
    """A sentence model's embedding of a corpus, asked in one of WAYS; new titles are read when they come.

    texts: unit vectors of tags, songs and playlists as the model gives them. embedding: the same, centred where the
    way wants it, playlists with their songs' directions in.
    """

    method = "sentence"

    def __init__(
        self,
        corpus: Corpus,
        texts: Embedding,
        params: SentenceParams,
        tools: Tools,
        way: str = "playlists",
        carried: Arrays | None = None,
        directions: Floats | None = None,
    ) -> None:
        """directions: (model's dimension, d) float32 that the texts were reduced with. carried: see CARRIED. Raises
        BadParameter for an unknown way."""
        if way not in WAYS:
            raise BadParameter(f"There is no way {way!r}", f"ways: {', '.join(WAYS)}", "choose one of these")
        centred = params.centred if way == "playlists" else params.centred_items
        self._scripts = _script_directions(texts)
        self.corpus = corpus
        self.texts = texts
        heard = replace(texts, vectors=frozen(_without(texts.vectors, self._scripts)))
        self.params = params
        self.way = way
        self.embedding = _placed(corpus, heard, params.songs, centred)
        self.centre = _mean(heard.of(Kind.PLAYLIST)) if centred else np.zeros(texts.dimension, dtype=np.float32)
        self.space = Space(corpus, self.embedding)
        self.kinds = frozenset(kind for kind in (Kind.TAG, Kind.SONG) if corpus.has(kind))
        self._tools = tools
        self._carried = dict(carried or {})
        self._directions = directions
        self._known: dict[str, Floats] = {}

    @classmethod
    def fit(
        cls, corpus: Corpus, params: SentenceParams, tools: Tools, texts: Embedding, carried: Arrays | None = None
    ) -> SentenceRecommender:
        """texts: unit vectors of the corpus's tags, songs and playlists (`Kind.PLAYLIST`) as the sentence model
        gives them."""
        if not 0 < params.dimensions < texts.dimension:
            return cls(corpus, texts, params, tools, carried=carried)
        directions = _main_directions(texts.vectors, params.dimensions)
        texts = replace(texts, vectors=frozen(unit(texts.vectors @ directions)))
        return cls(corpus, texts, params, tools, carried=carried, directions=directions)

    @classmethod
    def restore(
        cls, arrays: Arrays, params: Mapping[str, Any], corpus: Corpus, tools: Tools, way: str = ""
    ) -> SentenceRecommender:
        """Undoes `state`; the sentence model itself is loaded only when a new title comes."""
        settings = SentenceParams.parse(params["settings"])
        carried = {name: array for name, array in arrays.items() if name.startswith(CARRIED)}
        texts, directions = embedding_from(arrays, params, corpus), arrays.get("directions")
        return cls(corpus, texts, settings, tools, way or str(params["way"]), carried, directions)

    def score(self, asked: Asked, kind: Kind) -> Floats:
        check_kind(kind, self.kinds, f"{self.method}:{self.way}")
        query = self._query(asked)
        nothing = np.logical_not(query.any(axis=1))
        if self.way == "items":
            return self.space.spread(query @ self.embedding.of(kind).T, kind, nothing)
        return dense(self._near(query) @ self.corpus.matrix(kind))

    def explain(self, asked: Asked, kind: Kind, rows: Ints) -> tuple[tuple[Reason, ...], ...]:
        check_kind(kind, self.kinds, f"{self.method}:{self.way}")
        if self.way == "items":
            return self._explain_items(asked, kind, rows)
        near = self._near(self._query(asked))
        brought = near.data[:, None] * dense(self.corpus.matrix(kind)[near.indices][:, rows])
        vocab = self.corpus.vocab(Kind.PLAYLIST)
        names = [(vocab.key(int(row)), vocab.label(int(row)) or vocab.key(int(row))) for row in near.indices]
        return tuple(tuple(reasons(brought[:, column], names, "playlist")) for column in range(len(rows)))

    def state(self) -> tuple[Arrays, dict[str, Any]]:
        arrays: Arrays = {"vectors": self.texts.vectors, "norms": self.texts.norms}
        if self._directions is not None:
            arrays["directions"] = self._directions
        arrays |= self._carried
        for kind, vocab in self.texts.vocabs.items():
            arrays[f"rows.{kind}"] = self.corpus.vocab(kind).find(list(vocab.ids))
        return arrays, {
            "method": self.texts.method,
            "params": dict(self.texts.params),
            "kinds": [str(kind) for kind in self.texts.vocabs],
            "settings": self.params.model_dump(),
            "way": self.way,
        }

    def _parts(self, asked: Asked) -> tuple[Floats, Floats, Floats]:
        """(q, d) directions of titles, tags and songs, each of length 1 or zero."""
        titles = self._titles(asked.titles)
        tags = _direction(asked.items[Kind.TAG], self.embedding.of(Kind.TAG))
        songs = _direction(asked.items[Kind.SONG], self.embedding.of(Kind.SONG))
        return titles, tags, songs

    def _query(self, asked: Asked) -> Floats:
        titles, tags, songs = self._parts(asked)
        return unit(np.asarray(titles + tags + self.params.songs * songs, dtype=np.float32))

    def _near(self, query: Floats) -> sp.csr_matrix:
        near = nearest(query, self.embedding.of(Kind.PLAYLIST), self.params.k)
        near.data **= self.params.power
        return near

    def _titles(self, titles: Sequence[str]) -> Floats:
        """(q, d) centred unit vectors of titles, zeros for empty ones; read once and remembered."""
        new = list(dict.fromkeys(title for title in titles if title.strip() and title not in self._known))
        if new:
            if self._tools.encoder is None:
                raise NotReady(
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

    def _explain_items(self, asked: Asked, kind: Kind, rows: Ints) -> tuple[tuple[Reason, ...], ...]:
        """Exact: the query is a sum, and each term's product with the item is its part."""
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
    """The vectors that are asked: centred by kind if wanted, playlists pulled towards their songs."""
    parts = {kind: _centred(texts.of(kind)) if centred else texts.of(kind) for kind in texts.vocabs}
    if centred and Kind.SONG in parts:
        # songs read by their own names lie elsewhere than those that playlists describe
        heard, songs = (corpus.counts(Kind.SONG) > 0)[:, None], texts.of(Kind.SONG)
        parts[Kind.SONG] = _centred(songs * heard) + _centred(songs * ~heard)
    held = _direction(corpus.matrix(Kind.SONG), parts.get(Kind.SONG, texts.of(Kind.SONG)))
    parts[Kind.PLAYLIST] = unit(np.asarray(parts[Kind.PLAYLIST] + song_weight * held, dtype=np.float32))
    vectors = np.vstack(list(parts.values()))
    return replace(
        texts, vectors=frozen(vectors), norms=frozen(np.linalg.norm(vectors, axis=1), np.float32), outputs=None
    )


def _script_directions(texts: Embedding) -> Floats:
    """(d, scripts − 1) orthonormal: the differences between the mean tags of the scripts that have enough of them."""
    vectors, tags = texts.of(Kind.TAG), texts.vocabs[Kind.TAG].ids if Kind.TAG in texts.vocabs else ()
    scripts = np.array([language(tag) for tag in tags], dtype=object)
    names, counts = np.unique(scripts.astype(str), return_counts=True)
    means = [vectors[scripts == name].mean(axis=0) for name in names[counts >= FEWEST_OF_SCRIPT] if name]
    if len(means) < 2:
        return np.zeros((texts.dimension, 0), dtype=np.float32)
    return frozen(np.linalg.qr(np.transpose(means[1:] - means[0]))[0], np.float32)


def _without(vectors: Floats, directions: Floats) -> Floats:
    """Unit vectors less what they have of some directions."""
    return unit(np.asarray(vectors - vectors @ directions @ directions.T, dtype=np.float32))


def _main_directions(vectors: Floats, count: int) -> Floats:
    """(dimension, count): the directions in which the vectors reach farthest, each with its largest entry positive."""
    _, axes = np.linalg.eigh(vectors.T.astype(np.float64) @ vectors)
    main = axes[:, : -count - 1 : -1]
    signs = np.sign(main[np.abs(main).argmax(axis=0), np.arange(count)])
    return frozen(main * signs, np.float32)


def _mean(vectors: Floats) -> Floats:
    """Mean of the rows that say anything."""
    said = vectors.any(axis=1)
    mean = vectors[said].mean(axis=0) if said.any() else np.zeros(vectors.shape[1])
    return frozen(mean, np.float32)


def _centred(vectors: Floats) -> Floats:
    """Unit vectors less their mean, of length 1 again; rows of zeros stay."""
    said = vectors.any(axis=1, keepdims=True)
    return unit(np.where(said, vectors - _mean(vectors), 0).astype(np.float32))


def _direction(held: sp.csr_matrix, vectors: Floats) -> Floats:
    """Each row's mean direction, zero where it holds nothing."""
    return unit(np.asarray(held @ vectors, dtype=np.float32))
