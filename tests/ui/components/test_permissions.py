"""What each role finds on the pages: controls that it may not use are off or not there, and the page says why."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from streamlit.testing.v1 import AppTest

from tagviz.access.roles import REQUIRED, Permission, Role
from tagviz.server_settings import server_settings
from tagviz.ui import identity, pages
from tests.ui.screen import tables, texts

Open = Callable[..., AppTest]

CONTROLS = (
    (pages.RECOMMEND.path, {"tag": ["tag0"]}, "right", Permission.FEEDBACK),
    (pages.CURATE.path, {}, "Apply this decision", Permission.DECIDE),
    (pages.EVALUATE.path, {}, "Evaluate", Permission.JOBS),
    (pages.TRAIN.path, {"method": "popularity"}, "Start training", Permission.TRAIN),
    (pages.TRAIN.path, {"tab": "tune"}, "Start search", Permission.TRAIN),
    (pages.MONITOR.path, {}, "Check now", Permission.JOBS),
    (pages.DATA.path, {}, "Remove corpus", Permission.DELETE),
)
"""Page, its parameters, the control (the label of a button or the name of a column), and what it needs."""


@pytest.fixture(autouse=True)
def settings_again() -> Iterator[None]:
    yield
    server_settings.cache_clear()


def log_in(monkeypatch: pytest.MonkeyPatch, app_home: object, role: Role) -> None:
    """Everybody who comes is Kim, who has this role."""
    monkeypatch.setenv("TAGVIZ_LOGIN", "token")
    server_settings.cache_clear()
    monkeypatch.setattr(identity, "token_holder", lambda context, token: "Kim")
    (app_home / "access.toml").write_text(f'[roles]\n{role.label} = ["kim"]\n', encoding="utf-8")  # type: ignore[operator]


def open_control(app: Open, page: str, params: dict[str, object]) -> AppTest:
    """Opens the page; on Curate, a decision is entered."""
    test = app(page, **params)
    if page == pages.CURATE.path:
        test.session_state["curate-tab"] = "New decision"
        test.run()
        test.text_input(key="curate-tags").set_value("tag2").run()
        test.text_input(key="curate-target").set_value("tag0").run()
    return test


def usable(test: AppTest, control: str) -> bool:
    """Whether a button, or a column of buttons, is there and switched on."""
    buttons = [button for button in test.button if button.label.startswith(control)]
    return any(not button.disabled for button in buttons) or any(control in columns for columns in tables(test))


@pytest.mark.parametrize("role", [Role.VIEWER, Role.CURATOR, Role.TRAINER])
def test_controls_follow_the_role(app: Open, home: object, monkeypatch: pytest.MonkeyPatch, role: Role) -> None:
    log_in(monkeypatch, home, role)
    for page, params, control, permission in CONTROLS:
        test = open_control(app, page, params)
        assert not test.exception, (page, role)
        assert usable(test, control) is (role >= REQUIRED[permission]), (page, control, role)


def test_a_viewer_reads_which_role_is_needed(app: Open, home: object, monkeypatch: pytest.MonkeyPatch) -> None:
    log_in(monkeypatch, home, Role.VIEWER)
    assert "This needs the role curator. Your role is viewer; ask an admin." in texts(app(pages.CURATE.path))
    assert "This needs the role trainer. Your role is viewer; ask an admin." in texts(app(pages.DATA.path))
    button = next(button for button in app(pages.MONITOR.path).button if button.label == "Check now")
    assert button.help == "This needs the role trainer. Your role is viewer; ask an admin."


def test_a_read_only_dashboard_says_so(app: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TAGVIZ_READ_ONLY", "yes")
    server_settings.cache_clear()
    for page, params, control, _permission in CONTROLS:
        assert not usable(open_control(app, page, params), control), (page, control)
    assert "This dashboard is read-only." in texts(app(pages.DATA.path))
