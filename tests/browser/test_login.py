"""Logging in at a real OpenID Connect provider on loopback: what each role sees, and what is refused."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tagviz.operations import access, corpora
from tagviz.operations.context import Context
from tagviz.store.workspace import Workspace
from tests.chromium import PATIENCE
from tests.corpora import checkerboard
from tests.serving import ROOT, free_port, serving

pytestmark = pytest.mark.browser
KIM, PARK = "kim@example.com", "park@example.com"


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    """An OpenID Connect provider; whoever types a name there is this person."""
    mock = pytest.importorskip("oidc_provider_mock")
    people = [mock.User(sub=name, claims={"email": name}) for name in (KIM, PARK)]
    with mock.run_server_in_thread(user_claims=people) as server:
        yield f"http://127.0.0.1:{server.server_port}"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    workspace = Workspace(tmp_path_factory.mktemp("home"))
    workspace.save_corpus(checkerboard())
    return workspace.home


@pytest.fixture(scope="module")
def address(provider: str, home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    port = free_port()
    secrets = tmp_path_factory.mktemp("secrets") / "secrets.toml"
    secrets.write_text(
        f"""[auth]
redirect_uri = "http://127.0.0.1:{port}/oauth2callback"
cookie_secret = "a long text that only tests know"
client_id = "tagviz"
client_secret = "secret"
server_metadata_url = "{provider}/.well-known/openid-configuration"
""",
        encoding="utf-8",
    )
    environment = {
        "TAGVIZ_HOME": str(home),
        "TAGVIZ_DATABASE_URL": "",
        "TAGVIZ_LOGIN": "oidc",
    }
    options = [f"--secrets.files={secrets}"]
    with serving(ROOT / "app.py", environment, "/ready", options, port=port) as started:
        yield started


def log_in(page: Page, address: str, person: str) -> None:
    page.goto(f"{address}/?corpus=checkerboard", timeout=PATIENCE)
    page.get_by_role("button", name="Log in").click(timeout=PATIENCE)
    page.wait_for_url("**/oauth2/authorize**", timeout=PATIENCE)
    page.locator("input[name=sub]").fill(person)
    page.get_by_role("button").first.click()
    page.wait_for_url(f"{address}/**", timeout=PATIENCE)


def roles(home: Path, text: str) -> None:
    access.policy_file(Context(Workspace(home))).write_text(text, encoding="utf-8")


def test_from_the_login_to_a_deletion_in_the_audit(browser: Browser, address: str, home: Path) -> None:
    roles(home, f'[roles]\nreviewer = ["{KIM}"]\n')
    with browser.new_context(viewport={"width": 1280, "height": 900}) as context:
        page = context.new_page()
        log_in(page, address, KIM)
        expect(page.get_by_text(f"{KIM} · reviewer")).to_be_visible(timeout=PATIENCE)
        expect(page.get_by_role("link", name="Audit")).to_have_count(0)

        page.goto(f"{address}/Feedback?corpus=demo", timeout=PATIENCE)
        page.get_by_role("button", name="Right").first.click(timeout=PATIENCE)
        deadline = time.monotonic() + 60
        while not (given := feedback_of(home)) and time.monotonic() < deadline:
            time.sleep(0.3)
        assert given == {KIM}
        page.goto(f"{address}/Data?corpus=checkerboard", timeout=PATIENCE)
        expect(page.get_by_text(f"{KIM} · reviewer")).to_be_visible(timeout=PATIENCE)
        expect(page.get_by_role("button", name="Remove corpus")).to_be_disabled(timeout=PATIENCE)

        roles(home, f'[roles]\nadmin = ["{KIM}"]\n')
        page.goto(f"{address}/Data?corpus=checkerboard", timeout=PATIENCE)
        expect(page.get_by_text(f"{KIM} · admin")).to_be_visible(timeout=PATIENCE)
        roles(home, f'[roles]\nreviewer = ["{KIM}"]\n')
        page.get_by_role("button", name="Remove corpus").click(timeout=PATIENCE)  # the page is older than the role
        expect(page.get_by_text("You may not delete this")).to_be_visible(timeout=PATIENCE)
        assert "checkerboard" in Workspace(home).names()

        roles(home, f'[roles]\nadmin = ["{KIM}"]\n')
        page.goto(f"{address}/Data?corpus=checkerboard", timeout=PATIENCE)
        expect(page.get_by_text(f"{KIM} · admin")).to_be_visible(timeout=PATIENCE)
        page.get_by_role("button", name="Remove corpus").click(timeout=PATIENCE)
        page.get_by_text("Undo").first.wait_for(timeout=PATIENCE)
        page.get_by_role("link", name="Audit").click(timeout=PATIENCE)
        expect(page.get_by_role("heading", name="Audit")).to_be_visible(timeout=PATIENCE)
        entry = access.audit_entries(Context(Workspace(home)))[0]
        assert (entry.person, entry.action, entry.corpus, entry.failed) == (KIM, "delete corpus", "checkerboard", False)


def test_a_forged_request_of_a_reviewer_is_refused_where_the_work_is_done(home: Path) -> None:
    from tagviz.access.roles import Actor, Role
    from tagviz.errors import NotPermittedError

    forged = Context(Workspace(home), Actor(KIM, Role.REVIEWER, remote=True, verified=True))
    with pytest.raises(NotPermittedError):
        corpora.delete_corpus(forged, "checkerboard")


def test_somebody_without_a_role_is_told_so(browser: Browser, address: str, home: Path) -> None:
    roles(home, 'default = "none"\n')
    with browser.new_context() as context:
        page = context.new_page()
        log_in(page, address, PARK)
        expect(page.get_by_text("You have no access yet")).to_be_visible(timeout=PATIENCE)


def feedback_of(home: Path) -> set[str]:
    from tagviz.operations import feedback

    return {one.reviewer for one in feedback.current_feedback(Context(Workspace(home)), "demo")}
