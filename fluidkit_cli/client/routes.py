"""What the methods of a generated client call, one for each kind of answer."""

from collections.abc import Mapping
from typing import Any

from .answers import read_value
from .calls import Call
from .connections import Connections
from .download import Download
from .media import Asked
from .options import (
    Content,
    RequestKeywords,
    RequestOptions,
    StreamKeywords,
    StreamOptions,
)
from .stream import Stream
from .values import TEXT, Reader, json_or_text, reader_of

_JSON = "application/json"


class Routes:
    """The routes of one server, for plain code."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def json(self, call: Call, type: Any, options: RequestKeywords) -> Any:
        """An answer in one piece."""
        response = self._connections.answer(
            call, RequestOptions(**options), accept=_JSON
        )
        return read_value(response, reader_of(type), call)

    def empty(self, call: Call, options: RequestKeywords) -> None:
        """An answer without a body."""
        self._connections.answer(call, RequestOptions(**options), accept=_JSON)

    def events(
        self,
        call: Call,
        types: Mapping[str, Any] | None,
        options: StreamKeywords,
        *,
        ends: tuple[str, ...] = (),
    ) -> Stream[Any, Any]:
        """Server-sent events, by name; where there are no types, nothing is known of them."""
        return Stream(
            self._connections,
            call,
            events_of(types),
            options=StreamOptions(**options, ends=ends),
        )

    def lines(self, call: Call, type: Any, options: StreamKeywords) -> Stream[Any]:
        """JSON lines."""
        content = Content(reader_of(type), ("lines",))
        return Stream(
            self._connections, call, content, options=StreamOptions(**options)
        )

    def text(
        self, call: Call, options: StreamKeywords, *, is_html: bool = False
    ) -> Stream[str]:
        """Text as it comes. HTML that is not expected is somebody else's page, as a proxy's."""
        kinds: tuple[Asked, ...] = ("text", "html") if is_html else ("text",)
        content = Content(reader_of(TEXT), kinds)
        return Stream(
            self._connections, call, content, options=StreamOptions(**options)
        )

    def download(self, call: Call, options: StreamKeywords) -> Download:
        """A file."""
        return Download(self._connections, call, StreamOptions(**options))


def events_of(types: Mapping[str, Any] | None) -> Content:
    """What a stream of events holds."""
    if types is None:
        return Content(Reader(Any, parse=json_or_text), ("events",))
    named = {name: reader_of(type) for name, type in types.items()}
    return Content(next(iter(named.values())), ("events",), named)
