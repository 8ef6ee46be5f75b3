"""Archives and folders of spectrograms or audio → FeatureTable: read once, in a stream, and continued when stopped."""

from __future__ import annotations

import io
import shutil
import sys
import tarfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tagviz.embed.vector_arrays import NPZ_DAMAGE
from tagviz.errors import SourceError
from tagviz.feature_table import FeatureTable
from tagviz.features import audio, mel
from tagviz.features.tables import ColumnUse, FeatureFile
from tagviz.sources.raw import Notes
from tagviz.types import Progress, ProgressCallback, no_progress

PART = 2000
"""Songs after which what was computed is stored."""
LARGEST_BYTES = 64 * 2**20
"""Of one spectrogram: three hours are 32 MB."""
PIPE = "-"
"""The name of standard input."""


@dataclass
class Damage:
    """Files that gave no numbers, by reason; `names` are the first few of each."""

    counts: dict[str, int] = field(default_factory=dict)
    names: dict[str, list[str]] = field(default_factory=dict)

    def add(self, reason: str, name: str) -> None:
        """Count a file."""
        self.counts[reason] = self.counts.get(reason, 0) + 1
        self.names.setdefault(reason, []).append(name)
        del self.names[reason][5:]


def holds_spectrograms(path: Path) -> bool:
    """Return whether a path is a tar, standard input, or a folder with tars or `.npy` files."""
    if str(path) == PIPE:
        return True
    if path.is_dir():
        return any(path.glob("*.tar")) or next(path.rglob("*.npy"), None) is not None
    return path.suffix.lower() == ".tar"


def read_spectrograms(
    path: Path, partial: Path, progress: ProgressCallback = no_progress, most: int | None = None
) -> FeatureFile:
    """Read the spectrograms of a tar (of many in a folder, of some through a pipe), or a folder of `.npy` or audio.

    A song's id is the name of its file. Memory is bounded: one spectrogram at a time, and 850 bytes per song.

    Args:
        path: The tar, the folder, or `-` for a tar through standard input.
        partial: Folder for what was computed so far. A reading that was stopped continues from there: songs whose
            numbers are stored are passed over. It is removed at the end.
        progress: Called now and then; raises Cancelled to stop.
        most: Stop after so many songs, for a preview.

    Raises:
        SourceError: There is no spectrogram.
    """
    partial.mkdir(parents=True, exist_ok=True)
    parts = sorted(partial.glob("*.npz"))
    known = {ident for part in parts for ident in _read_part(part)[0]}
    resumed, ids, rows, damage, repeated = len(known), list[str](), list[NDArray[np.float16]](), Damage(), 0
    seen: set[str] = set()

    def keep() -> None:
        if ids:
            parts.append(partial / f"{len(parts):06}.npz")
            _write_part(parts[-1], ids, np.stack(rows))
            ids.clear()
            rows.clear()

    try:
        for name, content, share in _files(path, damage):
            ident = PurePosixPath(name).stem
            if ident in seen:
                repeated += 1
                continue
            seen.add(ident)
            if len(seen) % 50 == 1:
                progress(Progress("Reading spectrograms", share, f"{len(seen):,} songs"))
            if ident in known:
                continue
            numbers = _numbers(name, content, damage)
            if numbers is not None:
                ids.append(ident)
                rows.append(numbers)
            if len(ids) == PART:
                keep()
            if most is not None and len(seen) >= most:
                break
    finally:
        keep()
    if not parts:
        why = "; ".join(f"{count:,} {reason}" for reason, count in damage.counts.items())
        raise SourceError(
            f"{path.name!r} holds no spectrogram", why or "no .npy file", "48 bands × frames as .npy, or audio"
        )
    table = _joined(parts, path.name)
    shutil.rmtree(partial)
    return FeatureFile(table, (ColumnUse("file name", "id", "ids of the songs"),), _notes(damage, repeated, resumed))


def _joined(parts: list[Path], name: str) -> FeatureTable:
    """One table of all parts, read one by one."""
    ids = [ident for part in parts for ident in _read_part(part)[0]]
    values, start = np.empty((len(ids), len(mel.columns())), dtype=np.float16), 0
    for part in parts:
        rows = _read_part(part)[1]
        values[start : start + len(rows)] = rows
        start += len(rows)
    return FeatureTable(pd.Index(ids, dtype="str"), mel.columns(), values, mel.SOURCE, {"file": name})


