"""Ends a server's connections so that no request is refused, cut or answered twice.

Reaches into uvicorn's connections, as far as both of its HTTP/1.1 protocols go the same way:
`cycle` (the request being answered, `response_complete`, `scope`), `transport`, `shutdown()`.
"""

import asyncio
from collections.abc import Callable
from typing import Any

from uvicorn.server import ServerState

from .requests import Request, Requests

IDLE_SECONDS = 0.2
"""How long a connection without a request is kept: one may be on its way already."""

FLUSH_SECONDS = 0.5
"""How long a peer may take to read what was sent before its connection was closed."""

_ABORT_SECONDS = 1
_STEP_SECONDS = 0.01


async def drain(state: ServerState, requests: Requests, *, grace: float) -> None:
    """Returns when every connection has ended, at the latest about `grace` seconds later.

    Expects that nothing is accepted any more. Streams are cut at once and without a final chunk:
    to a client that is a lost connection, which it takes up again. What neither says that it is a
    stream nor how long it will be gets as long as an idle connection, other requests get `grace`.
    """
    requests.draining = True
    for connection in list(state.connections):
        if not _is_idle(connection):
            connection.shutdown()  # goes on, but without keep-alive; a WebSocket closes with 1012

    def none_left() -> bool:
        _cut(state, requests, lambda request: request.stream)
        return not state.connections and not state.tasks

    if await _within(min(IDLE_SECONDS, grace), none_left):
        return

    def none_busy() -> bool:
        _cut(state, requests, lambda request: not request.length_known)
        _close_idle(state)
        return none_left()

    if not await _within(max(grace - IDLE_SECONDS, 0), none_busy):
        abort(state)
        await _within(_ABORT_SECONDS, none_left)


def abort(state: ServerState) -> None:
    """Ends what did not end in time."""
    for connection in list(state.connections):
        connection.transport.abort()
    for task in list(state.tasks):
        task.cancel()


async def _within(seconds: float, condition: Callable[[], bool]) -> bool:
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    while not condition():
        if loop.time() >= end:
            return False
        await asyncio.sleep(_STEP_SECONDS)
    return True


def _is_idle(connection: Any) -> bool:
    """WebSockets never are."""
    if not hasattr(connection, "cycle"):
        return False
    return connection.cycle is None or connection.cycle.response_complete


def _close_idle(state: ServerState) -> None:
    for connection in list(state.connections):
        if _is_idle(connection):
            connection.shutdown()


def _cut(state: ServerState, requests: Requests, chosen: Callable[[Request], bool]) -> None:
    scopes = [request.scope for request in requests.open.values() if chosen(request)]
    for connection in list(state.connections):
        cycle = getattr(connection, "cycle", None)
        if cycle and any(cycle.scope is scope for scope in scopes):
            _close(connection.transport)


def _close(transport: Any) -> None:
    """Sends what is buffered, then ends; a peer that does not read is not waited for."""
    if not transport.is_closing():
        transport.close()
        asyncio.get_running_loop().call_later(FLUSH_SECONDS, transport.abort)
