"""Settings of the dashboard as a server: who may reach it, and which folders of the machine it may import from."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from functools import cache
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path

from tagviz.errors import InvalidParameterError

Network = IPv4Network | IPv6Network

LOGINS = ("oidc", "header", "token")
"""Ways to log in."""

MOST_MEGABYTES = 100_000
_SOURCE = re.compile(r"'self'|'none'|https?://(\*\.)?[A-Za-z0-9.\-]+(:\d{1,5})?")


@dataclass(frozen=True)
class ServerSettings:
    """What the environment says about the server.

    Attributes:
        open_to_everyone: whether the dashboard may listen on an address that other machines reach although nobody logs
            in (`TAGVIZ_OPEN_TO_EVERYONE=yes`).
        import_roots: folders whose files the dashboard may import by path (`TAGVIZ_IMPORT_ROOTS`, separated like
            `PATH`; none by default).
        trusted_proxies: addresses of the reverse proxy whose identity headers are believed
            (`TAGVIZ_TRUSTED_PROXIES`, addresses or networks separated by commas; none by default).
        frame_ancestors: pages that may embed the dashboard, as in the header `Content-Security-Policy`
            (`TAGVIZ_FRAME_ANCESTORS`, default `'self'`).
        login: how people log in (`TAGVIZ_LOGIN`): `oidc` (Streamlit's `st.login`), `header` (a trusted proxy says who
            it is), `token` (access tokens), or "" for nobody has to.
        access_file: file with roles (`TAGVIZ_ACCESS_FILE`, default `access.toml` in the workspace).
        largest_upload: megabytes that a person may upload at once (`TAGVIZ_LARGEST_UPLOAD`, default 100).
        read_only: whether pages change nothing, whoever uses them (`TAGVIZ_READ_ONLY=yes`).
        presentation: whether everything is opened before the first visitor, for demos (`TAGVIZ_PRESENTATION=yes`).
    """

    open_to_everyone: bool
    import_roots: tuple[Path, ...]
    trusted_proxies: tuple[Network, ...]
    frame_ancestors: str
    login: str = ""
    access_file: Path | None = None
    largest_upload: int = 100
    read_only: bool = False
    presentation: bool = False

    @classmethod
    def from_environment(cls) -> ServerSettings:
        """Raises InvalidParameterError for a value that cannot be read."""
        return cls(
            open_to_everyone=_yes_or_no("TAGVIZ_OPEN_TO_EVERYONE"),
            import_roots=_folders("TAGVIZ_IMPORT_ROOTS"),
            trusted_proxies=_networks("TAGVIZ_TRUSTED_PROXIES"),
            frame_ancestors=_frame_ancestors("TAGVIZ_FRAME_ANCESTORS"),
            login=_login("TAGVIZ_LOGIN"),
            access_file=_file("TAGVIZ_ACCESS_FILE"),
            largest_upload=_megabytes("TAGVIZ_LARGEST_UPLOAD", 100),
            read_only=_yes_or_no("TAGVIZ_READ_ONLY"),
            presentation=_yes_or_no("TAGVIZ_PRESENTATION"),
        )


@cache
def server_settings() -> ServerSettings:
    """The settings of this process, read at the first call."""
    return ServerSettings.from_environment()


def _yes_or_no(name: str) -> bool:
    text = os.environ.get(name, "").strip().lower()
    if text not in ("", "yes", "no"):
        raise InvalidParameterError(f"{name} is {text[:40]!r}", "yes or no was expected", f"set {name} or unset it")
    return text == "yes"


def _megabytes(name: str, default: int) -> int:
    text = os.environ.get(name, "").strip()
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and 0 < int(text[:9]) <= MOST_MEGABYTES and len(text) < 9):
        raise InvalidParameterError(
            f"{name} is {text[:40]!r}",
            f"a whole number from 1 to {MOST_MEGABYTES:,} was expected",
            f"set {name} or unset it",
        )
    return int(text)


def _login(name: str) -> str:
    text = os.environ.get(name, "").strip().lower()
    if text not in ("", *LOGINS):
        raise InvalidParameterError(
            f"{name} is {text[:40]!r}", f"{', '.join(LOGINS)} was expected", f"set {name} or unset it"
        )
    return text


def _file(name: str) -> Path | None:
    text = os.environ.get(name, "").strip()
    if text and not Path(text).expanduser().is_absolute():
        raise InvalidParameterError(f"{name} is {text[:80]!r}", "an absolute path was expected", f"set {name} again")
    return Path(text).expanduser() if text else None


def _folders(name: str) -> tuple[Path, ...]:
    folders = []
    for text in filter(None, os.environ.get(name, "").split(os.pathsep)):
        folder = Path(text).expanduser()
        if not folder.is_absolute() or folder == Path(folder.anchor):
            raise InvalidParameterError(
                f"{name} names {text[:80]!r}", "absolute paths of folders below / were expected", f"set {name} again"
            )
        folders.append(Path(os.path.normpath(folder)))
    return tuple(folders)


def _networks(name: str) -> tuple[Network, ...]:
    text = os.environ.get(name, "")
    try:
        return tuple(ip_network(part.strip()) for part in text.split(",") if part.strip())
    except ValueError as error:
        raise InvalidParameterError(
            f"{name} is {text[:80]!r}", f"IP addresses or networks were expected: {error}", f"set {name} again"
        ) from error


def _frame_ancestors(name: str) -> str:
    text = os.environ.get(name, "").strip() or "'self'"
    sources = text.split()
    if not all(_SOURCE.fullmatch(source) for source in sources) or ("'none'" in sources and len(sources) > 1):
        raise InvalidParameterError(
            f"{name} is {text[:80]!r}",
            "'self', 'none' or addresses such as https://wiki.example.com, separated by spaces, were expected",
            f"set {name} again",
        )
    return " ".join(sources)
