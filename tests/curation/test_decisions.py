"""What a layer of decisions comes to, in whatever order they are taken and undone; its file, and two of them merged."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tagviz.curation.decisions import Act, Decision, Overlay, resolve
from tagviz.errors import InvalidParameterError

MERGE = Decision(Act.MERGE, ("hip-hop", "hiphop"), "hip hop", "Ann", "one thing", 1_763_000_000.0)


def layer(*decisions: Decision) -> Overlay:
    return Overlay(decisions)


def test_merges_join_and_the_newest_target_stands_for_all() -> None:
    found = layer(MERGE, Decision(Act.MERGE, ("hip hop",), "Hip-Hop")).effect
    assert found.merged == {"hip-hop": "Hip-Hop", "hiphop": "Hip-Hop", "hip hop": "Hip-Hop"}


def test_a_split_takes_a_spelling_out_and_leaves_the_others() -> None:
    assert layer(MERGE, Decision(Act.SPLIT, ("hiphop",))).effect.merged == {"hip-hop": "hip hop"}
    without_head = layer(MERGE, Decision(Act.SPLIT, ("hip hop",))).effect.merged
    assert without_head == {"hiphop": "hip-hop"} or without_head == {"hip-hop": "hiphop"}


def test_what_is_said_of_a_spelling_is_said_of_the_tag_it_went_into() -> None:
    found = layer(
        MERGE,
        Decision(Act.RENAME, ("hiphop",), "Hip-hop"),
        Decision(Act.FACET, ("hip-hop",), "genre"),
        Decision(Act.BROADER, ("hiphop",), "urban"),
        Decision(Act.BLOCK, ("hip-hop",)),
    ).effect
    assert (found.labels, found.facets) == ({"hip hop": "Hip-hop"}, {"hip hop": "genre"})
    assert (found.broader, found.blocked) == ((("hip hop", "urban"),), {"hip hop"})


def problems(*decisions: Decision) -> list[str]:
    return [problem.why for problem in layer(*decisions).effect.problems]


def test_contradictions_are_told_and_the_later_one_is_not_followed() -> None:
    block, apart = Decision(Act.BLOCK, ("hiphop",)), Decision(Act.APART, ("hip-hop", "hip hop"))
    assert problems(block, MERGE) == ["'hiphop' is blocked"]
    assert problems(apart, MERGE) == ["'hip-hop' and 'hip hop' are to be kept apart"]
    assert problems(MERGE, apart) == ["'hip hop' and 'hip-hop' are merged"]
    assert problems(apart, Decision(Act.TOGETHER, apart.tags)) == ["'hip hop' and 'hip-hop' are ruled as kept apart"]
    assert problems(Decision(Act.SPLIT, ("jazz",))) == ["'jazz' is merged with nothing"]
    assert layer(block, MERGE).effect.merged == {"hip-hop": "hip hop"}, "the rest of the merge holds"


def test_broader_tags_make_no_circle() -> None:
    steps = [Decision(Act.BROADER, (low,), high) for low, high in (("a", "b"), ("b", "c"), ("c", "a"))]
    found = layer(*steps).effect
    assert found.broader == (("a", "b"), ("b", "c"))
    assert "a → b → c" in found.problems[0].why
    merged = layer(*steps[:2], Decision(Act.MERGE, ("a",), "c")).effect
    assert len(merged.problems) == 1, "a merge that closes a circle leaves one step out"


TAGS = st.sampled_from("abcdef")


DECISIONS = st.one_of(
    st.builds(lambda a, b: (Act.MERGE, (a,), b), TAGS, TAGS),
    st.builds(lambda a: (Act.SPLIT, (a,), ""), TAGS),
    st.builds(lambda a: (Act.BLOCK, (a,), ""), TAGS),
    st.builds(lambda a, b: (Act.APART, (a, b), ""), TAGS, TAGS),
    st.builds(lambda a, b: (Act.TOGETHER, (a, b), ""), TAGS, TAGS),
    st.builds(lambda a, b: (Act.BROADER, (a,), b), TAGS, TAGS),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(DECISIONS, max_size=12), st.randoms())
def test_any_decisions_undone_in_any_order_leave_what_the_others_say(
    drawn: list[tuple[Act, tuple[str, ...], str]], chance: object
) -> None:
    decisions = []
    for act, tags, target in drawn:
        try:
            decisions.append(resolve(act, tags, target))
        except InvalidParameterError:
            continue
    whole = Overlay()
    for one in decisions:
        whole = whole.with_(one)
    effect = whole.effect
    assert not set(effect.merged.values()) & set(effect.merged), "no spelling leads to another spelling"
    above = dict.fromkeys(effect.broader)
    for low, high in itertools.product("abcdef", repeat=2):
        assert low == high or not ((low, high) in above and (high, low) in above)
    gone = [one.id for one in whole]
    chance.shuffle(gone)  # type: ignore[attr-defined]
    half = whole
    for ident in gone[: len(gone) // 2]:
        half = half.without(ident)
    assert half.digest == Overlay(tuple(one for one in whole if one.id in set(gone[len(gone) // 2 :]))).digest
    for ident in gone:
        half = half.without(ident)
    assert half.effect.merged == {}


def test_a_decision_that_says_nothing_is_refused() -> None:
    for act, tags, target in (
        ("merge", ["a"], "a"),
        ("merge", ["a"], ""),
        ("block", [], ""),
        ("apart", ["a"], ""),
        ("block", ["a"], "b"),
        ("broader", ["a"], "a"),
        ("sing", ["a"], ""),
    ):
        with pytest.raises(InvalidParameterError):
            resolve(act, tags, target)
