"""The programs that are shipped for the map and for a report's panel were built from the sources beside them."""

from __future__ import annotations

import hashlib
import os
import subprocess
from pathlib import Path

import pytest

from tagviz.ui.components.map.files import BUNDLE as MAP
from tagviz.ui.components.report_panel.view import BUNDLE as GLANCE
from tests.serving import ROOT

BUNDLES = {"map": MAP.path, "glance": GLANCE.path}

each = pytest.mark.parametrize("name", BUNDLES)


def with_node(name: str) -> Path:
    """The folder of a program's sources; skips where its packages are not installed."""
    front = ROOT / "frontend" / name
    if not (front / "node_modules" / ".bin" / "tsc").exists():
        pytest.skip(f"Node's packages are not installed (make {name})")
    return front


def npm(front: Path, *command: str) -> str:
    done = subprocess.run(["npm", *command], cwd=front, env=os.environ, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@each
def test_the_program_says_from_which_sources_it_was_built(name: str):
    """Needs no Node: the first line holds the hash of the sources as build.mjs reckons it. After a change: make map,
    or make glance."""
    digest = hashlib.sha256()
    front = ROOT / "frontend" / name
    for source in [*sorted(f"src/{path.name}" for path in (front / "src").iterdir()), "build.mjs", "package-lock.json"]:
        digest.update(f"{source}\0".encode() + (front / source).read_bytes())
    assert BUNDLES[name].read_text(encoding="utf-8").splitlines()[0] == f"/* sources {digest.hexdigest()[:16]} */"


@each
def test_the_same_sources_give_the_same_bytes(name: str, tmp_path: Path):
    npm(with_node(name), "run", "build", "--", str(tmp_path / "built.js"))
    assert (tmp_path / "built.js").read_bytes() == BUNDLES[name].read_bytes()


@each
def test_types_hold_and_the_unit_tests_of_the_front_end_pass(name: str):
    front = with_node(name)
    npm(front, "run", "check")
    assert "# fail 0" in npm(front, "test")
