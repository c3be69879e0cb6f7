"""Calls an ASGI app in the same process, and streams: tests of streams need no server.

httpx2's own for this collects the whole answer first: one without end never begins.
"""

import asyncio
import threading
from collections.abc import AsyncIterator
from types import TracebackType
from typing import Any, Self

import httpx2

from .lifespan import App, Lifespan, Message
from .loop_thread import LoopThread, PlainBody

_PATIENCE = 1.0
"""Seconds that an app has to see that its client is gone, before it is cancelled."""

_END = object()


class AppTransport(httpx2.BaseTransport, httpx2.AsyncBaseTransport):
    """A transport for both kinds of clients.

        async with AsyncClient("http://test", transport=AppTransport(app)) as client:
            async for token in client.chat.chat(...)

    What the app raises is raised where its answer is read; with `raise_app_exceptions=False` the
    client sees what one far away would. An answer ends when the app is done, its background tasks
    too. For plain code the app runs in a thread of its own.

    In `with`, or `async with`, the app is started before and ended afterwards, as its lifespan
    says; without, that is not run. Clients of httpx2 enter their transports themselves: the
    outermost counts.
    """

    def __init__(self, app: App, *, raise_app_exceptions: bool = True) -> None:
        self._app = app
        self._raises = raise_app_exceptions
        self._thread: LoopThread | None = None
        self._lock = threading.Lock()
        self._life = Lifespan(app)
        self._entered = 0

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        if request.url.scheme not in ("http", "https"):
            raise httpx2.UnsupportedProtocol(f"not for {request.url.scheme}://")
        exchange = _Exchange(request, await request.aread(), self._life.state)
        exchange.begin(self._app, raises=self._raises)
        return await exchange.response()

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        thread = self._own_thread()
        request.read()
        awaited = httpx2.Request(
            request.method,
            request.url,
            headers=request.headers,
            content=request.content,
            extensions=request.extensions,
        )
        response = thread.run(self.handle_async_request(awaited))
        stream = PlainBody(thread, response.stream)
        return httpx2.Response(
            response.status_code, headers=response.headers, stream=stream
        )

    def close(self) -> None:
        if self._entered:
            return
        with self._lock:
            thread, self._thread = self._thread, None
        if thread is not None:
            thread.stop()

    def __enter__(self) -> Self:
        try:
            self._own_thread().run(self._enter())
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None = None,
        error: BaseException | None = None,
        traceback: TracebackType | None = None,
    ) -> None:
        self._own_thread().run(self._exit())
        self.close()

    async def __aenter__(self) -> Self:
        await self._enter()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None = None,
        error: BaseException | None = None,
        traceback: TracebackType | None = None,
    ) -> None:
        await self._exit()

    async def _enter(self) -> None:
        if not self._entered:
            self._life = Lifespan(self._app)
            await self._life.start()
        self._entered += 1

    async def _exit(self) -> None:
        self._entered -= 1
        if not self._entered:
            await self._life.end()

    def _own_thread(self) -> LoopThread:
        with self._lock:
            if self._thread is None:
                self._thread = LoopThread()
            return self._thread


class _Exchange:
    """One request and its answer."""

    def __init__(
        self, request: httpx2.Request, body: bytes, state: dict[str, Any]
    ) -> None:
        self._request = request
        self._state = state
        self._body: bytes | None = body
        loop = asyncio.get_running_loop()
        self._started: asyncio.Future[Message] = loop.create_future()
        self._pieces: asyncio.Queue[Any] = asyncio.Queue()
        # for one piece at a time: the app goes no faster than its reader
        self._room = asyncio.Semaphore()
        self._is_gone = asyncio.Event()
        self._is_whole = False
        self._timeout: float | None = request.extensions.get("timeout", {}).get("read")

    def begin(self, app: App, *, raises: bool) -> None:
        self._task = asyncio.create_task(self._run(app, raises))

    async def response(self) -> httpx2.Response:
        try:
            async with asyncio.timeout(self._timeout):
                start = await asyncio.shield(self._started)
        except TimeoutError as error:
            await self.leave()
            raise httpx2.ReadTimeout("the app has not answered") from error
        except BaseException:
            await self.leave()
            raise
        return httpx2.Response(
            start["status"], headers=start.get("headers", []), stream=_Body(self)
        )

    async def pieces(self) -> AsyncIterator[bytes]:
        while True:
            try:
                async with asyncio.timeout(self._timeout):
                    piece = await self._pieces.get()
            except TimeoutError as error:
                raise httpx2.ReadTimeout("the app has fallen silent") from error
            if piece is _END:
                return
            if isinstance(piece, BaseException):
                raise piece
            self._room.release()
            yield piece

    async def leave(self) -> None:
        """The reader is gone: the app is told, and cancelled when it does not heed that."""
        self._is_gone.set()
        self._room.release()
        await asyncio.wait({self._task}, timeout=_PATIENCE)
        self._task.cancel()
        await asyncio.wait({self._task})

    async def _run(self, app: App, raises: bool) -> None:
        end: object = _END
        try:
            await app(self._scope(), self._receive, self._send)
            if not self._started.done():
                end = httpx2.RemoteProtocolError("the app did not answer")
        except asyncio.CancelledError:
            end = httpx2.RemoteProtocolError("the app was cancelled")
            raise
        except BaseException as error:  # pytest.fail raises no Exception
            if raises:
                end = error
            elif not self._is_whole:
                end = httpx2.RemoteProtocolError(f"the app failed: {error}")
        finally:
            self._end(end)

    def _end(self, end: object) -> None:
        if self._is_gone.is_set():
            return
        if isinstance(end, BaseException) and not self._started.done():
            self._started.set_exception(end)
        self._pieces.put_nowait(end)

    async def _receive(self) -> Message:
        if self._body is not None:
            body, self._body = self._body, None
            return {"type": "http.request", "body": body, "more_body": False}
        await self._is_gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Message) -> None:
        if self._is_gone.is_set():
            await asyncio.sleep(0)
        elif message["type"] == "http.response.start":
            self._started.set_result(message)
        else:
            self._is_whole = not message.get("more_body")
            if message.get("body") and self._request.method != "HEAD":
                await self._room.acquire()
                self._pieces.put_nowait(message["body"])

    def _scope(self) -> Message:
        request, url = self._request, self._request.url
        return {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "method": request.method,
            "headers": [(name.lower(), value) for name, value in request.headers.raw],
            "scheme": url.scheme,
            "path": url.path,
            "raw_path": url.raw_path.split(b"?")[0],
            "query_string": url.query,
            "server": (url.host, url.port),
            "client": ("127.0.0.1", 123),
            "root_path": "",
            "state": dict(self._state),
        }


class _Body(httpx2.AsyncByteStream):
    def __init__(self, exchange: _Exchange) -> None:
        self._exchange = exchange

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self._exchange.pieces()

    async def aclose(self) -> None:
        await self._exchange.leave()
