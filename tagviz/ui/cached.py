"""Operations as pages call them: remembered under names and fingerprints, never under arrays.

Corpora, models and maps stay open (a few at a time); answers are kept per question.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd
import streamlit as st

from tagviz.evaluate import beyond as beyond_views
from tagviz.evaluate import segments as segment_views
from tagviz.evaluate.report import EvalReport
from tagviz.operations import answers as answering
from tagviz.operations import comparing
from tagviz.operations import corpora as corpus_room
from tagviz.operations import feedback as feedback_room
from tagviz.operations import jobs as job_room
from tagviz.operations import maps as map_room
from tagviz.operations import models as model_room
from tagviz.operations import verdicts as verdict_room
from tagviz.operations.answers import ItemPage
from tagviz.operations.comparing import Versus
from tagviz.operations.corpora import CorpusInfo, Profile
from tagviz.operations.methods import DEFAULT, METHODS
from tagviz.operations.models import Model
from tagviz.ranking import Rules
from tagviz.recommend.folding import Folding
from tagviz.store.jobs import Job
from tagviz.store.workspace import Marks, ModelInfo, Workspace
from tagviz.types import Corpus, Kind, Projection, Query, Ranking, split_key
from tagviz.ui.map_component import MapFiles

FRESH = 3.0
"""Seconds for which lists of corpora and models are believed, so that what other processes make shows up soon."""


RESAMPLES = 400
"""Bootstrap resamples behind the whiskers while a slider is moved; an exported report takes 1,000."""


@dataclass(frozen=True)
class Place:
    """A version of a corpus and a model of it, by names only: what answers are kept under."""

    corpus: str
    fingerprint: str
    model: str

    @cached_property
    def opened(self) -> Corpus:
        return corpus(self.corpus, self.fingerprint)

    @cached_property
    def opened_model(self) -> Model:
        return model(self.corpus, self.fingerprint, self.model)


@st.cache_resource
def workspace() -> Workspace:
    return Workspace.default()


@st.cache_data(ttl=FRESH, show_spinner=False)
def corpora() -> list[CorpusInfo]:
    return corpus_room.corpora(workspace())


@st.cache_resource(ttl=FRESH, show_spinner=False)
def models(fingerprint: str) -> tuple[ModelInfo, ...]:
    """Looked at hundreds of times while a page is drawn, so it is not copied each time."""
    return tuple(model_room.models(workspace(), fingerprint))


@st.cache_resource(max_entries=3, show_spinner="Opening the corpus")
def corpus(name: str, fingerprint: str) -> Corpus:
    return corpus_room.open_corpus(workspace(), name, fingerprint)


@st.cache_data(ttl=FRESH, show_spinner=False)
def default(fingerprint: str) -> str:
    """What answers when nobody has chosen: a pinned model's id, or the method that is best here."""
    ident = model_room.default(workspace(), fingerprint, models(fingerprint))
    return next((name for name in METHODS if resolved(fingerprint, name) == ident), ident)


@st.cache_data(ttl=FRESH, show_spinner=False)
def resolved(fingerprint: str, ref: str) -> str:
    """The id (and variant) that a reference stands for now: a method's newest model, or the reference itself if none is
    trained yet. Raises UnknownTerm for what is neither a method nor a model."""
    name, _, variant = ref.partition(":")
    info = model_room.find(workspace(), fingerprint, name, models(fingerprint))
    ident = info.id if info else name
    return f"{ident}:{variant}" if variant else ident


def model(name: str, fingerprint: str, ref: str) -> Model:
    """The opened model, trained now if it is a method's name and there is none of it."""
    return _first_model(name, fingerprint, ref) if ref.partition(":")[0] in METHODS else _model(name, fingerprint, ref)


@st.cache_resource(max_entries=5, show_spinner="Opening the model")
def _model(name: str, fingerprint: str, ref: str) -> Model:
    return model_room.open_model(workspace(), corpus(name, fingerprint), ref)


@st.cache_resource(max_entries=1, show_spinner="Learning from this corpus for the first time")
def _first_model(name: str, fingerprint: str, ref: str) -> Model:
    return model_room.open_model(workspace(), corpus(name, fingerprint), ref)


