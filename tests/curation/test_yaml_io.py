"""An overlay as a YAML file, and two files merged."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tagviz.curation import yaml_io
from tagviz.curation.decisions import Act, Decision, Overlay
from tagviz.errors import SourceError

MERGE = Decision(Act.MERGE, ("hip-hop", "hiphop"), "hip hop", "Ann", "one thing", 1_763_000_000.0)


def layer(*decisions: Decision) -> Overlay:
    return Overlay(decisions)


def test_the_file_says_all_and_is_read_back() -> None:
    whole = layer(MERGE, Decision(Act.BLOCK, ("seen live",), "", "Bob"), Decision(Act.BROADER, ("비", "<b>"), "날씨"))
    text = yaml_io.write(whole, "demo")
    assert "merge: [hip-hop, hiphop]" in text
    back = yaml_io.read(text)
    assert [(one, one.at) for one in back] == [(one, one.at) for one in whole]
    assert back.digest == whole.digest


texts = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=12).map(str.strip).filter(bool)


@given(
    st.lists(
        st.tuples(st.sampled_from([Act.BLOCK, Act.SPLIT]), texts, texts, texts),
        max_size=6,
        unique_by=lambda drawn: drawn[:2],
    )
)
@settings(max_examples=100, deadline=None)
def test_any_layer_comes_back(drawn: list[tuple[Act, str, str, str]]) -> None:
    whole = layer(*(Decision(act, (tag,), "", who, why) for act, tag, who, why in drawn))
    assert yaml_io.read(yaml_io.write(whole)).digest == whole.digest


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("tagviz: 1\ndecisions:\n- merge: [a]\n", "decision 1"),
        ("tagviz: 1\ndecisions:\n- merge: [a]\n  into: b\n  block: [a]\n", "says 2 things"),
        ("tagviz: 1\ndecisions:\n- block: [2000]\n", "2000"),
        ("tagviz: 1\ndecisions:\n- block: [a]\n  why: no\n", "an entry why"),
        ("tagviz: 1\ndecisions: 3\n", "no list"),
        ("tagviz: 2\n", "no decisions"),
        ("a: [", "no YAML"),
        ("tagviz: 1\ndecisions:\n- !!python/object/apply:os.system ['true']\n", "no YAML"),
        ("a: &x [1]\ntagviz: 1\nb: *x\n", "aliases"),
        ("tagviz: 1\ndecisions:\n- block: [a]\n  at: yesterday\n", "no time"),
    ],
)
def test_a_file_that_is_none_is_refused_with_its_place(text: str, told: str) -> None:
    with pytest.raises(SourceError) as caught:
        yaml_io.read(text)
    assert told in str(caught.value)


def test_two_layers_of_one_base_are_merged_three_way() -> None:
    block, rename = Decision(Act.BLOCK, ("x",)), Decision(Act.RENAME, ("a",), "A")
    base = layer(MERGE, block)
    mine, theirs = layer(MERGE, block, rename), layer(MERGE, Decision(Act.FACET, ("a",), "mood"))
    merged = yaml_io.merge(mine, theirs, base)
    assert (merged.dropped, [one.act for one in merged.added], merged.conflicts) == ((block,), [Act.FACET], ())
    assert [one.act for one in merged.layer] == [Act.MERGE, Act.RENAME, Act.FACET]
    two_way = yaml_io.merge(mine, theirs)
    assert two_way.dropped == (), "without a base nothing is taken back"


def test_conflicts_are_shown_and_mine_stands() -> None:
    mine = layer(Decision(Act.RENAME, ("a",), "A"), Decision(Act.APART, ("b", "c")), Decision(Act.BROADER, ("d",), "e"))
    theirs = layer(
        Decision(Act.RENAME, ("a",), "Aa"),
        Decision(Act.MERGE, ("b",), "c"),
        Decision(Act.BROADER, ("e",), "d"),
        Decision(Act.BLOCK, ("z",)),
    )
    merged = yaml_io.merge(mine, theirs)
    assert [one.act for one in merged.added] == [Act.BLOCK]
    assert {(one.mine.act, one.theirs.act) for one in merged.conflicts} == {
        (Act.RENAME, Act.RENAME),
        (Act.APART, Act.MERGE),
        (Act.BROADER, Act.BROADER),
    }
    assert merged.layer.effect.problems == ()
