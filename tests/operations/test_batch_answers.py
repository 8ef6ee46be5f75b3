"""Many questions at once."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from tagviz.errors import InvalidParameterError, SourceError
from tagviz.operations import batch_answers, models, recommend
from tagviz.operations.context import Context
from tagviz.store.workspace import Workspace
from tagviz.types import Kind, Query
from tests.corpora import make_corpus


def test_a_title_a_line() -> None:
    text = "rainy night, with commas\n\n  workout 90s \n"
    assert batch_answers.read_questions(text) == [Query("rainy night, with commas"), Query("workout 90s")]
    assert batch_answers.read_questions("\ufeff비 오는 날".encode(), "titles.txt") == [Query("비 오는 날")]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_table_of_questions(delimiter: str) -> None:
    rows = (("Title", "tags", "avoid"), (f'"a{delimiter} b"', "jazz|rock", ""), ("", "pop", "tag:live"))
    text = "\n".join(delimiter.join(row) for row in rows)
    first, second = batch_answers.read_questions(text, "questions.csv")
    assert first == Query(f"a{delimiter} b", ("jazz", "rock"))
    assert second == Query("", ("pop",), (), ("tag:live",))


@pytest.mark.parametrize(
    ("content", "name", "says"),
    [
        ("", "", "no questions"),
        ("title,tags\n", "", "no rows"),
        ("name,year\nx,1\n", "list.csv", "no column of questions"),
        ("title,tags\na,b,c\n", "", "Row 2 .* has 3 cells"),
        (b"\xff\xfe\x00", "odd.txt", "not UTF-8"),
    ],
)
def test_what_is_no_list_of_questions_says_why(content: str | bytes, name: str, says: str) -> None:
    with pytest.raises(SourceError, match=says):
        batch_answers.read_questions(content, name)


def test_too_many_are_refused() -> None:
    with pytest.raises(InvalidParameterError, match="too many at once"):
        batch_answers.read_questions("x\n" * (batch_answers.MOST + 1))


def test_each_answer_is_that_of_recommend_and_a_bad_question_stops_nothing(tmp_path: Path) -> None:
    rows = [
        {"title": f"{word} list", "tags": [word, f"{word} music"], "songs": [f"{word}{n % 5}", f"{word}{n % 3}x"]}
        for n in range(30)
        for word in ("rain", "sun")
    ]
    ws = Workspace(tmp_path / "home")
    ws.save_corpus(make_corpus(rows, name="small"))
    context = Context(ws)
    corpus = ws.open_corpus("small")
    model = models.open_model(context, corpus, "neighbours")
    source, out = tmp_path / "titles.csv", tmp_path / "answers.csv"
    source.write_text("title,tags\nrain list,\n" + "x" * 2_000 + ",\n,sun\nqqqqq,\n", encoding="utf-8")
    batch_answers.answer_file(context, corpus, model, (source, out))
    answers = pd.read_csv(out).fillna("")
    assert answers.columns.tolist() == list(batch_answers.COLUMNS)
    rules = recommend.RankingOptions(
        variants=recommend.near_duplicates(context, corpus).groups, left_out=recommend.left_out(context, corpus)
    )
    for row, query in ((0, Query("rain list", n=10)), (2, Query("", ("sun",), n=10))):
        for column, kind in (("tags", Kind.TAG), ("songs", Kind.SONG)):
            wanted = recommend.recommend(corpus, model, query, kind, rules)
            assert answers[column][row] == " | ".join(wanted.labels)
    assert "rain" in answers["read_as"][0]
    assert answers["problem"][1]
    assert answers["tags"][1] == ""
    assert "most popular" in answers["problem"][3]
