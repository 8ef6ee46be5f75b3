"""Support is counted by listeners, and a title's phrase takes the place of what hardly anybody says."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from tagviz.recommenders.support import FEWEST_LISTENERS, listeners, supported
from tagviz.types import Corpus, Kind, QueryBatch
from tests.corpora import make_corpus


def corpus() -> Corpus:
    """`mine` in nine lists of one listener, `ours` in one of each of five; `titled` twice as a tag, once as a title."""
    lists = [{"tags": ["mine"], "group": "g0"}] * 9
    lists += [{"tags": ["ours"], "group": f"g{n}"} for n in range(FEWEST_LISTENERS)]
    return make_corpus(
        [*lists, *[{"tags": ["titled"], "group": "g1"}] * 2, {"title": "titled", "tags": ["ours"], "group": "g2"}]
    )


def test_a_listener_counts_once_as_tag_or_title() -> None:
    counted = dict(zip(corpus().vocab(Kind.TAG).ids, listeners(corpus()).tolist(), strict=True))
    assert counted == {"mine": 1, "ours": FEWEST_LISTENERS, "titled": 2}


def test_playlists_of_nobody_count_for_themselves() -> None:
    assert listeners(make_corpus([{"tags": ["a"]}, {"tags": ["a"]}])).tolist() == [2]


def test_a_phrase_replaces_rare_tags_and_words() -> None:
    known = corpus()
    tags = sp.csr_matrix(np.array([[1, 1, 0]], dtype=np.float32))
    items = {
        Kind.TAG: tags,
        Kind.SONG: sp.csr_matrix((1, 0), dtype=np.float32),
        Kind.WORD: sp.csr_matrix(np.ones((1, len(known.vocab(Kind.WORD))), dtype=np.float32)),
    }
    asked = QueryBatch(("mine and ours",), items, named={Kind.TAG: tags}, phrases=("mine",))
    left = supported(asked, known)
    assert left.items[Kind.TAG].toarray().tolist() == [[0, 1, 0]]
    assert left.items[Kind.WORD].nnz == 0
    assert supported(asked, known) is left
    # asked outright, not by the title
    outright = QueryBatch(("",), items, phrases=("mine",))
    assert supported(outright, known).items[Kind.TAG].nnz == 2
    whole = QueryBatch(("mine",), items, named={Kind.TAG: tags}, phrases=("",))
    assert supported(whole, known) is whole
