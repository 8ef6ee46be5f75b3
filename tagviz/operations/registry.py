"""The registry: every method there is, by name, with what a person should know before choosing it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Any

from tagviz.embed import finetune, imported, sentence, spectral, word2vec
from tagviz.errors import InvalidParameterError, NotFoundError, NotReadyError
from tagviz.params import Params
from tagviz.recommenders.best import Best, BestParams
from tagviz.recommenders.content import ContentParams, ContentRecommender
from tagviz.recommenders.cooccurrence import Cooccurrence, CooccurrenceParams
from tagviz.recommenders.ease import Ease, EaseParams
from tagviz.recommenders.embedding import EmbeddingRecommender
from tagviz.recommenders.factors import Factors, FactorsParams
from tagviz.recommenders.fusion import Fusion, FusionParams
from tagviz.recommenders.neighbours import Neighbours, NeighboursParams
from tagviz.recommenders.popularity import Popularity, PopularityParams
from tagviz.recommenders.query_strategies import STRATEGIES
from tagviz.recommenders.sentence import WAYS, SentenceParams, SentenceRecommender
from tagviz.training import Arrays, TrainingContext
from tagviz.types import Corpus, Embedding, Kind, Recommender

DEFAULT = "spectral"
"""What is trained, and what the map shows, when nobody has chosen a method: seconds to fit, and a space to look at."""
BEST = "best"
"""What answers when nobody has chosen and it is trained already."""
CONTENT = "content"
"""What knows songs that no playlist holds."""
FINE_TUNED = "taught"
"""What fine-tuning a sentence model makes."""
STRATEGY_VARIANTS = ("context", *(name for name in STRATEGIES if name != "context"))


@dataclass(frozen=True)
class MethodEntry:
    """One method: satisfies `tagviz.training.Method`. goes_on: it can start from an older model of its kind."""

    name: str
    title: str
    sentence: str
    formula: str
    source: str
    cost: str
    params: type[Params]
    fit: Callable[[Corpus, Any, TrainingContext], Recommender]
    load: Callable[[Arrays, Mapping[str, Any], Corpus, TrainingContext, str], Recommender]
    variants: tuple[str, ...] = ()
    goes_on: bool = False


def _loads(cls: Any) -> Callable[[Arrays, Mapping[str, Any], Corpus, TrainingContext, str], Recommender]:
    """The loader of a method that needs nothing but its own arrays, parameters and corpus."""
    return lambda arrays, params, corpus, tools, variant: cls.restore(arrays, params, corpus)


def _loads_with(cls: Any) -> Callable[[Arrays, Mapping[str, Any], Corpus, TrainingContext, str], Recommender]:
    """The loader of a method that reads texts, too."""
    return lambda arrays, params, corpus, tools, variant: cls.restore(arrays, params, corpus, tools)


def _fits(
    train: Callable[[Corpus, Any, TrainingContext], Embedding],
) -> Callable[[Corpus, Any, TrainingContext], Recommender]:
    """An embedding's trainer as the fitting of a recommender."""
    return lambda corpus, params, tools: EmbeddingRecommender(corpus, train(corpus, params, tools), "context")


def _asks(
    arrays: Arrays, params: Mapping[str, Any], corpus: Corpus, tools: TrainingContext, variant: str
) -> Recommender:
    return EmbeddingRecommender.restore(arrays, params, corpus, variant)


def _fit_sentence(corpus: Corpus, params: SentenceParams, tools: TrainingContext) -> Recommender:
    if tools.encoder is None:
        raise NotReadyError(
            "No sentence model at hand", "the method was given no tools to load one", "train it by its name"
        )
    encode = tools.encoder(params.model)
    kinds = (Kind.TAG, Kind.SONG, Kind.PLAYLIST)
    texts = sentence.embed(corpus, encode, kinds, params.model, tools.progress)
    return SentenceRecommender.fit(corpus, params, tools, texts)


def _fit_taught(corpus: Corpus, params: finetune.FineTuneParams, tools: TrainingContext) -> Recommender:
    """A head learned on this corpus's own texts and kept with the model: an evaluation's questions are never seen."""
    if tools.encoder is None:
        raise NotReadyError(
            "No sentence model at hand", "the method was given no tools to load one", "train it by its name"
        )
    head = finetune.train_head(corpus, params, tools.encoder(params.model), tools)
    arrays = head.arrays()
    encode = _with_head(arrays, tools)
    kinds = (Kind.TAG, Kind.SONG, Kind.PLAYLIST)
    texts = sentence.embed(corpus, encode.encoder(params.model), kinds, params.model, tools.progress)  # type: ignore[misc]
    settings = SentenceParams(model=params.model, centred_items=False)
    return SentenceRecommender.fit(corpus, settings, encode, texts, arrays)


