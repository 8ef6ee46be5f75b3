"""Files that the browser fetches for the map: named by their content, so that they may be cached for ever."""

from __future__ import annotations

import gzip
import hashlib
import os
import secrets
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute, Route

BUNDLE = Path(__file__).resolve().parents[3] / "assets" / "map" / "map.js"
QUICKLY = 1
"""Level of compression: the best one takes ten times as long and saves a thirtieth (measured on 650,000 points)."""

FOR_EVER = {"Cache-Control": "public, max-age=31536000, immutable", "X-Content-Type-Options": "nosniff"}
KEEP_BYTES = 512 * 2**20
TYPES = {"bin": "application/octet-stream", "json": "application/json"}


@dataclass(frozen=True)
class MapFiles:
    """A folder of such files, compressed once and not with every answer. What has not been asked for the longest goes
    when they pass `keep` bytes together."""

    folder: Path
    keep: int = KEEP_BYTES

    def put(self, content: bytes, kind: str = "bin") -> str:
        """Stores the content (once) and returns its address within the app."""
        digest = hashlib.blake2b(content, digest_size=12, person=b"gzip").hexdigest()
        name = f"{digest}.{kind}"
        path = self.folder / name
        if path.exists():
            path.touch()
        else:
            self.folder.mkdir(parents=True, exist_ok=True)
            temporary = path.with_name(f".{name}.{secrets.token_hex(4)}")
            temporary.write_bytes(gzip.compress(content, QUICKLY, mtime=0))
            os.replace(temporary, path)
            self._make_room()
        return f"map/files/{name}"

    def _make_room(self) -> None:
        kept = sorted(
            ((path.stat().st_mtime, path.stat().st_size, path) for path in self.folder.glob("[0-9a-f]*")), reverse=True
        )
        total = 0
        for _, size, path in kept:
            total += size
            if total > self.keep:
                path.unlink(missing_ok=True)

    def get(self, name: str) -> Path | None:
        """The (compressed) file of that name, None where there is none; only names that `put` can have given."""
        stem, _, kind = name.partition(".")
        if len(stem) != 24 or not set(stem) <= set("0123456789abcdef") or kind not in TYPES:
            return None
        path = self.folder / name
        if not path.is_file():
            return None
        path.touch()  # asked for: it stays
        return path


@cache
def bundle_url() -> str:
    """Address of the built component; a new build has a new one."""
    return f"map/bundle-{hashlib.blake2b(BUNDLE.read_bytes(), digest_size=6).hexdigest()}.js"


class _Whole(FileResponse):
    """Sent in few pieces: each costs a change of threads."""

    chunk_size = 2**20


def routes(files: MapFiles) -> list[BaseRoute]:
    """What `st.App` must answer for the map: its program and its data."""

    async def bundle(request: Request) -> Response:
        return FileResponse(BUNDLE, media_type="text/javascript", headers=FOR_EVER)

    async def data(request: Request) -> Response:
        path = files.get(request.path_params["name"])
        if path is None:
            return Response("There is no such file any more: reload the page.", status_code=404)
        return _Whole(path, media_type=TYPES[path.suffix[1:]], headers={**FOR_EVER, "Content-Encoding": "gzip"})

    return [Route("/map/bundle-{hash}.js", bundle), Route("/map/files/{name}", data)]
