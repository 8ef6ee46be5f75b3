"""The taxonomy as SKOS, written as Turtle, and read: tags are concepts with other spellings and broader concepts.

SKOS Reference, W3C Recommendation 2009. Turtle is written without a library, because literals and nine properties need
none. Files are read with rdflib, because others write them in many ways.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import PurePath
from typing import Any
from urllib.parse import quote, unquote

from tagviz.curation.decisions import MOST_TAGS, Act, Decision, Overlay
from tagviz.errors import InvalidParameterError, SourceError
from tagviz.text import clean

PREFIXES = """@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix dct: <http://purl.org/dc/terms/> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
"""


def turtle(layer: Overlay, corpus: str, base: str = "urn:tagviz:") -> str:
    """Write an overlay as a SKOS concept scheme.

    A tag is a concept: its label (`prefLabel`), the spellings merged into it (`altLabel`), its broader tags, the tags
    that belong together with it (`related`), the reasons (`editorialNote`), and a note where it is blocked. A facet is
    a collection of its tags.

    Args:
        layer: The overlay.
        corpus: Name of the corpus.
        base: Prefix of the addresses of concepts.
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
            lines.append('skos:scopeNote "' + BLOCKED + '"')
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
    """Return a Turtle literal."""
    escaped = (
        text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t")
    )
    return f'"{escaped}"'


ENDINGS = {".ttl": "turtle", ".rdf": "xml", ".xml": "xml", ".nt": "nt"}
"""Format of a file by the ending of its name."""
MOST_BYTES = 20_000_000
MOST_LINES = 100_000
"""rdflib reads some 10,000 lines a second, during which other people wait."""
CORE = "http://www.w3.org/2004/02/skos/core#"
BLOCKED = "never recommended"


def reads(name: str) -> bool:
    """Return whether a file of this name is read as SKOS."""
    return PurePath(name).suffix.lower() in ENDINGS


def read(content: bytes, name: str, base: str = "urn:tagviz:", own: Callable[[str], str] = str) -> Overlay:
    """Read the decisions of a SKOS file (Turtle, RDF/XML or N-Triples, by its name).

    A concept is the tag of its preferred label, or the one that our own export names in its address. Its alternative
    and hidden labels, and preferred ones in other languages, are merged into it, unless they are concepts of their own.
    `broader` and `narrower` order tags, `related` ones belong together, a collection is the facet of its members.
    Everything else is ignored; nothing is fetched.

    Args:
        content: Content of the file.
        name: Its name.
        base: Prefix of the addresses of our own concepts.
        own: Returns how the corpus writes a label; the label itself where it has no such tag.

    Raises:
        SourceError: If it is not SKOS, or has a cycle of broader tags.
    """
    import rdflib

    if len(content) > MOST_BYTES:
        raise SourceError(f"{name} is too large", f"{len(content):,} bytes, at most {MOST_BYTES:,}", "split it")
    if (lines := content.count(b"\n")) > MOST_LINES:
        raise SourceError(f"{name} is too long", f"{lines:,} lines, at most {MOST_LINES:,}", "split it")
    graph = rdflib.Graph()
    try:
        if (
            "<!ENTITY" in content.decode("utf-8") or b"\0" in content
        ):  # with which a small file could stand for an endless one
            raise ValueError("entities are not read, nor any encoding but UTF-8")
        graph.parse(data=content, format=ENDINGS[PurePath(name).suffix.lower()])
    except Exception as error:  # each of rdflib's parsers has errors of its own, and not all derive from one
        what = " ".join(str(error).split())[:300]
        raise SourceError(f"{name} cannot be read as SKOS", what or type(error).__name__, "correct the file") from error
    tags, labels = _concepts(graph, base, own)
    if not tags:
        raise SourceError(f"{name} names no concepts", "no subject has a skos:prefLabel", "export a taxonomy as SKOS")
    try:
        decisions = [*_spellings(graph, tags, labels, base, own), *_relations(graph, tags), *_facets(graph, tags)]
    except InvalidParameterError as error:
        raise SourceError(f"{name}: {error.title}", error.detail, error.remedy) from error
    layer = Overlay(tuple(dict.fromkeys(decisions)))
    for problem in layer.effect.problems:
        if problem.decision.act is Act.BROADER:
            raise SourceError(f"{name}: “{problem.decision}” cannot be", problem.why, "correct the file")
    return layer