def _load_taught(
    arrays: Arrays, params: Mapping[str, Any], corpus: Corpus, tools: TrainingContext, variant: str
) -> Recommender:
    return SentenceRecommender.restore(arrays, params, corpus, _with_head(arrays, tools), variant)


def _with_head(arrays: Arrays, tools: TrainingContext) -> TrainingContext:
    """The same tools, whose sentence models have the learned head on top."""
    plain = tools.encoder
    if plain is None:
        return tools
    return replace(tools, encoder=lambda name: finetune.Head.of(arrays).over(plain(name)))


def _load_sentence(
    arrays: Arrays, params: Mapping[str, Any], corpus: Corpus, tools: TrainingContext, variant: str
) -> Recommender:
    return SentenceRecommender.restore(arrays, params, corpus, tools, variant)


def _fit_foreign(corpus: Corpus, params: imported.ForeignParams, tools: TrainingContext) -> Recommender:
    if not params.digest or tools.embed is None:
        raise NotReadyError("Vectors made elsewhere are not trained here", "they come from a file", "load the file")
    return EmbeddingRecommender(corpus, tools.embed(corpus, "foreign", params.model_dump()), OUTSIDE[0])


OUTSIDE = tuple(name for name in STRATEGIES if name != "context")
"""Strategies that need no output vectors, which vectors made elsewhere seldom have."""

IMPORTED = MethodEntry(
    "foreign",
    "Loaded vectors",
    "Vectors that others made, matched to this corpus.",
    "the playlists p with the largest cos(q, p), powered, then what they hold",
    "",
    "nothing to train",
    imported.ForeignParams,
    _fit_foreign,
    _asks,
    OUTSIDE,
)
"""The method of models that are loaded, not trained; not among METHODS, which can be chosen."""

