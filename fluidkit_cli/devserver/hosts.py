"""Whom the API answers while it is developed: no page of another site, by whatever name it asks.

By DNS rebinding a name of an attacker's may mean this machine, and its pages may read what answers
to that name. Addresses and `localhost` cannot be anybody else's; other names are left to Vite, see
https://vite.dev/config/server-options#server-allowedhosts, whose proxy shows that it asks for us.

A page of another origin cannot read our answers, but it can send forms, and open WebSockets.
"""

import ipaddress
import os
import re
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from dataclasses import dataclass
from typing import Any

from starlette.middleware.cors import CORSMiddleware

Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Allows = Callable[[str], bool]

RUN_HEADER = b"x-fluidkit-run"
"""The run's id, which only processes of the run know."""

SETTING = "ALLOWED_ORIGINS"
"""Of the workspace's `backend/serving/origins.py`."""

_POLICY_VIOLATION = 1008
_AUTHORITY = re.compile(r"(?:\[([\da-f:.]+)\]|([^\s:@/?#\[\]]+))(?::\d*)?", re.IGNORECASE)
"""A name or an address, and perhaps a port."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """What a request gets that is none of ours; `about` says it in the log."""

    status: int
    about: str
    text: str


FOREIGN_HOST = Refusal(
    400,
    "for a foreign host",
    "fluidkit dev answers to localhost and to addresses here. "
    "For other names open the page's own address, and see server.allowedHosts of Vite.\n",
)
FOREIGN_ORIGIN = Refusal(
    403,
    "for a foreign origin",
    "fluidkit dev answers no page of another origin. "
    "If it is yours, name it in ALLOWED_ORIGINS or for the app's CORSMiddleware.\n",
)


def refusal(
    headers: Iterable[tuple[bytes, bytes]], *, run_id: str, allows: Allows
) -> Refusal | None:
    """Why the request is not answered; None when it is.

    What came through our own proxy may name any host that Vite has let pass. `allows` tells which
    other origins the app wants.
    """
    found: dict[bytes, list[str]] = {}
    for name, value in headers:
        found.setdefault(name, []).append(value.decode("latin-1"))
    hosts = found.get(b"host", [])
    is_passed_on = found.get(RUN_HEADER) == [run_id]
    if not is_passed_on and not all(map(_is_own_host, hosts)):
        return FOREIGN_HOST
    origins = found.get(b"origin", [])
    if origins == ["null"] and found.get(b"sec-fetch-site") == ["same-origin"]:
        return None  # a form of a page that asks to tell no referrer
    if not all(_is_own_origin(origin, hosts) or allows(origin) for origin in origins):
        return FOREIGN_ORIGIN
    return None


def allowed_origins(app: object) -> Allows:
    """Those that `ALLOWED_ORIGINS` names, as in production, or the app's own CORSMiddleware."""
    named = {each.strip().rstrip("/") for each in os.environ.get(SETTING, "").split(",")} - {""}
    checks = [
        CORSMiddleware(_nothing, *middleware.args, **middleware.kwargs).is_allowed_origin
        for middleware in getattr(app, "user_middleware", ())
        if middleware.cls is CORSMiddleware
    ]
    return lambda origin: origin in named or any(check(origin) for check in checks)


async def refuse(refused: Refusal, *, kind: str, send: Send) -> None:
    """Answers a request with the refusal, and does not accept a WebSocket."""
    if kind == "websocket":
        await send({"type": "websocket.close", "code": _POLICY_VIOLATION})
        return
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": refused.status, "headers": headers})
    await send({"type": "http.response.body", "body": refused.text.encode()})


async def _nothing(*_: object) -> None:
    """Stands where a middleware has its app."""


def _is_own_host(host: str) -> bool:
    name = _name(host)
    return _is_localhost(name) or _address(name) is not None


def _is_own_origin(origin: str, hosts: list[str]) -> bool:
    """Other pages have addresses, too: only those of the loopback, and our own, are ours."""
    authority = origin.partition("://")[2]
    address = _address(_name(authority))
    if _is_localhost(_name(authority)) or (address is not None and address.is_loopback):
        return True
    return bool(authority) and [authority.lower()] == [host.lower() for host in hosts]


def _name(authority: str) -> str:
    """Empty for what is none."""
    match = _AUTHORITY.fullmatch(authority)
    return (match[1] or match[2]).lower().removesuffix(".") if match else ""


def _is_localhost(name: str) -> bool:
    return name == "localhost" or name.endswith(".localhost")


def _address(name: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(name)
    except ValueError:
        return None
