"""What there is to know of an item."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tagviz.curation.decisions import Act, resolve
from tagviz.errors import NotFoundError
from tagviz.operations import corpora, curation, item_profile, models, recommend
from tagviz.operations.context import Context
from tagviz.operations.item_profile import ItemProfile
from tagviz.store.workspace import Workspace
from tagviz.types import Corpus
from tests.corpora import make_corpus


def lists() -> Corpus:
    """120 lists over six years: "swing" only with "jazz", jazz ever more often, "rock" ever less."""
    rows = []
    for n in range(120):
        year = 2010 + n // 20
        jazz = n % 20 < 4 + 2 * (n // 20)
        tags = ["jazz", "calm" if n % 2 else "night"] if jazz else ["rock", "loud"]
        if jazz and n % 5 == 0:
            tags.append("swing")
        songs = [f"{'j' if jazz else 'r'}{number}" for number in range(6) if number != n % 6]
        row = {"title": "재즈" if jazz else "rock songs", "tags": tags, "songs": songs}
        rows.append({**row, "date": f"{year}-05-01", "group": f"u{n % 12}"})
    about = {
        f"{kind}{n}": {"name": f"Song {n}", "artist": artist, "artists": [artist]}
        for kind, artist in (("j", "Ella"), ("r", "Axl"))
        for n in range(6)
    }
    return make_corpus(rows, about, name="lists")


@pytest.fixture(scope="module")
def context(tmp_path_factory: pytest.TempPathFactory) -> Context:
    ws = Workspace(Path(tmp_path_factory.mktemp("home")))
    ws.save_corpus(lists())
    return Context(ws)


def described(context: Context, key: str) -> ItemProfile:
    corpus = corpora.open_corpus(context, "lists")
    model = models.open_model(context, corpus, "spectral")
    return item_profile.profile(corpus, model, key, recommend.near_duplicates(context, corpus))


def test_a_tag_has_its_years_company_users_and_what_sets_it_apart(context: Context) -> None:
    jazz = described(context, "tag:jazz")
    assert jazz.share == pytest.approx(jazz.page.count / 120)
    assert jazz.years["year"].tolist() == [2010, 2011, 2012, 2013, 2014, 2015]
    assert jazz.years["share"].tolist() == pytest.approx([0.2, 0.3, 0.4, 0.5, 0.6, 0.7])
    assert (jazz.first_year, jazz.trend) == (2010, item_profile.RISING)
    assert described(context, "tag:rock").trend == item_profile.FALLING
    assert "tag:swing" in jazz.narrower
    assert "tag:jazz" in described(context, "tag:swing").broader
    assert dict(zip(jazz.scripts["script"], jazz.scripts["share"], strict=True)) == {"latin": 0.0, "ko": 1.0}
    assert jazz.users == (12, 12)
    assert jazz.artists["label"].tolist()[0] == "Ella"
    swing = described(context, "tag:swing")
    assert swing.nearest
    assert "tag:swing" not in set(swing.apart["key"])
    assert (swing.apart["here"] > swing.apart["there"]).all()


def test_songs_and_artists_have_a_page_too_and_unknown_items_none(context: Context) -> None:
    assert described(context, "artist:Ella").page.songs["key"].tolist()
    assert described(context, "song:j1").artists["label"].tolist()[0] == "Ella"
    with pytest.raises(NotFoundError, match="There is no tag"):
        described(context, "tag:nowhere")


def test_decided_parents_come_before_those_of_the_data(context: Context) -> None:
    added = curation.add(context, "lists", resolve(Act.BROADER, ["loud"], "jazz", "ann"))
    assert described(context, "tag:loud").broader == ("tag:jazz",)
    assert described(context, "tag:jazz").narrower == ("tag:loud",)
    curation.undo(context, "lists", added.id, "ann")


@pytest.mark.parametrize(
    ("counts", "trend"),
    [([5, 5, 5, 5], item_profile.STEADY), ([1, 2, 20, 30], item_profile.RISING), ([30, 20, 2, 1], item_profile.FALLING),
     ([0, 1, 1, 1], item_profile.STEADY), ([7], item_profile.UNKNOWN)],
)  # fmt: skip
def test_a_trend_is_more_than_chance(counts: list[int], trend: str) -> None:
    years = pd.DataFrame({"year": 2000 + np.arange(len(counts)), "count": counts, "playlists": 100})
    assert item_profile.trend(years.assign(share=years["count"] / 100)) == trend
