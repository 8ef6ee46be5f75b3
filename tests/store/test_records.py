"""Names that can be files, and times that sort."""

from __future__ import annotations

from datetime import datetime

import pytest

from tagviz.errors import StoreError
from tagviz.store.records import NAME_LENGTH, checked_name, now


@pytest.mark.parametrize("name", ["a", "비-오는_날.1", "हिन्दी", "x" * NAME_LENGTH])
def test_names(name: str) -> None:
    assert checked_name(name) == name


@pytest.mark.parametrize("name", ["", ".a", "a/b", "a b", "..", "x" * (NAME_LENGTH + 1), "비" * 70, "a\n"])
def test_no_names(name: str) -> None:
    with pytest.raises(StoreError, match="cannot be a name"):
        checked_name(name)


def test_times_sort_as_texts() -> None:
    first, second = now(), now()
    assert first <= second
    assert datetime.fromisoformat(first).utcoffset() is not None