def _concepts(graph: Any, base: str, own: Callable[[str], str]) -> tuple[dict[Any, str], dict[Any, list[str]]]:
    """Return the tag of each concept, and all its labels."""
    from rdflib import RDF, URIRef

    tags: dict[Any, str] = {}
    labels: dict[Any, list[str]] = {}
    collections = set(graph.subjects(RDF.type, URIRef(f"{CORE}Collection")))
    for subject in sorted(set(graph.subjects(URIRef(f"{CORE}prefLabel"))) - collections):
        preferred = sorted(
            graph.objects(subject, URIRef(f"{CORE}prefLabel")),
            key=lambda label: (
                (getattr(label, "language", None) or "").partition("-")[0] not in ("", "en"),
                str(label),
            ),
        )
        others = [
            str(one) for name in ("altLabel", "hiddenLabel") for one in graph.objects(subject, URIRef(CORE + name))
        ]
        exported = unquote(str(subject).removeprefix(base).partition("/")[2]) if str(subject).startswith(base) else ""
        tag = own(clean(exported) or clean(str(preferred[0])))
        if tag:
            tags[subject] = tag
            labels[subject] = [*map(clean, map(str, preferred)), *sorted(map(clean, others))]
    return tags, labels


def _spellings(
    graph: Any, tags: Mapping[Any, str], labels: Mapping[Any, list[str]], base: str, own: Callable[[str], str]
) -> Iterator[Decision]:
    from rdflib import Literal, URIRef

    concepts = set(tags.values())
    for subject, tag in tags.items():
        shown, *others = labels[subject]
        written = dict.fromkeys(own(text) for text in others if text and text != shown)
        spellings = [text for text in written if text not in concepts]
        for start in range(0, len(spellings), MOST_TAGS):
            yield Decision(Act.MERGE, tuple(spellings[start : start + MOST_TAGS]), tag)
        if shown != tag and str(subject).startswith(base):  # others' labels only say which tag is meant
            yield Decision(Act.RENAME, (tag,), shown)
        if (subject, URIRef(f"{CORE}scopeNote"), Literal(BLOCKED)) in graph:
            yield Decision(Act.BLOCK, (tag,))


def _relations(graph: Any, tags: Mapping[Any, str]) -> Iterator[Decision]:
    from rdflib import URIRef

    above = {*graph.subject_objects(URIRef(f"{CORE}broader"))}
    above |= {(low, high) for high, low in graph.subject_objects(URIRef(f"{CORE}narrower"))}
    for low, high in sorted(above):
        if low in tags and high in tags and (low == high or tags[low] != tags[high]):
            yield Decision(Act.BROADER, (tags[low],), tags[high])
    beside = {tuple(sorted(pair)) for pair in graph.subject_objects(URIRef(f"{CORE}related"))}
    for one, other in sorted(beside):
        if one in tags and other in tags and tags[one] != tags[other]:
            yield Decision(Act.TOGETHER, (tags[one], tags[other]))


def _facets(graph: Any, tags: Mapping[Any, str]) -> Iterator[Decision]:
    from rdflib import RDF, URIRef

    for collection in sorted(graph.subjects(RDF.type, URIRef(f"{CORE}Collection"))):
        name = clean(min(map(str, graph.objects(collection, URIRef(f"{CORE}prefLabel"))), default=""))
        members = sorted({tags[one] for one in graph.objects(collection, URIRef(f"{CORE}member")) if one in tags})
        for start in range(0, len(members) if name else 0, MOST_TAGS):
            yield Decision(Act.FACET, tuple(members[start : start + MOST_TAGS]), name)
