"""Content: from what is known of a song besides playlists to tags, and to vectors of the co-embedding.

Two kinds of corpora (formulas: docs/sound.md):

- Documents that are tracks themselves, with tags: a stack of regressions from numbers to tags (`tagger.py`). A tag's
  vector says which songs it is expected of.
- Playlists of songs: ridge regressions from numbers, artists, albums, genres, years and title words to the vectors of
  the spectral space (`song_content.py`). Songs in few playlists or none get the vector that is expected of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from tagviz.errors import NotFoundError, NotReadyError
from tagviz.feature_table import FeatureTable
from tagviz.params import Params, param
from tagviz.recommenders.embedding import EmbeddingRecommender, embedding_from
from tagviz.recommenders.item_space import unit
from tagviz.recommenders.song_content import SongContent
from tagviz.recommenders.tagger import Tagger
from tagviz.training import Arrays, TrainingContext
from tagviz.types import Corpus, Embedding, Floats, Kind, Vocab, readonly

LEAST_DOCUMENTS = 10
"""Documents with tags and numbers below which nothing is learned from them."""
SPACE = 64
"""Largest number of dimensions of the space of tags."""
NO_FEATURES = "add a table of numbers per song: tagviz features add NAME FILE"


class ContentParams(Params):
    """Which numbers are used, and how the space of a corpus with songs is learned."""

    features: str = param(
        "", "names of the corpus's feature tables, separated by commas; empty: all of them", first=True
    )
    digest: str = param("", "fingerprints of these tables; filled in by the training")
    min_plays: int = param(
        10,
        "songs in so many playlists teach, and keep their own vector; larger: fewer and surer ones",
        first=True,
        ge=1,
    )
    dimensions: int = param(0, "dimensions of the space of a corpus with songs; 0: those of spectral", ge=0)


class ContentRecommender(EmbeddingRecommender):
    """A space that has a place for songs that no playlist holds, and tags for them.

    Attributes:
        tagger: Numbers → tags, where the documents are tracks; else None.
        content: Everything known of a song → vectors, where the corpus has songs; else None.
    """

    def __init__(
        self, corpus: Corpus, embedding: Embedding, tagger: Tagger | None = None, content: SongContent | None = None
    ) -> None:
        """Put the parts together."""
        super().__init__(corpus, embedding, "mean" if content is None else "context")
        self.tagger = tagger
        self.content = content

    @classmethod
    def fit(cls, corpus: Corpus, params: ContentParams, tools: TrainingContext) -> ContentRecommender:
        """Fit the model that suits the corpus.

        Raises:
            NotReadyError: The documents are tracks and have no numbers.
        """
        table = None if tools.features is None else tools.features(params.digest)
        if corpus.has(Kind.SONG):
            return cls._fit_songs(corpus, params, tools, table)
        return cls._fit_documents(corpus, tools, table)

    @classmethod
    def _fit_songs(
        cls, corpus: Corpus, params: ContentParams, tools: TrainingContext, table: FeatureTable | None
    ) -> ContentRecommender:
        if tools.embed is None:
            raise NotReadyError("Content needs a space for songs", "none can be trained here", "train it by name")
        values = {"variant": "rooted", **({"dimensions": params.dimensions} if params.dimensions else {})}
        base = tools.embed(corpus, "spectral", values)
        content = SongContent.fit(corpus, base, table, params.min_plays, tools.progress)
        return cls(corpus, content.complete(corpus, base, table), content=content)

    @classmethod
    def _fit_documents(cls, corpus: Corpus, tools: TrainingContext, table: FeatureTable | None) -> ContentRecommender:
        if table is None:
            raise NotReadyError(f"{corpus.name!r} has no numbers of its songs", "nothing is known of them", NO_FEATURES)
        documents = corpus.vocab(Kind.PLAYLIST)
        tags = corpus.matrix(Kind.TAG)
        place = table.find(documents.ids)
        rows = np.flatnonzero((place >= 0) & (np.diff(tags.indptr) > 0))
        if len(rows) < LEAST_DOCUMENTS:
            raise NotReadyError(
                "There are too few songs with numbers and tags",
                f"{len(rows):,} documents of {corpus.name!r} have both; {LEAST_DOCUMENTS} are needed",
                NO_FEATURES,
            )
        numbers = table.rows(place[rows])
        labels = np.asarray(tags[rows].todense(), dtype=np.float32)
        tagger = Tagger.fit(numbers, labels, tools.seed, _scale_rows(table, tools.seed), tools.progress)
        return cls(corpus, _tag_space(corpus, tagger, numbers), tagger=tagger)

    def tag_scores(self, ids: Sequence[str], table: FeatureTable | None) -> Floats:
        """Score all tags for songs or documents.

        Args:
            ids: Their ids.
            table: Numbers of the songs, with the columns that the model was trained with.

        Returns:
            float32 (m, tags): where the documents are tracks, about the probability of each tag; else the product of
            vectors.

        Raises:
            NotFoundError: Nothing is known of a song.
        """
        if self.content is not None:
            return self.content.tag_scores(self.corpus, self.embedding, ids, table)
        rows = np.full(len(ids), -1) if table is None else table.find(list(ids))
        if table is None or (rows < 0).any():
            missing = ids[int(np.flatnonzero(rows < 0)[0])]
            raise NotFoundError(f"There are no numbers of {missing!r}", "tags come from these", NO_FEATURES)
        assert self.tagger is not None
        return self.tagger.scores(table.rows(rows))

    def state(self) -> tuple[Arrays, dict[str, Any]]:
        """Return the arrays of the embedding and of the models, and the parameters."""
        arrays, params = super().state()
        own = self.tagger.state() if self.tagger is not None else {}
        if self.content is not None:
            own = self.content.state()
        return {**arrays, **own}, {**params, "songs": self.content is not None}

    @classmethod
    def restore(
        cls, arrays: Arrays, params: Mapping[str, Any], corpus: Corpus, strategy: str = ""
    ) -> ContentRecommender:
        """Restore the method from `state`; it has one query strategy, so that another one has no effect."""
        del strategy
        embedding = embedding_from(arrays, params, corpus)
        if params["songs"]:
            return cls(corpus, embedding, content=SongContent.restore(arrays))
        return cls(corpus, embedding, tagger=Tagger.restore(arrays))


def _scale_rows(table: FeatureTable, seed: int, most: int = 20_000) -> Floats:
    """Numbers from which scales are learned: all songs of the table, or some of them where there are many."""
    rows = np.arange(len(table))
    if len(rows) > most:
        rows = np.sort(np.random.default_rng(seed).choice(len(rows), most, replace=False))
    return table.rows(rows)


def _tag_space(corpus: Corpus, tagger: Tagger, numbers: Floats) -> Embedding:
    """Tags in one space: near where they are expected of the same songs.

    With P − mean = U·S·Vᵀ, P the tags' scores for the training songs, the vectors of the tags are V·S.
    """
    scores = tagger.scores(numbers)
    _, values, right = np.linalg.svd(scores - scores.mean(axis=0), full_matrices=False)
    size = min(SPACE, len(values))
    used = np.flatnonzero(corpus.counts(Kind.TAG) > 0)
    vocab = corpus.vocab(Kind.TAG)
    labels = None if vocab.labels is None else vocab.labels[used]
    vectors = (right[:size].T * values[:size])[used].astype(np.float32)
    tags = Vocab(Kind.TAG, vocab.ids[used], labels, vocab.aliases)
    return Embedding(
        {Kind.TAG: tags},
        readonly(unit(vectors)),
        readonly(np.linalg.norm(vectors, axis=1), np.float32),
        None,
        "content",
        fingerprint=corpus.fingerprint,
    )