@st.cache_resource(max_entries=4, show_spinner="Laying out the map, once for this model")
def projection(place: Place, kind: Kind) -> Projection:
    return map_room.open_map(workspace(), place.opened, place.opened_model, kind)


def map_is_ready(place: Place, kind: Kind) -> bool:
    return map_room.is_ready(workspace(), place.opened_model, kind)


@st.cache_resource
def map_files() -> MapFiles:
    """Where the browser fetches the map's points from."""
    return MapFiles(workspace().home / "map")


@dataclass(frozen=True)
class Taste:
    """How an answer is put together, as the sliders say it (see `ranking.Rules`). folded: one spelling of each tag;
    heeding: what reviewers said counts."""

    variety: float = 0.0
    popularity: float = 0.0
    released: bool = True
    folded: bool = True
    heeding: bool = True


def recommend(place: Place, query: Query, kind: Kind, taste: Taste = Taste()) -> Ranking:
    """The answer, as new as the last verdict."""
    return _recommend(place, query, kind, taste, verdicts(place.corpus) if taste.heeding else "")


@st.cache_data(max_entries=500, show_spinner=False)
def _recommend(place: Place, query: Query, kind: Kind, taste: Taste, version: str) -> Ranking:
    groups = folding(place.corpus, place.fingerprint).groups if taste.folded else {}
    rules = Rules(variety=taste.variety, popularity=taste.popularity, released=taste.released, variants=groups)
    model = heeding(place, version) if version else place.opened_model
    return answering.recommend(place.opened, model, query, kind, rules)


def verdicts(name: str) -> str:
    """Changes with every verdict on a corpus; "" while there is none."""
    return feedback_room.version(workspace(), name)


@st.cache_resource(max_entries=4, show_spinner=False)
def heeding(place: Place, version: str) -> Model:
    """The model that heeds the verdicts as they were at this version."""
    return feedback_room.heeding(workspace(), place.opened, place.opened_model)


@st.cache_resource(max_entries=3, show_spinner="Looking for spelling variants")
def folding(name: str, fingerprint: str) -> Folding:
    return answering.folding(workspace(), corpus(name, fingerprint))


@st.cache_data(max_entries=500, show_spinner=False)
def item_page(place: Place, key: str) -> ItemPage:
    return answering.item_page(place.opened, place.opened_model, key)


@st.cache_data(max_entries=8, show_spinner="Looking the corpus over")
def profile(name: str, fingerprint: str) -> Profile:
    return corpus_room.profile(corpus(name, fingerprint))


@st.cache_data(max_entries=50, show_spinner=False)
def popular(name: str, fingerprint: str, kind: Kind, n: int) -> pd.DataFrame:
    return corpus_room.most_frequent(corpus(name, fingerprint), kind, n)


@st.cache_data(max_entries=2000, show_spinner=False)
def complete(name: str, fingerprint: str, text: str, kinds: Sequence[Kind], n: int) -> list[Item]:
    opened = corpus(name, fingerprint)
    return [_item(opened, key) for key in answering.complete(opened, text, kinds, n)]


@dataclass(frozen=True)
class Item:
    """What a pill shows of an item: its label, its facet, and in how many playlists it is."""

    key: str
    label: str
    facet: str
    count: int

    @property
    def kind(self) -> Kind:
        return split_key(self.key)[0]


def item(name: str, fingerprint: str, key: str) -> Item:
    """An item by its key. Raises UnknownTerm for one that is not here."""
    return _item(corpus(name, fingerprint), key)


def _item(opened: Corpus, key: str) -> Item:
    kind, ident = split_key(key)
    row = opened.vocab(kind).row(ident)
    facet = str(opened.facets[row]) if kind is Kind.TAG else ""
    return Item(key, opened.vocab(kind).label(row), facet, int(opened.counts(kind)[row]))


def facets(name: str, fingerprint: str) -> list[str]:
    """The corpus's facets, the one with the most tags first."""
    known = pd.Series(corpus(name, fingerprint).facets)
    return [str(facet) for facet in known[known != ""].value_counts().index]


