"""A corpus seen through an overlay."""

from __future__ import annotations

import numpy as np

from tagviz.curation.decisions import Act, Decision, Overlay
from tagviz.curation.overlay import curated, unknown
from tagviz.curation.translation import same_tags
from tagviz.query import parser
from tagviz.types import Corpus, Kind, Query
from tests.corpora import make_corpus


def hops() -> Corpus:
    """Twelve lists; "hip hop", "hip-hop" and "hiphop" share them, "rap" is on all, "jazz" and "blues" on the others."""
    rows = [
        {"title": f"l{n}", "tags": [["hip hop", "hip-hop", "hiphop"][n % 3], "rap"], "songs": ["s1"]} for n in range(6)
    ]
    rows += [{"title": f"l{n}", "tags": ["jazz", "blues", "calm"][: 2 + n % 2], "songs": ["s2"]} for n in range(6, 12)]
    return make_corpus(rows, name="hops")


MERGE = Decision(Act.MERGE, ("hip-hop", "hiphop"), "hip hop")


def test_merged_tags_are_one_and_the_corpus_stays_as_it_came() -> None:
    raw = hops()
    before = raw.matrix(Kind.TAG).toarray().copy()
    seen = curated(raw, Overlay((MERGE,)))
    vocab = seen.vocab(Kind.TAG)
    assert list(vocab.ids) == ["hip hop", "rap", "jazz", "blues", "calm"]
    assert seen.counts(Kind.TAG).tolist() == [6, 6, 6, 6, 3], "2 + 2 + 2 lists of three spellings are 6"
    assert vocab.find(["hiphop", "rap", "nothing"]).tolist() == [0, 1, -1]
    assert np.array_equal(raw.matrix(Kind.TAG).toarray(), before)
    assert len(seen) == len(raw)
    assert seen.fingerprint == f"{raw.fingerprint}+{Overlay((MERGE,)).digest}"
    assert curated(raw, Overlay()) is raw


def test_a_list_that_holds_two_spellings_holds_the_tag_once() -> None:
    raw = make_corpus([{"tags": ["a", "b", "c"]}])
    assert curated(raw, Overlay((Decision(Act.MERGE, ("b",), "a"),))).matrix(Kind.TAG).toarray().tolist() == [
        [1.0, 1.0]
    ]


def test_labels_facets_and_unknown_tags() -> None:
    layer = Overlay(
        (
            Decision(Act.RENAME, ("rap",), "Rap!"),
            Decision(Act.FACET, ("jazz",), "genre"),
            Decision(Act.BLOCK, ("polka",)),
        )
    )
    seen = curated(hops(), layer)
    vocab = seen.vocab(Kind.TAG)
    assert vocab.label(vocab.row("rap")) == "Rap!"
    assert seen.facets[vocab.row("jazz")] == "genre"
    assert unknown(hops(), layer) == ["polka"]
    assert same_tags(seen, hops())
    assert parser.parse(Query(tags=("RAP",)), seen).readings[0][0].key == "tag:rap"


def test_a_target_that_a_later_version_lost_is_stood_for_by_its_most_common_spelling() -> None:
    raw = hops()
    seen = curated(raw, Overlay((Decision(Act.MERGE, ("hip-hop", "hiphop", "rap"), "gone"),)))
    assert "rap" in seen.vocab(Kind.TAG).ids
    assert seen.vocab(Kind.TAG).row("hiphop") == seen.vocab(Kind.TAG).row("rap")
