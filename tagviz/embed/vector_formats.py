"""Files of vectors in the forms that other programs write, checked before they are read.

word2vec text and binary, GloVe and fastText text, TensorBoard projector pairs, npz, npy and safetensors with a list of
words, Parquet, CSV, JSON. Nothing is ever unpickled: a gensim `.model` or a torch file could run code when loaded.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tagviz.embed import vector_arrays, vector_records, vector_tables, vector_text
from tagviz.embed.vector_text import LARGEST_DIMENSION as LARGEST_DIMENSION
from tagviz.embed.vector_text import number_of
from tagviz.errors import SourceError
from tagviz.types import Floats, ProgressCallback

Reading = tuple[list[str], Floats, tuple[str, ...]]
"""Words, their vectors float32 (n, d), and what was odd about the file."""

LARGEST_BYTES = 4 * 2**30
"""Files beyond this are refused before they are read."""
CONVERT = "where you trust it: gensim.models.Word2Vec.load(path).wv.save_word2vec_format('vectors.bin', binary=True)"
BLANKS = "where words hold blanks this format cannot say where they end: write them with _ or as word2vec text"
PICKLED = (".model", ".pkl", ".pickle", ".pt", ".pth", ".kv", ".joblib")
PICKLES = (b"\x80", b"(dp", b"ccopy_reg", b"cos\n", b"c__builtin__")
"""How pickles are called, and how they begin: protocol 2 and above, and what protocol 0 commonly starts with."""


_OTHERS = (
    (b"\x89HDF\r\n\x1a\n", "an HDF5 file", 
     "convert it: with h5py.File(path) as f: np.save('vectors.npy', f['vectors'][:]), and"
     " the words a line each as vectors.txt"),
    (b"\xba\x16\x4f\x2f", "a fastText model in its own binary form",
     "write its vectors: fasttext print-word-vectors, or save the .vec beside it"),
    (b"version https://git-lfs", "a Git LFS pointer, not the vectors themselves", "fetch them: git lfs pull"),
    (b"\x28\xb5\x2f\xfd", "a Zstandard file", "unpack it first: zstd -d FILE"),
)  # fmt: skip
_SENTENCE_FILES = ("config.json", "modules.json", "tokenizer_config.json")


def vectors_in(path: Path) -> Path:
    """The file itself, or the one file of vectors in a folder of TensorBoard's."""
    if not path.is_dir():
        return path
    if any((path / name).is_file() for name in _SENTENCE_FILES):
        raise SourceError(
            f"{path.name} is the folder of a sentence model, not a file of vectors",
            "it reads text itself",
            f"train it: train CORPUS --method sentence --set model={path}",
        )
    candidates = [
        file for file in sorted(path.glob("*.tsv")) if vector_tables.metadata_of(file) and "metadata" not in file.name
    ]
    if len(candidates) != 1:
        names = ", ".join(file.name for file in sorted(path.iterdir())[:8])
        raise SourceError(
            f"{path.name} holds no one pair of vectors and words", f"in it: {names}", "name the file of vectors"
        )
    return candidates[0]


def check_file(path: Path) -> None:
    """Refuses what is too large, empty, a pickle, or of a kind that is only named, before it is read."""
    if not path.is_file():
        raise SourceError(f"There is no file {path.name!r}", str(path), "check the path")
    size = path.stat().st_size
    if not 0 < size <= LARGEST_BYTES:
        raise SourceError(
            f"{path.name} is {'empty' if not size else 'too large'}", f"{size:,} bytes", "load a smaller file"
        )
    with path.open("rb") as file:
        begin = file.read(32)
    for mark, what, remedy in _OTHERS:
        if begin.startswith(mark):
            raise SourceError(f"{path.name} is {what}", "nothing was read", remedy)
    torch_file = begin.startswith(b"PK") and path.suffix != ".npz"
    if begin.startswith(PICKLES) or torch_file or path.suffix.lower() in PICKLED:
        raise SourceError(
            f"{path.name} is a pickled file", "loading one can run any code that its maker put in", CONVERT
        )


_BY_SUFFIX = {
    ".npz": "npz", ".npy": "npy", ".safetensors": "safetensors", ".parquet": "parquet", ".json": "json",
    ".jsonl": "json", ".csv": "csv",
}  # fmt: skip


def detect(path: Path) -> str:
    """The format, from how the file begins. Raises SourceError when it is none that is known."""
    suffix = path.suffix.lower()
    if suffix in _BY_SUFFIX:
        return _BY_SUFFIX[suffix]
    if suffix == ".tsv" and vector_tables.metadata_of(path):
        return "projector"
    with path.open("rb") as file:
        first, second = file.readline(100_000), file.read(4096)
    if first.startswith((b"\xff\xfe", b"\xfe\xff")):
        lines = vector_text.lines_of(path)
        first, second = next(lines, "").encode(), next(lines, "").encode()
    header = first.removeprefix(b"\xef\xbb\xbf").split()
    if len(header) == 2 and all(part.isdigit() for part in header):
        printable = second.split(b"\n", 1)[0].decode("utf-8", "replace").rstrip()
        fields = printable.split("\t" if "\t" in printable else " ")[-3:]
        return "word2vec-text" if len(fields) > 1 and all(map(_is_number, fields[1:])) else "word2vec-binary"
    tail = header[-2:] if len(header) > 2 else header[1:]
    if tail and all(_is_number(part.decode("utf-8", "replace")) for part in tail):
        return "glove"
    if suffix == ".tsv":
        return "projector"
    raise SourceError(
        f"{path.name} is no file of vectors that is known here",
        f"formats: {', '.join(FORMATS)}",
        "name the format, or write the vectors as word2vec text",
    )


def _is_number(text: str) -> bool:
    return number_of(text) is not None or number_of(text, True) is not None


def check_size(path: Path, size: int) -> None:
    """Refuse what would unpack to more than LARGEST_BYTES."""
    if size > LARGEST_BYTES:
        raise SourceError(
            f"{path.name} is too large", f"it unpacks to {size:,} bytes", f"load at most {LARGEST_BYTES:,}"
        )


def _with_notes(read: Callable[..., tuple[list[str], Floats]]) -> Callable[[Path, ProgressCallback], Reading]:
    return lambda path, progress: (*read(path, progress, check_size), ())


FORMATS: dict[str, Callable[[Path, ProgressCallback], Reading]] = {
    "word2vec-text": lambda path, progress: vector_text.read_text_vectors(path, progress, True),
    "word2vec-binary": vector_text.read_binary,
    "glove": lambda path, progress: vector_text.read_text_vectors(path, progress, False),
    "projector": lambda path, progress: vector_tables.read_projector(path, progress, check_size),
    "npz": _with_notes(vector_arrays.read_npz),
    "npy": _with_notes(vector_arrays.read_npy),
    "safetensors": _with_notes(vector_arrays.read_safetensors),
    "parquet": lambda path, progress: vector_tables.read_parquet(path, progress, check_size),
    "csv": lambda path, progress: vector_records.read_csv(path, progress, check_size),
    "json": lambda path, progress: vector_records.read_json(path, progress, check_size),
}
