"""Whom the API answers while it is developed: no page of another site, by whatever name it asks.

By DNS rebinding a name of an attacker's may mean this machine, and its pages may read what answers
to that name. Addresses and `localhost` cannot be anybody else's; other names are left to Vite, see
https://vite.dev/config/server-options#server-allowedhosts, whose proxy shows that it asks for us.
"""

import ipaddress
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any

Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

RUN_HEADER = b"x-fluidkit-run"
"""The run's id, which only processes of the run know."""

_REFUSED = (
    b"fluidkit dev answers to localhost and to addresses here. "
    b"For other names open the page's own address, and see server.allowedHosts of Vite.\n"
)
_POLICY_VIOLATION = 1008


def is_welcome(headers: Iterable[tuple[bytes, bytes]], *, run_id: str) -> bool:
    """Whether the request came through our own proxy, or names a host that is surely this one."""
    found = dict(headers)
    if found.get(RUN_HEADER) == run_id.encode():
        return True
    host = found.get(b"host")
    return host is None or _is_own(host.decode("latin-1"))


async def refuse(kind: str, send: Send) -> None:
    """Answers a request with 400, and does not accept a WebSocket."""
    if kind == "websocket":
        await send({"type": "websocket.close", "code": _POLICY_VIOLATION})
        return
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": 400, "headers": headers})
    await send({"type": "http.response.body", "body": _REFUSED})


def _is_own(host: str) -> bool:
    name = host.partition("]")[0].lstrip("[") if host.startswith("[") else host.partition(":")[0]
    name = name.lower().rstrip(".")
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
