"""How much a random split flatters."""

from __future__ import annotations

import pytest

from tagviz.errors import NotReadyError
from tagviz.evaluation.leakage import inflation
from tagviz.types import Kind
from tests.corpora import make_corpus
from tests.evaluation.reports import Cooccurring


def test_listeners_who_repeat_themselves_flatter_a_random_split() -> None:
    # every listener has six tags of their own beside four that all use: only their other lists give the six away
    common = [f"all-{n}" for n in range(4)]
    own = {owner: [f"{owner}-{n}" for n in range(6)] for owner in range(12)}
    lists = [{"tags": tags + common, "group": f"g{owner}"} for owner, tags in own.items() for _ in range(4)]
    found = inflation(make_corpus(lists), Cooccurring, k=5)
    assert [entry.kind for entry in found] == [Kind.TAG]
    assert found[0].at_random > 0.75
    assert 0 < found[0].by_group < 0.6
    assert found[0].leak == 1.0
    assert found[0].inflation == pytest.approx(found[0].at_random / found[0].by_group - 1)


def test_without_groups_nothing_can_be_said() -> None:
    with pytest.raises(NotReadyError):
        inflation(make_corpus([{"tags": list("abcd")}] * 9), Cooccurring)
