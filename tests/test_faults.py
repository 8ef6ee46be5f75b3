"""A short form of the matrix of damage, in a process of its own that bows to permissions: `make faults` runs it all."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

import pytest

from tests.serving import ROOT


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_damage_stays_where_it_is() -> None:
    if os.geteuid() == 0 and shutil.which("setpriv") is None:
        pytest.skip("root reads everything, and setpriv is not installed")
    command = [sys.executable, "-m", "benchmarks.faults", "--short", "--every", "3"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=800, check=False)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-2000:]
