"""Inputs that a fuzzer found, and their kind: each ends in the project's own error, in time and in little memory."""

from __future__ import annotations

import ast
import time
from contextlib import suppress
from pathlib import Path

import pytest
import yaml

from tagviz.curation import skos, yaml_io
from tagviz.errors import SourceError, TagvizError
from tagviz.evaluation import arena
from tagviz.operations import corpora, models, recommend
from tagviz.operations.context import Context
from tagviz.settings import ASSETS
from tagviz.store.workspace import Workspace
from tagviz.types import Kind, Query
from tests.corpora import checkerboard

CASES = Path(__file__).resolve().parents[2] / "shared" / "cases" / "fuzz"
SURROGATE = "\ud800"


def case(name: str) -> Path:
    """The folder of a found input; the test is skipped where it is not beside the project."""
    if not (CASES / name).is_dir():
        pytest.skip("the found inputs are not beside the project")
    return CASES / name


def test_found_decisions_are_refused() -> None:
    text = (case("KeyError_tagviz_curate_files_py_51") / "l").read_bytes()
    with pytest.raises(SourceError, match="is no YAML"):
        yaml_io.read(text)


@pytest.mark.parametrize("name", ["a.json", "g.json"])
def test_found_arena_files_are_read_or_refused(name: str) -> None:
    path = case("RecursionError_tagviz_evaluate_arena_py_51") / name
    with suppress(SourceError):
        arena.score(arena.read(path), arena.read(path))


def test_the_found_question_is_answered_or_refused(tmp_path: Path) -> None:
    given = ast.literal_eval((case("UnicodeEncodeError_tagviz_corpus_py_96") / "q").read_text())
    ask(tmp_path, Query(**given))
    ask(tmp_path, Query(**{**given, "n": 20}))


def ask(home: Path, query: Query) -> None:
    """Asks several kinds of models on the demo; only the project's own errors may come."""
    ws = Workspace(home, ASSETS / "demo")
    corpus = corpora.open_corpus(Context(ws), "demo")
    for ref in ("popularity", "spectral", "word2vec", "best"):
        model = models.open_model(Context(ws), corpus, ref)
        for kind in (Kind.TAG, Kind.SONG):
            with suppress(TagvizError):
                assert recommend.recommend(corpus, model, query, kind).keys


@pytest.mark.parametrize(
    "query",
    [
        Query(title=f"rainy {SURROGATE} night"),
        Query(tags=(SURROGATE, "jazz")),
        Query(songs=(f"{SURROGATE}1",)),
        Query(tags=("jazz",), avoid=(f"tag:{SURROGATE}", SURROGATE)),
        Query(title="jazz", date=SURROGATE),
    ],
)
def test_half_a_surrogate_pair_is_unknown_text(tmp_path: Path, query: Query) -> None:
    ask(tmp_path, query)


def test_an_id_that_is_no_text_has_no_row() -> None:
    vocab = checkerboard().vocab(Kind.TAG)
    assert vocab.find([SURROGATE, vocab.ids[1], "nobody"]).tolist() == [-1, 1, -1]
    assert vocab.row(SURROGATE, missing="skip") == -1
    with pytest.raises(TagvizError):
        vocab.row(SURROGATE)


@pytest.mark.parametrize(
    "text",
    [
        "[" * 200_000,
        '[{"id": 1, "songs": ' + "[" * 100_000 + "]" * 100_000 + "}]",
        '{"a":' * 100_000,
        '[{"id": ' + "9" * 5000 + "}]",
        '[{"id": NaN}]',
        "[" + "null," * 10 + "null]",
    ],
)
def test_arena_files_that_are_nested_or_no_playlists_are_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "results.json"
    path.write_text(text)
    with pytest.raises(SourceError):
        arena.read(path)


@pytest.mark.parametrize(
    "entry",
    [
        "!!bool ",
        "!!int x",
        "!!float x",
        "!!timestamp x",
        "!!timestamp 1-1-1",
        "!!binary é",
        "!!set x",
        "!!omap x",
        "!!pairs x",
        "!!null x",
        "!!python/object:os.system x",
        "2026-99-99",
        "&a [*a]",
        "? [a]\n: b",
        SURROGATE,
        "[" * 5000,
    ],
)
def test_yaml_that_is_no_decision_is_refused(entry: str) -> None:
    for text in (f"tagviz: 1\ndecisions:\n- block: {entry}\n", f"- {entry}", entry):
        with pytest.raises(SourceError):
            yaml_io.read(text)


def test_aliases_are_refused_and_stars_are_text() -> None:
    bomb = "tagviz: 1\na: &a [x, x]\nb: &b [*a, *a]\ndecisions:\n- block: *b\n"
    with pytest.raises(SourceError, match="aliases"):
        yaml_io.read(bomb)
    layer = yaml_io.read('tagviz: 1\ndecisions:\n- block: ["*nsync", "f**k"]\n')
    assert next(iter(layer)).tags == ("*nsync", "f**k")


def test_too_many_decisions_are_refused_at_once() -> None:
    text = yaml.safe_dump({"tagviz": 1, "decisions": [{"block": str(at) * 60} for at in range(30_000)]})
    started = time.perf_counter()
    with pytest.raises(SourceError, match="too large"):
        yaml_io.read(text)
    assert time.perf_counter() - started < 1
    with pytest.raises(SourceError, match="too many"):
        yaml_io.read("tagviz: 1\ndecisions: [" + "x, " * (yaml_io.MOST_DECISIONS + 1) + "]")


def test_a_graph_of_200000_lines_is_refused_at_once() -> None:
    line = b'<urn:a> <http://www.w3.org/2004/02/skos/core#prefLabel> "a" .\n'
    started = time.perf_counter()
    with pytest.raises(SourceError, match="too long"):
        skos.read(line * 200_000, "tags.nt")
    assert time.perf_counter() - started < 2


@pytest.mark.parametrize("target", ["import", "vectors", "features", "decisions", "skos"])
def test_files_that_trip_readers_are_read_or_refused(target: str) -> None:
    from benchmarks import fuzz, fuzz_targets

    known = {target: fuzz_targets.targets()[target]}
    assert not fuzz.replay(known, largest=100_000).found