_ALL = (
    MethodEntry(
        "spectral",
        "Spectral",
        "Tags, songs and words in one space, computed at once from what stands together in playlists.",
        "E = U·√S, O = V·√S of √(C_ij / (n_i^¾ n_j^¼)) ≈ U·S·Vᵀ; s_j = mean_i e_i · o_j",
        "Levy & Goldberg 2014; Halko, Martinsson & Tropp 2011",
        "seconds; a minute for millions of pairs",
        spectral.SpectralParams,
        _fits(spectral.train),
        _asks,
        STRATEGY_VARIANTS,
    ),
    MethodEntry(
        "word2vec",
        "Word2Vec",
        "A playlist is a sentence: items that keep the same company get similar vectors.",
        "skip-gram with negative sampling over shuffled playlists; s_j = mean_i e_i · o_j",
        "Mikolov et al. 2013; Caselles-Dupré, Lesaint & Royo-Letelier 2018",
        "a minute on thousands of playlists, hours on a hundred thousand",
        word2vec.Word2VecParams,
        _fits(word2vec.train),
        _asks,
        STRATEGY_VARIANTS,
        goes_on=True,
    ),
    MethodEntry(
        "sentence",
        "Sentence model",
        "Tags and titles as text: understands what no playlist here has ever said.",
        "the playlists p with the largest cos(text(q), text(p)), powered, then what they hold",
        "Reimers & Gurevych 2019; Wang et al. 2024; centred as in Mu & Viswanath 2018",
        "reads every tag and title once: some 700 a second, a multilingual model 140",
        SentenceParams,
        _fit_sentence,
        _load_sentence,
        WAYS,
    ),
    MethodEntry(
        "taught",
        "Sentence (fine-tuned)",
        "The sentence model with a head taught by the corpus: texts that stand together come to lie together.",
        "min −Σ_j p_ij log softmax_j(20 cos(h(x_i), h(x_j))), p ∝ common playlists and shared songs; then as sentence",
        "Reimers & Gurevych 2019; Henderson et al. 2017",
        "a minute or two, and reading every tag and title",
        finetune.FineTuneParams,
        _fit_taught,
        _load_taught,
        WAYS,
    ),
    MethodEntry(
        "neighbours",
        "Playlist kNN",
        "The playlists most like yours, and what they hold.",
        "s_j = Σ_{p ∈ k nearest} cos(q, p)^power · [p holds j], items weighted by idf",
        "Breese, Heckerman & Kadie 1998; Kelen et al. 2018",
        "nothing to train; a query looks at every playlist",
        NeighboursParams,
        Neighbours.fit,
        _loads(Neighbours),
    ),
    MethodEntry(
        "cooccurrence",
        "Co-occurrence",
        "What most often stands in one playlist with what you asked, without favouring hits.",
        "s_j = Σ_i q_i C_ij / (n_i^a n_j^b)",
        "Deshpande & Karypis 2004",
        "nothing to train; counted anew for each query",
        CooccurrenceParams,
        Cooccurrence.fit,
        _loads(Cooccurrence),
    ),
    MethodEntry(
        "ease",
        "EASE",
        "A linear model that learns which items predict which, in closed form; for tags and small catalogues.",
        "B = I − P · diag(1/P_jj), P = (XᵀX + λI)⁻¹; s = qB",
        "Steck 2019; Steck 2020 (EDLAE)",
        "cubic in the number of items",
        EaseParams,
        Ease.fit,
        _loads(Ease),
    ),
    MethodEntry(
        "factors",
        "ALS",
        "Matrix factorisation: playlists and items as points whose products rebuild the lists.",
        "min Σ c_pi (p_pi − x_p·y_i)² + λ(‖x‖² + ‖y‖²)",
        "Hu, Koren & Volinsky 2008; Takács, Pilászy & Tikk 2011",
        "seconds to minutes",
        FactorsParams,
        Factors.fit,
        _loads(Factors),
        goes_on=True,
    ),
    MethodEntry(
        "fusion",
        "Fusion",
        "Neighbours, co-occurrence, factors and the spectral space together, weighted as held-out playlists taught.",
        "s_j = Σ_m w_m(case, kind) · scaled(s^m)_j",
        "Fox & Shaw 1994 (CombSUM); Metzler & Croft 2007",
        "fits its members four times over: minutes on thousands of playlists",
        FusionParams,
        Fusion.fit,
        _loads_with(Fusion),
    ),
    MethodEntry(
        "best",
        "Best (stacked)",
        "The fusion, with a re-ranker on top where it proved itself on held-out playlists.",
        "LambdaMART over the members' scores and facts of each candidate, kept where it wins by two standard errors",
        "Burges 2010; Ke et al. 2017 (LightGBM)",
        "as the fusion, and the re-ranker's trees on top",
        BestParams,
        Best.fit,
        _loads_with(Best),
    ),
    MethodEntry(
        CONTENT,
        "Content",
        "Sound and everything else known of a song, for songs that no playlist holds.",
        "v_s = (n_s e_s + 2 x_s W) / (n_s + 2) for n_s < 10; without songs: tags ≈ p + Σ_m w_m K_m(x, X) A_m",
        "van den Oord et al. 2013; Breiman 1996; Geurts, Ernst & Wehenkel 2006",
        "seconds to a minute",
        ContentParams,
        ContentRecommender.fit,
        _loads(ContentRecommender),
    ),
    MethodEntry(
        "popularity",
        "Popularity",
        "What most playlists hold, whatever you ask: the floor of every comparison.",
        "s_j = n_j",
        "",
        "nothing",
        PopularityParams,
        Popularity.fit,
        _loads(Popularity),
    ),
)

METHODS: Mapping[str, MethodEntry] = {entry.name: entry for entry in _ALL}


def method(name: str) -> MethodEntry:
    """The method of this name. Raises NotFoundError naming the closest."""
    if name == IMPORTED.name:
        return IMPORTED
    if name not in METHODS:
        near = get_close_matches(name, METHODS, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"methods: {', '.join(METHODS)}"
        raise NotFoundError(f"There is no method {name!r}", hint, "choose one of the methods")
    return METHODS[name]


def checked_variant(entry: MethodEntry, variant: str) -> str:
    """The variant itself, or the method's default for "".

    Raises InvalidParameterError for one that it does not have.
    """
    if not variant:
        return entry.variants[0] if entry.variants else ""
    if variant not in entry.variants:
        known = ", ".join(entry.variants) or "none"
        raise InvalidParameterError(
            f"{entry.name} has no variant {variant!r}", f"its variants: {known}", "choose one of these or leave it out"
        )
    return variant
