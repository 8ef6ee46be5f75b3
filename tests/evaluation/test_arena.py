"""The Arena's files and score."""

from __future__ import annotations

import json
import math
import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tagviz import sources
from tagviz.errors import SourceError
from tagviz.evaluation import arena, metrics
from tagviz.evaluation.report import build
from tagviz.evaluation.split import SplitSpec, split
from tagviz.types import Corpus, Kind
from tests.evaluation.reports import Cooccurring, Popular
from tests.evaluation.test_split import many

Entry = dict[str, Any]


def answered(ident: Any, songs: list[int] | None = None, tags: list[str] | None = None) -> Entry:
    """A valid result: the given items first, then fillers."""
    filled = [*(songs or []), *range(10_000, 10_100)][:100]
    return {"id": ident, "songs": filled, "tags": [*(tags or []), *(f"filler {n}" for n in range(10))][:10]}


def plain_loop(answers: list[Entry], results: list[Entry]) -> tuple[float, float]:
    """The published rule, written as a loop: natural logarithms, ideal over the whole truth."""
    truth = {entry["id"]: entry for entry in answers}
    means = []
    for part in ("songs", "tags"):
        values = []
        for result in results:
            wanted = truth[result["id"]][part]
            if wanted:
                gained = sum(1 / math.log(place + 2) for place, item in enumerate(result[part]) if item in wanted)
                values.append(gained / sum(1 / math.log(place + 2) for place in range(len(wanted))))
        means.append(sum(values) / len(values))
    return means[0], means[1]


def test_score_agrees_with_the_published_rule() -> None:
    draw = random.Random(0)
    letters = "abcdefghijklmnop"
    answers = []
    for n in range(150):
        songs, tags = max(0, draw.randint(-20, 120)), max(0, draw.randint(-2, 12))
        answers.append({"id": n, "songs": draw.sample(range(300), songs), "tags": draw.sample(letters, tags)})
    results = []
    for n in range(150):
        results.append({"id": n, "songs": draw.sample(range(300), 100), "tags": draw.sample(letters, 10)})
    song, tag = plain_loop(answers, results)
    found = arena.score(answers, results[::-1])
    assert found.song == pytest.approx(song, abs=1e-12)
    assert found.tag == pytest.approx(tag, abs=1e-12)
    assert found.score == pytest.approx(0.85 * song + 0.15 * tag, abs=1e-12)
    assert found.questions == 150
    assert found.song_questions == sum(bool(entry["songs"]) for entry in answers)
    assert any("hide no songs" in warning for warning in found.warnings)


def test_score_by_hand() -> None:
    found = arena.score(
        [{"id": 1, "songs": [5, 6], "tags": ["a"]}, {"id": 2, "songs": [7], "tags": []}],
        [answered(1, [0, 5], ["x", "a"]), answered("2", [7])],
    )
    assert found.song == pytest.approx(((1 / math.log2(3)) / (1 + 1 / math.log2(3)) + 1) / 2)
    assert found.tag == pytest.approx(1 / math.log2(3))
    assert (found.song_questions, found.tag_questions) == (2, 1)


def test_answers_without_songs_take_results_without_songs() -> None:
    answers = [{"id": 1, "songs": [], "tags": ["a"]}]
    bare = arena.score(answers, [answered(1, tags=["a"]) | {"songs": []}])
    assert (bare.song, bare.tag, bare.score, bare.song_questions) == (None, 1.0, None, 0)
    full = arena.score(answers, [answered(1, tags=["a"])])
    assert full.tag == 1.0
    assert any("not judged" in warning for warning in full.warnings)


@pytest.mark.parametrize(
    ("answers", "results", "said"),
    [
        ([1, 2], [answered(1)], "1 questions have no results: ids 2"),
        ([1], [answered(1), answered(9)], "1 results belong to no question: ids 9"),
        ([1], [answered(1), answered(1)], "more than once"),
        ([1, 1], [answered(1)], "more than once"),
        ([1], [answered(1) | {"songs": list(range(99))}], "do not hold 100 songs: ids 1"),
        ([1], [answered(1) | {"songs": [7] * 100}], "results repeat songs: ids 1"),
        ([1], [answered(1) | {"tags": ["a"] * 10}], "results repeat tags: ids 1"),
        ([1], [answered(1) | {"tags": ["a"]}], "do not hold 10 tags: ids 1"),
        (list(range(9)), [], "ids 0, 1, 2, 3, 4 and 4 more"),
    ],
)
def test_what_breaks_the_rule_names_the_ids(answers: list[int], results: list[Entry], said: str) -> None:
    with pytest.raises(SourceError) as caught:
        arena.score([{"id": n, "songs": [5], "tags": ["a"]} for n in answers], results)
    assert said in str(caught.value)
    assert caught.value.remedy


