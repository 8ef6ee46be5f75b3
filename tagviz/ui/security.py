"""Who may reach the server, and what every request must look like.

`check_start` runs once, before the server answers, however it was started; `SecurityMiddleware` guards every request
and every websocket, those of Streamlit and our own routes.
"""

from __future__ import annotations

import base64
import hashlib
import re
import socket
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import auth_util, config, file_util
from streamlit.web.server.starlette.starlette_websocket import is_host_allowed

from tagviz import logs
from tagviz.errors import TagvizError
from tagviz.operations.context import Context
from tagviz.server_settings import Network, ServerSettings, server_settings
from tagviz.ui import login, metrics, server_process
from tagviz.ui.i18n import _, in_language, languages_of, offered

IDENTITY_HEADERS = frozenset(
    (
        "remote-user",
        "remote-name",
        "remote-email",
        "remote-groups",
        "x-remote-user",
        "x-remote-name",
        "x-remote-email",
        "x-remote-group",
        "x-remote-groups",
        "x-forwarded-user",
        "x-forwarded-email",
        "x-forwarded-groups",
        "x-forwarded-preferred-username",
        "x-forwarded-access-token",
        "x-webauth-user",
        "x-ms-client-principal",
        "x-ms-client-principal-id",
        "x-ms-client-principal-name",
        "cf-access-authenticated-user-email",
    )
)
"""Headers in which oauth2-proxy, Authelia, Authentik and others say who a person is."""
IDENTITY_PREFIXES = ("x-auth-request-", "x-authentik-", "x-goog-authenticated-user-")

LOOPBACK_NAMES = ("localhost", "127.0.0.1", "::1")
SAFE_METHODS = frozenset(("GET", "HEAD"))
WILDCARDS = ("0.0.0.0", "::", "")
_PEER = "tagviz.peer"

CONTENT_SECURITY_POLICY = (
    "default-src 'self'",
    "script-src 'self' blob: 'unsafe-eval'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "media-src 'self' data: blob:",
    "font-src 'self' data:",
    "connect-src 'self'",
    "worker-src 'self' blob:",
    "frame-src 'self' data: blob:",
    "object-src 'none'",
    "base-uri 'self'",
    "form-action 'self'",
)
"""What a page may load: nothing from another host, and no inline script but the one of Streamlit's start page (see
`_inline_scripts`). Streamlit imports the loaders of components from `blob:`; Vega and Plotly need `eval`."""


class NotStartedError(TagvizError):
    """The server would be open to more than it may be."""


def check_start(settings: ServerSettings) -> None:
    """Make sure that Streamlit's options are safe, and complete them.

    Raises:
        NotStartedError: where the server would listen beyond this machine although nobody has to log in, or where
            protection against forged requests is off.
    """
    address = config.get_option("server.address") or ""
    if not is_loopback(address) and not settings.open_to_everyone and not login_configured():
        raise NotStartedError(
            f"tagviz does not start on the address {address or '0.0.0.0'}",
            "everyone who reaches it could read, change and delete all of it, for nobody has to log in",
            "leave out server.address, or set TAGVIZ_OPEN_TO_EVERYONE=yes if that is what you want",
        )
    for option in ("server.enableXsrfProtection", "server.enableCORS"):
        if not config.get_option(option):
            raise NotStartedError(
                f"tagviz does not start with {option} = false",
                "other sites could act in the name of whoever has the dashboard open",
                f"leave {option} out",
            )
    _check_login(settings)
    hosts = [*config.get_option("server.allowedHosts"), *LOOPBACK_NAMES]
    if not is_loopback(address):
        hosts += _own_names(address)
    config.set_option("server.allowedHosts", list(dict.fromkeys(hosts)), "tagviz")


