"""Vectors as text (word2vec, GloVe, fastText) and as word2vec's binary, in which words may hold blanks."""

from __future__ import annotations

import mmap
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from tagviz.errors import SourceError
from tagviz.types import Floats, Progress, ProgressCallback

LONGEST_WORD, LARGEST_DIMENSION = 100_000, 10_000
_LOOK_LINES = 50
_LARGEST_NUMBER, _SMALLEST_NUMBER = 1e6, 1e-15
_MOST_STEPS_BACK = 200_000


def cut_off(path: Path, where: str) -> SourceError:
    """The error for a file that ends too early or has a wrong line."""
    return SourceError(f"{path.name} is cut off or damaged", where, "write or copy the file again")


def text_encoding(path: Path) -> str:
    """UTF-8, or UTF-16 where the file's first bytes say so."""
    with path.open("rb") as file:
        head = file.read(4)
    return "utf-16" if head[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"


def lines_of(path: Path) -> Iterator[str]:
    """Lines that end in a line feed only: other signs that Unicode counts as line ends may stand in words.

    A file without any line feed has the line ends of old Macs.
    """
    with path.open("rb") as raw:
        head = raw.read(65_536)
    end = "\r" if b"\n" not in head and b"\r" in head else "\n"
    with path.open(encoding=text_encoding(path), errors="replace", newline=end) as file:
        for line in file:
            yield line.rstrip("\r\n")


def number_of(text: str, comma: bool = False) -> float | None:
    """A number, with a decimal comma where `comma`; None for anything else."""
    try:
        return float(text.replace(",", ".") if comma else text)
    except ValueError:
        return None


def read_text_vectors(
    path: Path, progress: ProgressCallback, headed: bool
) -> tuple[list[str], Floats, tuple[str, ...]]:
    """Words and vectors of a text file, a line each; what was odd about it.

    headed: the first line says how many words and dimensions there are. Lines count more than what it says.
    """
    head: list[str] = []
    for line in lines_of(path):
        head.append(line)
        if len(head) > _LOOK_LINES:
            break
    promised = _header(path, head[0]) if headed else (0, 0)
    body = [line for line in head[int(headed) :] if line.strip()]
    separator, comma = _separators(body)
    dimension = _dimension(path, body, separator, comma, promised[1])
    if not 0 < dimension <= LARGEST_DIMENSION or dimension > path.stat().st_size:
        raise cut_off(
            path, f"the header says {promised[0]:,} × {promised[1]:,}, the file has {path.stat().st_size:,} bytes"
        )
    if not headed and dimension < 2:
        raise SourceError(
            f"{path.name} is no file of vectors",
            "its lines hold a word and one number, such as a count",
            "choose another file",
        )
    words, vectors = _rows(path, headed, dimension, (separator, comma), progress)
    if headed and (2 * len(words) < promised[0] or 2 * dimension < promised[1]):
        raise cut_off(
            path, f"the header says {promised[0]:,} × {promised[1]:,}, the file has {len(words):,} × {dimension:,}"
        )
    notes = []
    if headed and promised != (len(words), dimension):
        notes.append(
            f"the header says {promised[0]:,} words of {promised[1]:,} numbers,"
            f" the file holds {len(words):,} of {dimension:,}"
        )
    if comma:
        notes.append("numbers are written with a decimal comma")
    return words, vectors, tuple(notes)


def _header(path: Path, line: str) -> tuple[int, int]:
    parts = line.split()
    if len(parts) != 2 or not all(part.isascii() and part.isdigit() and len(part) < 16 for part in parts):
        raise SourceError(
            f"{path.name} has no word2vec header", "the first line must be: words dimension", "name another format"
        )
    return int(parts[0]), int(parts[1])


def _separators(body: list[str]) -> tuple[str, bool]:
    """What stands between the numbers of most lines, and whether these have decimal commas."""
    tabs = sum("\t" in line for line in body)
    separator = "\t" if tabs > len(body) / 2 else " "
    last = [line.rstrip().rsplit(separator, 1)[-1] for line in body]
    return separator, any(
        "," in cell and number_of(cell) is None and number_of(cell, True) is not None for cell in last
    )


def _dimension(path: Path, body: list[str], separator: str, comma: bool, promised: int) -> int:
    """Numbers at the end of each line: as promised where the lines have these, else what most of them have.

    A line may have more where its word ends in a number ("top 40"), but not where all lines have more fractions.
    """
    counts = []
    fractions = True
    for line in body:
        parts = line.rstrip().split(separator)
        count = next((at for at, part in enumerate(reversed(parts)) if number_of(part, comma) is None), len(parts) - 1)
        counts.append(min(count, len(parts) - 1))
        fractions = fractions and counts[-1] > promised and not parts[-promised - 1].strip().isdigit()
    if not counts:
        raise cut_off(path, "there is no line with a word and numbers")
    if promised and not fractions and (counts.count(promised) * 2 >= len(counts) or min(counts) >= promised):
        return promised
    usual = max(set(counts), key=lambda count: (counts.count(count), -count))
    return usual if counts.count(usual) * 2 > len(counts) else min(counts)


def _rows(
    path: Path, headed: bool, dimension: int, marks: tuple[str, bool], progress: ProgressCallback
) -> tuple[list[str], Floats]:
    separator, comma = marks
    words: list[str] = []
    parts: list[Floats] = []
    block = np.empty((20_000, dimension), dtype=np.float32)
    filled, size = 0, path.stat().st_size
    read = 0
    for number, line in enumerate(lines_of(path), 1):
        read += len(line) + 1
        if (headed and number == 1) or not line.strip():
            continue
        cells = line.rstrip().rsplit(separator, dimension)
        if comma:
            cells = [cells[0], *(cell.replace(",", ".") for cell in cells[1:])]
        try:
            block[filled] = np.array(cells[1:], dtype=np.float32).reshape(dimension)
        except ValueError:
            raise cut_off(path, f"line {number} should have a word and {dimension} numbers") from None
        words.append(cells[0].strip() if separator == "\t" else cells[0])
        filled += 1
        if filled == len(block):
            parts.append(block.copy())
            filled = 0
            progress(Progress("Reading vectors", min(1.0, read / size)))
    parts.append(block[:filled].copy())
    return words, np.vstack(parts)


def read_binary(path: Path, progress: ProgressCallback) -> tuple[list[str], Floats, tuple[str, ...]]:
    """word2vec's binary: a header, then each word, a blank and its numbers.

    The first blank ends a word, as the format has it; where the file does not come out even that way, words may hold
    blanks, and the one division is looked for in which every word is text, every number of a likely size, and no byte
    is left. Raises SourceError where there is none.
    """
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        end = data.find(b"\n", 0, 1000)
        count, dimension = _header(path, data[: max(end, 0)].decode("ascii", "replace"))
        size = path.stat().st_size
        if not 0 < dimension <= LARGEST_DIMENSION or count * dimension > size:
            raise cut_off(path, f"the header says {count:,} × {dimension:,}, the file has {size:,} bytes")
        notes: tuple[str, ...] = ()
        starts, problem = _first_blanks(data, end + 1, count, dimension, progress)
        if problem:
            blanks = _any_blanks(data, end + 1, count, dimension)
            if blanks is None:
                raise SourceError(
                    f"{path.name} is cut off or damaged",
                    f"the header says {count:,} words, {problem}",
                    "where words hold blanks this format cannot say where they end: write them with _ or as text",
                )
            starts, notes = blanks, ("words hold blanks; they were told from the numbers by what fits",)
        words = [bytes(data[start:blank]).decode("utf-8", "replace") for start, blank in starts]
        vectors = np.empty((count, dimension), dtype=np.float32)
        for row, (_, blank) in enumerate(starts):
            vectors[row] = np.frombuffer(data[blank + 1 : blank + 1 + 4 * dimension], dtype="<f4")
        return words, vectors, notes


def _first_blanks(
    data: mmap.mmap, place: int, count: int, dimension: int, progress: ProgressCallback
) -> tuple[list[tuple[int, int]], str]:
    """Where each word starts and its blank, as the format has it; and what does not come out even ("" for nothing)."""
    starts: list[tuple[int, int]] = []
    total = len(data)
    for row in range(count):
        while data[place : place + 1] == b"\n":
            place += 1
        blank = data.find(b" ", place, place + LONGEST_WORD)
        if blank < 0 or blank + 1 + 4 * dimension > total:
            return starts, f"the file ends in number {row + 1:,}"
        if not _is_word(data[place:blank]):
            return starts, f"number {row + 1:,} is no text"
        starts.append((place, blank))
        place = blank + 1 + 4 * dimension
        if row % 20_000 == 0:
            progress(Progress("Reading vectors", row / count))
    rest = bytes(data[place : place + 100])
    return (
        starts,
        f"{total - place:,} bytes are left over after the last one" if rest.strip() or total - place > 100 else "",
    )


def _is_word(word: bytes) -> bool:
    try:
        text = word.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return bool(text) and not any(ord(char) < 32 for char in text)


def _any_blanks(data: mmap.mmap, place: int, count: int, dimension: int) -> list[tuple[int, int]] | None:
    """A division in which words may hold blanks, found by trying and stepping back; None where there is none."""
    size, total = 4 * dimension, len(data)
    stack: list[tuple[int, list[int]]] = []
    chosen: list[tuple[int, int]] = []
    steps = 0
    at = place
    while steps < _MOST_STEPS_BACK + 4 * count:
        steps += 1
        if len(chosen) == count:
            if not bytes(data[at:total]).strip():
                return chosen
            candidates: list[int] = []
        else:
            while data[at : at + 1] == b"\n":
                at += 1
            candidates = _candidates(data, at, size, total)
        stack.append((at, candidates))
        while stack and not stack[-1][1]:
            stack.pop()
            if chosen:
                chosen.pop()
        if not stack:
            return None
        start, options = stack[-1]
        blank = options.pop(0)
        chosen = chosen[: len(stack) - 1]
        chosen.append((start, blank))
        at = blank + 1 + size
    return None


def _candidates(data: mmap.mmap, start: int, size: int, total: int) -> list[int]:
    """Blanks that may end the word that starts here: text before, likely numbers behind."""
    blanks: list[int] = []
    blank = start
    while (blank := data.find(b" ", blank, start + 2_000)) >= 0 and blank + 1 + size <= total and len(blanks) < 40:
        if not _is_word(data[start:blank]):
            break
        numbers = np.frombuffer(data[blank + 1 : blank + 1 + size], dtype="<f4")
        sizes = np.abs(numbers)
        with np.errstate(invalid="ignore"):
            likely = np.isfinite(numbers) & ((sizes == 0) | ((sizes > _SMALLEST_NUMBER) & (sizes < _LARGEST_NUMBER)))
        if likely.all():
            blanks.append(blank)
        blank += 1
    return blanks
