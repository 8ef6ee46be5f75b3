"""A short run of the fuzzing harness, in a process of its own: `make fuzz` runs it for an hour."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks import fuzz
from benchmarks.fuzz_changes import changed
from benchmarks.fuzz_seeds import npz, zipped
from benchmarks.fuzz_targets import Target
from tagviz.errors import SourceError
from tests.serving import ROOT


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_no_changed_file_ends_in_a_foreign_exception() -> None:
    command = [sys.executable, "-m", "benchmarks.fuzz", "--quick", "--seconds", "12", "--seed", "3"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=500, check=False)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-2000:]
    assert "0 foreign exceptions" in done.stdout


def test_the_harness_finds_what_it_looks_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fuzz, "FOUND", tmp_path)

    def careless(folder: Path) -> None:
        text = (folder / "a.txt").read_bytes()
        if b"abc" not in text:
            raise SourceError("no abc")
        text.decode("ascii")

    known = {"planted": Target({"plain": {"a.txt": b"abcdefghijklmnop" * 4}}, careless)}
    done = fuzz.replay(known)
    fuzz.run(known, done, (300, 0.0), seed=3)
    assert done.counts["planted"] == 300
    assert [where for where in done.found if "UnicodeDecodeError" in where]
    assert all((path / "a.txt").exists() for path in done.found.values())
    assert len(done.places) == 2


def test_an_input_that_takes_too_long_is_found() -> None:
    def endless(folder: Path) -> None:
        while True:
            len(list(folder.iterdir()))

    assert "slower" in fuzz.tried(Target({}, endless, seconds=0.05), {"a": b""})[1]


def test_what_is_packed_is_changed_inside() -> None:
    import numpy as np

    chance = random.Random(1)
    packed = zipped({"a.csv": b"title,tags\n" * 20})
    for content in (packed, npz(words=np.array(["a"])), b'{"a": [1, 2]}', b"PAR1" + b"x" * 40 + b"\x10\0\0\0PAR1"):
        assert len({changed(content, chance) for _ in range(50)}) > 20
