"""Imports: 100 MB of CSV looked at and imported, and the preview of every file that people have.

`python -m benchmarks.imports [--cases FOLDER]` runs the command line in processes of their own, with a workspace that
goes afterwards. Processor time counts, imports of Python included: other programs on the machine do not change it.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from benchmarks.report import write_section

BYTES = 100_000_000
CASES = Path(__file__).resolve().parents[2] / "shared" / "cases" / "imports"


@dataclass(frozen=True)
class Run:
    """A process: processor seconds, the most memory it held in bytes, and whether it ended well."""

    seconds: float
    memory: int
    ended_well: bool


def generated(path: Path, size: int = BYTES, seed: int = 1) -> None:
    """Playlists of four tags and twelve songs, a line each, until the file has `size` bytes."""
    chance, written, number = random.Random(seed), 0, 0
    tags = [f"tag {rank}" for rank in range(5_000)]
    with path.open("w", encoding="utf-8") as file:
        written = file.write("id,title,tags,songs,date,likes\n")
        while written < size:
            songs = "|".join(str(chance.randrange(300_000)) for _ in range(12))
            day = f"2019-{chance.randrange(1, 13):02}-{chance.randrange(1, 29):02}"
            listed = "|".join(chance.choices(tags, k=4))
            written += file.write(f'{number},"late night mix {number % 5000}",{listed},{songs},{day},{number % 97}\n')
            number += 1


def run(home: Path, *arguments: str) -> Run:
    """Runs `tagviz` in a process of its own."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-m", "benchmarks.imports", "--child", *arguments]
    environment = {**os.environ, "TAGVIZ_HOME": str(home)}
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    memory = int(ended.stderr.rpartition("memory: ")[2] or 0)
    return Run(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, memory, ended.returncode == 0)


def child(arguments: list[str]) -> int:
    """The command line; its most memory is the last thing that it says."""
    from tagviz import cli

    code = cli.main(arguments)
    print(f"memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024}", end="", file=sys.stderr)
    return code


def main() -> None:
    if sys.argv[1:2] == ["--child"]:
        sys.exit(child(sys.argv[2:]))
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--cases", type=Path, default=CASES)
    cases = options.parse_args().cases
    with tempfile.TemporaryDirectory() as folder:
        home, big = Path(folder, "home"), Path(folder, "big.csv")
        generated(big)
        looked, brought = run(home, "import", str(big), "--preview"), run(home, "import", str(big), "--name", "big")
        files = sorted(file for file in cases.rglob("*") if file.is_file() and file.name != "README")
        shown = {file: run(home, "import", str(file), "--preview").seconds for file in files}
    assert looked.ended_well
    assert brought.ended_well
    rows = [
        ("preview of 100 MB of CSV", looked.seconds, "2 s", looked.memory),
        ("import of 100 MB of CSV", brought.seconds, "30 s", brought.memory),
    ]
    lines = [f"| {what} | {seconds:.1f} s | {most} | {memory / 1e6:,.0f} MB |" for what, seconds, most, memory in rows]
    if shown:
        slowest = max(shown, key=lambda file: shown[file])
        usual = statistics.median(shown.values())
        lines.append(f"| preview of one of {len(shown)} small files, median | {usual:.2f} s | 1 s | |")
        lines.append(f"| the slowest of them ({slowest.name}) | {shown[slowest]:.2f} s | 1 s | |")
    write_section("imports", (
        "## Imports\n\n`python -m benchmarks.imports`: processor time of the command in a process of its own, start of"
        f" Python included; load average {os.getloadavg()[0]:.1f}. Targets: 2 s, 30 s and 1.5 GB; 1 s for a small file."
        "\n\n"
        "| task | processor time | at most | memory |\n| --- | --- | --- | --- |\n" + "\n".join(lines)
    ))  # fmt: skip


if __name__ == "__main__":
    main()
