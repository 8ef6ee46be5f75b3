"""The map's program that is shipped was built from the sources beside it."""

from __future__ import annotations

import hashlib
import os
import subprocess
from pathlib import Path

import pytest

from tagviz.ui.map_component.files import BUNDLE
from tests.serving import ROOT

FRONT = ROOT / "frontend" / "map"

with_node = pytest.mark.skipif(
    not (FRONT / "node_modules" / ".bin" / "tsc").exists(), reason="Node's packages are not installed (make map)"
)


def npm(*command: str) -> str:
    done = subprocess.run(["npm", *command], cwd=FRONT, env=os.environ, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_program_says_from_which_sources_it_was_built():
    """Needs no Node: the first line holds the hash of the sources as build.mjs reckons it. After a change: make map."""
    digest = hashlib.sha256()
    for name in [*sorted(f"src/{path.name}" for path in (FRONT / "src").iterdir()), "build.mjs", "package-lock.json"]:
        digest.update(f"{name}\0".encode() + (FRONT / name).read_bytes())
    assert BUNDLE.read_text(encoding="utf-8").splitlines()[0] == f"/* sources {digest.hexdigest()[:16]} */"


@with_node
def test_the_same_sources_give_the_same_bytes(tmp_path: Path):
    npm("run", "build", "--", str(tmp_path / "map.js"))
    assert (tmp_path / "map.js").read_bytes() == BUNDLE.read_bytes()


@with_node
def test_types_hold_and_the_unit_tests_of_the_front_end_pass():
    npm("run", "check")
    assert "# fail 0" in npm("test")