def warm() -> None:
    """Opens what the first page shows, and imports what the first answers need; trains and lays out nothing."""
    known = corpora()
    if not known:
        return
    first = next((info for info in known if info.shipped), known[0])
    for ref in dict.fromkeys((default(first.fingerprint), DEFAULT)):
        place = Place(first.name, first.fingerprint, resolved(first.fingerprint, ref))
        if place.model not in METHODS and map_is_shown(place):
            projection(place, Kind.TAG)
    complete(first.name, first.fingerprint, "a", (Kind.TAG, Kind.SONG), 1)


def map_is_shown(place: Place) -> bool:
    """Whether the model has a map that can be shown at once."""
    return place.opened_model.embedding is not None and map_is_ready(place, Kind.TAG)


@dataclass(frozen=True)
class ReportPlace:
    """A report by names only: what its views are kept under."""

    fingerprint: str
    ident: str

    @property
    def opened(self) -> EvalReport:
        return _report(self.fingerprint, self.ident)


@st.cache_data(ttl=FRESH, show_spinner=False)
def reports(fingerprint: str) -> list[Mapping[str, Any]]:
    """What is known of a corpus's reports, the newest first."""
    return [dict(info) for info in verdict_room.reports(workspace(), fingerprint)]


@st.cache_resource(max_entries=6, show_spinner="Opening the report")
def _report(fingerprint: str, ident: str) -> EvalReport:
    return verdict_room.open_report(workspace(), fingerprint, ident)


@st.cache_data(max_entries=100, show_spinner=False)
def segments(place: ReportPlace, by: str, kind: Kind, k: int, case: str) -> pd.DataFrame:
    return segment_views.segments(place.opened, by, kind, k, case, RESAMPLES)


@st.cache_data(max_entries=100, show_spinner=False)
def beyond(place: ReportPlace, kind: Kind, k: int, case: str) -> pd.DataFrame:
    return beyond_views.beyond(place.opened, kind, k, case)


@st.cache_data(max_entries=100, show_spinner=False)
def agreement(place: ReportPlace, kind: Kind, k: int, case: str) -> pd.DataFrame:
    return beyond_views.agreement(place.opened, kind, k, case)


@st.cache_data(max_entries=100, show_spinner=False)
def usage(place: ReportPlace, label: str, kind: Kind, k: int, case: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The items that a model never recommends, and those that it recommends too often."""
    used = beyond_views.usage(place.opened, label, kind, k, case)
    return beyond_views.never_recommended(used), beyond_views.too_often(used)


def submit(kind: str, arguments: dict[str, Any]) -> int:
    """Queue long work; the page's list of jobs shows it."""
    return job_room.submit(workspace(), kind, arguments)


def ensure_worker() -> None:
    """Start a worker unless one runs."""
    job_room.ensure_worker(workspace())


def jobs() -> list[Job]:
    """The newest jobs first, as they are now."""
    return job_room.jobs(workspace(), 200)


def cancel(ident: int) -> None:
    job_room.cancel(workspace(), ident)


def retry(ident: int) -> None:
    job_room.retry(workspace(), ident)


def forget() -> None:
    """Lists are read anew at the next look, because something has just changed."""
    for listed in (corpora, models, default, resolved, reports):
        listed.clear()


def mark(info: ModelInfo, marks: Marks) -> None:
    model_room.mark(workspace(), info, marks)
    forget()


def make_default(info: ModelInfo) -> None:
    """From now on this model answers when nobody has chosen."""
    model_room.make_default(workspace(), info)
    forget()


@st.cache_data(max_entries=50, show_spinner=False)
def versus(place: ReportPlace, first: str, second: str) -> Versus:
    return comparing.versus(place.opened, first, second)


def delete_model(info: ModelInfo) -> str:
    """Deletes a model; the token brings it back."""
    token = model_room.delete(workspace(), info)
    forget()
    return token


def delete_corpus(name: str) -> str:
    token = corpus_room.delete_corpus(workspace(), name)
    forget()
    return token


def restore(token: str) -> None:
    workspace().restore(token)
    forget()
