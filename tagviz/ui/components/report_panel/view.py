"""The component: what is sent to the browser, and what comes back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

import streamlit as st

from tagviz.settings import ASSETS
from tagviz.ui.components.bundles import LOADER, Bundle
from tagviz.ui.components.report_panel.texts import texts

BUNDLE = Bundle("report_panel", ASSETS / "glance" / "glance.js", old_names=("glance",))
"""The panel's program; the old name is that of its address up to version 0.1.0."""


@cache
def _component(name: str, html: str) -> Any:
    return st.components.v2.component(name, html=html, js=LOADER)


def panel(content: Mapping[str, Any], on_event: Callable[[Mapping[str, Any]], None], key: str = "report-panel") -> None:
    """Draw the panel; under one `key` it stays in place whatever changes.

    Args:
        content: What it shows (`Data` in frontend/glance/src/types.ts).
        on_event: Called with what a person did (`Told` there) before the script runs again. It comes from a browser and
            must not be trusted.
        key: Key of the component.
    """
    _component("tagviz_report_panel", '<div class="tagviz-glance"></div>')(
        key=key,
        data={"bundle": BUNDLE.url, **texts(), **content},
        height="content",
        on_told_change=lambda: on_event(st.session_state[key].get("told") or {}),
    )


def send_frames(name: str, frames: Sequence[Mapping[str, Any]], key: str) -> None:
    """Send more frames to the panel; draws nothing.

    Args:
        name: The set of frames that the panel shows.
        frames: The frames.
        key: Key of the component.
    """
    _component("tagviz_report_panel_frames", "<span hidden></span>")(
        key=key, data={"bundle": BUNDLE.url, "set": name, "later": list(frames)}, height=1
    )
