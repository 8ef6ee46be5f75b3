"""Operations as pages call them, cached by name and fingerprint, never by arrays.

What many pages read in every run is `shared`: nobody changes it, so that it is not copied. Results that a page may
change (data frames, lists of dictionaries) are in Streamlit's cache, which copies them.

Corpora, models and maps stay open, a few at a time; results are cached per query. Operations that only read and are not
cached are called directly, with `context()`. Operations that change a list go through `clears_lists`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, wraps
from typing import Any, ParamSpec, TypeVar

import numpy as np
import pandas as pd
import streamlit as st
from numpy.typing import NDArray

from tagviz.errors import StoreError
from tagviz.operations import access, database, health
from tagviz.operations import corpora as corpus_operations
from tagviz.operations import evaluation as evaluation_operations
from tagviz.operations import feedback as feedback_operations
from tagviz.operations import items as item_operations
from tagviz.operations import jobs as job_operations
from tagviz.operations import maps as map_operations
from tagviz.operations import models as model_operations
from tagviz.operations import recommend as recommend_operations
from tagviz.operations.context import Context
from tagviz.operations.corpora import CorpusInfo, Profile
from tagviz.operations.items import ItemPage
from tagviz.operations.models import Model, compare
from tagviz.operations.registry import DEFAULT, METHODS
from tagviz.ranking import RankingOptions
from tagviz.recommenders.near_duplicates import NearDuplicates
from tagviz.server_settings import server_settings
from tagviz.store.jobs import Job
from tagviz.store.map_files import MapFiles
from tagviz.store.workspace import ModelInfo, Workspace
from tagviz.types import Corpus, Kind, Projection, Query, Ranking, split_key
from tagviz.ui import identity, memory
from tagviz.ui.i18n import N_, lazy
from tagviz.ui.shared_cache import shared

LIST_TTL = 3.0
"""Seconds for which lists of corpora and models are cached, so that changes by other processes appear soon."""
FINDINGS_TTL = 60.0
"""Seconds between two looks at everything that is stored."""
READ_TTL = 60.0
"""Seconds after which it is asked again whether sentence models have read a corpus's tags by now."""
MOST_JOBS = 200
"""Newest jobs that pages look at."""

Arguments = ParamSpec("Arguments")
Outcome = TypeVar("Outcome")


@dataclass(frozen=True)
class ModelKey:
    """A version of a corpus and a model of it, by names only; the key of cached results.

    Attributes:
        corpus: Name of the corpus.
        fingerprint: Its version.
        model: The model's id, with `:variant` for a variant.
    """

    corpus: str
    fingerprint: str
    model: str

    @cached_property
    def opened(self) -> Corpus:
        """The corpus."""
        return corpus(self.corpus, self.fingerprint)

    @cached_property
    def opened_model(self) -> Model:
        """The model."""
        return model(self.corpus, self.fingerprint, self.model)


@shared(1)
def workspace() -> Workspace:
    """Return the workspace that the environment names."""
    return Workspace.default()


def context() -> Context:
    """Return the context of every operation that a page calls: the workspace, and who acts in this session."""
    unnamed = Context(workspace())
    return replace(unnamed, actor=identity.actor(unnamed))


