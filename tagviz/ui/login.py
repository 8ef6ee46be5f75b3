"""Logging in with an access token: the form, the cookie, and which requests need a login before Streamlit sees them."""

from __future__ import annotations

import html
from typing import Any
from urllib.parse import parse_qs, quote

from cachetools import TTLCache
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from streamlit import config

from tagviz.errors import TagvizError
from tagviz.operations import access
from tagviz.operations.context import Context
from tagviz.server_settings import server_settings
from tagviz.ui.i18n import _, language, translated

TOKEN_COOKIE = "tagviz_token"
USER_COOKIE = "_streamlit_user"
LOGIN, LOGOUT = "/login", "/logout"
OPEN_PATHS = (LOGIN, LOGOUT, "/ready", "/live", "/metrics", "/_stcore/health")
"""Routes that answer without a login."""
CHECK_SECONDS = 20.0
"""How long a token that was checked counts as valid: a revoked one ends sessions within this time."""
COOKIE_SECONDS = 30 * 86_400
LONGEST_FORM = 10_000
"""Bytes of the form that are read."""

_holders: TTLCache[str, str] = TTLCache(maxsize=10_000, ttl=CHECK_SECONDS)

PAGE = """<!doctype html>
<html lang="{language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title} · tagviz</title><style>
:root {{ color-scheme: light dark; font-family: system-ui, sans-serif; }}
body {{ display: grid; place-items: center; min-height: 90vh; margin: 0; padding: 1rem; }}
form {{ display: grid; gap: .75rem; width: min(22rem, 100%); }}
h1 {{ font-size: 1.4rem; margin: 0; }}
input, button {{ font: inherit; padding: .6rem; border-radius: .5rem; border: 1px solid #767676; }}
button {{ background: #0072b2; color: #fff; border: 0; cursor: pointer; }}
[role=alert] {{ color: light-dark(#a33a00, #ffb000); margin: 0; }}
</style></head><body><form method="post" action="{action}">
<h1>{title}</h1>{message}
<label for="token">{label}</label>
<input id="token" name="token" type="password" autocomplete="current-password" required autofocus>
<button>{button}</button></form></body></html>"""


def token_holder(context: Context, token: str) -> str:
    """Return whose token it is; "" for an unknown, expired or revoked one. Remembered for CHECK_SECONDS."""
    if not token:
        return ""
    if token not in _holders:
        _holders[token] = access.token_holder(context, token)
    return _holders[token]


def base_path() -> str:
    """Return the path under which everything lies, such as "/tagviz"; "" for the root."""
    base = str(config.get_option("server.baseUrlPath") or "").strip("/")
    return f"/{base}" if base else ""


async def form(request: Request) -> Response:
    """Show the form, or log in with the token that was sent."""
    if server_settings().login != "token":
        return PlainTextResponse(_("There is no login with access tokens."), status_code=404)
    if request.method != "POST":
        return _page(request)
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > LONGEST_FORM:
            return _page(request, _("This is not an access token."), 413)
    token = (parse_qs(body.decode("utf-8", "replace")).get("token") or [""])[0].strip()
    try:
        known = access.token_holder(Context.default(), token)
    except TagvizError as error:
        return _page(request, translated(str(error)), 503)
    if not known:
        return _page(request, _("This access token is unknown, expired or revoked. Ask an admin for a new one."), 401)
    response = RedirectResponse(_next(request), status_code=303)
    secure = request.url.scheme == "https" or request.headers.get("x-forwarded-proto") == "https"
    response.set_cookie(
        TOKEN_COOKIE, token, COOKIE_SECONDS, path=base_path() or "/", httponly=True, samesite="strict", secure=secure
    )
    return response


async def end(_request: Request) -> Response:
    """Forget the token in this browser."""
    response = RedirectResponse(f"{base_path()}{LOGIN}", status_code=303)
    response.delete_cookie(TOKEN_COOKIE, path=base_path() or "/")
    return response


def refusal(scope: Any, headers: Headers, context: Context) -> Response | None:
    """Return the answer to a request that needs a login and has none; None where it may go on.

    With OIDC, Streamlit's own pages show the login, so only our own routes are checked here.

    Args:
        scope: The ASGI scope of an HTTP request or a websocket.
        headers: Its headers, those of visitors that name a person taken away.
        context: The workspace.
    """
    way = server_settings().login
    path = str(scope["path"]).removeprefix(base_path()) or "/"
    if not way or path in OPEN_PATHS or (way == "oidc" and not path.startswith(("/map/", "/upload/"))):
        return None
    request = Request({**scope, "type": "http", "method": scope.get("method", "GET")})
    if way == "header":
        if any(headers.get(name) for name in config.get_option("server.trustedUserHeaders") or {}):
            return None
        return PlainTextResponse(_("The proxy did not say who you are."), status_code=401)
    if way == "oidc":
        return None if _has_login_cookie(request) else PlainTextResponse(_("Log in first."), status_code=401)
    try:
        if token_holder(context, request.cookies.get(TOKEN_COOKIE, "")):
            return None
    except TagvizError as error:
        return PlainTextResponse(translated(str(error)), status_code=503)
    if scope["type"] == "http" and "text/html" in headers.get("accept", ""):
        wanted = quote(f"{path}?{request.url.query}" if request.url.query else path, safe="")
        return RedirectResponse(f"{base_path()}{LOGIN}?next={wanted}", status_code=303)
    return PlainTextResponse(_("Log in first."), status_code=401)


def _has_login_cookie(request: Request) -> bool:
    """Whether Streamlit's own cookie says that somebody is logged in; it is signed."""
    from streamlit.web.server.starlette.starlette_websocket import _get_signed_cookie_with_chunks

    return _get_signed_cookie_with_chunks(request.cookies, USER_COOKIE) is not None


def _next(request: Request) -> str:
    """The page to go on with: a path of this server, never another host."""
    wanted = request.query_params.get("next", "/")
    inside = wanted.startswith("/") and not wanted.startswith(("//", "/\\")) and "\n" not in wanted
    return f"{base_path()}{wanted if inside else '/'}"


def _page(request: Request, message: str = "", status: int = 200) -> HTMLResponse:
    wanted = request.query_params.get("next", "")
    page = PAGE.format(
        language=language(),
        title=html.escape(_("Log in")),
        label=html.escape(_("Access token")),
        button=html.escape(_("Log in")),
        action=html.escape(f"{base_path()}{LOGIN}" + (f"?next={quote(wanted, safe='')}" if wanted else "")),
        message=f'<p role="alert">{html.escape(message)}</p>' if message else "",
    )
    return HTMLResponse(page, status_code=status, headers={"Cache-Control": "no-store"})
