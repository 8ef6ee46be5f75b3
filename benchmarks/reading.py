"""How well typed text is read: slips of artists' names, clean names, times.

    python -m benchmarks.reading              # on the Last.fm lists beside the project

Slips are generated with a fixed seed: one edit for names of 5–8 letters, two for longer ones (letters inserted, left
out, replaced or exchanged); names that are also a tag, or another artist's name, are left out, as are names that an
edit makes another's.
"""

from __future__ import annotations

import argparse
import random
import string
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from benchmarks.report import write_section
from tagviz.operations import corpora
from tagviz.operations.context import Context
from tagviz.query import MentionKind, interpret
from tagviz.query.transliteration import fold, is_latin, latin, unaccented
from tagviz.store.workspace import Workspace
from tagviz.types import Corpus, Kind

LISTS = Path(__file__).resolve().parent.parent.parent / "shared" / "data" / "lastfm-melon-shape"
SEED = 20261129
SLIPS = 200
LEAST_LISTS = 5
TEXTS = (
    *("bjork", "radiohed", "the beetles", "metallica and friends", "stuff like joy division", "the the", "!!!"),
    *("punk, not pop punk", "black metal + ambient", "if you like sigur ros", "노라조", "nineties rock"),
)


@dataclass(frozen=True)
class QueryBatch:
    """A text, and the artist that it means."""

    typed: str
    key: str
    label: str


@dataclass(frozen=True)
class Outcome:
    """How many texts of one sort were read right, as something else, and as no name."""

    what: str
    count: int
    right: int
    wrong: tuple[tuple[str, str, str], ...]
    missed: tuple[tuple[str, str], ...]


def artists(corpus: Corpus) -> list[tuple[str, str]]:
    """(key, label) of the artists on at least LEAST_LISTS lists whose name is no tag and no other artist's."""
    vocab, counts = corpus.vocab(Kind.ARTIST), corpus.counts(Kind.ARTIST)
    labels = vocab.label_list(np.arange(len(vocab)))
    tags = {_form(tag) for tag in corpus.vocab(Kind.TAG).label_list(np.arange(len(corpus.vocab(Kind.TAG))))}
    forms = [_form(label) for label in labels]
    shared = {form for form, count in zip(*np.unique(np.array(forms), return_counts=True), strict=True) if count > 1}
    return [
        (vocab.key(row), label)
        for row, label in enumerate(labels)
        if counts[row] >= LEAST_LISTS and forms[row] not in tags and forms[row] not in shared and forms[row]
    ]


def _form(name: str) -> str:
    """What two names share that people type alike."""
    return latin(fold(name).removeprefix("the ")) or fold(name)


def slips(named: Sequence[tuple[str, str]], count: int, seed: int = SEED) -> list[QueryBatch]:
    """Misspelt names: one edit in names of 5–8 letters, two in longer ones."""
    draw = random.Random(seed)
    taken = {_form(label) for _, label in named}
    usable = [
        (key, label)
        for key, label in named
        if len(latin(label)) >= 5 and is_latin(fold(label)) and any(map(str.isalpha, label))
    ]
    asked = []
    for key, label in draw.sample(usable, len(usable)):
        typed = unaccented(fold(label))
        for _ in range(1 if len(latin(label)) <= 8 else 2):
            typed = _edited(typed, draw)
        if _form(typed) not in taken:
            asked.append(QueryBatch(typed, key, label))
        if len(asked) == count:
            break
    return asked


def _edited(name: str, draw: random.Random) -> str:
    places = [place for place, letter in enumerate(name) if letter.isalnum()]
    at = draw.choice(places)
    match draw.randrange(4):
        case 0:
            return name[:at] + draw.choice(string.ascii_lowercase) + name[at:]
        case 1:
            return name[:at] + name[at + 1 :]
        case 2:
            return name[:at] + draw.choice(string.ascii_lowercase.replace(name[at], "")) + name[at + 1 :]
        case _:
            pairs = [p for p in places if p + 1 in places and name[p] != name[p + 1]]
            at = draw.choice(pairs or [places[0]])
            return name[:at] + name[at + 1 : at + 2] + name[at] + name[at + 2 :]


