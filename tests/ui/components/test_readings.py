"""How a title was interpreted, and what a person exchanges."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Radio

from tagviz.types import Query
from tagviz.ui import pages, url_state
from tagviz.ui.components import readings
from tests.ui import screen
from tests.ui.conftest import awkward_corpus
from tests.ui.screen import texts

Open = Callable[..., AppTest]
TITLE = "tag0 and tag2 to cry to"


def part(test: AppTest, typed: str) -> Radio[str]:
    return next(radio for radio in test.radio if str(radio.key).endswith(f"-{typed}"))


def reading_of(test: AppTest) -> list[str]:
    params = test.query_params.get("reading", [])
    return [params] if isinstance(params, str) else list(params)


@pytest.mark.parametrize(
    ("text", "pair"),
    [
        ("sad→tag:sad", ("sad", "tag:sad")),
        ("to cry to→phrase", ("to cry to", "phrase")),
        ("sad→", ("sad", "")),
        ("a→b→tag:x→y", ("a→b", "tag:x→y")),
        ("sad", ("", "")),
        ("sad→nothing:sad", ("", "")),
    ],
)
def test_a_value_of_the_url_is_a_part_and_its_meaning(text: str, pair: tuple[str, str]) -> None:
    assert readings._parse(text) == pair


def test_what_belongs_to_another_title_or_corpus_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    in_url = ("TAG0→phrase", "tag2→tag:tag4", "elsewhere→", "cry→tag:nowhere")
    monkeypatch.setattr(url_state, "params", lambda name: in_url if name == "reading" else ())
    monkeypatch.setattr(url_state, "current_value", lambda name, default, allowed: default)
    assert readings.query_of(awkward_corpus(), TITLE) == Query(
        title=TITLE, readings=(("TAG0", "phrase"), ("tag2", "tag:tag4"))
    )


@pytest.mark.parametrize("page", ["", pages.RECOMMEND.path])
def test_a_part_is_ignored_and_read_automatically_again(app: Open, page: str) -> None:
    test = app(page, title=TITLE)
    assert not test.exception
    assert "Read as" in texts(test)
    assert part(test, "tag0").options == ["Automatic: tag tag0", "As a phrase", "Ignore it"]
    part(test, "tag0").set_value("").run()
    assert reading_of(test) == ["tag0→"]
    assert part(test, "tag0").value == ""
    part(test, "tag0").set_value(readings.AUTOMATIC).run()
    assert not reading_of(test)


def test_an_ignored_tag_no_longer_leads(app: Open) -> None:
    test = app(pages.RECOMMEND.path, title="tag0 tag1", reading="tag0→")
    tags = next(frame.value for frame in test.dataframe if frame.value["label"].str.startswith("tag").any())
    plain = [int(label.removeprefix("tag")) for label in tags["label"] if label.startswith("tag")]
    assert all(number % 2 for number in plain[:4]), "odd tags go with tag1"


def test_several_tags_offer_all_or_any_and_one_does_not(app: Open) -> None:
    test = app(pages.RECOMMEND.path, title=TITLE)
    match = next(group for group in test.get("button_group") if group.key == "match")
    match.set_value("any")
    test.run()
    assert test.query_params["match"] in ("any", ["any"])
    assert not [group for group in app(pages.RECOMMEND.path, title="tag0").get("button_group") if group.key == "match"]


def test_a_link_restores_the_readings_and_a_new_title_drops_them(app: Open) -> None:
    test = app(pages.RECOMMEND.path, title=TITLE, reading=["tag0→phrase", "tag2→"])
    assert part(test, "tag0").value == "phrase"
    screen.entered(test, "title", "tag2 alone")
    assert reading_of(test) == ["tag2→"]
    assert part(test, "tag2").value == ""
