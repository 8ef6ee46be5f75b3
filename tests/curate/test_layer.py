"""What a layer of decisions comes to, in whatever order they are taken and undone; its file, and two of them merged."""

from __future__ import annotations

import itertools
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tagviz.curate import files, skos
from tagviz.curate.layer import Act, Decision, Layer, decide
from tagviz.errors import BadParameter, SourceError

MERGE = Decision(Act.MERGE, ("hip-hop", "hiphop"), "hip hop", "Ann", "one thing", 1_763_000_000.0)


def layer(*decisions: Decision) -> Layer:
    return Layer(decisions)


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
            decisions.append(decide(act, tags, target))
        except BadParameter:
            continue
    whole = Layer()
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
    assert half.digest == Layer(tuple(one for one in whole if one.id in set(gone[len(gone) // 2 :]))).digest
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
        with pytest.raises(BadParameter):
            decide(act, tags, target)


def test_the_file_says_all_and_is_read_back() -> None:
    whole = layer(MERGE, Decision(Act.BLOCK, ("seen live",), "", "Bob"), Decision(Act.BROADER, ("비", "<b>"), "날씨"))
    text = files.write(whole, "demo")
    assert "merge: [hip-hop, hiphop]" in text
    back = files.read(text)
    assert [(one, one.at) for one in back] == [(one, one.at) for one in whole]
    assert back.digest == whole.digest


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
        files.read(text)
    assert told in str(caught.value)


def test_two_layers_of_one_base_are_merged_three_way() -> None:
    block, rename = Decision(Act.BLOCK, ("x",)), Decision(Act.RENAME, ("a",), "A")
    base = layer(MERGE, block)
    mine, theirs = layer(MERGE, block, rename), layer(MERGE, Decision(Act.FACET, ("a",), "mood"))
    merged = files.merge(mine, theirs, base)
    assert (merged.dropped, [one.act for one in merged.added], merged.conflicts) == ((block,), [Act.FACET], ())
    assert [one.act for one in merged.layer] == [Act.MERGE, Act.RENAME, Act.FACET]
    two_way = files.merge(mine, theirs)
    assert two_way.dropped == (), "without a base nothing is taken back"


def test_conflicts_are_shown_and_mine_stands() -> None:
    mine = layer(Decision(Act.RENAME, ("a",), "A"), Decision(Act.APART, ("b", "c")), Decision(Act.BROADER, ("d",), "e"))
    theirs = layer(
        Decision(Act.RENAME, ("a",), "Aa"),
        Decision(Act.MERGE, ("b",), "c"),
        Decision(Act.BROADER, ("e",), "d"),
        Decision(Act.BLOCK, ("z",)),
    )
    merged = files.merge(mine, theirs)
    assert [one.act for one in merged.added] == [Act.BLOCK]
    assert {(one.mine.act, one.theirs.act) for one in merged.conflicts} == {
        (Act.RENAME, Act.RENAME),
        (Act.APART, Act.MERGE),
        (Act.BROADER, Act.BROADER),
    }
    assert merged.layer.effect.problems == ()


def test_skos_is_turtle_that_an_outsider_reads() -> None:
    whole = layer(
        MERGE,
        Decision(Act.BROADER, ("trap",), "hip hop"),
        Decision(Act.FACET, ("trap",), 'a "genre"'),
        Decision(Act.BLOCK, ("<seen live>",)),
    )
    rdflib = pytest.importorskip("rdflib")
    graph = rdflib.Graph().parse(data=skos.turtle(whole, "my corpus"), format="turtle")
    core = rdflib.Namespace("http://www.w3.org/2004/02/skos/core#")
    hop, trap = rdflib.URIRef("urn:tagviz:my%20corpus/hip%20hop"), rdflib.URIRef("urn:tagviz:my%20corpus/trap")
    assert {str(found) for found in graph.objects(hop, core.altLabel)} == {"hip-hop", "hiphop"}
    assert (trap, core.broader, hop) in graph
    assert rdflib.Literal('a "genre"') in set(graph.objects(None, core.prefLabel))


def test_skos_is_read_back_as_it_was_written() -> None:
    whole = layer(
        MERGE,
        Decision(Act.BROADER, ("trap",), "hip hop"),
        Decision(Act.FACET, ("trap",), 'a "genre"'),
        Decision(Act.BLOCK, ("<seen live>",)),
        Decision(Act.RENAME, ("trap",), "Trap!"),
        Decision(Act.TOGETHER, ("jazz", "비오는날")),
    )
    again = skos.read(skos.turtle(whole, "my corpus").encode(), "tags.ttl")
    assert again.effect == whole.effect


FOREIGN = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
 xmlns:skos="http://www.w3.org/2004/02/skos/core#">
<skos:Concept rdf:about="http://x.test/1"><skos:prefLabel xml:lang="de">Regen</skos:prefLabel>
<skos:prefLabel xml:lang="en">rain</skos:prefLabel><skos:hiddenLabel>rainn</skos:hiddenLabel>
<skos:narrower rdf:resource="http://x.test/2"/></skos:Concept>
<skos:Concept rdf:about="http://x.test/2"><skos:prefLabel>drizzle</skos:prefLabel>
<skos:broader rdf:resource="http://x.test/gone"/></skos:Concept></rdf:RDF>"""


def test_skos_of_others_is_read() -> None:
    found = skos.read(FOREIGN.encode(), "weather.rdf").effect
    assert found.merged == {"Regen": "rain", "rainn": "rain"}
    assert found.broader == (("drizzle", "rain"),)


CIRCLE = """@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
<urn:a> skos:prefLabel "a" ; skos:broader <urn:b> .
<urn:b> skos:prefLabel "b" ; skos:broader <urn:c> .
<urn:c> skos:prefLabel "c" ; skos:narrower <urn:b> ; skos:broader <urn:a> ."""


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (CIRCLE, "a circle: .* → .* says that"),
        ('<urn:a> <http://www.w3.org/2004/02/skos/core#prefLabel> "a', "cannot be read as SKOS"),
        ("<urn:a> <urn:b> <urn:c> .", "names no concepts"),
        (CIRCLE.replace("<urn:b> skos:prefLabel", "<urn:b> skos:broader <urn:b> ; skos:prefLabel"), "is no decision"),
        ("\x00", "cannot be read as SKOS"),
    ],
)
def test_skos_that_is_none_or_goes_in_a_circle_is_refused(text: str, told: str) -> None:
    with pytest.raises(SourceError) as caught:
        skos.read(text.encode(), "tags.ttl")
    assert re.search(told, f"{caught.value.title} {caught.value.detail}")


def test_skos_that_stands_for_an_endless_file_is_refused() -> None:
    lines = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    bomb = f'<!DOCTYPE r [<!ENTITY l0 "lol">{lines}]>' + FOREIGN.replace("rainn", "&l11;")
    with pytest.raises(SourceError):
        skos.read(bomb.encode(), "bomb.rdf")