def clears_lists(mutation: Callable[Arguments, Outcome]) -> Callable[Arguments, Outcome]:
    """Wrap an operation that changes corpora, models or reports, so that their lists are read again afterwards."""

    @wraps(mutation)
    def wrapped(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Outcome:
        try:
            return mutation(*args, **kwargs)
        finally:
            clear_lists()

    return wrapped


def clear_lists() -> None:
    """Read the lists of corpora, models and reports again, because something has changed."""
    for cached in (all_corpora, damaged_corpora, models, default, resolved, reports, left_behind, version_dates):
        cached.clear()


# Operations that change a list; the deletions return a token with which `restore` undoes them.
annotate_model = clears_lists(model_operations.annotate)
make_default = clears_lists(model_operations.make_default)
delete_model = clears_lists(model_operations.delete)
delete_corpus = clears_lists(corpus_operations.delete_corpus)
set_songs_are = clears_lists(corpus_operations.set_songs_are)
restore = clears_lists(corpus_operations.restore)
discard = clears_lists(corpus_operations.discard)


def corpora() -> list[CorpusInfo]:
    """Return the corpora that the person of this session sees."""
    here = context()
    return [info for info in all_corpora() if access.sees(here, info.name)]


@shared(1, LIST_TTL)
def all_corpora() -> list[CorpusInfo]:
    """Return all corpora, whoever may see them."""
    return corpus_operations.list_corpora(Context(workspace()))


@shared(1, LIST_TTL)
def damaged_corpora() -> dict[str, StoreError]:
    """Return what is wrong with the corpora that `corpora` leaves out, by name."""
    return corpus_operations.damaged_corpora(Context(workspace()))


@st.cache_data(ttl=FINDINGS_TTL, show_spinner=False)
def findings() -> list[health.Finding]:
    """Return what is damaged in the workspace, as far as a quick look shows it."""
    return health.examine(context(), whole=False)


@shared(50, LIST_TTL)
def models(fingerprint: str) -> tuple[ModelInfo, ...]:
    """Return the models of a corpus."""
    return tuple(model_operations.list_models(context(), fingerprint))


@st.cache_data(ttl=LIST_TTL, show_spinner=False)
def version_dates(name: str) -> dict[str, str]:
    """Return when each version of a corpus was imported, by fingerprint, the oldest first."""
    return {version.fingerprint: version.imported for version in workspace().versions(name)}


@st.cache_data(ttl=LIST_TTL, show_spinner=False)
def left_behind(name: str, fingerprint: str) -> ModelInfo | None:
    """Return the model that answered before the newest version came and was not trained on it; see `compare`."""
    del fingerprint  # only makes a new version a new entry
    return compare.left_behind(context(), name)


@shared(3, spinner=N_("Opening the corpus"))
def corpus(name: str, fingerprint: str) -> Corpus:
    """Return the opened corpus."""
    opened = corpus_operations.open_corpus(context(), name, fingerprint)
    memory.loaded()
    return opened


@shared(50, LIST_TTL)
def default(fingerprint: str) -> str:
    """Return the default model: a pinned model's id, or the name of the best method."""
    ident = model_operations.default(context(), fingerprint, models(fingerprint))
    return next((name for name in METHODS if resolved(fingerprint, name) == ident), ident)


@shared(1000, LIST_TTL)
def resolved(fingerprint: str, ref: str) -> str:
    """Return the id (and variant) of a reference: of a method the newest model, or its name if none is trained yet.

    Raises:
        NotFoundError: If it is neither a method nor a model.
    """
    name, _colon, variant = ref.partition(":")
    info = model_operations.find(context(), fingerprint, name, models(fingerprint))
    ident = info.id if info else name
    return f"{ident}:{variant}" if variant else ident


def model(name: str, fingerprint: str, ref: str) -> Model:
    """Return the opened model; a method without a model is trained now."""
    return _first_model(name, fingerprint, ref) if ref.partition(":")[0] in METHODS else _model(name, fingerprint, ref)


@shared(5, spinner=N_("Opening the model"))
def _model(name: str, fingerprint: str, ref: str) -> Model:
    opened = model_operations.open_model(context(), corpus(name, fingerprint), ref)
    memory.loaded()
    return opened


@shared(1, spinner=N_("Training this method for the first time"))
def _first_model(name: str, fingerprint: str, ref: str) -> Model:
    opened = model_operations.open_model(context(), corpus(name, fingerprint), ref)
    memory.loaded()
    return opened


@shared(4, spinner=N_("Computing the map, once for this model"))
def projection(model_key: ModelKey, kind: Kind) -> Projection:
    """Return the map of a model's items of a kind."""
    return map_operations.open_map(context(), model_key.opened, model_key.opened_model, kind)


def map_is_shown(model_key: ModelKey) -> bool:
    """Return whether the model has a map that can be shown at once."""
    opened = model_key.opened_model
    return opened.embedding is not None and map_operations.is_ready(context(), opened, Kind.TAG)


@shared(1)
def map_files() -> MapFiles:
    """Return the files from which the browser fetches the map's points."""
    return MapFiles(workspace().home / "map")


@dataclass(frozen=True)
class AnswerOptions:
    """How a ranking is put together (see `ranking.RankingOptions`).

    Attributes:
        variety: Weight of maximal marginal relevance, 0 to 1.
        popularity: −1 (less popular items first) to 1 (more popular items first).
        only_released: Leave out songs released after the playlist's date.
        merge_spellings: Only the most frequent spelling of each tag.
        use_feedback: Move items that reviewers marked as right or wrong.
        musical_only: Leave out tags of one listener and tags that say nothing of music, unless a title names them.
    """

    variety: float = 0.0
    popularity: float = 0.0
    only_released: bool = True
    merge_spellings: bool = True
    use_feedback: bool = True
    musical_only: bool = True


def recommend(model_key: ModelKey, query: Query, kind: Kind, options: AnswerOptions = AnswerOptions()) -> Ranking:
    """Return a model's recommendations, with all feedback up to now."""
    version = feedback_operations.version(context(), model_key.corpus) if options.use_feedback else ""
    return _recommend(model_key, query, kind, options, version)


@shared(500)
def _recommend(model_key: ModelKey, query: Query, kind: Kind, options: AnswerOptions, version: str) -> Ranking:
    rules = RankingOptions(
        variety=options.variety,
        popularity=options.popularity,
        released=options.only_released,
        variants=near_duplicates(model_key.corpus, model_key.fingerprint).groups if options.merge_spellings else {},
        left_out=left_out(model_key.corpus, model_key.fingerprint) if options.musical_only else {},
    )
    used = adjusted_model(model_key, version) if version else model_key.opened_model
    return recommend_operations.recommend(model_key.opened, used, query, kind, rules)


@shared(4)
def adjusted_model(model_key: ModelKey, version: str) -> Model:
    """Return the model adjusted by the feedback; `version` is that of the feedback."""
    del version
    return feedback_operations.adjusted_model(context(), model_key.opened, model_key.opened_model)


@shared(3, spinner=N_("Searching for spelling variants"))
def near_duplicates(name: str, fingerprint: str) -> NearDuplicates:
    """Return the spelling variants of tags and the copies of songs."""
    return recommend_operations.near_duplicates(context(), corpus(name, fingerprint))


@shared(3, READ_TTL)
def left_out(name: str, fingerprint: str) -> dict[Kind, NDArray[np.bool_]]:
    """Return the tags that are recommended only where a title names them."""
    return recommend_operations.left_out(context(), corpus(name, fingerprint))


@shared(500)
def item_page(model_key: ModelKey, key: str) -> ItemPage:
    """Return what is known of an item."""
    return item_operations.item_page(model_key.opened, model_key.opened_model, key)


@st.cache_data(max_entries=8, show_spinner=lazy("Profiling the corpus"))
def profile(name: str, fingerprint: str) -> Profile:
    """Return the corpus's sizes, distributions and most frequent items."""
    return corpus_operations.profile(corpus(name, fingerprint))


@st.cache_data(max_entries=50, show_spinner=False)
def most_frequent(name: str, fingerprint: str, kind: Kind, n: int) -> pd.DataFrame:
    """Return the `n` most frequent items of a kind."""
    return corpus_operations.most_frequent(corpus(name, fingerprint), kind, n)


@shared(2000)
def complete(name: str, fingerprint: str, text: str, kinds: Sequence[Kind], n: int) -> list[Item]:
    """Return the items whose names match what was typed so far, at most `n`."""
    opened = corpus(name, fingerprint)
    return [_item(opened, key) for key in item_operations.complete(opened, text, kinds, n)]


@dataclass(frozen=True)
class Item:
    """What a pill shows of an item.

    Attributes:
        key: Its key.
        label: What a person reads.
        facet: Its facet, "" for none.
        count: Number of playlists that contain it.
    """

    key: str
    label: str
    facet: str
    count: int

    @property
    def kind(self) -> Kind:
        """Its kind."""
        return split_key(self.key)[0]


def item(name: str, fingerprint: str, key: str) -> Item:
    """Return an item by its key.

    Raises:
        NotFoundError: If the corpus does not contain it.
    """
    return _item(corpus(name, fingerprint), key)


def _item(opened: Corpus, key: str) -> Item:
    kind, ident = split_key(key)
    row = opened.vocab(kind).row(ident)
    facet = str(opened.facets[row]) if kind is Kind.TAG else ""
    return Item(key, opened.vocab(kind).label(row), facet, int(opened.counts(kind)[row]))


def facets(name: str, fingerprint: str) -> list[str]:
    """Return the corpus's facets, the one with the most tags first."""
    known = pd.Series(corpus(name, fingerprint).facets)
    return [str(facet) for facet in known[known != ""].value_counts().index]


def warm() -> None:
    """Open what the first page shows, and import what the first results need; train and compute nothing.

    For a presentation, every corpus is opened.
    """
    known = all_corpora()
    if not known:
        return
    first = next((info for info in known if info.shipped), known[0])
    for info in known if server_settings().presentation else [first]:
        _warm_corpus(info)


def _warm_corpus(first: CorpusInfo) -> None:
    for ref in dict.fromkeys((default(first.fingerprint), DEFAULT)):
        model_key = ModelKey(first.name, first.fingerprint, resolved(first.fingerprint, ref))
        if model_key.model not in METHODS and map_is_shown(model_key):
            projection(model_key, Kind.TAG)
    complete(first.name, first.fingerprint, "a", (Kind.TAG, Kind.SONG), 1)


@st.cache_data(ttl=LIST_TTL, show_spinner=False)
def reports(fingerprint: str) -> list[Mapping[str, Any]]:
    """Return what is stored about a corpus's reports, the newest first."""
    return [dict(info) for info in evaluation_operations.list_reports(context(), fingerprint)]


def jobs() -> list[Job]:
    """Return the newest jobs, the newest first; none while the database cannot be read. Not cached."""
    return database.read_or(context(), lambda: job_operations.list_jobs(context(), MOST_JOBS), list)