def _check_login(settings: ServerSettings) -> None:
    """Make sure that the way to log in is complete.

    Raises:
        NotStartedError: Something is missing.
    """
    what = f"tagviz does not start with TAGVIZ_LOGIN={settings.login}"
    if settings.login == "header":
        if not config.get_option("server.trustedUserHeaders"):
            raise NotStartedError(
                what,
                "server.trustedUserHeaders does not say which header names the person",
                "set it; see docs/access.md",
            )
        if not settings.trusted_proxies:
            raise NotStartedError(
                what, "TAGVIZ_TRUSTED_PROXIES does not say whose headers are believed", "set it to the proxy's address"
            )
    if settings.login == "oidc":
        if not auth_util.is_authlib_installed():
            raise NotStartedError(what, "the package Authlib is not installed", "pip install 'tagviz[oidc]'")
        if not auth_util.get_secrets_auth_section():
            raise NotStartedError(
                what,
                "Streamlit's secrets have no [auth] section",
                "write it to .streamlit/secrets.toml; see docs/access.md",
            )


def is_loopback(address: str) -> bool:
    """Whether only this machine reaches an address that a server listens on."""
    ip = _ip(address)
    if isinstance(ip, IPv6Address) and ip.ipv4_mapped:
        ip = ip.ipv4_mapped
    return address == "localhost" or (ip is not None and ip.is_loopback)


def login_configured() -> bool:
    """Whether nobody gets in without logging in (`TAGVIZ_LOGIN`)."""
    return bool(server_settings().login)


def open_to_everyone() -> bool:
    """Whether other machines reach this server and nobody has to log in: every page says so."""
    return server_settings().open_to_everyone and not login_configured()


def _own_names(address: str) -> list[str]:
    """The names and addresses under which other machines reach a server on this address."""
    if address not in WILDCARDS:
        return [address]
    import psutil

    addresses = [one.address.partition("%")[0] for each in psutil.net_if_addrs().values() for one in each]
    return [socket.gethostname(), socket.getfqdn(), *(name for name in addresses if _ip(name))]


