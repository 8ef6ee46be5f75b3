"""The document in which a browser starts every page: Streamlit's own, with the language and our style sheet in it.

A style sheet that comes with the elements of a page comes after the first of them are drawn, and moves them.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route
from streamlit import file_util

from tagviz.settings import ASSETS
from tagviz.ui import pages
from tagviz.ui.i18n import LANGUAGES, SOURCE, language


def routes() -> list[Route]:
    """Return a route for the address of each page."""
    return [Route(f"/{page.url_path}", _answer) for page in pages.PAGES]


async def _answer(request: Request) -> HTMLResponse:
    chosen = request.query_params.get("lang", "")
    text = document(chosen if chosen in LANGUAGES else language())
    return HTMLResponse(text, headers={"Cache-Control": "no-cache", "Vary": "Accept-Language"})


@cache
def document(lang: str = SOURCE) -> str:
    """Return the document. The style sheet follows Streamlit's own styles, of which it changes some."""
    text = Path(file_util.get_static_dir(), "index.html").read_text(encoding="utf-8")
    text = re.sub(r'<html lang="\w+">', f'<html lang="{lang}">', text, count=1)
    return text.replace("</body>", f"{style_sheet()}</body>", 1)


@cache
def style_sheet() -> str:
    """Return our own style sheet as an element; it holds nothing that anybody typed."""
    return f"<style>{(ASSETS / 'page.css').read_text(encoding='utf-8')}</style>"