def unaccented_names(named: Sequence[tuple[str, str]]) -> list[QueryBatch]:
    """Names with accents, typed without them."""
    return [
        QueryBatch(unaccented(fold(label)), key, label)
        for key, label in named
        if is_latin(fold(label)) and unaccented(fold(label)) != fold(label)
    ]


def transliterated(named: Sequence[tuple[str, str]]) -> list[QueryBatch]:
    """Names in other scripts, typed in Latin letters."""
    return [
        QueryBatch(latin(label), key, label)
        for key, label in named
        if not is_latin(fold(label)) and len(latin(label)) > 2
    ]


def clean(named: Sequence[tuple[str, str]]) -> list[QueryBatch]:
    """Names as they are."""
    return [QueryBatch(label, key, label) for key, label in named]


def outcome(what: str, corpus: Corpus, asked: Sequence[QueryBatch]) -> Outcome:
    """Asks each text and compares the reading with what it means."""
    right, wrong, missed = 0, [], []
    for one in asked:
        mentions = [mention for mention in interpret(one.typed, corpus).of() if mention.key]
        if any(_is(mention.key, mention.label, one) for mention in mentions) and len(mentions) == 1:
            right += 1
        elif any(mention.kind is not MentionKind.TAG for mention in mentions):
            wrong.append((one.typed, one.label, " · ".join(f"{m.kind} {m.label}" for m in mentions)))
        else:
            missed.append((one.typed, one.label))
    return Outcome(what, len(asked), right, tuple(wrong), tuple(missed))


def _is(key: str, label: str, asked: QueryBatch) -> bool:
    return key == asked.key or fold(label) == fold(asked.label)


def times(corpus: Corpus, titles: Sequence[str]) -> tuple[float, float]:
    """Median and 95th percentile of the processor time that a new text takes, in milliseconds."""
    spent = []
    for title in dict.fromkeys(titles):
        started = time.process_time()
        interpret(title + " ", corpus)
        spent.append(1e3 * (time.process_time() - started))
    return float(np.median(spent)), float(np.percentile(spent, 95))


def outcomes(corpus: Corpus) -> list[Outcome]:
    """All sorts of texts, on one corpus."""
    named = artists(corpus)
    return [
        outcome("slips", corpus, slips(named, SLIPS)),
        outcome("without accents", corpus, unaccented_names(named)),
        outcome("in Latin letters", corpus, transliterated(named)),
        outcome("clean names", corpus, clean(named)),
        outcome("clean names in lower case", corpus, [QueryBatch(label.lower(), key, label) for key, label in named]),
    ]


def table(corpus: Corpus, failures: int) -> list[str]:
    """Lines of the table of slips and clean names, with the texts that are not read right, and of the times."""
    started = time.process_time()
    interpret("x", corpus)
    interpret("radiohed", corpus)
    first = time.process_time() - started
    lines = ["| texts | count | read right | as another | not as a name |", "| --- | --- | --- | --- | --- |"]
    missed = []
    for one in outcomes(corpus):
        shares = [f"{part / max(1, one.count):.3f}" for part in (one.right, len(one.wrong), len(one.missed))]
        lines.append(f"| {one.what} | {one.count:,} | {' | '.join(shares)} |")
        missed += [f"{typed} (read as {other})" for typed, _, other in one.wrong[:failures]]
        missed += [f"{typed} ({label} not found)" for typed, label in one.missed[:failures]]
    middle, slow = times(corpus, [str(title) for title in corpus.playlists["title"]][:3000] + list(TEXTS))
    return [
        *lines,
        "",
        f"Some that are not read right: {'; '.join(dict.fromkeys(missed))}.",
        "",
        f"Processor time: {first:.2f} s for the first two texts after a start, then {middle:.1f} ms a new text "
        f"(median; 95th percentile {slow:.1f} ms).",
    ]


def main() -> None:
    """Writes the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--lists", type=Path, default=LISTS)
    parser.add_argument("--failures", type=int, default=5, help="failures to name of each sort")
    chosen = parser.parse_args()
    with TemporaryDirectory() as folder:
        context = Context(Workspace(Path(folder)))
        corpora.import_corpus(context, chosen.lists, "lists", "melon")
        lines = table(corpora.open_corpus(context, "lists"), chosen.failures)
    write_section("reading", "\n".join(["## Names and slips", "", "`python -m benchmarks.reading`", "", *lines]))


if __name__ == "__main__":
    main()
