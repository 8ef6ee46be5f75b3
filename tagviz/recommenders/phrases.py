"""Phrases: what a text means where no item is spelled like it, read by sentence models.

A phrase is compared with every tag that enough listeners use; the likeliest tags are then asked for songs, as tags
that a person gives would be.

    s_t = z(w · z(cos_minilm(q, t)) + (1 − w) · z(cos_e5(q, t))) + prior · log(listeners of t)
    tags: p_t = exp(sharpness · (s_t − max s)); songs: co-occurrence with the best tags, weighted by p_t

z: standard scores over the tags of one question. MiniLM reads English only, E5 a hundred languages. Of a text in
another language (the words' frequencies say which, by wordfreq) MiniLM reads the words in English, as far as
`query/glossary.py` holds them, and w is GLOSS; where it holds none, w is 0. A tag's vector is the
mean of "jazz" and "jazz music" (prompt ensembling, Radford et al. 2021, "Learning Transferable Visual Models From
Natural Language Supervision"). What tells languages apart is taken out of E5's vectors: the directions in which the
mean texts of one language differ from the English ones with the same meaning (Yang et al. 2021, "A Simple and Effective
Method To Eliminate the Self Language Bias in Multilingual Representations"), from `assets/parallel_phrases.json`.

Settings were chosen on validation phrases that are no part of `words/phrases.json` (see docs/methods.md): the second
template is worth .04 in reciprocal rank, the company of the likeliest tags (their co-occurring tags) takes .02 or more
away whatever its weight and is left out.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
import regex
import scipy.sparse as sp
from numpy.typing import NDArray

from tagviz.errors import NotReadyError
from tagviz.messages import shown
from tagviz.params import Params, param
from tagviz.query.glossary import gloss
from tagviz.recommenders.cooccurrence import Cooccurrence, CooccurrenceParams
from tagviz.recommenders.item_space import unit
from tagviz.recommenders.sparse_ops import check_kind
from tagviz.recommenders.support import listeners
from tagviz.settings import ASSETS
from tagviz.text import language, normal
from tagviz.training import Arrays, TrainingContext
from tagviz.types import Corpus, Floats, Ints, Kind, QueryBatch, Reason, key_of, readonly

ENGLISH, MULTILINGUAL = MODELS = ("minilm", "e5")
TEMPLATES = ("{}", "{} music")
READ_WITH = {ENGLISH: TEMPLATES, MULTILINGUAL: TEMPLATES[:1]}
"""Templates in which a text is read: the second one helps MiniLM (English validation phrases .78 → .84), not E5."""
LANGUAGES = ("en", "fr", "es", "de", "pt", "it")
"""Languages in the Latin script among which English is told from the others."""
GLOSS = 0.5
"""Weight of a text's words in English beside the text itself, where it is in another language."""
DIRECTIONS = 3
"""Language directions that are taken out of E5's vectors."""
KEPT_TEXTS = 10_000
"""Texts whose vectors stay in memory."""
NO_TITLE, ALL_KNOWN, HALF_KNOWN, NOTHING_KNOWN = range(4)
"""How much of a question's title the corpus knows by its spelling."""


_SCRIPTS = (
    *("Latin", "Cyrillic", "Greek", "Hangul", "Han", "Hiragana", "Katakana", "Arabic", "Hebrew", "Devanagari", "Thai"),
    *("Bengali", "Tamil", "Telugu", "Kannada", "Malayalam", "Gujarati", "Gurmukhi", "Oriya", "Sinhala", "Lao", "Khmer"),
    *("Myanmar", "Georgian", "Armenian", "Ethiopic"),
)
"""Scripts of the hundred languages that E5 was trained on (Conneau et al. 2020, XLM-R)."""
_READ = regex.compile("|".join((r"\p{N}", *(rf"\p{{{script}}}" for script in _SCRIPTS))))


class PhrasesParams(Params):
    """Settings of reading phrases."""

    prior: float = param(
        0.5, "Weight of a tag's listeners (log); larger: more common tags", first=True, ge=0, low=0, high=1.5
    )
    english: float = param(0.6, "Weight of MiniLM beside E5 where the text is English", ge=0, le=1)
    fewest: int = param(2, "Listeners (or playlists) that a tag needs to be an answer", first=True, ge=1)
    sharpness: float = param(1.0, "How far the likeliest tags lead", ge=0.1, low=0.3, high=3, log=True)
    tags: int = param(30, "Likeliest tags that songs are asked of", ge=1, low=3, high=100, log=True)


