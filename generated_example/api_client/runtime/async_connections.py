# Copied by fluidkit. Changes to this file are overwritten.
"""Sends requests and awaits their answers, over a client of httpx2 for each event loop."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import dataclass

import httpx2

from .calls import Call
from .errors import ClientError, ConnectionFailed, DataError
from .exchange import (
    ERROR_BYTES,
    ERROR_SECONDS,
    FAILURES,
    LIMITS,
    MOST_REDIRECTS,
    Answer,
    api_error,
    broken_off,
    check_readable,
    redirected_too_often,
    same_origin,
    unanswered,
)
from .inflating import achunks_of, check_encoding
from .options import RequestOptions, StreamOptions
from .requests import Headers, Outgoing, Server


class AsyncConnections:
    """Connections to one server. `transport` is one of httpx2's, as a test or a proxy needs it.

    Each event loop has its own, since none of them can outlive it: the loop closes them when it
    shuts down, and the next `asyncio.run` opens new ones.
    """

    def __init__(
        self, server: Server, *, transport: httpx2.AsyncBaseTransport | None = None
    ) -> None:
        self._server = server
        self._transport = transport
        self._clients: dict[asyncio.AbstractEventLoop, _Kept] = {}
        self._read: dict[int, AsyncIterator[bytes]] = {}

    async def aclose(self) -> None:
        """Ends all of this event loop; a later request opens new ones."""
        kept = self._clients.pop(asyncio.get_running_loop(), None)
        if kept is not None:
            await kept.life.aclose()

    async def answer(
        self, call: Call, options: RequestOptions, *, accept: str
    ) -> Answer:
        """An answer as a whole.

        Raises:
            ClientError: it is no success, or there is none.
        """
        outgoing = self._server.for_answer(call, options, accept=accept)
        response = await self._send(outgoing)
        return await _whole(response, call)

    async def open(
        self, call: Call, headers: Headers, options: StreamOptions
    ) -> httpx2.Response:
        """The head of an answer whose body is to be read, and closed, by the caller.

        Raises:
            ClientError: it is no success, or there is none.
        """
        return await self._send(self._server.for_stream(call, headers, options))

    def keep(self, chunks: AsyncIterator[bytes]) -> None:
        """Until `forget`: of generators that are within one another, and are forgotten together,
        the garbage collector would end all at once."""
        self._read[id(chunks)] = chunks

    def forget(self, chunks: AsyncIterator[bytes]) -> None:
        """They are not read any more."""
        self._read.pop(id(chunks), None)

    async def _send(self, outgoing: Outgoing) -> httpx2.Response:
        response = await self._follow(outgoing)
        try:
            if not response.is_success:
                raise api_error(await _beginning(response), outgoing.call)
            check_readable(response, outgoing.call)
        except ClientError:
            await response.aclose()
            raise
        return response

    async def _follow(self, outgoing: Outgoing) -> httpx2.Response:
        client, call = await self._opened(), outgoing.call
        try:
            request = self._server.request(client.build_request, outgoing)
            for _ in range(MOST_REDIRECTS):
                response = await client.send(
                    request, stream=True, follow_redirects=False
                )
                try:
                    target = same_origin(request, response, call)
                except ConnectionFailed:
                    await response.aclose()
                    raise
                if target is None:
                    return response
                await response.aclose()
                request = target
        except FAILURES as error:
            raise unanswered(error, call) from error
        raise redirected_too_often(call)

    async def _opened(self) -> httpx2.AsyncClient:
        loop = running_loop()
        kept = self._clients.get(loop)
        if kept is None:
            self._forget_closed_loops()
            client = httpx2.AsyncClient(transport=self._transport, limits=LIMITS)
            kept = self._clients[loop] = _Kept(client, _life(client))
            await anext(kept.life)
        return kept.client

    def _forget_closed_loops(self) -> None:
        # weak references would not: what ends with a loop refers to it
        for loop in list(self._clients):
            if loop.is_closed():
                self._clients.pop(loop, None)


def running_loop() -> asyncio.AbstractEventLoop:
    """Raises RuntimeError: there is none of asyncio's."""
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        why = (
            "This client awaits in asyncio alone: in trio, call a plain one in a thread"
        )
        raise RuntimeError(why) from None


@dataclass(frozen=True, slots=True)
class _Kept:
    client: httpx2.AsyncClient
    life: AsyncGenerator[None, None]


async def _life(client: httpx2.AsyncClient) -> AsyncGenerator[None, None]:
    """Ends with the loop: asyncio closes what generators have begun before it closes itself."""
    try:
        yield
    finally:
        await client.aclose()


async def _whole(response: httpx2.Response, call: Call) -> Answer:
    try:
        body = b"".join([chunk async for chunk in achunks_of(response)])
    except FAILURES as error:
        raise broken_off(error, call) from error
    finally:
        await response.aclose()
    return Answer(response.status_code, response.headers, body)


async def _beginning(response: httpx2.Response) -> Answer:
    """An error keeps its status, whatever becomes of its body."""
    body = bytearray()
    try:
        check_encoding(response.headers)
        async with asyncio.timeout(ERROR_SECONDS):
            async for chunk in achunks_of(response):
                body += chunk
                if len(body) > ERROR_BYTES:
                    break
    except (*FAILURES, DataError, TimeoutError):
        pass
    finally:
        await response.aclose()
    return Answer(response.status_code, response.headers, bytes(body))
