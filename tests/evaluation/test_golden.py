"""Golden queries: files, and what is counted."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tagviz.errors import SourceError
from tagviz.evaluation.golden import GoldenAnswer, GoldenQuery, compare, judge, read, rows_of
from tagviz.settings import ASSETS
from tagviz.types import Kind


def written(folder: Path, content: Any, name: str = "golden.json") -> Path:
    path = folder / name
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return path


def test_the_short_form_opens_as_it_is(tmp_path: Path) -> None:
    path = written(tmp_path, [{"id": "w1", "title": "rainy day", "tags": ["sad", "rain"], "hard": "rare"}])
    assert read(path) == [GoldenQuery("w1", "rainy day", may_tags=("sad", "rain"), hard="rare")]


def test_the_words_of_the_project_open(real_data: Path) -> None:
    assert len(read(real_data.parent / "words" / "phrases.json")) == 59


def test_the_demo_s_file_has_sixty_phrases_in_three_languages() -> None:
    queries = read(ASSETS / "demo_golden.json")
    counted = {language: sum(query.language == language for query in queries) for language in ("en", "ko", "fr")}
    assert counted == {"en": 20, "ko": 20, "fr": 20}


def test_csv_and_back(tmp_path: Path) -> None:
    path = written(tmp_path, "title,may_tags,not_artists,language\nroad trip,rock|pop,Bieber,en\n", "golden.csv")
    (query,) = read(path)
    assert query == GoldenQuery("1", "road trip", may_tags=("rock", "pop"), not_artists=("Bieber",), language="en")
    assert read(written(tmp_path, json.dumps(rows_of([query])))) == [query]
    assert query.kinds == (Kind.TAG, Kind.SONG)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("{", "no JSON"),
        ("[]", "no question"),
        ({"title": "x"}, "no list"),
        ([3], "question 1"),
        ([{"title": "x"}], "nothing is wanted"),
        ([{"may_tags": ["x"]}], "nothing is asked"),
        ([{"title": "x", "tags": "jazz"}], "expected a list"),
        ([{"title": ["x"], "tags": ["jazz"]}], "expected a text"),
        ([{"title": "x", "may_tag": ["jazz"]}], "no such field"),
        ([{"id": "a", "title": "x", "tags": ["y"]}] * 2, "question 1's too"),
        ([{"title": "x" * 2000, "tags": ["y"]}], "at most"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, content: Any, says: str) -> None:
    with pytest.raises(SourceError) as raised:
        read(written(tmp_path, content))
    assert says in str(raised.value)
    assert raised.value.remedy


def test_what_is_counted() -> None:
    queries = [
        GoldenQuery("a", "x", may_tags=("Hip-Hop",)),
        GoldenQuery("b", "y", may_tags=("jazz",), not_tags=("funk",)),
        GoldenQuery("c", "z", may_artists=("Björk",), must_tags=("pop",)),
        GoldenQuery("d", "w", not_tags=("rock",)),
    ]
    answers = [
        GoldenAnswer(tags=("rock", "hip hop")),
        GoldenAnswer(tags=("a", "b", "c", "d", "e", "jazz", "funk")),
        GoldenAnswer(tags=("rock",), songs=("s",), artists=(("Björk", "Ane"),)),
        GoldenAnswer(tags=("pop",)),
    ]
    frame = judge("m", queries, answers).frame
    assert frame["understood"].tolist() == [True, False, False, True]
    assert frame["mrr"].tolist() == pytest.approx([1 / 2, 1 / 6, 1, 0])
    assert frame["violations"].tolist() == [0, 1, 0, 0]


def test_groups_and_pairs() -> None:
    queries = [GoldenQuery(str(n), "x", may_tags=("a",), language="en" if n < 6 else "ko") for n in range(12)]
    good = judge("good", queries, [GoldenAnswer(tags=("a",))] * 12)
    half = judge("half", queries, [GoldenAnswer(tags=("a" if n < 6 else "b",)) for n in range(12)])
    by = half.summary("language").set_index("group")
    assert by["understood"].to_dict() == {"en": 1.0, "ko": 0.0}
    assert by.loc["en", "understood_low"] == by.loc["en", "understood_high"] == 1.0
    ahead = compare(good, half).set_index("measure")
    assert ahead.loc["understood", "difference"] == pytest.approx(0.5)
    assert 0 < ahead.loc["understood", "low"] < 0.5 < ahead.loc["understood", "high"]
    assert np.isfinite(ahead["low"]).all()
