"""Browser programs of components: each is served once under an address that changes with its content.

Streamlit would send the program again with every rerun; here it sends a loader of a few lines only.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute, Route

from tagviz.ui.i18n import _

FOR_EVER = {"Cache-Control": "public, max-age=31536000, immutable", "X-Content-Type-Options": "nosniff"}
LOADER = """
export default async function (component) {
  const program = await import(new URL(component.data.bundle, document.baseURI).href);
  return program.default(component);
}
"""
"""The program of a component whose data name the bundle."""


def not_found() -> Response:
    """Return the answer to an address of an earlier version."""
    text = _("This file no longer exists. Reload the page.")
    return Response(text, status_code=404, media_type="text/plain", headers={"Cache-Control": "no-store"})


@dataclass(frozen=True)
class Bundle:
    """A browser program.

    Attributes:
        name: First part of its address.
        path: Its file.
        old_names: Further first parts under which it is found.
    """

    name: str
    path: Path
    old_names: tuple[str, ...] = ()

    @cached_property
    def url(self) -> str:
        """The address; every build has its own."""
        return f"{self.name}/bundle-{hashlib.blake2b(self.path.read_bytes(), digest_size=6).hexdigest()}.js"

    def routes(self) -> list[BaseRoute]:
        """Return the routes of the program."""

        async def bundle(request: Request) -> Response:
            if f"/bundle-{request.path_params['hash']}.js" not in self.url:
                return not_found()
            return FileResponse(self.path, media_type="text/javascript", headers=FOR_EVER)

        return [Route(f"/{name}/bundle-{{hash}}.js", bundle) for name in (self.name, *self.old_names)]
