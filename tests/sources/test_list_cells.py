"""Tags in the notations that programs write: lists, scores, one row or one column a tag."""

from __future__ import annotations

from typing import Any

import pytest

from tagviz.errors import SourceError
from tagviz.sources.findings import UndecidedError
from tagviz.sources.inspection import inspect
from tests.sources.test_kinds import file as file
from tests.sources.test_kinds import tags, whole


def _table(*cells: str) -> str:
    quoted = ('"' + cell.replace('"', '""') + '"' for cell in cells)
    return "id,title,tags\n" + "".join(f"{number},t,{cell}\n" for number, cell in enumerate(quoted))


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (("재즈、팝", "락"), [{"재즈", "팝"}, {"락"}]),
        (("재즈，팝", "락"), [{"재즈", "팝"}, {"락"}]),
        (("rock\x02pop", "jazz"), [{"rock", "pop"}, {"jazz"}]),
        (("frozenset({'rock', 'pop'})", "set()"), [{"rock", "pop"}, set()]),
        (("[np.str_('rock'), np.str_(\"it's\")]", "[]"), [{"rock", "it's"}, set()]),
        (("['rock' 'pop' ... 'z' 'y']", "['jazz']"), [{"rock", "pop", "z", "y"}, {"jazz"}]),
        (("Counter({'rock': 5, 'pop': 2})", "Counter()"), [{"rock", "pop"}, set()]),
        (("OrderedDict([('rock', 5), ('pop', 2)])", "[]"), [{"rock", "pop"}, set()]),
        (("rock:100, pop:3", "jazz:50"), [{"rock", "pop"}, {"jazz"}]),
        (("rock (100), pop (3)", "jazz (50)"), [{"rock", "pop"}, {"jazz"}]),
        (("rock=100;pop=3", "jazz=50"), [{"rock", "pop"}, {"jazz"}]),
        (("{rock -> 5, pop -> 2}", "{jazz -> 1}"), [{"rock", "pop"}, {"jazz"}]),
        (("r&amp;b, rock", "pop"), [{"r&b", "rock"}, {"pop"}]),
        (("rock 80%, pop 20%", "jazz 100%"), [{"rock", "pop"}, {"jazz"}]),
        (('c("rock", "indie pop")', 'c("jazz")', "jazz"), [{"rock", "indie pop"}, {"jazz"}, {"jazz"}]),
        (("WrappedArray(rock, indie pop)", "WrappedArray(jazz)"), [{"rock", "indie pop"}, {"jazz"}]),
        (("List(rock, pop)", "List()"), [{"rock", "pop"}, set()]),
        (("[Row(tag='rock', count=3), Row(tag=\"it's\", count=1)]", "[]"), [{"rock", "it's"}, set()]),
        (("[Tag(name=rock, votes=3)]", "[Tag(name=indie pop, votes=1)]"), [{"rock"}, {"indie pop"}]),
    ],
)
def test_notations(file: Any, cells: tuple[str, ...], expected: list[set[str]]) -> None:
    assert tags(whole(file("t.csv", _table(*cells)))) == expected


@pytest.mark.parametrize(
    "text",
    [
        _table("{'rock': 5, 'pop': 2}", "{'jazz': 1}"),
        _table("rock:5, pop:2", "jazz:1"),
        _table('[{"name": "rock", "count": 5}, {"name": "pop", "count": 2}]', '[{"name": "jazz", "count": 1}]'),
        "id,tag,score\n0,rock,5\n0,pop,2\n1,jazz,1\n",
        "id;tag;score\n0;rock;5,0\n0;pop;2,5\n1;jazz;1,5\n",
        "track_id,tag,count\n0,rock,5\n0,pop,2\n1,jazz,1\n",
    ],
)
def test_scores_have_a_threshold_in_every_notation(file: Any, text: str) -> None:
    path = file("t.csv", text)
    assert tags(whole(path)) == [{"rock", "pop"}, {"jazz"}]
    assert tags(whole(path, min_score=3))[0] == {"rock"}
    assert any("--set min_score" in rule for rule in inspect(path).rules)


def test_what_numpy_has_shortened_is_noted(file: Any) -> None:
    notes = whole(file("t.csv", _table("['rock' 'pop' ... 'y']", "['a']"))).meta["notes"]
    assert [note["count"] for note in notes if "shortened" in note["what"]] == [1]


def test_words_between_blanks_are_asked_about(file: Any) -> None:
    path = file("t.csv", _table("rock pop jazz", "indie folk", "electronic ambient chill"))
    with pytest.raises(UndecidedError, match=r"one entry, or one a word.*--set separator=blank"):
        whole(path)
    assert tags(whole(path, separator="blank"))[0] == {"rock", "pop", "jazz"}
    assert tags(whole(path, separator="none"))[0] == {"rock pop jazz"}


@pytest.mark.parametrize(
    "header",
    ["tag1,tag2", "tag_1,tag_2", "tags/0,tags/1", "tags[0],tags[1]", "tags.0,tags.1", "tag,tag", "태그1,태그2"],
)
def test_one_column_for_each_of_a_rows_tags(file: Any, header: str) -> None:
    assert tags(whole(file("t.csv", f"id,title,{header}\n1,a,rock,pop\n2,b,jazz,\n"))) == [{"rock", "pop"}, {"jazz"}]


@pytest.mark.parametrize(
    "text",
    [
        "id,rock,pop\n1,1,0\n2,0,1\n",
        "id,rock,pop\n1,True,False\n2,False,True\n",
        "id,rock,pop\n1,yes,no\n2,no,yes\n",
        "id,rock,pop\n1,x,\n2,,x\n",
        "track,rock,pop\nAnn - Blue,1,0\nBob - Dim,0,1\n",
        "Song,tag_rock,tag_pop\na,1,0\nb,0,1\n",
    ],
)
def test_one_column_a_tag(file: Any, text: str) -> None:
    corpus = whole(file("t.csv", text))
    assert (len(corpus), tags(corpus)) == (2, [{"rock"}, {"pop"}])


def test_ids_that_excel_has_spoiled_or_kept_with_a_formula(file: Any) -> None:
    with pytest.raises(SourceError, match="Excel has turned into"):
        whole(file("t.csv", "id,title,songs\n1,a,1.2E+11|1.3E+11\n2,b,5|6\n"))
    corpus = whole(file("u.csv", 'id,title,tags\n"=""123456789012""",a,rock\n"=""123456789013""",b,pop\n'))
    assert corpus.playlists["id"].tolist() == ["123456789012", "123456789013"]
    assert any("for Excel" in change for change in corpus.meta["rows_changed"])


def test_counts_with_a_point_between_thousands(file: Any) -> None:
    corpus = whole(file("t.csv", "id;title;tags;likes\n1;a;rock;1.234\n2;b;jazz;12\n"))
    assert corpus.playlists["likes"].tolist() == [1234, 12]
