"""The panel's program and its addresses."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.testclient import TestClient

from tagviz.ui.components.report_panel import view


def test_the_program_is_served_at_its_address_and_at_the_old_one() -> None:
    client = TestClient(Starlette(routes=view.BUNDLE.routes()))
    address = view.BUNDLE.url
    for path in (address, address.replace("report_panel", "glance")):
        answer = client.get(f"/{path}")
        assert answer.content == view.BUNDLE.path.read_bytes()
        assert "immutable" in answer.headers["cache-control"]
