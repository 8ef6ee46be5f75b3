"""Alerts: after a check that ends amber or red, a message to the addresses that `TAGVIZ_ALERTS` names.

Apprise (docs/dependencies.md) sends it, by webhook, mail or chat; an address that fails is tried again. Nothing is sent
unless the setting names an address, and to no other host.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from tagviz.errors import InvalidParameterError, TagvizError
from tagviz.settings import settings
from tagviz.text import clean

log = logging.getLogger(__name__)

LEVELS = ("amber", "red")
"""Lights that can be reported, the less serious first."""
TRIES = 3
"""How often an address is tried again."""
WAIT = 2.0
"""Seconds between two tries."""
EXTRA = "alerts"
"""The optional dependency that sends."""


def alert(document: Mapping[str, Any]) -> str:
    """Send the result of a check where its light is reported.

    Args:
        document: The result, as `run_checks` makes it.

    Returns:
        What was done, for the person who ran the check; "" where nothing had to be sent. An address that does not
        answer never costs the result.
    """
    if not settings().alerts or document["light"] not in LEVELS[LEVELS.index(settings().alert_level) :]:
        return ""
    try:
        return send(f"{clean(document['corpus'])}: {document['light']}", summary(document))
    except TagvizError as error:
        log.error("No alert was sent: %s", error)
        return f"No alert was sent. {error}"


def send_test_alert() -> str:
    """Send a test message, and return how many addresses took it. Raises as `send` does."""
    return send("test", "This is a test of the alerts of tagviz.")


def send(title: str, body: str) -> str:
    """Send a text to each address of the setting.

    Returns:
        How many addresses took it.

    Raises:
        InvalidParameterError: No address is set, or one that Apprise does not understand.
    """
    sent, addresses = 0, settings().alerts
    if not addresses:
        raise InvalidParameterError(
            "No address for alerts is set", "TAGVIZ_ALERTS is empty", "set it to one or more addresses"
        )
    for number, address in enumerate(addresses, start=1):
        service = _service(address, number)
        sent += bool(service.notify(title=f"tagviz: {title}", body=body, body_format="text"))
    if sent < len(addresses):
        log.error("%d of %d addresses took no alert", len(addresses) - sent, len(addresses))
    return f"Alert sent to {sent} of {len(addresses)} addresses."


def summary(document: Mapping[str, Any]) -> str:
    """Return what a check found, as text: one line per check that is amber or red, then what to do."""
    lines = [
        f"{check['light'].upper()} {check['title']}: {clean(check['reason'])}"
        for check in document["checks"]
        if check["light"] in LEVELS
    ]
    return "\n".join([*lines, *(f"→ {clean(one['sentence'])}" for one in document["proposals"])])


def _service(address: str, number: int) -> Any:
    """An address as Apprise opens it. Addresses hold passwords: messages name them by their place only."""
    try:
        import apprise
    except ImportError:
        raise InvalidParameterError(
            "Alerts cannot be sent", "the package apprise is not installed", f'run pip install "tagviz[{EXTRA}]"'
        ) from None
    service = apprise.Apprise(asset=apprise.AppriseAsset(default_service_retry=TRIES, default_service_wait=WAIT))
    if not service.add(address):
        raise InvalidParameterError(
            f"Address {number} in TAGVIZ_ALERTS is not understood",
            "an address as Apprise writes it was expected, such as jsons://host/path or mailtos://user:password@host",
            "correct it",
        )
    return service
