"""Headers that keep browsers from doing with an answer what it was not made for."""

from collections.abc import Awaitable, Iterable
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

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


class SecureAnswers:
    """ASGI middleware that gives `SECURITY_HEADERS` to all answers, and harmless names to files."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._added = [(name.encode(), value.encode()) for name, value in SECURITY_HEADERS.items()]
        self._added_by_https = [*self._added, (b"strict-transport-security", HTTPS_ONLY.encode())]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            added = self._added_by_https if _is_by_https(scope) else self._added
            send = _Answer(send, added).send
        await self.app(scope, receive, send)


class _Answer:
    __slots__ = ("_added", "_send")

    def __init__(self, send: Send, added: RawHeaders) -> None:
        self._send = send
        self._added = added

    @property
    def transport(self) -> Any:
        """As the object has whose method uvicorn's own `send` is: some break answers off by it."""
        return getattr(getattr(self._send, "__self__", None), "transport", None)

    def send(self, message: Message) -> Awaitable[None]:
        if message["type"] == "http.response.start":
            headers = _secured(message.get("headers", ()), self._added)
            message = {**message, "headers": headers}
        return self._send(message)


def _is_by_https(scope: Scope) -> bool:
    if scope.get("scheme") != "https":
        return False
    host = next((value for name, value in scope["headers"] if name == b"host"), b"")
    name = host.rpartition(b":")[0] or host
    return name != b"localhost" and not name.endswith(b".localhost")


def _secured(headers: Iterable[tuple[bytes, bytes]], added: RawHeaders) -> RawHeaders:
    said = set()
    secured = []
    for given, value in headers:
        name = given.lower()
        if name != _DISPOSITION:
            secured.append((name, value))
        elif name not in said:
            secured.append((name, harmless(value.decode("latin-1")).encode()))
        said.add(name)
    return secured + [each for each in added if each[0] not in said]
