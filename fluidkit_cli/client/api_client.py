"""`APIClient`: requests declared as functions, whose types say how their answers are read."""

import functools
import inspect
from collections.abc import Callable, Mapping, Sequence
from types import FrameType
from typing import Any, Literal, TypeVar, overload

import httpx2
from typing_extensions import Unpack

from .answers import read_value
from .async_connections import AsyncConnections
from .async_stream import AsyncStream
from .connections import Connections
from .decorators import Calling, Streaming
from .options import RequestKeywords, RequestOptions, StreamKeywords, StreamOptions
from .requests import DEFAULT_TIMEOUT, Server
from .signatures import Endpoint, content_of, read_endpoint
from .stream import Stream
from .transports import for_async, for_sync

S = TypeVar("S")


class APIClient:
    """A client of one API, whose routes are declared by decorators.

        client = APIClient(base_url="http://localhost:8000")

        @client.get("/events", streaming_response=True)
        async def stream_events(*, result: AsyncIterator[Event]) -> AsyncIterator[Event]:
            return result

        async for event in stream_events():
            print(event.text)

    What a streaming function returns may be awaited, iterated, or used in `async with`; a plain
    `def` with `Iterator` gives a stream for a plain loop. It may be used by several event loops,
    one after the other or at once, and by several threads.

    `headers` are sent with every request. `transport` is one of httpx2's: `AppTransport` calls an
    app in the same process, as tests want it.
    """

    def __init__(
        self,
        base_url: str,
        *,
        headers: Mapping[str, str] | None = None,
        timeout: float | None = DEFAULT_TIMEOUT,
        transport: httpx2.BaseTransport | httpx2.AsyncBaseTransport | None = None,
    ) -> None:
        server = Server(base_url, headers or {}, timeout)
        self._connections = Connections(server, transport=for_sync(transport))
        self._async = AsyncConnections(server, transport=for_async(transport))
        self.get = Verb(self, "GET")
        self.post = Verb(self, "POST")
        self.put = Verb(self, "PUT")
        self.patch = Verb(self, "PATCH")
        self.delete = Verb(self, "DELETE")

    def close(self) -> None:
        """Ends the connections of plain functions."""
        self._connections.close()

    async def aclose(self) -> None:
        """Ends the connections of this event loop."""
        await self._async.aclose()

    def streaming(
        self,
        endpoint: Endpoint,
        *,
        options: StreamOptions,
        parse: Callable[[str], Any] | None,
    ) -> Callable[..., Any]:
        """The function that stands for one that streams.

        Raises:
            TypeError: its `result` is no iterator of a type.
        """
        content = content_of(endpoint, parse=parse)

        def asynchronous(*args: Any, **kwargs: Any) -> AsyncStream[Any]:
            call = endpoint.call(*args, **kwargs)
            stream = AsyncStream[Any](self._async, call, content, options=options)
            returned = endpoint.function(**endpoint.arguments(stream, *args, **kwargs))
            return _same(stream, _returned_at_once(returned), endpoint)

        def plain(*args: Any, **kwargs: Any) -> Stream[Any]:
            call = endpoint.call(*args, **kwargs)
            stream = Stream[Any](self._connections, call, content, options=options)
            returned = endpoint.function(**endpoint.arguments(stream, *args, **kwargs))
            return _same(stream, returned, endpoint)

        return asynchronous if endpoint.is_async else plain

    def calling(
        self, endpoint: Endpoint, *, options: RequestOptions
    ) -> Callable[..., Any]:
        """The function that stands for one with an answer in one piece."""

        async def asynchronous(*args: Any, **kwargs: Any) -> Any:
            call = endpoint.call(*args, **kwargs)
            response = await self._async.answer(
                call, options, accept="application/json"
            )
            value = read_value(response, endpoint.reader, call)
            return await endpoint.function(**endpoint.arguments(value, *args, **kwargs))

        def plain(*args: Any, **kwargs: Any) -> Any:
            call = endpoint.call(*args, **kwargs)
            response = self._connections.answer(
                call, options, accept="application/json"
            )
            value = read_value(response, endpoint.reader, call)
            return endpoint.function(**endpoint.arguments(value, *args, **kwargs))

        return asynchronous if endpoint.is_async else plain


class Verb:
    """The decorator of one method: `@client.get("/items/{item_id}")`."""

    def __init__(self, client: APIClient, method: str) -> None:
        self._client = client
        self._method = method

    @overload
    def __call__(
        self,
        path: str,
        *,
        streaming_response: Literal[True],
        ends: Sequence[str] = (),
        response_parser: Callable[[str], Any] | None = None,
        **options: Unpack[StreamKeywords],
    ) -> Streaming: ...

    @overload
    def __call__(
        self,
        path: str,
        *,
        streaming_response: Literal[False] = False,
        **options: Unpack[RequestKeywords],
    ) -> Calling: ...

    def __call__(
        self,
        path: str,
        *,
        streaming_response: bool = False,
        ends: Sequence[str] = (),
        response_parser: Callable[[str], Any] | None = None,
        **options: Any,
    ) -> Any:
        """`ends` are texts, as `[DONE]`, that end a stream where one is an event's data;
        `response_parser` makes an item of the text of an event or a line. See `StreamKeywords`.

        Raises:
            TypeError: an option is none; or, from the decorator, the function cannot be called so.
        """
        known = StreamKeywords if streaming_response else RequestKeywords
        if unknown := sorted(options.keys() - known.__annotations__.keys()):
            raise TypeError(f"{self._method} {path} cannot use {', '.join(unknown)}")
        frame = inspect.currentframe()
        names = _names_around(frame.f_back if frame else None)

        def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
            endpoint = read_endpoint(self._method, path, function, names=names)
            if streaming_response:
                settings = StreamOptions(**options, ends=tuple(ends))
                made = self._client.streaming(
                    endpoint, options=settings, parse=response_parser
                )
            else:
                made = self._client.calling(endpoint, options=RequestOptions(**options))
            functools.update_wrapper(made, function)
            vars(made)["__signature__"] = endpoint.signature
            return made

        return decorate


def _names_around(frame: FrameType | None) -> Mapping[str, Any]:
    """What annotations may mention that is local to where the function is."""
    return dict(frame.f_locals) if frame else {}


def _returned_at_once(coroutine: Any) -> Any:
    """What a coroutine returns that awaits nothing: its caller may iterate without `await`."""
    try:
        coroutine.send(None)
    except StopIteration as done:
        return done.value
    coroutine.close()
    raise TypeError(
        f"{coroutine.__qualname__} streams, and may await nothing: it returns `result`"
    )


def _same(stream: S, returned: object, endpoint: Endpoint) -> S:
    if returned is not stream:
        name = endpoint.function.__qualname__
        raise TypeError(
            f"{name} must return `result`: change items where they are read"
        )
    return stream
