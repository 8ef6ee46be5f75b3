"""What a file that holds no playlists looks like: recognised by its first bytes and named, with what to do instead."""

from __future__ import annotations

from pathlib import Path

from tagviz.errors import SourceError

_VECTORS = "vectors go on the Train page, or: load CORPUS FILE"
_MEDIA = "export the playlist as CSV, M3U8 or XSPF"
_SIGNATURES: tuple[tuple[bytes, str, str], ...] = (
    (b"version https://git-lfs.github.com", "a Git LFS pointer, not the data itself", "fetch it: git lfs pull"),
    (
        b"\x89HDF\r\n\x1a\n",
        "an HDF5 file",
        "write its table as CSV or Parquet, such as pandas.read_hdf(path).to_csv(…)",
    ),
    (b"SQLite format 3", "an SQLite database", "write its table as CSV: sqlite3 -header -csv FILE 'select …'"),
    (b"%PDF", "a PDF document", "save the table as CSV"),
    (b"\x89PNG", "a picture", _MEDIA),
    (b"\xff\xd8\xff", "a picture", _MEDIA),
    (b"GIF8", "a picture", _MEDIA),
    (b"ID3", "an audio file", _MEDIA),
    (b"fLaC", "an audio file", _MEDIA),
    (b"OggS", "an audio file", _MEDIA),
    (b"RIFF", "an audio file", _MEDIA),
    (b"\xd0\xcf\x11\xe0", "an old Office file (.xls, .doc)", "save it as .xlsx or CSV (UTF-8)"),
    (b"Rar!", "a RAR archive", "unpack it first"),
    (b"7z\xbc\xaf", "a 7z archive", "unpack it first"),
    (b"\x28\xb5\x2f\xfd", "a Zstandard file", "unpack it first: zstd -d FILE"),
    (b"\x93NUMPY", "a numpy array", _VECTORS),
    (b"\x80\x02", "a pickle, which can run any code when it is read", "save the table as CSV or Parquet"),
    (b"\x80\x03", "a pickle, which can run any code when it is read", "save the table as CSV or Parquet"),
    (b"\x80\x04", "a pickle, which can run any code when it is read", "save the table as CSV or Parquet"),
    (b"\x80\x05", "a pickle, which can run any code when it is read", "save the table as CSV or Parquet"),
    (b"\x7fELF", "a program", "choose another file"),
    (b"MZ", "a program", "choose another file"),
)
_PAGES = (b"<!doctype html", b"<html")


def refuse_foreign(path: Path) -> None:
    """Raises SourceError where a file begins like something that is no list of playlists."""
    with path.open("rb") as file:
        head = file.read(1024)
    for mark, what, remedy in _SIGNATURES:
        if head.startswith(mark) and not (mark == b"MZ" and b"\x00" not in head):
            raise SourceError(f"{path.name!r} is {what}", "nothing was read", remedy)
    if head.removeprefix(b"\xef\xbb\xbf").lstrip().lower().startswith(_PAGES):
        raise SourceError(
            f"{path.name!r} is a web page",
            "such as a page that asks to sign in, saved under another name",
            "download the file itself",
        )
    if head[257:262] == b"ustar":
        raise SourceError(f"{path.name!r} is a tar archive", "only .zip and .gz are unpacked here", "unpack it first")
