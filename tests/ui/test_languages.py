"""Which language a visitor sees: the browser's or the chosen one, each visitor their own."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import pytest
import streamlit as st
from starlette.testclient import TestClient
from streamlit.testing.v1 import AppTest

from tagviz.errors import NotFoundError
from tagviz.ui import i18n, pages
from tagviz.ui.components.map import texts as map_texts
from tagviz.ui.components.report_panel import texts as panel_texts
from tagviz.ui.message import Message, with_groups, with_particles
from tests.ui.screen import texts

ROOT = Path(__file__).resolve().parents[2]
Open = Callable[..., AppTest]


@pytest.mark.parametrize(
    ("header", "wanted"),
    [
        ("ko-KR,ko;q=0.9,en;q=0.8", ["ko", "ko", "en"]),
        ("de;q=0.7, fr-CA", ["fr", "de"]),
        ("", []),
        ("*;q=0, en;q=nothing", []),
    ],
)
def test_a_browser_says_what_it_prefers(header: str, wanted: list[str]) -> None:
    assert i18n.languages_of(header) == wanted


def test_the_first_known_language_is_offered() -> None:
    assert i18n.offered(["de", "fr", "ko"]) == "fr"
    assert i18n.offered(["de"]) == "en"


def test_the_home_page_speaks_the_language_of_the_browser(app: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(st.context), "locale", property(lambda self: "ko-KR"))
    test = app()
    assert not test.exception
    assert "가장 많이 쓰는 태그" in texts(test)
    assert {"홈", "태그 지도", "추천"} <= {link.label for link in test.get("page_link")}


def test_a_chosen_language_goes_before_the_browser_and_along_with_every_link(
    app: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(st.context), "locale", property(lambda self: "ko-KR"))
    with i18n.in_language("ko"):  # the test itself formats the options of what is on the page
        test = app(pages.DATA.path)
        test.selectbox(key="lang-ko").set_value("fr").run()
    assert test.query_params["lang"] in ("fr", ["fr"])
    assert [title.value for title in test.title] == ["Données"]
    assert any("lang=fr" in str(link.proto) for link in test.get("page_link"))


def test_visitors_have_languages_of_their_own_at_the_same_time() -> None:
    def said(name: str) -> set[str]:
        with i18n.in_language(name):
            return {i18n._("Most used tags") for _round in range(2000)}

    with ThreadPoolExecutor(3) as visitors:
        assert list(visitors.map(said, ["fr", "ko", "en"])) == [
            {"Tags les plus utilisés"},
            {"가장 많이 쓰는 태그"},
            {"Most used tags"},
        ]


def test_what_is_cached_for_one_visitor_is_not_shown_to_another(app: Open) -> None:
    """The examples of the home page and the sentences of a report are cached: both visitors see their own."""
    english, french = app(lang="en"), app(lang="fr")
    assert any("What" in link.label for link in english.get("page_link"))
    assert not [link.label for link in french.get("page_link") if link.label.startswith("What")]
    assert any("Qu’" in link.label for link in french.get("page_link"))


CACHES = {"cache_data", "cache_resource", "lru_cache", "cache"}
SPEAKS = {"_", "ngettext", "translated", "count", "listing", "any_of", "moment", "percent", "size", "duration"}


def test_cached_functions_that_return_texts_have_the_language_among_their_arguments() -> None:
    """Looks at what they call in their own module, too."""
    wrong = []
    for source in sorted((ROOT / "tagviz" / "ui").rglob("*.py")):
        tree = ast.parse(source.read_text(encoding="utf-8"))
        functions = {node.name: node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
        for name, function in functions.items():
            decorators = " ".join(ast.unparse(one) for one in function.decorator_list)
            if not CACHES & set(re.findall(r"\w+", decorators)) or "language" in {
                one.arg for one in function.args.args
            }:
                continue
            seen, open_ = set(), [name]
            while open_:
                current = functions[open_.pop()]
                called = {
                    getattr(call.func, "id", "") or getattr(call.func, "attr", "")
                    for part in current.body
                    for call in ast.walk(part)
                    if isinstance(call, ast.Call)
                }
                if called & SPEAKS - {"count", "size"}:
                    wrong.append(f"{source.name}: {name}")
                open_ += [one for one in called & set(functions) - seen]
                seen |= called
    assert wrong == ["i18n.py: _message"] or not [one for one in wrong if not one.startswith("i18n.py")]


def test_errors_are_recognised_with_what_stands_in_them() -> None:
    error = NotFoundError("There is no method 'spectrl'", "did you mean 'spectral'?", "choose one of the methods")
    with i18n.in_language("fr"):
        assert i18n.translated(error.title) == "Il n’y a pas de méthode 'spectrl'"
        assert i18n.translated(error.detail) == "vouliez-vous dire 'spectral'\u202f?"
        assert i18n.translated("Nobody wrote this.") == "Nobody wrote this."
    assert i18n.translated(error.title) == error.title, "the command line and logs are English"


def test_several_sentences_are_recognised_one_by_one() -> None:
    text = "Spectral is ahead. Of the 5 tags we suggest, 1.6 are right. The lead is larger than chance would give."
    with i18n.in_language("ko"):
        assert i18n.translated(text) == "Spectral 우세. 제안한 태그 5개 중 1.6개가 맞습니다. 차이가 우연보다 큽니다."


def test_songs_that_are_artists_or_albums_have_their_articles() -> None:
    message = "Type a tag, a title or a song"
    said = {}
    for songs in i18n.SONGS_ARE:
        with i18n.words_of(songs), i18n.in_language("fr"):
            said[songs] = i18n._(message)
    assert list(said.values()) == [f"Tapez un tag, un titre ou un {noun}" for noun in ("morceau", "artiste", "album")]
    with i18n.words_of("artists"):
        assert i18n._(message) == "Type a tag, a title or an artist"
        with i18n.in_language("ko"):
            assert i18n._(message) == "태그, 제목, 아티스트를 입력하세요"


def test_numbers_and_plurals_are_written_as_in_the_language() -> None:
    with i18n.in_language("fr"):
        said = [i18n.ngettext("{n:,} tag", "{n:,} tags", n).format(n=n) for n in (0, 1, 1200)]
        assert said == ["0 tag", "1 tag", "1\u202f200 tags"]
    with i18n.in_language("ko"):
        assert i18n.ngettext("{n:,} tag", "{n:,} tags", 1200).format(n=1200) == "태그 1,200개"
    assert with_groups("1,200 of 3", "fr") == "1\u202f200 of 3"
    assert with_groups("a1,200 3,4", "fr") == "a1,200 3,4"
    assert Message("{share:.0%}", "fr").format(share=0.5) == "50\u202f%"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("재즈을(를)", "재즈를"),
        ("“록”이(가)", "“록”이"),
        ("서울(으)로 5과(와)", "서울로 5와"),
        ("3은(는) 2은(는)", "3은 2는"),
        ("jazz을(를)", "jazz을(를)"),
    ],
)
def test_korean_particles_fit_the_word_before_them(text: str, wanted: str) -> None:
    assert with_particles(text) == wanted


def test_answers_to_requests_are_in_the_language_of_the_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    from starlette.applications import Starlette
    from starlette.responses import PlainTextResponse
    from starlette.routing import Route

    from tagviz.ui import security

    app = Starlette(routes=[Route("/", lambda request: PlainTextResponse(i18n._("Log in")))])
    policy = SimpleNamespace(
        refusal=lambda scope, headers: "",
        kept=lambda scope, headers: scope["headers"],
        response_headers=dict,
    )
    client = TestClient(security.SecurityMiddleware(app, policy))
    assert client.get("/", headers={"Accept-Language": "fr-FR,en"}).text == "Se connecter"
    assert client.get("/", headers={"Accept-Language": "de"}).text == "Log in"


@pytest.mark.parametrize(
    ("program", "known"), [("map", map_texts.TEXTS), ("glance", panel_texts.TEXTS)], ids=["map", "glance"]
)
def test_a_program_of_the_browser_gets_exactly_the_texts_that_it_asks_for(program: str, known: tuple[str, ...]) -> None:
    asked = set()
    for source in (ROOT / "frontend" / program / "src").glob("*.ts"):
        code = source.read_text(encoding="utf-8")
        asked |= {text for text in known if f'"{text}"' in code}
        for call in re.findall(r"\bsay\(((?:[^()\"]|\"[^\"]*\")*)", code):
            said = re.findall(r"\"([^\"]+)\"", call.partition(", {")[0])
            assert set(said) <= set(known), f"{source.name}: {said}"
    assert asked == set(known)