class Phrases:
    """Sentence models' vectors of the tags that are shared by listeners, and what goes together with these tags.

    Args:
        corpus: What is recommended from.
        params: Settings.
        tools: Where sentence models come from.
        rows: int32 (t,) the tags that can be answers.
        vectors: Per model unit float32 (t, d) vectors of these tags.
    """

    method = "phrases"

    def __init__(
        self, corpus: Corpus, params: PhrasesParams, tools: TrainingContext, rows: Ints, vectors: Mapping[str, Floats]
    ) -> None:
        self.corpus = corpus
        self.params = params
        self.kinds = frozenset(kind for kind in (Kind.TAG, Kind.SONG) if corpus.has(kind))
        self._tools = tools
        self._rows = rows
        self._vectors = dict(vectors)
        self._prior = (params.prior * np.log(np.maximum(1, listeners(corpus)[rows]))).astype(np.float32)
        self._company = Cooccurrence(corpus, CooccurrenceParams())
        self._known: dict[tuple[str, str], Floats] = {}
        self._likely: WeakKeyDictionary[QueryBatch, Floats] = WeakKeyDictionary()

    @classmethod
    def fit(cls, corpus: Corpus, params: PhrasesParams, tools: TrainingContext) -> Phrases:
        """Encodes the corpus's shared tags.

        Raises:
            NotReadyError: If there is no sentence model at hand.
        """
        rows = np.flatnonzero(listeners(corpus) >= params.fewest).astype(np.int32)
        names = corpus.vocab(Kind.TAG).label_list(rows)
        vectors = {}
        for model in MODELS:
            vectors[model] = readonly(_neutral(tools, model, _encode_all(tools, model, names, TEMPLATES)), np.float32)
        return cls(corpus, params, tools, rows, vectors)

    @classmethod
    def restore(cls, arrays: Arrays, params: Mapping[str, Any], corpus: Corpus, tools: TrainingContext) -> Phrases:
        """Undoes `state`; a sentence model is loaded only when a text comes."""
        vectors = {model: unit(arrays[f"vectors.{model}"].astype(np.float32)) for model in MODELS}
        return cls(corpus, PhrasesParams.parse(params), tools, arrays["rows"], vectors)

    def state(self) -> tuple[Arrays, dict[str, Any]]:
        """The tags' rows and their vectors in half precision (their cosines differ by less than .001)."""
        arrays: Arrays = {f"vectors.{model}": each.astype(np.float16) for model, each in self._vectors.items()}
        return {"rows": self._rows, **arrays}, self.params.model_dump()

    def score(self, asked: QueryBatch, kind: Kind) -> Floats:
        """Per query the likeliest tags, or the songs that go with them; a query without text is a row of zeros."""
        check_kind(kind, self.kinds, self.method)
        likely = self.likely_tags(asked)
        scores = np.zeros((len(asked), len(self.corpus.vocab(Kind.TAG))), dtype=np.float32)
        scores[:, self._rows] = likely
        if kind is Kind.TAG:
            return scores
        return self._company.score(self._as_tags(likely, len(asked)), kind)

    def likely_tags(self, asked: QueryBatch) -> Floats:
        """How likely each answerable tag is meant.

        Returns:
            float32 (q, t), the likeliest of each query 1; zeros for a query without text.
        """
        if asked not in self._likely:
            self._likely[asked] = self._likely_tags(texts_of(asked))
        return self._likely[asked]

    def _likely_tags(self, texts: Sequence[str]) -> Floats:
        likely = np.zeros((len(texts), len(self._rows)), dtype=np.float32)
        spoken = [row for row, text in enumerate(texts) if _readable(text)]
        if spoken and len(self._rows) > 1:
            meant = self._meant([texts[row] for row in spoken])
            likely[spoken] = np.exp(self.params.sharpness * (meant - meant.max(axis=1, keepdims=True)))
        return readonly(likely)

    def explain(self, asked: QueryBatch, kind: Kind, rows: Ints) -> tuple[tuple[Reason, ...], ...]:
        """The text that an item is like in meaning; of a song, through which of its tags."""
        check_kind(kind, self.kinds, self.method)
        text = texts_of(asked)[0]
        if not _readable(text):
            return ((),) * len(rows)
        own = key_of(Kind.WORD, normal(text))
        if kind is Kind.TAG:
            return tuple((Reason(own, shown(f"like “{text}” in meaning"), 1.0),) for _ in rows)
        through = self._as_tags(self.likely_tags(asked), 1)
        reasons = self._company.explain(through, kind, rows)
        return tuple(
            tuple(
                Reason(each.key, shown(f"{each.label}, like “{text}” in meaning"), each.weight, each.via)
                for each in row
                if each.via == "asked"
            )
            for row in reasons
        )

    def _as_tags(self, likely: Floats, count: int) -> QueryBatch:
        """The likeliest tags of each query as if they were asked, weighted; weights of a query add up to 1."""
        most = min(self.params.tags, likely.shape[1])
        best = np.argsort(-likely, axis=1, kind="stable")[:, :most]
        weights = np.take_along_axis(likely, best, axis=1)
        weights = weights / np.maximum(weights.sum(axis=1, keepdims=True), 1e-9)
        matrix = sp.csr_matrix(
            (weights.ravel(), (np.repeat(np.arange(count), most), self._rows[best].ravel())),
            shape=(count, len(self.corpus.vocab(Kind.TAG))),
            dtype=np.float32,
        )
        matrix.eliminate_zeros()
        empty = {
            kind: sp.csr_matrix((count, len(self.corpus.vocab(kind))), dtype=np.float32)
            for kind in (Kind.SONG, Kind.WORD)
        }
        return QueryBatch(("",) * count, {**empty, Kind.TAG: matrix})

    def _meant(self, texts: Sequence[str]) -> Floats:
        """(texts, t) the formula above."""
        own = np.array([english(text) for text in texts])
        in_english = [text if same else gloss(text) for text, same in zip(texts, own.tolist(), strict=True)]
        likeness = self._standard(MULTILINGUAL, texts)
        readable = np.flatnonzero([bool(text) for text in in_english])
        if len(readable):
            weight = np.where(own[readable], self.params.english, GLOSS).astype(np.float32)[:, None]
            read = self._standard(ENGLISH, [in_english[row] for row in readable.tolist()])
            likeness[readable] = (1 - weight) * likeness[readable] + weight * read
        return np.asarray(_standard_scores(likeness) + self._prior, dtype=np.float32)

    def _standard(self, model: str, texts: Sequence[str]) -> Floats:
        new = list(dict.fromkeys(text for text in texts if (model, text) not in self._known))
        if new:
            if len(self._known) > KEPT_TEXTS:
                self._known.clear()
                new = list(dict.fromkeys(texts))
            vectors = _neutral(self._tools, model, _encode_all(self._tools, model, new, READ_WITH[model]))
            self._known.update(zip(((model, text) for text in new), vectors, strict=True))
        read = np.array([self._known[model, text] for text in texts], dtype=np.float32)
        return _standard_scores(read @ self._vectors[model].T)