def _notes(damage: Damage, repeated: int, resumed: int) -> tuple[dict[str, Any], ...]:
    notes = Notes()
    for reason, count in damage.counts.items():
        notes.add(f"files: {reason}", count, "left out", damage.names[reason])
    notes.add("files that repeat a song", repeated, "the first counts")
    notes.add("songs", resumed, "known from an interrupted reading, which this one continued")
    return tuple(notes.rows)


def _files(path: Path, damage: Damage) -> Iterator[tuple[str, bytes | Path, float | None]]:
    """Name, content (of audio its path) and the share of all that was read before, of every file."""
    if str(path) == PIPE:
        for name, content in _members("standard input", sys.stdin.buffer, damage):
            yield name, content, None
        return
    tars = [path] if path.is_file() else sorted(path.glob("*.tar"))
    total, before = sum(tar.stat().st_size for tar in tars), 0
    for tar in tars:
        with tar.open("rb") as stream:
            for name, content in _members(tar.name, stream, damage):
                yield name, content, (before + stream.tell()) / total
        before += tar.stat().st_size
    if not tars:
        names = sorted([*path.rglob("*.npy"), *audio.audio_files(path)])
        for number, file in enumerate(names):
            yield file.name, file.read_bytes() if file.suffix == ".npy" else file, number / len(names)


def _members(name: str, stream: IO[bytes], damage: Damage) -> Iterator[tuple[str, bytes]]:
    """The files of a tar, or of several tars one after the other, without seeking."""
    with ExitStack() as stack:
        try:
            archive = stack.enter_context(tarfile.open(fileobj=stream, mode="r|*", ignore_zeros=True))
            for member in archive:
                content = archive.extractfile(member) if member.isfile() else None
                if content is None:
                    continue
                if not member.name.endswith(".npy"):
                    damage.add("no .npy", member.name)
                elif member.size > LARGEST_BYTES:
                    damage.add(f"larger than {LARGEST_BYTES >> 20} MB", member.name)
                else:
                    yield member.name, content.read()
        except (tarfile.TarError, EOFError, OSError, ValueError, OverflowError, RecursionError) as error:
            damage.add(f"an archive that is cut off or damaged ({type(error).__name__})", name)


def _numbers(name: str, content: bytes | Path, damage: Damage) -> NDArray[np.float16] | None:
    """The numbers of a spectrogram; None, and a note, where it is none."""
    if isinstance(content, Path):
        return _numbers_of_sound(content, damage)
    try:
        array = np.load(io.BytesIO(content), allow_pickle=False)
    except NPZ_DAMAGE:
        damage.add("no array that can be read safely", name)
        return None
    if array.ndim != 2 or array.dtype.kind not in "fiu" or array.shape[0] != mel.BANDS:
        damage.add(f"not {mel.BANDS} bands × frames", f"{name} {array.shape}")
    elif array.shape[1] < mel.FEWEST_FRAMES:
        damage.add("shorter than a second", name)
    elif not np.isfinite(array).all():
        damage.add("numbers that are not finite", name)
    elif array.max() == array.min():
        damage.add("silence", name)
    else:
        return mel.summarise(array).astype(np.float16)
    return None


def _numbers_of_sound(file: Path, damage: Damage) -> NDArray[np.float16] | None:
    try:
        return mel.summarise(audio.spectrogram_of(file)).astype(np.float16)
    except SourceError as error:
        damage.add(error.detail or error.title, file.name)
        return None


def _write_part(path: Path, ids: list[str], values: NDArray[np.float16]) -> None:
    temporary = path.with_suffix(".tmp")
    with temporary.open("wb") as file:
        np.savez(file, allow_pickle=False, ids=np.array(ids), values=values)
    temporary.replace(path)


def _read_part(path: Path) -> tuple[list[str], NDArray[np.float16]]:
    with np.load(path, allow_pickle=False) as part:
        return [str(ident) for ident in part["ids"]], part["values"]
