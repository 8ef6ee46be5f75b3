"""Vectors that others made, as the Train page takes them in: a file, how well it fits, and the word to keep it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import streamlit as st

from tagviz.embed.formats import FORMATS
from tagviz.errors import BadParameter
from tagviz.operations import loading
from tagviz.operations.loading import Preview
from tagviz.ui import bringing, cached, plain, state, widgets
from tagviz.ui.frame import Here

NAMES = {
    "auto": "Recognise it",
    "word2vec-text": "word2vec text",
    "word2vec-binary": "word2vec binary",
    "glove": "GloVe text",
    "projector": "TensorBoard projector (two TSV files)",
    "npz": "npz (keys, vectors)",
    "parquet": "Parquet (key, vector)",
}
WAYS = {"upload": "Upload", "path": "A path on the server", "sentence": "A sentence-transformers model"}
_PLACE = "vectors-place"


def show(here: Here) -> None:
    """Choose a file, look at the preview, keep it."""
    st.caption(
        "word2vec text or binary, GloVe, TensorBoard projector TSV, npz or Parquet. Pickled files such as gensim’s "
        "`.model` are refused, because loading one can run any code."
    )
    way = st.segmented_control("From", list(WAYS), format_func=WAYS.__getitem__, default="upload", key="vectors-from")
    if way == "sentence":
        _sentence(here)
        return
    files: list[Any] = []
    path = ""
    if way == "path":
        path = st.text_input("Path", placeholder="/data/vectors.bin", key="vectors-path", max_chars=1000) or ""
    else:
        files = st.file_uploader(
            "Files", accept_multiple_files=True, key="vectors-upload", help="vectors.tsv and metadata.tsv go together"
        )
    format = st.selectbox("Format", ["auto", *FORMATS], format_func=NAMES.__getitem__, key="vectors-format", width=300)
    ready = bool(files or path.strip())
    if st.button("See how it fits", key="vectors-look", icon=":material/visibility:", disabled=not ready):
        st.session_state[_PLACE] = str(_vectors(bringing.keep(files)) if files else Path(path.strip()).expanduser())
    place = st.session_state.get(_PLACE)
    if place:
        _preview(here, place, format or "auto")


def _sentence(here: Here) -> None:
    """A model that reads tags and titles as text, by its folder or name."""
    name = st.text_input(
        "Folder or name",
        placeholder="/data/my-sentence-model, minilm, e5",
        key="vectors-sentence",
        max_chars=1000,
        help="A folder that sentence-transformers has written, or the name of a model that this machine has",
    )
    if st.button(
        "Read tags and titles with it",
        key="vectors-read",
        icon=":material/play_arrow:",
        disabled=not (name or "").strip(),
    ):
        values = {"model": (name or "").strip()}
        cached.submit("train", {"corpus": here.corpus.name, "method": "sentence", "values": values})
        st.rerun()


def _vectors(place: Path) -> Path:
    """The file of vectors among what was uploaded."""
    if place.is_file():
        return place
    found = [path for path in sorted(place.iterdir()) if "metadata" not in path.name]
    if len(found) != 1:
        names = ", ".join(path.name for path in found) or "none"
        raise BadParameter(
            "Which file holds the vectors?", f"besides metadata there are: {names}", "upload one file, or a TSV pair"
        )
    return found[0]


def _preview(here: Here, place: str, format: str) -> None:
    file = Path(place)
    seen = _seen(*here.names, place, format, file.stat().st_mtime_ns if file.is_file() else 0)
    told = seen.described()
    with st.container(border=True):
        st.markdown(f"**{plain.escape(seen.name)}** · {NAMES.get(seen.found.format, seen.found.format)}")
        st.caption(f"{plain.count(told['words'], 'word')} of {told['dimension']} numbers")
        numbers = {
            "Tags with a vector": told["matched"].get("tag", 0),
            "Tags without": told["tags_without_vector"],
            "Unknown words": told["missing"],
            "Ambiguous": told["ambiguous"],
        }
        grid = st.grid(4, min_column_width=150)
        for label, number in numbers.items():
            with grid.container():
                st.metric(label, f"{number:,}")
        for note in told["notes"]:
            st.text(plain.one_line(note, 300))
        with st.expander("What fits, what does not"):
            _named("Tags without a vector, the most frequent first", told["tags_without_vector_examples"])
            _named("Words that name nothing here", told["missing_examples"])
            pairs = [f"{one['key']} ← {', '.join(one['words'])}" for one in told["ambiguous_examples"]]
            _named("Several words fit; the one spelled alike wins", pairs)
        widgets.table(seen.samples, "vectors", "Nearest tags, as a first look")
        with st.container(horizontal=True, vertical_alignment="bottom"):
            named = st.text_input("Name of the model", Path(seen.name).stem[:60], key="vectors-title", max_chars=60)
            keep = st.button(
                "Keep it as a model", key="vectors-keep", type="primary", icon=":material/check:", width="content"
            )
        if keep:
            info = loading.accept(cached.workspace(), cached.corpus(*here.names), seen, (named or "").strip())
            del st.session_state[_PLACE]
            cached.forget()
            state.put(do="keep", model=info.id)
            st.rerun()


def _named(title: str, words: list[str]) -> None:
    if words:
        st.caption(title)
        st.text(plain.one_line(", ".join(words), 1500))


@st.cache_resource(max_entries=2, show_spinner="Reading the vectors")
def _seen(name: str, fingerprint: str, place: str, format: str, changed: int) -> Preview:
    return loading.preview(cached.corpus(name, fingerprint), Path(place), format)
