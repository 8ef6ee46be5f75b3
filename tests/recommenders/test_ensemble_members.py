"""Members of an ensemble: the defaults, the common scale, and their stored state."""

from __future__ import annotations

import numpy as np
import pytest

from tagviz.recommenders.ease import EaseParams
from tagviz.recommenders.ensemble_members import (
    MANY_TAGS,
    comparable,
    default_members,
    fit_members,
    keep_members,
    restore_members,
)
from tagviz.recommenders.neighbours import Neighbours, NeighboursParams
from tagviz.types import Kind
from tests.corpora import checkerboard, make_corpus
from tests.recommenders.queries import MEMBERS, TOOLS, asks, small


def test_what_is_asked_does_not_set_the_scale() -> None:
    corpus = small()
    fitted = Neighbours(corpus, NeighboursParams(idf=0, popularity=0))
    # raw: a 1.0, b 0.5, c 0.5, d 0; a is asked, so b and c are the top of the scale
    assert comparable(fitted, asks(corpus, ["a"]), Kind.TAG)[0].tolist() == [0, 1, 1, 0]


@pytest.mark.parametrize(("tags", "wanted"), [(MANY_TAGS - 1, False), (MANY_TAGS, True)])
def test_factors_join_where_tags_are_many(tags: int, wanted: bool) -> None:
    corpus = make_corpus([{"tags": [f"t{number}" for number in range(tags)]}])
    assert ("factors" in [member.name for member in default_members(corpus)]) == wanted


def test_ease_stays_out_of_tags_that_are_too_many_for_it() -> None:
    most = EaseParams().max_items
    few, many = (
        make_corpus([{"tags": [f"t{n}" for n in range(start, count, 2)]} for start in (0, 0, 1, 1)])
        for count in (most, most + 2)
    )
    assert "ease" in {member.method for member in default_members(few)}
    assert "ease" not in {member.method for member in default_members(many)}


def test_members_come_back_from_their_state() -> None:
    corpus = checkerboard()
    fitted = fit_members(corpus, MEMBERS, TOOLS)
    members, restored = restore_members(*keep_members(MEMBERS, fitted), corpus)
    assert [member.name for member in members] == [member.name for member in MEMBERS]
    asked = asks(corpus, ["t2", "t4"])
    for name, member in fitted.items():
        np.testing.assert_array_equal(restored[name].score(asked, Kind.TAG), member.score(asked, Kind.TAG))
