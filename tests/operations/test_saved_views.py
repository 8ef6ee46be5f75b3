"""Saved views: names, replacement, and bringing a deleted one back."""

from __future__ import annotations

from pathlib import Path

import pytest

from tagviz.errors import InvalidParameterError
from tagviz.operations import saved_views
from tagviz.operations.context import Context
from tagviz.store.workspace import Workspace


def test_a_view_is_kept_replaced_deleted_and_restored(tmp_path: Path) -> None:
    context = Context(Workspace(tmp_path))
    assert saved_views.kept(context, "demo") == []
    saved_views.keep(context, " jazz  at night ", "demo", "Recommend", {"title": ["jazz"]})
    again = saved_views.keep(context, "jazz at night", "demo", "Recommend", {"title": ["late jazz"]})
    assert saved_views.kept(context, "demo") == [again]
    saved_views.delete(context, again)
    assert saved_views.kept(context, "demo") == []
    saved_views.restore(context, again)
    (back,) = saved_views.kept(context, "demo")
    assert (back.name, back.params, back.at) == (again.name, again.params, again.at)


@pytest.mark.parametrize(("name", "text"), [(" ", "x"), ("long", "x" * 9000)])
def test_a_view_needs_a_name_and_a_bounded_address(tmp_path: Path, name: str, text: str) -> None:
    with pytest.raises(InvalidParameterError):
        saved_views.keep(Context(Workspace(tmp_path)), name, "demo", "Recommend", {"title": [text]})
