"""A small workspace of its own for the pages: a corpus with awkward tags, a model, a map and a report."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from tagviz import settings as settings_module
from tagviz.evaluation.split import SplitSpec
from tagviz.feature_table import FeatureTable
from tagviz.features import mel
from tagviz.operations import evaluation, maps, models
from tagviz.operations.context import Context
from tagviz.server_settings import server_settings
from tagviz.store import features
from tagviz.store.workspace import Workspace
from tagviz.types import Corpus
from tagviz.ui import shared_cache
from tagviz.ui.evaluation import panel
from tests.corpora import make_corpus

ROOT = Path(__file__).resolve().parents[2]

AWKWARD = (
    "![x](http://evil.test/a.png)",
    "<b>bold</b>",
    ":smile: :red[x] $x^2$",
    "비오는날",
    "☔",
    "R&B",
    "[a](http://evil.test)",
    "*a* `b` ~~c~~",
)
"""Tags that a careless page would take for Markdown, HTML, a link or an icon."""


def awkward_corpus() -> Corpus:
    """48 playlists of two worlds; each holds plain and awkward tags."""
    playlists = []
    for number in range(48):
        world = number % 2
        tags = [f"tag{2 * at + world}" for at in range(8) if at != number % 8]
        playlists.append(
            {
                "title": ["rainy night <i>jazz</i>", "sunny *morning* pop"][world],
                "tags": [*tags, AWKWARD[number % len(AWKWARD)]],
                "songs": [f"s{2 * at + world}" for at in range(8) if at != (number // 2) % 8],
                "date": f"{2010 + number % 5}-06-01",
                "likes": number,
                "group": f"listener{number // 2}",
            }
        )
    about = {f"s{number}": {"name": f"Song {number}", "artist": "Somebody"} for number in range(16)}
    facets = {f"tag{number}": "genre" if number % 4 < 2 else "mood" for number in range(16)}
    return make_corpus(playlists, about, facets, name="awkward")


@pytest.fixture(scope="session")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with the awkward corpus, its model and map, and a report; made once and only copied."""
    model_key = tmp_path_factory.mktemp("home")
    ws = Workspace(model_key)
    corpus = awkward_corpus()
    ws.save_corpus(corpus)
    model = models.open_model(Context(ws), corpus, "spectral")
    maps.project(Context(ws), corpus, model)
    evaluation.evaluate(Context(ws), corpus, ["spectral", "popularity"], SplitSpec("arena"))
    return model_key


@pytest.fixture
def home(untouched: Path, tmp_path: Path) -> Path:
    """That workspace for one test alone: what a test trains, queues or chooses, no other test finds."""
    return Path(shutil.copytree(untouched, tmp_path / "home"))


@pytest.fixture
def with_numbers(home: Path) -> Path:
    """The workspace whose corpus has numbers of sound: songs of the second world are high, those of the first low."""
    songs = [f"s{number}" for number in range(16)]
    rows = []
    for number, _song in enumerate(songs):
        spectrogram = 1 + 0.1 * np.random.default_rng(number).normal(size=(mel.BANDS, 100))
        spectrogram[slice(24, 48) if number % 2 else slice(0, 24)] += 2
        rows.append(mel.summarise(spectrogram))
    table = FeatureTable(pd.Index(songs, dtype="str"), mel.columns(), np.array(rows, np.float16), mel.SOURCE)
    features.attach(Workspace(home), "awkward", "sound", features.save_features(Workspace(home), table))
    return home


@pytest.fixture
def app(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., AppTest]]:
    """Opens a page of the dashboard on the awkward corpus, as a browser with this address would."""
    monkeypatch.setenv("TAGVIZ_HOME", str(home))
    monkeypatch.setenv("TAGVIZ_IMPORT_ROOTS", str(home.parent))
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr("tagviz.operations.jobs.queue.ensure_worker", lambda ws, idle=0.0: False)
    settings_module.settings.cache_clear()
    server_settings.cache_clear()
    st.cache_resource.clear()
    shared_cache.clear_all()
    st.cache_data.clear()

    def opened(page: str = "", **params: str | list[str]) -> AppTest:
        test = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
        test.session_state[panel.DRAWN] = True  # what a browser says once the panel of a report stands
        for name, value in {"corpus": "awkward", **params}.items():
            test.query_params[name] = value
        test.run()
        if page:
            test.switch_page(page)
            for name, value in {"corpus": "awkward", **params}.items():
                test.query_params[name] = value
            test.run()
        return test

    yield opened
    settings_module.settings.cache_clear()
    server_settings.cache_clear()
    st.cache_resource.clear()
    shared_cache.clear_all()
    st.cache_data.clear()
