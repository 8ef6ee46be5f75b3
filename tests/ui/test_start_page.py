"""The document in which a browser starts a page."""

from __future__ import annotations

from tagviz.ui import pages, start_page


def test_it_has_the_language_and_the_style_sheet_after_all_others() -> None:
    korean = start_page.document("ko")
    assert '<html lang="ko">' in korean
    assert korean.index("</head>") < korean.index(start_page.style_sheet()) < korean.index("</body>")
    assert '<html lang="en">' in start_page.document()


def test_every_page_starts_with_it() -> None:
    assert {route.path for route in start_page.routes()} == {f"/{page.url_path}" for page in pages.PAGES}
