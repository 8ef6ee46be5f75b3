"""Views kept under a name, in the database."""

from __future__ import annotations

from pathlib import Path

from tagviz.store.database import open_engine
from tagviz.store.saved_views import SavedView, SavedViewStore


def test_views_are_kept_by_person_and_corpus(tmp_path: Path) -> None:
    store = SavedViewStore(open_engine(f"sqlite:///{tmp_path / 'tagviz.db'}"))
    params = {"title": ["rainy <b>day</b>"], "tag": ["a", "b"]}
    first = store.add(SavedView("one", "kim", "demo", "Recommend", params))
    second = store.add(SavedView("two", "kim", "demo", "", {}))
    store.add(SavedView("other", "lee", "demo", "", {}))
    assert [view.id for view in store.views("kim", "demo")] == [second.id, first.id]
    assert store.views("kim", "demo")[1] == first
    assert store.views("kim", "elsewhere") == []
    store.remove("lee", first.id)
    assert len(store.views("kim", "demo")) == 2, "nobody removes another person's view"
    store.remove("kim", first.id)
    assert (store.forget("kim"), store.views("kim", "demo")) == (1, [])
