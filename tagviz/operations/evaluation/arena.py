"""The Arena's files: split a corpus into them, and score results."""

from __future__ import annotations

from pathlib import Path

from tagviz.evaluation import arena
from tagviz.evaluation.split import Split, SplitSpec
from tagviz.evaluation.split import split as cut
from tagviz.types import Corpus, Kind


def split(
    corpus: Corpus,
    out: Path,
    spec: SplitSpec = SplitSpec("arena"),
) -> Split:
    """Split a corpus and write train.json, questions.json and answers.json in the Arena's form into `out`."""
    parts = cut(corpus, spec)
    arena.write_split(parts, out)
    return parts


def score(answers: Path, results: Path, corpus: Corpus | None = None) -> arena.ArenaScore:
    """Scores a file of results against a file of answers by the Arena's rule. Raises SourceError for what breaks it."""
    songs = None if corpus is None else frozenset(corpus.vocab(Kind.SONG).ids)
    return arena.score(arena.read(answers), arena.read(results), songs)
