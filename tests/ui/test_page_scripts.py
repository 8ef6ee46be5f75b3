"""Every page opens, answers, and survives what is asked of it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from tagviz.ui import pages
from tests.ui import screen
from tests.ui.screen import texts

Open = Callable[..., AppTest]

PAGES = tuple("" if page is pages.HOME else page.path for page in pages.PAGES)
"""Each page as `app` opens it."""
RECOMMEND = pages.RECOMMEND.path
TAG_MAP = pages.TAG_MAP.path


@pytest.mark.parametrize("page", PAGES)
def test_opens_without_a_mistake(app: Open, page: str) -> None:
    test = app(page)
    assert not test.exception
    assert test.sidebar.selectbox(key="corpus").value == "awkward"


def test_home_suggests_while_typing(app: Open) -> None:
    test = app()
    screen.typed(test, "home-search", "tag1")
    assert "tag1" in screen.offered(test, "home-search")
    links = [element.label for element in test.get("page_link")]
    assert any("tag1" in label for label in links)
    assert any("Recommend for a playlist called" in label for label in links)


def test_recommend_answers_with_tags_of_the_same_world(app: Open) -> None:
    test = app(RECOMMEND, tag=["tag0", "tag2"])
    tables = {tuple(frame.value.columns): frame.value for frame in test.dataframe}
    answers = [frame for columns, frame in tables.items() if "label" in columns]
    assert len(answers) >= 1
    tags = next(frame.value for frame in test.dataframe if frame.value["label"].str.startswith("tag").any())
    plain = [label for label in tags["label"] if label.startswith("tag")]
    assert all(int(label.removeprefix("tag")) % 2 == 0 for label in plain[:5]), "even tags go with even tags"
    assert not {"tag0", "tag2"} & set(tags["label"]), "what is asked is not answered"


def test_unknown_terms_are_named_with_spellings_to_click(app: Open) -> None:
    test = app(RECOMMEND, tag=["tagg4"])
    assert "“tagg4” is not in this corpus" in texts(test)
    pills = next(pills for pills in test.get("button_group") if "instead" in str(pills.key))
    assert "tag:tag4" in [str(option) for option in pills.options] or "tag4" in str(pills.options)


def test_a_query_of_unknown_words_says_that_it_answers_by_popularity(app: Open) -> None:
    test = app(RECOMMEND, title="zzzz qqqq")
    assert any("most popular" in str(warning.value) for warning in test.warning)


def test_a_title_of_slips_alone_is_read_as_it_was_meant(app: Open) -> None:
    test = app(RECOMMEND, title="rainny xyz")
    assert any("Results for “rainy xyz”" in str(caption.value) for caption in test.caption)
    assert not any("most popular" in str(warning.value) for warning in test.warning)


@pytest.mark.parametrize(
    "title", ["☔☔☔", "<script>alert(1)</script>", "가" * 300, "![x](http://evil.test/a.png)", "\u202e"]
)
def test_any_title_is_answered(app: Open, title: str) -> None:
    test = app(RECOMMEND, title=title)
    assert not test.exception
    assert len(test.dataframe) >= 2


def test_two_models_side_by_side(app: Open) -> None:
    test = app(RECOMMEND, tag=["tag0"], compare="popularity")
    assert not test.exception
    assert sum("both" in frame.value.columns for frame in test.dataframe) == 4, "tags and songs of two models"


def test_the_model_switch_keeps_the_query(app: Open) -> None:
    test = app(RECOMMEND, tag=["tag0"], title="rainy night")
    test.selectbox(key="recommend-model-spectral").set_value("neighbours").run()
    assert test.query_params["model"] == "neighbours"
    assert test.query_params["tag"] == "tag0"
    assert screen.content(test, "title")["value"] == "rainy night"


def test_an_unreadable_address_is_forgiven(app: Open) -> None:
    test = app(RECOMMEND, n="many", model="nonsense", compare="?")
    assert not test.exception
    assert test.sidebar.selectbox(key="model-spectral").value == "spectral"


def test_the_map_opens_a_tag(app: Open) -> None:
    test = app(TAG_MAP, item="tag:tag0")
    assert not test.exception
    assert "tag0" in [str(element.value) for element in test.subheader]
    near = test.tabs[0].dataframe[0].value
    assert len(near) > 3
    assert near["score"].is_monotonic_decreasing


def test_the_map_says_what_it_does_not_know(app: Open) -> None:
    test = app(TAG_MAP, item="tag:nowhere")
    assert not test.exception
    assert "nowhere" in texts(test)


@pytest.mark.parametrize(
    "drilldown", ["bar|spectral|0", "similarity|spectral|0|0", "instead|spectral|0|0", "nonsense", "bar|spectral|999"]
)
def test_evaluate_opens_the_playlists_behind(app: Open, drilldown: str) -> None:
    test = app(pages.EVALUATE.path, drilldown=drilldown)
    assert not test.exception
    assert any("Playlists" in str(element.value) for element in test.subheader)


def test_training_is_queued_as_a_job(app: Open) -> None:
    test = app(pages.TRAIN.path, method="popularity")
    test.button(key="start").click().run()
    assert not test.exception
    assert "Train Popularity on awkward" in texts(test)
    assert "waiting to start" in texts(test)


def test_a_path_outside_the_permitted_folders_is_a_box(app: Open) -> None:
    test = app(pages.DATA.path)
    test.get("button_group")  # the way in is chosen first
    test.session_state["from"] = "path"
    test.run()
    next(field for field in test.text_input if field.label == "Path").set_value("/nowhere/at/all").run()
    assert not test.exception
    assert "cannot be imported from" in texts(test)


@pytest.mark.parametrize("page", PAGES)
def test_tags_are_never_taken_for_markdown(app: Open, page: str) -> None:
    """Whatever Markdown is on the page, the awkward tags in it are escaped: no image, link or HTML of theirs."""
    test = app(page, item="tag:![x](http://evil.test/a.png)", tag=["![x](http://evil.test/a.png)", "<b>bold</b>"])
    assert not test.exception
    shown = [*test.markdown, *test.caption, *test.subheader, *test.title]
    for element in shown:
        assert "](http://evil.test" not in str(element.value)
        assert "<b>bold</b>" not in str(element.value)
    for link in test.get("page_link"):
        assert "](http://evil.test" not in link.label


@pytest.mark.parametrize("page", [RECOMMEND, pages.DATA.path])
def test_a_link_to_a_corpus_that_is_gone_says_so(app: Open, page: str) -> None:
    test = app(page, corpus="<b>gone</b>")
    assert not test.exception
    assert test.warning[0].value == "There is no corpus “\\<b\\>gone\\<\\/b\\>”. Shown instead: demo."


def test_a_link_to_a_model_that_is_gone_says_so_once(app: Open) -> None:
    test = app(RECOMMEND, model="word2vec-0")
    assert [toast.value for toast in test.toast] == ["This corpus has no model “word2vec\\-0”. Used instead: Spectral."]
    assert not test.run().toast
    assert not app(RECOMMEND, model="spectral").toast
    assert not app(RECOMMEND, model="neighbours").toast, "a method that is not trained yet can be asked for"


def test_a_title_that_a_model_cannot_read_takes_the_colours_and_not_the_map(app: Open) -> None:
    test = app(TAG_MAP, colour="relevance", relevance_title="zzqqx wwyy")
    assert not test.exception
    assert "can make nothing of" in texts(test)
    assert any("Map accuracy" in str(caption.value) for caption in test.caption), "the map is there"


def test_a_nearness_that_nothing_has_says_so(app: Open) -> None:
    test = app(TAG_MAP, item="tag:tag0", min_similarity="0.95")
    assert not test.exception
    assert "Nothing is that similar" in texts(test)
