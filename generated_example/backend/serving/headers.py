"""Headers that keep browsers from doing with an answer what it was not made for."""

import re
from collections.abc import Awaitable, Iterable, Iterator
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .answers import connection_of
from .downloads import harmless

RawHeaders = list[tuple[bytes, bytes]]

SECURITY_HEADERS = {
    # a file is what its type says, and not what its bytes look like
    "x-content-type-options": "nosniff",
    # other sites learn from where somebody comes, but not from which page
    "referrer-policy": "strict-origin-when-cross-origin",
    # pages of other sites neither frame this one nor hold its window
    "x-frame-options": "SAMEORIGIN",
    "content-security-policy": "frame-ancestors 'self'",
    "cross-origin-opener-policy": "same-origin-allow-popups",
    # remove here what your pages ask people for
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}
"""An answer that has one of these already keeps its own, as pages have a longer policy: see
`csp` in frontend/vite.config.ts. There is none of scripts for the rest, such as FastAPI's page
of documentation, which loads its own from elsewhere.
"""

HTTPS_ONLY = "max-age=31536000"
"""For a year, of all who came by https. Never of `localhost`, where others serve, too."""

_DISPOSITION = b"content-disposition"
_LOCATION = b"location"
_OF_THIS_SITE = re.compile(rb"/(?![/\\])[!-~]*")
_UNSENDABLE = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")


class SecureAnswers:
    """ASGI middleware that gives `SECURITY_HEADERS` to all answers, and harmless names to files."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._added = [(name.encode(), value.encode()) for name, value in SECURITY_HEADERS.items()]
        self._added_by_https = [*self._added, (b"strict-transport-security", HTTPS_ONLY.encode())]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            added = self._added_by_https if _is_by_https(scope) else self._added
            send = _Answer(send, added, scope).send
        await self.app(scope, receive, send)


class _Answer:
    __slots__ = ("_added", "_scope", "_send")

    def __init__(self, send: Send, added: RawHeaders, scope: Scope) -> None:
        self._send = send
        self._added = added
        self._scope = scope

    @property
    def transport(self) -> Any:
        """As the object has whose method uvicorn's own `send` is: some break answers off by it."""
        return connection_of(self._send)

    def send(self, message: Message) -> Awaitable[None]:
        if message["type"] == "http.response.start":
            secured = [*self._secured(message.get("headers", ()))]
            said = {name for name, _ in secured}
            added = [each for each in self._added if each[0] not in said]
            message = {**message, "headers": secured + added}
        return self._send(message)

    def _secured(self, headers: Iterable[tuple[bytes, bytes]]) -> Iterator[tuple[bytes, bytes]]:
        """Raises ValueError, of which uvicorn makes a 500: by itself it closes without a word."""
        has_name = False
        for given, value in headers:
            name, safe = given.lower(), value
            if name == _DISPOSITION:
                if has_name:
                    continue
                has_name, safe = True, harmless(value.decode("latin-1")).encode()
            elif name == _LOCATION:
                safe = _relative(value, self._scope)
            if _UNSENDABLE.search(safe):
                raise ValueError(f"{name.decode('latin-1')} cannot be sent as {safe!r}")
            yield name, safe


def _is_by_https(scope: Scope) -> bool:
    if scope.get("scheme") != "https":
        return False
    host = _host(scope)
    name = host.rpartition(b":")[0] or host
    return name != b"localhost" and not name.endswith(b".localhost")


def _relative(location: bytes, scope: Scope) -> bytes:
    """Of this very site without its name, as Starlette ends a path with a slash: the client has
    said the name, and caches keep the answer for others.
    """
    path = location.removeprefix(scope.get("scheme", "http").encode() + b"://" + _host(scope))
    return path if _OF_THIS_SITE.fullmatch(path) else location


def _host(scope: Scope) -> bytes:
    return next((value for name, value in scope["headers"] if name == b"host"), b"")
