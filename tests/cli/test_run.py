"""The command `run`; tests/packaging starts the dashboard with it."""

from __future__ import annotations

import socket

import pytest

from tagviz.cli import main
from tagviz.settings import DASHBOARD


def test_the_dashboard_of_the_checkout_is_found() -> None:
    assert (DASHBOARD / "app.py").is_file()
    assert (DASHBOARD / ".streamlit" / "config.toml").is_file()
    assert list((DASHBOARD / "pages").glob("*.py"))


def test_a_port_in_use_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert main(["run", "--port", str(port)]) == 1
    assert f"Port {port} cannot be used" in capsys.readouterr().err


def test_a_number_that_is_no_port_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "--port", "70000"]) == 1
    assert "70000 is not a port" in capsys.readouterr().err
    assert main(["run", "--port", "none"]) == 1
