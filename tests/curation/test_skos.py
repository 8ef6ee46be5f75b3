"""The taxonomy as SKOS, written and read."""

from __future__ import annotations

import re

import pytest

from tagviz.curation import skos
from tagviz.curation.decisions import Act, Decision, Overlay
from tagviz.errors import SourceError

MERGE = Decision(Act.MERGE, ("hip-hop", "hiphop"), "hip hop", "Ann", "one thing", 1_763_000_000.0)


def layer(*decisions: Decision) -> Overlay:
    return Overlay(decisions)


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
