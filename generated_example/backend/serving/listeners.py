"""How many streams one user may hold open: each takes memory for as long as it is."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .exchange import is_stream

RETRY_AFTER = 10
"""Seconds after which the user may have closed one."""

User = tuple[str, bytes, bytes]
"""Address, cookies and authorisation: whoever agrees in all of them is taken for the same."""


def limit_streams(limit: int) -> Callable[[ASGIApp], ASGIApp]:
    """ASGI middleware that answers 429 to the next stream of a user who holds so many.

    It bounds what is taken by a page that forgets to close its streams, and by whoever is signed
    in. Nobody is counted without a credential: thousands may come through one address.
    """
    held: Counter[User] = Counter()

    def around(app: ASGIApp) -> ASGIApp:
        def limited(scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
            user = _user(scope) if scope["type"] == "http" else None
            if user is None:
                return app(scope, receive, send)
            return _Listener(user, send, held, limit=limit).listen(app, scope, receive)

        return limited

    return around


class _Listener:
    """A request of a user, which may turn out to be a stream."""

    __slots__ = ("_has_place", "_held", "_is_refused", "_limit", "_send", "_task", "_user")

    def __init__(self, user: User, send: Send, held: Counter[User], *, limit: int) -> None:
        self._user = user
        self._send = send
        self._held = held
        self._limit = limit
        self._task = asyncio.current_task()
        self._has_place = False
        self._is_refused = False

    async def listen(self, app: ASGIApp, scope: Scope, receive: Receive) -> None:
        try:
            await app(scope, receive, self.send)
            if self._is_refused:
                await asyncio.sleep(0)  # for the cancellation, if the app has not met it
        except asyncio.CancelledError:
            if not self._is_refused or self._task is None:
                raise
            self._task.uncancel()
        finally:
            if self._has_place:
                self._leave()

    def send(self, message: Message) -> Awaitable[None]:
        if self._is_refused:
            return _nothing()
        if message["type"] == "http.response.start" and is_stream(message):
            if self._held[self._user] >= self._limit:
                return self._refuse()
            self._held[self._user] += 1
            self._has_place = True
        return self._send(message)

    async def _refuse(self) -> None:
        """The app has begun, and ends as if the client had gone."""
        self._is_refused = True
        detail = f"{self._limit} streams of yours are open already"
        headers = {"Retry-After": str(RETRY_AFTER)}
        response = JSONResponse({"detail": detail}, 429, headers)
        await self._send(
            {"type": "http.response.start", "status": 429, "headers": response.raw_headers}
        )
        await self._send({"type": "http.response.body", "body": response.body})
        if self._task:
            self._task.cancel()

    def _leave(self) -> None:
        self._held[self._user] -= 1
        if not self._held[self._user]:
            del self._held[self._user]


async def _nothing() -> None:
    """What is sent to nobody."""


def _user(scope: Scope) -> User | None:
    if scope["method"] == "HEAD":
        return None
    cookies = authorisation = b""
    for name, value in scope["headers"]:
        if name == b"cookie":
            cookies += value
        elif name == b"authorization":
            authorisation = value
    if not cookies and not authorisation:
        return None
    host, *_ = scope.get("client") or ("",)
    return host, cookies, authorisation
