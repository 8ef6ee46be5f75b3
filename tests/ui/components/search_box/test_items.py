"""Items that are chosen by typing."""

from __future__ import annotations

from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from tagviz.ui import pages
from tests.ui.screen import chosen, entered, offered, typed

Open = Callable[..., AppTest]


def pills(test: AppTest, key: str) -> list[str]:
    return [str(option) for group in test.get("button_group") if group.key == key for option in group.options]


def test_enter_takes_the_first_match_and_a_click_removes_it(app: Open) -> None:
    test = app(pages.RECOMMEND.path)
    typed(test, "type-tag", "TAG1")
    assert offered(test, "type-tag")[0] == "tag1"
    assert not any("as typed" in label for label in offered(test, "type-tag")), "the case makes no difference"
    entered(test, "type-tag", "TAG1")
    assert test.query_params["tag"] in ("tag1", ["tag1"])
    assert "tag1" in str(pills(test, "chosen-tag"))
    typed(test, "type-tag", "tag1")
    assert "tag1" not in offered(test, "type-tag"), "it is chosen already"
    group = next(group for group in test.get("button_group") if group.key == "chosen-tag")
    group.set_value([]).run()
    assert "tag" not in test.query_params


def test_unknown_text_can_be_added_as_typed(app: Open) -> None:
    test = app(pages.RECOMMEND.path)
    typed(test, "type-tag", "qqqq")
    assert offered(test, "type-tag") == ["“qqqq” as typed"]
    entered(test, "type-tag", "qqqq")
    assert test.query_params["tag"] in ("qqqq", ["qqqq"])


def test_among_several_kinds_only_what_is_known_can_be_chosen(app: Open) -> None:
    test = app(pages.RECOMMEND.path)
    typed(test, "type-avoid", "qqqq")
    assert offered(test, "type-avoid") == []
    chosen(test, "type-avoid", "tag:tag3")
    assert test.query_params["avoid"] in ("tag:tag3", ["tag:tag3"])
