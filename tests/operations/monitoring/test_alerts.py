"""Alerts arrive at a real web server on this machine, are tried again, and never cost the result of a check."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from tagviz import cli
from tagviz.errors import InvalidParameterError
from tagviz.operations.monitoring import alerts
from tagviz.settings import settings

RED = {
    "corpus": "lists",
    "light": "red",
    "checks": [
        {"light": "red", "title": "Tags gone", "reason": "40 tags are gone"},
        {"light": "green", "title": "New tags", "reason": "none is new"},
    ],
    "proposals": [{"sentence": "Train the models of older versions again."}],
}


class Receiver:
    """A web server that answers with the statuses given, then with 200, and keeps what it was sent."""

    def __init__(self, *statuses: int) -> None:
        """Start it on a free port."""
        left, received = list(statuses), []

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                received.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                self.send_response(left.pop(0) if left else 200)
                self.end_headers()

            def log_message(self, *_args: Any) -> None:
                pass

        self.received: list[dict[str, Any]] = received
        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"json://127.0.0.1:{self.server.server_port}/alerts"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def receivers() -> Iterator[list[Receiver]]:
    started: list[Receiver] = []
    yield started
    for one in started:
        one.server.shutdown()
        one.server.server_close()


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(alerts, "WAIT", 0.01)
    yield
    settings.cache_clear()


def use(monkeypatch: pytest.MonkeyPatch, addresses: str, level: str = "") -> None:
    monkeypatch.setenv("TAGVIZ_ALERTS", addresses)
    monkeypatch.setenv("TAGVIZ_ALERT_LEVEL", level)
    settings.cache_clear()


def test_a_red_check_is_sent_and_tried_again(monkeypatch: pytest.MonkeyPatch, receivers: list[Receiver]) -> None:
    first, second = Receiver(500, 503), Receiver()
    receivers += [first, second]
    use(monkeypatch, f"{first.address} {second.address}")
    assert alerts.alert(RED) == "Alert sent to 2 of 2 addresses."
    assert (len(first.received), len(second.received)) == (3, 1)
    message = second.received[0]
    assert message["title"] == "tagviz: lists: red"
    assert message["message"] == "RED Tags gone: 40 tags are gone\n→ Train the models of older versions again."


def test_the_level_decides_what_is_sent(monkeypatch: pytest.MonkeyPatch, receivers: list[Receiver]) -> None:
    receivers.append(Receiver())
    use(monkeypatch, receivers[0].address)
    assert alerts.alert({**RED, "light": "amber"}) == ""
    use(monkeypatch, receivers[0].address, "amber")
    assert alerts.alert({**RED, "light": "amber"}) == "Alert sent to 1 of 1 addresses."
    assert alerts.alert({**RED, "light": "green"}) == ""
    assert alerts.alert({**RED, "light": "unknown"}) == ""
    assert len(receivers[0].received) == 1


def test_nothing_is_sent_unless_a_setting_names_an_address(monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, "")
    assert alerts.alert(RED) == ""
    with pytest.raises(InvalidParameterError, match="No address for alerts is set"):
        alerts.send_test_alert()


def test_an_address_that_does_not_answer_costs_no_result(
    monkeypatch: pytest.MonkeyPatch, receivers: list[Receiver]
) -> None:
    gone = Receiver()
    gone.server.shutdown()
    gone.server.server_close()
    receivers.append(Receiver())
    use(monkeypatch, f"{gone.address} {receivers[0].address}")
    assert alerts.alert(RED) == "Alert sent to 1 of 2 addresses."


def test_messages_do_not_show_the_password_of_an_address(monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, "nonsense://user:secret@host")
    sentence = alerts.alert(RED)
    assert sentence.startswith("No alert was sent. Address 1 in TAGVIZ_ALERTS is not understood")
    assert "secret" not in sentence


def test_the_command_sends_a_test_message(
    monkeypatch: pytest.MonkeyPatch, receivers: list[Receiver], capsys: pytest.CaptureFixture[str]
) -> None:
    receivers.append(Receiver())
    use(monkeypatch, receivers[0].address)
    assert cli.main(["monitor", "test-alert"]) == 0
    assert capsys.readouterr().out == "Alert sent to 1 of 1 addresses.\n"
    assert receivers[0].received[0]["title"] == "tagviz: test"
    assert cli.main(["monitor", "run"]) == 1
    assert "No corpus is named" in capsys.readouterr().err