def texts_of(asked: QueryBatch) -> list[str]:
    """Per query the text that sentence models read: the whole title, since its words explain one another.

    Only the spans that no item covers where something is avoided, so that what is not wanted is not read.
    """
    nothing = ("",) * len(asked)
    avoiding = np.array([bool(phrase) for phrase in asked.avoided_phrases or nothing], dtype=bool)
    for matrix in asked.avoid.values():
        avoiding |= np.diff(matrix.indptr) > 0
    return [
        " ".join(rest.splitlines()) if without or not title.strip() else title
        for title, rest, without in zip(asked.titles, asked.phrases or nothing, avoiding, strict=True)
    ]


def title_states(asked: QueryBatch, corpus: Corpus | None = None) -> NDArray[np.int64]:
    """How much of each query's title the corpus knows; all of it where it names an artist, a song or an album.

    Args:
        asked: Queries. A title that was not resolved is known where any of its words is a column of the corpus.
        corpus: Where given, items that none of its playlists holds are not known.

    Returns:
        int64 (q,): NO_TITLE, ALL_KNOWN, HALF_KNOWN or NOTHING_KNOWN.
    """
    known = _held(asked, {Kind.WORD: asked.items.get(Kind.WORD), **asked.named}, corpus)
    rest = asked.phrases or ("",) * len(asked)
    songs = _held(asked, {Kind.SONG: asked.named.get(Kind.SONG)}, corpus)
    rest = tuple(
        "" if some else span for span, some in zip(rest, songs, strict=True)
    )  # an artist says more than the rest
    states = [_state(title, span, int(some)) for title, span, some in zip(asked.titles, rest, known, strict=True)]
    return np.array(states, dtype=np.int64)


