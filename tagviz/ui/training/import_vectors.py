"""Import of vectors from a file: a preview of how well they match the corpus, then a model."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from tagviz.access.roles import Permission
from tagviz.embed.vector_formats import FORMATS
from tagviz.errors import InvalidParameterError, SourceError
from tagviz.operations import jobs as job_operations
from tagviz.operations import server_paths
from tagviz.operations.models import import_vectors
from tagviz.operations.models.import_vectors import VectorPreview
from tagviz.types import Kind
from tagviz.ui import cache, formatting, url_state
from tagviz.ui.components import file_upload, permissions, tables, upload
from tagviz.ui.context import PageContext
from tagviz.ui.i18n import N_, _, label_of, lazy

NAMES = {
    "auto": N_("Detect automatically"),
    "word2vec-text": N_("word2vec text"),
    "word2vec-binary": N_("word2vec binary"),
    "glove": N_("GloVe text"),
    "npy": N_("npy, with a list of words beside it"),
    "safetensors": N_("safetensors"),
    "csv": N_("CSV (word, numbers)"),
    "json": N_("JSON (word → numbers)"),
    "projector": N_("TensorBoard projector (two TSV files)"),
    "npz": N_("npz (keys, vectors)"),
    "parquet": N_("Parquet (key, vector)"),
}
SOURCES = {
    "upload": N_("Upload"),
    "path": N_("Path on the server"),
    "sentence": N_("A sentence-transformers model"),
}
WORDS_ARE = (Kind.TAG, Kind.SONG, Kind.ARTIST)
"""What words without a kind can be said to be."""
_LOCATION = "vectors-location"


def show(here: PageContext) -> None:
    """Show the form, then the preview."""
    if not permissions.allowed(Permission.TRAIN):
        return
    st.caption(
        _(
            "word2vec text or binary, GloVe, TensorBoard projector TSV, npz or Parquet. Pickled files such as gensim’s "
            "`.model` are rejected, because loading one can run arbitrary code."
        )
    )
    sources = [name for name in SOURCES if name != "path" or server_paths.import_roots()]
    source = st.segmented_control(
        _("Source"), sources, format_func=label_of(SOURCES), default="upload", key="vectors-from"
    )
    if source == "sentence":
        _sentence_model(here)
        return
    uploaded: file_upload.Uploaded | None = None
    path = ""
    if source == "path":
        path = upload.path_input("vectors-path")
    else:
        uploaded = file_upload.show("vectors-upload", hint=_("Upload vectors.tsv and metadata.tsv together"))
    with st.container(horizontal=True):
        file_format = st.selectbox(
            _("Format"), ["auto", *FORMATS], format_func=label_of(NAMES), key="vectors-format", width=300
        )
        words_are = st.selectbox(
            _("The words are"),
            ["auto", *WORDS_ARE],
            format_func=lambda kind: _("Detect automatically") if kind == "auto" else _(formatting.PLURALS[kind]),
            key="vectors-kind",
            help=_("What a word names that does not say it itself, as tag:jazz does"),
            width=300,
        )
    ready = bool(uploaded or path.strip())
    if st.button(_("Preview"), key="vectors-look", icon=":material/visibility:", disabled=not ready):
        location = _vectors_file(uploaded.path) if uploaded else path.strip()
        st.session_state[_LOCATION] = str(location)
    if stored := st.session_state.get(_LOCATION):
        _show_preview(here, stored, file_format or "auto", "" if words_are == "auto" else str(words_are))


def _sentence_model(here: PageContext) -> None:
    """Show the form for a model that encodes tags and titles as text."""
    name = st.text_input(
        _("Folder or name"),
        placeholder="/data/my-sentence-model, minilm, e5",
        key="vectors-sentence",
        max_chars=1000,
        help=_("minilm or e5; or a folder written by sentence-transformers, in a folder of TAGVIZ_IMPORT_ROOTS"),
    )
    if st.button(
        _("Encode tags and titles"),
        key="vectors-read",
        icon=":material/play_arrow:",
        disabled=not (name or "").strip(),
    ):
        values = {"model": (name or "").strip()}
        job_operations.submit(
            cache.context(), "train", {"corpus": here.corpus.name, "method": "sentence", "values": values}
        )
        st.rerun()


def _vectors_file(location: Path) -> Path:
    """Return the file of vectors among the uploaded files.

    Raises:
        InvalidParameterError: If there is none, or more than one.
    """
    if location.is_file():
        return location
    candidates = [path for path in sorted(location.iterdir()) if "metadata" not in path.name]
    if len(candidates) != 1:
        names = ", ".join(path.name for path in candidates) or _("none")
        raise InvalidParameterError(
            _("Which file contains the vectors?"),
            _("besides the metadata there are: {names}").format(names=names),
            _("upload one file, or a pair of TSV files"),
        )
    return candidates[0]


def _show_preview(here: PageContext, location: str, file_format: str, words_are: str) -> None:
    file = server_paths.check_path(cache.context(), location)
    try:
        changed = file.stat().st_mtime_ns if file.is_file() else 0
        preview = _preview(*here.names, str(file), file_format, words_are, changed)
    except SourceError as error:
        if server_paths.is_upload(cache.context(), file):
            raise
        raise server_paths.without_contents(error) from None
    details = preview.described()
    with st.container(border=True):
        detected = preview.found.format
        st.markdown(f"**{formatting.escape(preview.name)}** · {_(NAMES.get(detected, detected))}")
        words = formatting.count(details["words"], "word")
        st.caption(_("{words}, {n} dimensions").format(words=words, n=details["dimension"]))
        st.metric(_("Unknown words"), f"{details['missing']:,}", help=_("Words that match nothing in the corpus"))
        if preview.match.why:
            st.text(formatting.one_line(preview.match.why, 300))
        _show_kinds(details["kinds"])
        for note in details["notes"]:
            st.text(formatting.one_line(note, 300))
        with st.expander(_("Details of the matching")):
            _show_words(_("Tags without a vector, the most frequent first"), details["tags_without_vector_examples"])
            _show_words(_("Words that match nothing in the corpus"), details["missing_examples"])
            pairs = [f"{one['key']} ← {', '.join(one['words'])}" for one in details["ambiguous_examples"]]
            _show_words(_("Several words match; the one with the same spelling is used"), pairs)
        tables.table(preview.samples, "vectors", _("Nearest tags of some samples"))
        with st.container(horizontal=True, vertical_alignment="bottom"):
            title = Path(preview.name).stem[:60]
            name = st.text_input(_("Name of the model"), title, key="vectors-title", max_chars=60)
            save = st.button(
                _("Save as a model"), key="vectors-keep", type="primary", icon=":material/check:", width="content"
            )
        if save:
            opened = cache.corpus(*here.names)
            keep = cache.clears_lists(import_vectors.keep)
            info = keep(cache.context(), opened, preview, (name or "").strip())
            del st.session_state[_LOCATION]
            url_state.set_params(tab="models", model=info.id)
            st.rerun()


def _show_kinds(kinds: list[dict[str, Any]]) -> None:
    """Show how many items of each kind the words name."""
    heads = {
        "kind": _("Kind"),
        "matched": _("With a vector"),
        "without_vector": _("Without a vector"),
        "ambiguous": _("Ambiguous"),
    }
    frame = pd.DataFrame(kinds).assign(kind=[_(formatting.PLURALS[one["kind"]]) for one in kinds])
    configuration: dict[str, Any] = {
        name: st.column_config.NumberColumn(heads[name], format="localized") for name in heads
    }
    configuration["kind"] = st.column_config.TextColumn(heads["kind"])
    configuration["ambiguous"] = st.column_config.NumberColumn(
        heads["ambiguous"], format="localized", help=_("Several words match; the one with the same spelling is used")
    )
    tables.table(frame, "vector-kinds", _("What the words name"), configuration)


def _show_words(title: str, words: list[str]) -> None:
    if words:
        st.caption(title)
        st.text(formatting.one_line(", ".join(words), 1500))


@st.cache_resource(max_entries=2, show_spinner=lazy("Reading the vectors"))
def _preview(
    name: str, fingerprint: str, location: str, file_format: str, words_are: str, changed: int
) -> VectorPreview:
    """Return the preview; `changed` is the file's time, so that a new file is read again."""
    del changed
    kind = Kind(words_are) if words_are else None
    return import_vectors.preview(cache.corpus(name, fingerprint), Path(location), file_format, kind=kind)
