"""Fuzz all that reads what people bring: a changed copy of a good file ends in an answer or in the project's own error.

    python -m benchmarks.fuzz --seconds 3600     # `make fuzz`
    python -m benchmarks.fuzz --inputs 2000 --seed 7
    python -m benchmarks.fuzz --inputs 20000 --save     # adds to benchmarks/fuzz_corpus.jsonl

First the files of `fuzz_seeds` and the saved inputs are tried as they are, then changed copies of them. The saved ones
are small inputs of which each ended in another place. An input that ends in another exception than the project's own,
or takes longer than five seconds, is written to `build/fuzz/` with the target's name; exit code 1.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import logging
import random
import re
import shutil
import signal
import sys
import tempfile
import time
import traceback
import warnings
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

import orjson

from benchmarks import fuzz_targets
from benchmarks.fuzz_changes import changed
from benchmarks.fuzz_seeds import Files
from benchmarks.fuzz_targets import Target, chosen

ROOT = Path(__file__).resolve().parent.parent
FOUND = ROOT / "build" / "fuzz"
SAVED = Path(__file__).with_name("fuzz_corpus.jsonl")
LARGEST_SAVED = 3000
"""Bytes of an input that is saved."""


class TooSlow(BaseException):
    """An input took longer than its target allows."""


@dataclass
class Run:
    """What was tried.

    Attributes:
        found: What is wrong, by target and place, and where the input was written to.
        counts: Inputs by target.
        places: Where the inputs ended that ended well: target and place, and the smallest input.
        slowest: Most seconds that an input of a target took.
        seconds: How long it all took.
    """

    found: dict[str, Path] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    places: dict[tuple[str, str], Files] = field(default_factory=dict)
    slowest: dict[str, float] = field(default_factory=dict)
    seconds: float = 0.0

    def add(self, name: str, target: Target, files: Files) -> None:
        """Try an input."""
        if not self.counts[name]:
            target.ready()
        self.counts[name] += 1
        began = time.process_time()
        place, wrong = tried(target, files)
        self.slowest[name] = max(self.slowest.get(name, 0.0), time.process_time() - began)
        if wrong and f"{name}: {wrong}" not in self.found:
            self.found[f"{name}: {wrong}"] = kept(name, files, len(self.found))
        known = self.places.get((name, place))
        if not wrong and (known is None or _size(files) < _size(known)):
            self.places[name, place] = files


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--inputs", type=int, default=0, help="end after so many inputs")
    arguments.add_argument("--seconds", type=float, default=60.0, help="end after so long")
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--target", default="", help="only this target")
    arguments.add_argument("--quick", action="store_true", help="without the largest files, and without pages")
    arguments.add_argument("--save", action="store_true", help="save inputs that ended where no saved one does")
    options = arguments.parse_args()
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    known = {name: each for name, each in fuzz_targets.targets().items() if options.target in ("", name)}
    if options.quick:
        known.pop("pages", None)
    done = replay(known, 100_000 if options.quick else 0)
    run(known, done, (options.inputs, options.seconds), options.seed)
    print(", ".join(f"{name} {count:,}" for name, count in sorted(done.counts.items())))
    slow = max(done.slowest, key=lambda name: done.slowest[name])
    print(f"{sum(done.counts.values()):,} inputs in {done.seconds:.0f} s, slowest {done.slowest[slow]:.1f} s ({slow})")
    print(f"{len(done.places):,} places reached, {len(done.found)} foreign exceptions or slow inputs")
    for where, path in done.found.items():
        print(f"  {where} ({path.relative_to(ROOT)})")
    if options.save and not options.target:
        save(done)
    sys.exit(bool(done.found))


def replay(known: Mapping[str, Target], largest: int = 0) -> Run:
    """Try the good, the hard and the saved files as they are; none of over `largest` bytes, if that is given."""
    done, began = Run(), time.monotonic()
    for name, target in known.items():
        for files in [*target.seeds.values(), *saved().get(name, ())]:
            if not largest or _size(files) <= largest:
                done.add(name, target, files)
    done.seconds = time.monotonic() - began
    return done


def run(known: Mapping[str, Target], done: Run, until: tuple[int, float], seed: int) -> None:
    """Try changed files until there are enough.

    Args:
        known: What reads.
        done: What was tried before; it is added to.
        until: Number of inputs, and seconds where that is 0.
        seed: Of the changes.
    """
    chance, began, (inputs, seconds) = random.Random(seed), time.monotonic(), until
    base = {name: [*target.seeds.values(), *saved().get(name, ())] for name, target in known.items()}
    small = {name: [files for files in each if _size(files) < 200_000] for name, each in base.items()}
    while sum(done.counts.values()) < inputs if inputs else time.monotonic() - began < seconds - done.seconds:
        name = chosen(known, chance)
        files = dict(chance.choice(small[name] if chance.random() < 0.999 else base[name]))
        spoilt = chance.choice(list(files))
        for _ in range(chance.choice((1, 1, 2, 4, 16))):
            files[spoilt] = changed(files[spoilt], chance)
        done.add(name, known[name], files)
    done.seconds += time.monotonic() - began


def tried(target: Target, files: Files) -> tuple[str, str]:
    """Where an input ended, and what is wrong with it: a foreign exception, or that it was slow; "" if all is well."""
    from tagviz.errors import TagvizError

    folder = Path(tempfile.mkdtemp(prefix="fuzz-"))
    try:
        for name, content in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(content)
        with limited(target.seconds):
            target.read(folder)
    except TagvizError as error:
        return f"{_place(error)} {re.sub(r'[^a-z ]', '', re.sub(chr(39) + '.*' + chr(39), '', error.title))[:40]}", ""
    except TooSlow:
        return "", f"slower than {target.seconds:.0f} s"
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt):
            raise
        return "", f"{type(error).__name__} at {_place(error)}: {str(error)[:120]}"
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return "", ""


def _place(error: BaseException) -> str:
    """The function of the project in which an exception was raised."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if "/tagviz/" in frame.filename]
    return f"{Path(frames[-1].filename).relative_to(ROOT)}:{frames[-1].name}" if frames else "elsewhere"


def _size(files: Files) -> int:
    return sum(map(len, files.values()))


def saved() -> dict[str, list[Files]]:
    """The saved inputs by target."""
    inputs: dict[str, list[Files]] = {}
    for line in SAVED.read_bytes().splitlines() if SAVED.exists() else ():
        entry = orjson.loads(line)
        files = {name: base64.b85decode(content) for name, content in entry["files"].items()}
        inputs.setdefault(entry["target"], []).append(files)
    return inputs


def save(done: Run) -> None:
    """Write the smallest input of each place at which inputs ended."""
    lines = {}
    for (name, _), files in done.places.items():
        if _size(files) <= LARGEST_SAVED:
            packed = {file: base64.b85encode(content).decode() for file, content in files.items()}
            lines[hashlib.blake2b(repr((name, files)).encode()).hexdigest()] = orjson.dumps(
                {"target": name, "files": packed}
            )
    SAVED.write_bytes(b"\n".join(sorted(lines.values())) + b"\n")
    print(f"{len(lines)} inputs saved")


@contextmanager
def limited(seconds: float) -> Iterator[None]:
    """Raise TooSlow when the block takes longer than `seconds` of this process's own time."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise TooSlow

    signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def kept(name: str, files: Files, number: int) -> Path:
    """Write an input down."""
    folder = FOUND / f"{name}-{number}"
    for file, content in files.items():
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).write_bytes(content)
    return folder


if __name__ == "__main__":
    main()
