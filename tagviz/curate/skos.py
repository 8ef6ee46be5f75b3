"""The taxonomy as SKOS in Turtle: each tag a concept, its other spellings, and what is broader.

SKOS Reference, W3C Recommendation 2009. Written by hand: literals and nine properties need no library for graphs.
"""

from __future__ import annotations

from urllib.parse import quote

from tagviz.curate.layer import Layer

PREFIXES = """@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix dct: <http://purl.org/dc/terms/> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
"""


def turtle(layer: Layer, corpus: str, base: str = "urn:tagviz:") -> str:
    """What a layer says of tags, as a SKOS concept scheme.

    A tag is a concept: its label (`prefLabel`), the spellings merged into it (`altLabel`), its broader tags, what
    belongs together with it (`related`), the reasons (`editorialNote`), a note where it is blocked. A facet is a
    collection of its tags.
    """
    effect = layer.effect
    spellings: dict[str, list[str]] = {}
    for spelling, head in effect.merged.items():
        spellings.setdefault(head, []).append(spelling)
    named = {*spellings, *effect.labels, *effect.facets, *effect.blocked}
    named |= {tag for pair in (*effect.broader, *effect.together) for tag in pair}
    above: dict[str, list[str]] = {}
    for low, high in effect.broader:
        above.setdefault(low, []).append(high)
    beside: dict[str, list[str]] = {}
    for one, other in sorted(effect.together):
        beside.setdefault(one, []).append(other)
    notes: dict[str, list[str]] = {}
    for decision in layer:
        for tag in {effect.merged.get(tag, tag) for tag in (*decision.tags, decision.target)} & named:
            if decision.reason:
                notes.setdefault(tag, []).append(f"{decision}: {decision.reason} ({decision.author})")
    scheme = f"<{base}{quote(corpus, safe='')}>"
    parts = [PREFIXES, f"{scheme} a skos:ConceptScheme ; dct:title {_text(corpus)} ."]
    for tag in sorted(named):
        lines = [f"{_concept(base, corpus, tag)} a skos:Concept", f"skos:inScheme {scheme}"]
        label = effect.labels.get(tag, tag)
        lines.append(f"skos:prefLabel {_text(label)}")
        others = dict.fromkeys([*([tag] if label != tag else []), *sorted(spellings.get(tag, ()))])
        lines += [f"skos:altLabel {_text(other)}" for other in others]
        lines += [f"skos:broader {_concept(base, corpus, high)}" for high in sorted(above.get(tag, ()))]
        lines += [f"skos:related {_concept(base, corpus, other)}" for other in beside.get(tag, ())]
        if tag not in above:
            lines.append(f"skos:topConceptOf {scheme}")
        if tag in effect.blocked:
            lines.append('skos:scopeNote "never recommended"')
        lines += [f"skos:editorialNote {_text(note)}" for note in notes.get(tag, ())]
        parts.append(" ;\n    ".join(lines) + " .")
    facets: dict[str, list[str]] = {}
    for tag, facet in effect.facets.items():
        facets.setdefault(facet, []).append(tag)
    for facet, tags in sorted(facets.items()):
        members = [f"skos:member {_concept(base, corpus, tag)}" for tag in sorted(tags)]
        name = f"<{base}{quote(corpus, safe='')}/facet/{quote(facet, safe='')}>"
        parts.append(" ;\n    ".join([f"{name} a skos:Collection", f"skos:prefLabel {_text(facet)}", *members]) + " .")
    return "\n\n".join(parts) + "\n"


def _concept(base: str, corpus: str, tag: str) -> str:
    return f"<{base}{quote(corpus, safe='')}/{quote(tag, safe='')}>"


def _text(text: str) -> str:
    """A Turtle literal."""
    escaped = (
        text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t")
    )
    return f'"{escaped}"'
