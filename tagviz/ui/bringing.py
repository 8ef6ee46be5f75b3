"""Bringing playlists in: by a path on the server or by upload, read as a job; and taking a corpus off the list."""

from __future__ import annotations

import secrets
import shutil
import time
from pathlib import Path
from typing import Any

import streamlit as st

from tagviz.errors import BadParameter, StoreError
from tagviz.sources import READERS
from tagviz.store.workspace import checked
from tagviz.ui import cached, plain, state, widgets
from tagviz.ui.frame import Here

FORMATS = {
    "auto": "Recognise it",
    "melon": "Melon / Kakao Arena (JSON)",
    "lastfm": "Last.fm HetRec (.dat)",
    "jamendo": "MTG-Jamendo (TSV)",
    "deezer": "Deezer genres (JSON)",
    "mpd": "Spotify Million Playlists (JSON)",
    "table": "Your own table (CSV, Parquet, JSON Lines)",
}
ENDINGS = ["json", "jsonl", "csv", "tsv", "parquet", "dat", "txt", "gz", "zip"]
WAYS = {"upload": "Upload", "path": "A path on the server"}
TOGETHER = "Files that belong together go together, such as train.json, song_meta.json and genre_gn_all.json"
KEPT_SECONDS = 24 * 3600
"""How long uploaded files stay after they were handed to the import."""
_TOKEN = "deleted-corpus"


def show() -> None:
    """The form; what is read is kept as a new corpus, or as the newest version of one of the same name."""
    how = st.segmented_control(
        "From", list(WAYS), format_func=WAYS.__getitem__, default="upload", required=True, key="from"
    )
    files: list[Any] = []
    path = ""
    if how == "upload":
        files = st.file_uploader("Files", ENDINGS, accept_multiple_files=True, key="upload", help=TOGETHER)
    else:
        path = st.text_input("Path", placeholder="/data/playlists", key="import-path", max_chars=1000) or ""
    name, form, options = st.columns([1, 1.3, 1.3])
    known = ["auto", *READERS]
    called = name.text_input("Name", placeholder="what to call it", key="import-name", max_chars=80) or ""
    format = form.selectbox("Format", known, format_func=lambda name: FORMATS.get(name, name), key="import-format")
    given = options.text_input(
        "Options",
        placeholder="view=artists, tokenizer=sentencepiece",
        key="import-options",
        max_chars=1000,
        help="What the format's reader can be told, as key=value, separated by commas",
    )
    if st.button("Read it", type="primary", icon=":material/upload:", disabled=not (files or path.strip()), key="read"):
        place = keep(files) if files else Path(path.strip()).expanduser()
        title = checked(called.strip() or _name(files, place))
        asked = {"path": str(place), "name": title, "format": format, "options": pairs(given or "")}
        cached.submit("import", asked)
        st.rerun()


def pairs(text: str) -> dict[str, str]:
    """ "a=1, b=2" → {"a": "1", "b": "2"}. Raises BadParameter for a part without an equals sign."""
    found = {}
    for part in text.split(","):
        if part.strip():
            key, sign, value = part.partition("=")
            if not sign:
                raise BadParameter(f"{part.strip()!r} is no option", "an option looks like view=artists", "correct it")
            found[key.strip()] = value.strip()
    return found


def _name(files: list[Any], place: Path) -> str:
    """A name for what nobody has named: the file's own, with what names may not hold replaced."""
    stem = Path(files[0].name).stem if len(files) == 1 else "playlists" if files else place.stem
    return "".join(char if char.isalnum() or char in "-_." else "-" for char in stem).strip("-.")[:60] or "playlists"


def keep(files: list[Any]) -> Path:
    """The uploaded files in a folder of their own, where the import finds them; old ones go."""
    root = cached.workspace().home / "uploads"
    folder = root / secrets.token_hex(8)
    try:
        if root.is_dir():
            for old in root.iterdir():
                if time.time() - old.stat().st_mtime > KEPT_SECONDS:
                    shutil.rmtree(old, ignore_errors=True)
        folder.mkdir(parents=True)
        for file in files:
            with (folder / Path(file.name).name).open("wb") as target:
                shutil.copyfileobj(file, target)
    except OSError as error:
        raise StoreError(
            "The upload cannot be kept", str(error), "make room on the server's disk, or check its rights"
        ) from error
    return folder / Path(files[0].name).name if len(files) == 1 else folder


def versions(here: Here) -> None:
    """Which contents the corpus's name stands for, and the way to take it off the list."""
    corpus = here.corpus
    if _TOKEN in st.session_state:
        token, name = st.session_state[_TOKEN]
        with widgets.row():
            st.text(f"{plain.one_line(name, 60)} is off the list.", width="content")
            st.button("Bring it back", icon=":material/undo:", on_click=_bring_back, args=(token, name))
    if not corpus.name:
        return
    with widgets.row():
        when = plain.moment(corpus.imported)
        st.caption(
            plain.escape(
                f"Read {when} from {corpus.meta.get('source', 'elsewhere')} · version {corpus.fingerprint[:8]} of "
                f"{len(corpus.versions)} · {plain.size(corpus.size)} on disk",
                300,
            ),
            width="content",
        )
        if not corpus.shipped:
            st.button(
                "Take off the list", icon=":material/delete:", type="tertiary", on_click=_delete, args=(corpus.name,)
            )


@state.careful
def _delete(name: str) -> None:
    st.session_state[_TOKEN] = (cached.delete_corpus(name), name)
    state.put(corpus="")


@state.careful
def _bring_back(token: str, name: str) -> None:
    cached.restore(token)
    del st.session_state[_TOKEN]
    state.put(corpus=name)