def _held(asked: QueryBatch, items: Mapping[Kind, sp.csr_matrix | None], corpus: Corpus | None) -> NDArray[np.int64]:
    """Per query how many of these items it holds that the corpus's playlists hold too."""
    count = np.zeros(len(asked), dtype=np.int64)
    for kind, matrix in items.items():
        if matrix is not None:
            used = np.ones(matrix.nnz) if corpus is None else corpus.counts(kind)[matrix.indices] > 0
            owner = np.repeat(np.arange(len(asked)), np.diff(matrix.indptr))
            count += np.bincount(owner, weights=used, minlength=len(asked)).astype(np.int64)
    return count


def _state(title: str, rest: str, known: int) -> int:
    if not (title.strip() or rest or known):
        return NO_TITLE
    if not known:
        return NOTHING_KNOWN
    return HALF_KNOWN if rest else ALL_KNOWN


@lru_cache(maxsize=2**14)
def english(text: str) -> bool:
    """Whether a text is English.

    In the Latin script, and its words are more frequent in English than in LANGUAGES' other languages (wordfreq, Speer
    2022); words that wordfreq does not hold are English unless the glossary holds them.
    """
    from wordfreq import zipf_frequency

    if language(text) not in ("latin", ""):
        return False
    words = text.casefold().split()
    frequency = {of: sum(zipf_frequency(word, of, wordlist="small") for word in words) for of in LANGUAGES}
    return frequency["en"] >= max(frequency.values()) and not (frequency["en"] == 0 and gloss(text))


def _readable(text: str) -> bool:
    """Whether there is anything that a sentence model reads: a digit, or a letter of a script that it knows."""
    return bool(_READ.search(text))


def _encode(tools: TrainingContext, model: str, texts: Sequence[str]) -> Floats:
    if tools.encoder is None:
        raise NotReadyError(
            "No sentence model is at hand", "a phrase must be read", "open this model through the operations"
        )
    return tools.encoder(model)(texts) if texts else np.zeros((0, 1), dtype=np.float32)


def _encode_all(tools: TrainingContext, model: str, texts: Sequence[str], templates: Sequence[str]) -> Floats:
    """Mean unit vectors of the texts in each template."""
    parts = _encode(tools, model, [template.format(text) for template in templates for text in texts])
    return unit(parts.reshape(len(templates), len(texts), parts.shape[1]).sum(axis=0))


_axes: dict[str, Floats] = {}
"""Language directions by model: they depend on nothing else."""


def _neutral(tools: TrainingContext, model: str, vectors: Floats) -> Floats:
    """Unit vectors without what tells languages apart; MiniLM reads one language and stays as it is."""
    if model != MULTILINGUAL or not len(vectors):
        return vectors
    if model not in _axes:
        means = {of: _encode(tools, model, texts).mean(axis=0) for of, texts in _parallel().items()}
        apart = np.stack([mean - means["en"] for of, mean in means.items() if of != "en"])
        _axes[model] = np.linalg.svd(apart, full_matrices=False)[2][:DIRECTIONS].T.astype(np.float32)
    axes = _axes[model]
    return unit(np.asarray(vectors - vectors @ axes @ axes.T, dtype=np.float32))


@cache
def _parallel() -> dict[str, list[str]]:
    """Language → texts, the same meanings in the same order."""
    texts: dict[str, list[str]] = json.loads((ASSETS / "parallel_phrases.json").read_text(encoding="utf-8"))
    return texts


def _standard_scores(values: Floats) -> Floats:
    spread = values.std(axis=1, keepdims=True)
    return np.asarray((values - values.mean(axis=1, keepdims=True)) / np.maximum(spread, 1e-9), dtype=np.float32)
