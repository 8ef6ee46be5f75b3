"""Messages that no page of ours would send: each role says that it has pressed each button."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tagviz.access.roles import REQUIRED, Permission, Role
from tagviz.operations import access
from tagviz.operations.context import Context
from tagviz.store.workspace import Workspace
from tests.corpora import checkerboard
from tests.serving import ROOT, serving
from tests.websocket_client import Rerun, WebsocketClient, websocket_client

BUTTONS: tuple[tuple[str, Mapping[str, str], str, Permission], ...] = (
    ("Train", {"method": "popularity"}, "Start training", Permission.TRAIN),
    ("Train", {"tab": "tune"}, "Start search", Permission.TRAIN),
    ("Evaluate", {}, "Evaluate", Permission.JOBS),
    ("Monitor", {}, "Check now", Permission.JOBS),
    ("Data", {}, "Remove corpus", Permission.DELETE),
)
"""Page, its parameters, the label of the button, and what it needs."""
ROLES = sorted(role for role in Role if role)
NAME = "checkerboard"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    workspace = Workspace(tmp_path_factory.mktemp("forged"))
    workspace.save_corpus(checkerboard())
    lines = [f'{role.label} = ["{role.label}"]' for role in ROLES]
    (workspace.home / "access.toml").write_text("\n".join(["[roles]", *lines, ""]), encoding="utf-8")
    return workspace.home


@pytest.fixture(scope="module")
def address(home: Path) -> Iterator[str]:
    environment = {"TAGVIZ_HOME": str(home), "TAGVIZ_DATABASE_URL": "", "TAGVIZ_LOGIN": "token"}
    with serving(ROOT / "app.py", environment, "/ready") as started:
        yield started


@pytest.fixture(scope="module")
def tokens(home: Path) -> dict[Role, str]:
    return {role: access.create_token(Context(Workspace(home)), role.label) for role in ROLES}


def done_by(home: Path, person: str) -> int:
    """Changes by a person that the audit log has as done."""
    entries = access.audit_entries(Context(Workspace(home)))
    return sum(entry.person == person and not entry.failed for entry in entries)


def button_id(drawn: Rerun, label: str) -> str:
    return next(
        delta.new_element.button.id
        for delta in drawn.deltas
        if delta.new_element.WhichOneof("type") == "button" and delta.new_element.button.label == label
    )


def press(person: WebsocketClient, page: str, query: str, button: str) -> None:
    person.run_query(page, query)
    person.run_query(page, query, pressed=button)


@pytest.mark.parametrize(("page", "params", "label", "permission"), BUTTONS, ids=[button[2] for button in BUTTONS])
def test_a_pressed_button_does_nothing_below_its_role(
    address: str,
    home: Path,
    tokens: Mapping[Role, str],
    page: str,
    params: Mapping[str, str],
    label: str,
    permission: Permission,
) -> None:
    query = urlencode({"corpus": NAME, **params})
    with websocket_client(address, {"Cookie": f"tagviz_token={tokens[Role.ADMIN]}"}) as admin:
        button = button_id(admin.run_query(page, query), label)
    for role in (role for role in ROLES if role <= REQUIRED[permission]):  # the lower ones, and the first that may
        before = done_by(home, role.label)
        with websocket_client(address, {"Cookie": f"tagviz_token={tokens[role]}"}) as person:
            press(person, page, query, button)
        assert (done_by(home, role.label) > before) is (role == REQUIRED[permission]), role
