"""Operations as pages call them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tagviz.errors import NotFoundError
from tagviz.operations import models
from tagviz.types import Kind, Query
from tagviz.ui import cache


@pytest.fixture
def model_key(app: Callable[..., AppTest]) -> cache.ModelKey:
    app()
    corpus = next(info for info in cache.corpora() if info.name == "awkward")
    return cache.ModelKey("awkward", corpus.fingerprint, cache.resolved(corpus.fingerprint, "spectral"))


def test_references_items_and_recommendations(model_key: cache.ModelKey) -> None:
    assert model_key.model.startswith("spectral-")
    assert cache.resolved(model_key.fingerprint, "ease") == "ease", "not trained yet"
    with pytest.raises(NotFoundError):
        cache.resolved(model_key.fingerprint, "nonsense")
    item = cache.item("awkward", model_key.fingerprint, "tag:tag0")
    assert (item.label, item.facet, item.count, item.kind) == ("tag0", "genre", 18, Kind.TAG)
    with pytest.raises(NotFoundError):
        cache.item("awkward", model_key.fingerprint, "tag:nowhere")
    ranking = cache.recommend(model_key, Query(tags=("tag0",), n=5), Kind.TAG)
    assert len(ranking.keys) == 5
    assert "tag:tag0" not in ranking.keys
    assert set(cache.facets("awkward", model_key.fingerprint)) == {"genre", "mood"}
    assert cache.map_is_shown(model_key)


def test_a_mutation_clears_the_lists_also_when_it_fails(model_key: cache.ModelKey, home: Path) -> None:
    context = cache.context()
    info = models.train(context, model_key.opened, "cooccurrence")
    cache.clear_lists()
    assert info.id in [one.id for one in cache.models(model_key.fingerprint)]
    token = cache.delete_model(context, info)
    assert info.id not in [one.id for one in cache.models(model_key.fingerprint)]
    cache.restore(context, token)
    assert info.id in [one.id for one in cache.models(model_key.fingerprint)]
    known = cache.corpora()

    def fail() -> None:
        raise NotFoundError("gone")

    with pytest.raises(NotFoundError):
        cache.clears_lists(fail)()
    assert cache.corpora() == known