def _ip(text: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(text)
    except ValueError:
        return None


def middleware() -> list[Middleware]:
    """The middleware of `st.App`, once the start has been checked. Ends the process where it may not start."""
    try:
        settings = server_settings()
        check_start(settings)
    except TagvizError as error:
        sys.exit(str(error))
    logs.configure()
    _remember_peers()
    trusted_headers = config.get_option("server.trustedUserHeaders") or {}
    own = [Middleware(SecurityMiddleware, policy=Policy(settings, frozenset(map(_plain_name, trusted_headers))))]
    return [*own, Middleware(server_process.StickySessionMiddleware)] if server_process.is_one_of_several() else own


def _remember_peers() -> None:
    """Keep the address of the peer itself, which uvicorn replaces by what `X-Forwarded-For` says.

    uvicorn wraps the app in this class after it has imported it; there is no option to get at the peer.
    """
    import uvicorn.config
    from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

    class PeerProxyHeadersMiddleware(ProxyHeadersMiddleware):
        async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
            if scope["type"] != "lifespan":
                scope[_PEER] = scope.get("client")
            await super().__call__(scope, receive, send)

    uvicorn.config.ProxyHeadersMiddleware = PeerProxyHeadersMiddleware  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Policy:
    """What a request must look like.

    Attributes:
        settings: what the environment says.
        user_headers: further headers, in lower case, that name a person (`server.trustedUserHeaders`).
    """

    settings: ServerSettings
    user_headers: frozenset[str] = frozenset()

    def refusal(self, scope: Scope, headers: Headers) -> str:
        """Why a request is refused; "" where it is not."""
        server = scope.get("server")
        if server and not self._listens_where_it_may(str(server[0])):
            return _("This server answers on its own machine only.")
        host = headers.get("host")
        if not is_host_allowed(host):
            return _("This server does not answer to that name. (server.allowedHosts has the names it answers to.)")
        origin = headers.get("origin")
        if origin is None or is_own_origin(origin, host or ""):
            return ""
        if scope["type"] == "http" and scope["method"] in SAFE_METHODS:
            return ""  # answered without a permission to read it: see `kept`
        return _("Another site may not ask this.")

    def _listens_where_it_may(self, address: str) -> bool:
        return is_loopback(address) or not _ip(address) or self.settings.open_to_everyone or login_configured()

    def kept(self, scope: Scope, headers: Headers) -> list[tuple[bytes, bytes]]:
        """The headers that the app sees: who a person is, only from the proxy.

        And no foreign origin, since Streamlit asks an outside service for its own address to compare it with.
        """
        peer = scope.get(_PEER) or scope.get("client")
        trusted = peer is not None and is_in(str(peer[0]), self.settings.trusted_proxies)
        origin = headers.get("origin")
        foreign = origin is not None and not is_own_origin(origin, headers.get("host", ""))
        return [
            (name, text)
            for name, text in headers.raw
            if (trusted or not self._names_a_person(name.decode("latin-1"))) and not (foreign and name == b"origin")
        ]

    def _names_a_person(self, header: str) -> bool:
        name = _plain_name(header)
        return name in IDENTITY_HEADERS or name in self.user_headers or name.startswith(IDENTITY_PREFIXES)

    def response_headers(self) -> dict[str, str]:
        """Headers of every answer."""
        ancestors = self.settings.frame_ancestors
        policy = "; ".join((*CONTENT_SECURITY_POLICY, f"frame-ancestors {ancestors}"))
        headers = {
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "same-origin",
            "Content-Security-Policy": policy.replace("script-src", " ".join(("script-src", *_inline_scripts()))),
        }
        if ancestors in ("'self'", "'none'"):  # for browsers that know no frame-ancestors
            headers["X-Frame-Options"] = "SAMEORIGIN" if ancestors == "'self'" else "DENY"
        return headers


@cache
def _inline_scripts() -> tuple[str, ...]:
    """The hashes of the scripts that Streamlit's start page holds, as a Content-Security-Policy names them."""
    page = Path(file_util.get_static_dir(), "index.html").read_text(encoding="utf-8")
    scripts = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    digests = (base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts)
    return tuple(f"'sha256-{digest}'" for digest in digests)


def _plain_name(header: str) -> str:
    """A header's name as it is compared: some servers read `_` as `-`."""
    return header.lower().replace("_", "-")


def is_own_origin(origin: str, host: str) -> bool:
    """Whether a page of this server asks.

    Its host and port are those of the request, or the origin is named in `server.corsAllowedOrigins`.
    """
    if origin.rstrip("/") in {one.rstrip("/") for one in config.get_option("server.corsAllowedOrigins") or ()}:
        return True
    try:
        parts = urlsplit(origin)
        asked = urlsplit(f"{parts.scheme}://{host}")
        default = {"http": 80, "https": 443}.get(parts.scheme)
        return (
            default is not None
            and parts.hostname is not None
            and parts.hostname == asked.hostname
            and (parts.port or default) == (asked.port or default)
        )
    except ValueError:
        return False


def is_in(address: str, networks: Iterable[Network]) -> bool:
    """Whether an IP address lies in one of the networks."""
    ip = _ip(address)
    if isinstance(ip, IPv6Address) and ip.ipv4_mapped:
        ip = ip.ipv4_mapped
    return ip is not None and any(ip in network for network in networks)


class SecurityMiddleware:
    """Refuses requests that the policy refuses, takes away headers that nobody may set, and adds security headers."""

    def __init__(self, app: ASGIApp, policy: Policy) -> None:
        self.app = app
        self.policy = policy
        self.headers = policy.response_headers()
        self.context = Context.default()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Check a request, and add the security headers to its response."""
        if scope["type"] == "http":
            with in_language(offered(languages_of(Headers(scope=scope).get("accept-language", "")))):
                await self._answer(scope, receive, send)
        elif scope["type"] == "websocket":
            await self._answer(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        began = time.perf_counter()

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                metrics.count_request(scope, int(message["status"]), time.perf_counter() - began)
                headers = MutableHeaders(scope=message)
                for name, text in self.headers.items():
                    headers[name] = text
            await send(message)

        headers = Headers(scope=scope)
        refusal: Response | None = None
        if reason := self.policy.refusal(scope, headers):
            refusal = PlainTextResponse(reason, status_code=403, headers={"Cache-Control": "no-store"})
        else:
            scope = {**scope, "headers": self.policy.kept(scope, headers)}
            refusal = login.refusal(scope, Headers(scope=scope), self.context)
        if refusal is None:
            await self.app(scope, receive, send_with_headers)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008, "reason": "refused"})  # before it is open: HTTP 403
        else:
            await refusal(scope, receive, send_with_headers)
