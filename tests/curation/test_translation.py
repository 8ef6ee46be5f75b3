"""Models of one view answering for another."""

from __future__ import annotations

from pathlib import Path

import pytest

from tagviz.curation.decisions import Act, Decision, Overlay, resolve
from tagviz.curation.overlay import curated
from tagviz.curation.translation import TranslatedRecommender
from tagviz.operations import corpora, curation, items, maps, models, recommend
from tagviz.operations.context import Context
from tagviz.query import parser
from tagviz.store.workspace import Workspace
from tagviz.types import Corpus, Kind, Query
from tests.corpora import checkerboard, make_corpus


def hops() -> Corpus:
    """Twelve lists; "hip hop", "hip-hop" and "hiphop" share them, "rap" is on all, "jazz" and "blues" on the others."""
    rows = [
        {"title": f"l{n}", "tags": [["hip hop", "hip-hop", "hiphop"][n % 3], "rap"], "songs": ["s1"]} for n in range(6)
    ]
    rows += [{"title": f"l{n}", "tags": ["jazz", "blues", "calm"][: 2 + n % 2], "songs": ["s2"]} for n in range(6, 12)]
    return make_corpus(rows, name="hops")


MERGE = Decision(Act.MERGE, ("hip-hop", "hiphop"), "hip hop")


@pytest.fixture
def ws(tmp_path: Path) -> Workspace:
    made = Workspace(tmp_path)
    made.save_corpus(hops())
    made.save_corpus(checkerboard())
    return made


def tags(ws: Workspace, query: Query, name: str = "hops", model: str = "neighbours") -> list[str]:
    corpus = corpora.open_corpus(Context(ws), name)
    found = recommend.recommend(corpus, models.open_model(Context(ws), corpus, model), query, Kind.TAG)
    return list(found.labels) if not found.fallback else []


def test_a_model_trained_before_answers_in_the_tags_of_today_and_again_as_before(ws: Workspace) -> None:
    before = tags(ws, Query(tags=("rap",)))
    assert before[:3] == ["hip hop", "hip-hop", "hiphop"]
    one = curation.add(Context(ws), "hops", resolve("merge", ["hip-hop", "hiphop"], "hip hop", "Ann", "spellings"))
    assert tags(ws, Query(tags=("rap",)))[0] == "hip hop"
    assert not {"hip-hop", "hiphop"} & set(tags(ws, Query(tags=("rap",))))
    assert tags(ws, Query(tags=("hiphop",)))[0] == "rap", "an old spelling in a link still means the tag"
    corpus = corpora.open_corpus(Context(ws), "hops")
    model = models.open_model(Context(ws), corpus, "neighbours")
    assert isinstance(model.recommender, TranslatedRecommender)
    assert "+" not in model.info.fingerprint
    curation.undo(Context(ws), "hops", one.id, "Bob")
    assert tags(ws, Query(tags=("rap",))) == before
    assert [(event.author, event.undone) for event in curation.history(Context(ws), "hops")] == [
        ("Ann", False),
        ("Bob", True),
    ]


def test_translated_scores_are_the_best_of_the_spellings(ws: Workspace) -> None:
    raw = ws.open_corpus("hops")
    inner = models.open_model(Context(ws), raw, "popularity").recommender
    seen = curated(raw, Overlay((MERGE,)))
    asked = parser.parse(Query(tags=("jazz",)), seen)
    found = TranslatedRecommender(inner, raw, seen).score(asked, Kind.TAG)[0]
    plain = inner.score(parser.parse(Query(tags=("jazz",)), raw), Kind.TAG)[0]
    assert found.shape == (5,)
    assert found[0] == plain[[0, 2, 3]].max()
    assert found[2] == plain[raw.vocab(Kind.TAG).row("jazz")]


def test_neighbours_and_maps_follow(ws: Workspace) -> None:
    raw = corpora.open_corpus(Context(ws), "checkerboard")
    model = models.open_model(Context(ws), raw, "spectral")
    assert len(maps.open_map(Context(ws), raw, model).vocab) == 16
    curation.add(Context(ws), "checkerboard", resolve("merge", ["t2", "t4"], "t0", "Ann"))
    curation.add(Context(ws), "checkerboard", resolve("apart", ["t0", "t6"], author="Ann"))
    seen = corpora.open_corpus(Context(ws), "checkerboard")
    model = models.open_model(Context(ws), seen, "spectral")
    near = items.neighbours(seen, model, ["tag:t2"])
    assert not {"tag:t0", "tag:t2", "tag:t4", "tag:t6"} & set(near.keys)
    assert len(near.keys) == 16 - 4
    drawn = maps.open_map(Context(ws), seen, model)
    assert len(drawn.vocab) == 14
    assert {"t2", "t4"}.isdisjoint(drawn.vocab.ids)
    again = models.train(Context(ws), seen, "spectral")
    assert again.fingerprint == seen.fingerprint, "trained on the merged tags"
    assert models.open_model(Context(ws), seen, "spectral").info.id == again.id, "and then answers before the older one"
