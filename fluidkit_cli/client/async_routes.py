"""What the methods of a generated client call that are awaited, one for each kind of answer."""

from collections.abc import Mapping
from typing import Any

from .answers import read_value
from .async_connections import AsyncConnections
from .async_download import AsyncDownload
from .async_stream import AsyncStream
from .calls import Call
from .media import Asked
from .options import (
    Content,
    RequestKeywords,
    RequestOptions,
    StreamKeywords,
    StreamOptions,
)
from .routes import events_of
from .values import TEXT, reader_of

_JSON = "application/json"


class AsyncRoutes:
    """The routes of one server, for code that awaits."""

    def __init__(self, connections: AsyncConnections) -> None:
        self._connections = connections

    async def json(self, call: Call, type: Any, options: RequestKeywords) -> Any:
        """An answer in one piece."""
        response = await self._connections.answer(
            call, RequestOptions(**options), accept=_JSON
        )
        return read_value(response, reader_of(type), call)

    async def empty(self, call: Call, options: RequestKeywords) -> None:
        """An answer without a body."""
        await self._connections.answer(call, RequestOptions(**options), accept=_JSON)

    def events(
        self,
        call: Call,
        types: Mapping[str, Any] | None,
        options: StreamKeywords,
        *,
        ends: tuple[str, ...] = (),
    ) -> AsyncStream[Any, Any]:
        """Server-sent events, by name; where there are no types, nothing is known of them."""
        return AsyncStream(
            self._connections,
            call,
            events_of(types),
            options=StreamOptions(**options, ends=ends),
        )

    def lines(self, call: Call, type: Any, options: StreamKeywords) -> AsyncStream[Any]:
        """JSON lines."""
        content = Content(reader_of(type), ("lines",))
        return AsyncStream(
            self._connections, call, content, options=StreamOptions(**options)
        )

    def text(
        self, call: Call, options: StreamKeywords, *, is_html: bool = False
    ) -> AsyncStream[str]:
        """Text as it comes. HTML that is not expected is somebody else's page, as a proxy's."""
        kinds: tuple[Asked, ...] = ("text", "html") if is_html else ("text",)
        content = Content(reader_of(TEXT), kinds)
        return AsyncStream(
            self._connections, call, content, options=StreamOptions(**options)
        )

    def download(self, call: Call, options: StreamKeywords) -> AsyncDownload:
        """A file."""
        return AsyncDownload(self._connections, call, StreamOptions(**options))
