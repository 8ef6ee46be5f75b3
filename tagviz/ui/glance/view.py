"""The component itself: what goes to the browser, what comes back."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st
from starlette.requests import Request
from starlette.responses import FileResponse
from starlette.routing import BaseRoute, Route

BUNDLE = Path(__file__).resolve().parents[3] / "assets" / "glance" / "glance.js"
FOR_EVER = {"Cache-Control": "public, max-age=31536000, immutable", "X-Content-Type-Options": "nosniff"}

# Only a loader: the program itself comes from a route, once, and stays in the browser's cache.
LOADER = """
export default async function (component) {
  const panel = await import(new URL(component.data.bundle, document.baseURI).href);
  return panel.default(component);
}
"""


def routes() -> list[BaseRoute]:
    """What `st.App` must answer for the panel: its program."""

    async def bundle(request: Request) -> FileResponse:
        return FileResponse(BUNDLE, media_type="text/javascript", headers=FOR_EVER)

    return [Route("/glance/bundle-{hash}.js", bundle)]


@cache
def bundle_url() -> str:
    """Address of the built component; a new build has a new one."""
    return f"glance/bundle-{hashlib.blake2b(BUNDLE.read_bytes(), digest_size=6).hexdigest()}.js"


@cache
def _component(name: str, html: str) -> Any:
    return st.components.v2.component(name, html=html, js=LOADER)


def panel(data: Mapping[str, Any], on_told: Callable[[Mapping[str, Any]], None], key: str = "glance") -> None:
    """Draws the panel (`Data` in frontend/glance/src/types.ts). Under one `key` it stays where it is whatever changes.

    on_told: called with what a person did (`Told`) before the script runs again. It comes from a browser: believe
    nothing in it."""
    _component("tagviz_glance", '<div class="tagviz-glance"></div>')(
        key=key,
        data={"bundle": bundle_url(), **data},
        height="content",
        on_told_change=lambda: on_told(st.session_state[key].get("told") or {}),
    )


def later(name: str, frames: Sequence[Mapping[str, Any]], key: str) -> None:
    """Hands more frames to the panel that shows the set of this name; draws nothing."""
    _component("tagviz_glance_later", "<span hidden></span>")(
        key=key, data={"bundle": bundle_url(), "set": name, "later": list(frames)}, height=1
    )
