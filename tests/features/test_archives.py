"""Archives of spectrograms: streamed once, damaged files named, continued after an interruption."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path

import numpy as np
import pytest

from tagviz.errors import Cancelled, SourceError
from tagviz.features import archives, mel
from tagviz.features.archives import holds_spectrograms, read_spectrograms
from tagviz.types import Progress

RNG = np.random.default_rng(0)


def npy(array: np.ndarray[tuple[int, ...], np.dtype[np.generic]]) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, array)
    return buffer.getvalue()


def song(frames: int = 200) -> bytes:
    return npy(RNG.random((mel.BANDS, frames)).astype(np.float32))


def tar(path: Path, members: dict[str, bytes]) -> Path:
    with tarfile.open(path, "w") as archive:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two archives as the Arena's: songs 0 … 29 and 1000 … 1019."""
    out = tmp_path / "mel"
    out.mkdir()
    tar(out / "arena_mel_0.tar", {f"0/{ident}.npy": song() for ident in range(30)})
    tar(out / "arena_mel_1.tar", {f"1/{ident}.npy": song() for ident in range(1000, 1020)})
    return out


def test_a_folder_of_archives_becomes_one_table(folder: Path, tmp_path: Path) -> None:
    assert holds_spectrograms(folder)
    read = read_spectrograms(folder, tmp_path / "parts")
    assert list(read.table.ids) == [str(ident) for ident in [*range(30), *range(1000, 1020)]]
    assert read.table.values.dtype == np.float16
    assert read.table.values.shape == (50, len(mel.columns()))
    assert not (tmp_path / "parts").exists()
    with tarfile.open(folder / "arena_mel_1.tar") as archive:
        member = archive.extractfile("1/1003.npy")
        assert member is not None
        expected = mel.summarise(np.load(io.BytesIO(member.read()))).astype(np.float16)
    np.testing.assert_array_equal(read.table.values[33], expected)


def test_a_reading_that_was_stopped_continues(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = read_spectrograms(folder, tmp_path / "whole").table
    computed: list[int] = []
    summarise = mel.summarise

    def counted(
        array: np.ndarray[tuple[int, int], np.dtype[np.float32]],
    ) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
        computed.append(1)
        if len(computed) == 21:
            raise Cancelled
        return summarise(array)

    monkeypatch.setattr(archives, "PART", 8)
    monkeypatch.setattr(mel, "summarise", counted)
    with pytest.raises(Cancelled):
        read_spectrograms(folder, tmp_path / "parts")
    assert len(list((tmp_path / "parts").glob("*.npz"))) == 3
    again = read_spectrograms(folder, tmp_path / "parts")
    assert len(computed) == 21 + 30
    assert again.table.fingerprint == whole.fingerprint
    assert any("interrupted" in note["action"] and note["count"] == 20 for note in again.notes)


def test_damaged_files_are_counted_and_named(tmp_path: Path) -> None:
    holes = RNG.random((mel.BANDS, 100)).astype(np.float32)
    holes[3, 4] = np.nan
    path = tar(
        tmp_path / "a.tar",
        {
            "0/1.npy": song(),
            "0/2.npy": song()[:200],
            "0/3.npy": npy(RNG.random((96, 200))),
            "0/4.npy": npy(holes),
            "0/5.npy": npy(np.zeros((mel.BANDS, 100))),
            "0/6.npy": npy(RNG.random((mel.BANDS, 5))),
            "0/7.npy": b"\x93NUMPY",
            "0/cover.pdf": b"%PDF",
            "1/1.npy": song(),
        },
    )
    read = read_spectrograms(path, tmp_path / "parts")
    assert list(read.table.ids) == ["1"]
    assert {note["what"]: note["count"] for note in read.notes} == {
        "files: no array that can be read safely": 2,
        "files: not 48 bands × frames": 1,
        "files: numbers that are not finite": 1,
        "files: silence": 1,
        "files: shorter than a second": 1,
        "files: no .npy": 1,
        "files that repeat a song": 1,
    }


def test_an_archive_that_is_cut_off_gives_what_it_has(folder: Path, tmp_path: Path) -> None:
    path = folder / "arena_mel_0.tar"
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    read = read_spectrograms(folder, tmp_path / "parts")
    assert 10 <= len(read.table) - 20 < 30
    assert any("cut off" in note["what"] and "arena_mel_0.tar" in note["examples"] for note in read.notes)


def test_a_pipe_is_read_without_a_file(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Pipe(io.BytesIO):
        def seek(self, *_: object) -> int:
            raise io.UnsupportedOperation

    class Input:
        buffer = Pipe(b"".join(path.read_bytes() for path in sorted(folder.glob("*.tar"))))

    monkeypatch.setattr("sys.stdin", Input())
    read = read_spectrograms(Path("-"), tmp_path / "parts")
    assert len(read.table) == 50


def test_a_folder_of_arrays_is_read_and_an_empty_one_refused(tmp_path: Path) -> None:
    deep = tmp_path / "mel" / "12"
    deep.mkdir(parents=True)
    (deep / "12001.npy").write_bytes(song())
    seen: list[Progress] = []
    assert list(read_spectrograms(tmp_path / "mel", tmp_path / "parts", seen.append).table.ids) == ["12001"]
    assert seen
    (deep / "12001.npy").write_bytes(b"nothing")
    with pytest.raises(SourceError, match=r"holds no spectrogram.*1 no array"):
        read_spectrograms(tmp_path / "mel", tmp_path / "parts")
