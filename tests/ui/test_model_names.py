"""One name a model, on every page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from tagviz.store.workspace import ModelAnnotations
from tagviz.types import Kind
from tagviz.ui import cache, model_names

Open = Callable[..., AppTest]


def test_models_are_named_by_title_or_method_and_time(app: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    app()
    fingerprint = next(info for info in cache.corpora() if info.name == "awkward").fingerprint
    assert model_names.model_label("spectral", fingerprint) == "Spectral"
    assert model_names.model_label("spectral:mean", fingerprint) == "Spectral (mean)"
    assert model_names.model_label("spectral:context", fingerprint) == "Spectral", "the method's usual variant"
    (info,) = [info for info in cache.models(fingerprint) if info.method == "spectral"]
    assert model_names.model_label(info.id, fingerprint) == "Spectral", "the newest model has its method's name"
    older = replace(info, id="spectral-0", created="2020-05-04T03:02:00")
    monkeypatch.setattr("tagviz.ui.cache.models", lambda fingerprint: (info, older))
    assert model_names.model_label("spectral-0", fingerprint) == "Spectral · 4 May 2020, 03:02"
    assert model_names.model_refs(fingerprint)[0] == cache.default(fingerprint)
    titled = replace(info, marks=ModelAnnotations(title="For radio"))
    monkeypatch.setattr("tagviz.ui.cache.models", lambda fingerprint: (titled, older))
    assert model_names.model_label("spectral", fingerprint) == "For radio", "also where the method stands for it"


def test_labels_of_a_report_are_shown_under_different_names(app: Open) -> None:
    app()
    fingerprint = next(info for info in cache.corpora() if info.name == "awkward").fingerprint
    (info,) = [info for info in cache.models(fingerprint) if info.method == "spectral"]
    labels = ["spectral", "spectral:mean", "best", "spectral:context", f"{info.id}@abc", "My model", info.id]
    assert model_names.shown_labels(labels, fingerprint) == {
        "spectral": "Spectral",
        "spectral:mean": "Spectral (mean)",
        "best": "Best (stacked)",
        "spectral:context": "Spectral (context)",
        f"{info.id}@abc": "Spectral without the newest playlists",
        "My model": "My model",
        info.id: info.id,
    }


def test_a_report_opens_with_the_shown_names_and_its_addresses_keep_the_labels(app: Open) -> None:
    app()
    fingerprint = next(info for info in cache.corpora() if info.name == "awkward").fingerprint
    key = model_names.report_key(fingerprint, str(cache.reports(fingerprint)[0]["id"]))
    assert key.stored.labels == ["spectral", "popularity"]
    assert key.opened.labels == key.opened.labels_for(Kind.TAG) == ["Spectral", "Popularity"]
    assert (key.shown("spectral"), key.label("Spectral"), key.label("gone")) == ("Spectral", "spectral", "gone")
    assert key.opened.ranks["Spectral", Kind.TAG] is key.stored.ranks["spectral", Kind.TAG]