def test_unknown_songs_are_a_warning() -> None:
    found = arena.score([{"id": 1, "songs": [5], "tags": ["a"]}], [answered(1, [5])], frozenset(["5"]))
    assert "99 recommended songs are unknown" in found.warnings[-1]
    assert "10000" in found.warnings[-1]


@pytest.mark.parametrize(
    "content", ["", "{", "{}", "[1]", '[{"id": null}]', '[{"id": 1, "songs": 5}]', '[{"id": 1, "tags": [[1]]}]']
)
def test_files_that_are_none(tmp_path: Path, content: str) -> None:
    path = tmp_path / "a.json"
    path.write_text(content)
    with pytest.raises(SourceError, match=r"a\.json"):
        arena.read(path)


def test_missing_and_binary_files(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no such file"):
        arena.read(tmp_path / "none.json")
    (tmp_path / "b.json").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SourceError, match="no JSON"):
        arena.read(tmp_path / "b.json")
    with pytest.raises(SourceError):
        arena.read(tmp_path)


def test_a_written_split_can_be_imported_again(tmp_path: Path) -> None:
    made = split(many(), SplitSpec("arena", seed=3))
    arena.write_split(made, tmp_path / "out")
    again = sources.read(tmp_path / "out", format="melon")
    assert again.playlists["id"].tolist() == made.train.playlists["id"].tolist()
    assert again.playlists["group"].tolist() == made.train.playlists["group"].tolist()
    for kind in (Kind.TAG, Kind.SONG):
        assert again.matrix(kind).nnz == made.train.matrix(kind).nnz
        assert held(again, kind) == held(made.train, kind)
    questions, answers = (arena.read(tmp_path / "out" / f"{name}.json") for name in ("questions", "answers"))
    assert [str(entry["id"]) for entry in questions] == made.questions.frame["id"].tolist()
    assert [entry["plylst_title"] for entry in questions] == made.questions.titles
    hidden = made.questions.hidden[Kind.TAG]
    assert [len(entry["tags"]) for entry in answers] == np.diff(hidden.indptr).tolist()
    assert all(not set(q["songs"]) & set(a["songs"]) for q, a in zip(questions, answers, strict=True))


def held(corpus: Corpus, kind: Kind) -> list[set[str]]:
    ids = corpus.vocab(kind).ids.to_numpy(dtype=object)
    return [set(ids[row.indices]) for row in corpus.matrix(kind)]


def test_files_and_report_give_the_same_score(tmp_path: Path) -> None:
    made = split(wide(), SplitSpec("arena", share=0.5))
    model = Cooccurring(made.train)
    report = build({"m": model}, made)
    song, tag = (report.rows["m", kind] for kind in (Kind.SONG, Kind.TAG))
    ids = report.items
    results = arena.results(
        report.questions["id"].tolist(),
        [ids[Kind.SONG].vocab.ids[row].tolist() for row in song],
        [ids[Kind.TAG].vocab.ids[row[:10]].tolist() for row in tag],
    )
    arena.write_split(made, tmp_path)
    arena.write(tmp_path / "results.json", results)
    found = arena.score(arena.read(tmp_path / "answers.json"), arena.read(tmp_path / "results.json"))
    table = metrics.summary(report, resamples=0).iloc[0]
    assert found.score == pytest.approx(table["arena"], abs=1e-12)
    assert (found.song, found.tag) == (pytest.approx(table["song_ndcg"]), pytest.approx(table["tag_ndcg"]))


def wide() -> Corpus:
    """Enough songs and tags that 100 and 10 can always be recommended."""
    from tests.corpora import make_corpus

    rng = np.random.default_rng(0)
    return make_corpus(
        [
            {
                "title": f"list {n}",
                "tags": [f"t{i}" for i in rng.choice(50, 6, replace=False)],
                "songs": [str(i) for i in rng.choice(300, 12, replace=False)],
            }
            for n in range(120)
        ]
    )


def test_ids_that_are_numbers_are_written_as_numbers(tmp_path: Path) -> None:
    assert [arena.number(ident) for ident in ("12", "012", "a1", "-1", "²", "")] == [12, "012", "a1", "-1", "²", ""]
    arena.write(tmp_path / "r.json", arena.results(["7"], [["1", "x"]], [["ü"]]))
    assert json.loads((tmp_path / "r.json").read_text("utf-8")) == [{"id": 7, "songs": [1, "x"], "tags": ["ü"]}]
    assert [path.name for path in tmp_path.iterdir()] == ["r.json"]


def test_popularity_scores_above_nothing() -> None:
    made = split(wide(), SplitSpec("arena", share=0.5))
    assert metrics.summary(build({"m": Popular(made.train)}, made), resamples=0).iloc[0]["arena"] > 0
