"""Reads typed events by our client and three others, in turns: `client_readers.py ROUNDS EVENTS`.

Prints the CPU seconds of each turn as JSON, by body and reader. `bench_client.py` runs it, in an
environment that has the others.
"""

# mypy: ignore-errors
# the others are installed in that environment alone

import asyncio
import json
import multiprocessing
import socket
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import httpx2
import httpx_sse
from clientele import api as clientele_api
from pydantic import BaseModel, TypeAdapter

sys.path.insert(0, str(Path(__file__).parents[2]))

from fluidkit_cli.client import APIClient

BULK = 64 * 1024
Chunks = list[bytes]
Read = Callable[[str], Awaitable[int]]


class Event(BaseModel):
    id: int
    text: str


ADAPTER = TypeAdapter(Event)


def payloads(count: int) -> Chunks:
    return [b'{"id":%d,"text":"hello w"}' % (1000 + number % 1000) for number in range(count)]


def bodies(count: int) -> dict[str, Chunks]:
    """By path: events and lines, one a chunk and in bulk."""
    events = [b"data: " + payload + b"\n\n" for payload in payloads(count)]
    lines = [payload + b"\n" for payload in payloads(count)]
    return {
        "/events/single": events,
        "/lines/single": lines,
        "/events/bulk": _in_bulk(events),
        "/lines/bulk": _in_bulk(lines),
    }


def _in_bulk(parts: Chunks) -> Chunks:
    whole = b"".join(parts)
    return [whole[start : start + BULK] for start in range(0, len(whole), BULK)]


def content_type(path: str) -> str:
    return "text/event-stream" if path.startswith("/events") else "application/x-ndjson"


class Memory:
    """Transports of both libraries that answer with chunks that are there already."""

    def __init__(self, served: dict[str, Chunks]) -> None:
        self.url = "http://memory"
        self._served = served

    def of(self, library: Any) -> Any:
        served = self._served

        class Body(library.AsyncByteStream):
            def __init__(self, chunks: Chunks) -> None:
                self._chunks = chunks

            async def __aiter__(self) -> AsyncIterator[bytes]:
                for chunk in self._chunks:
                    yield chunk

        def answer(request: Any) -> Any:
            path = request.url.path
            headers = {"content-type": content_type(path)}
            return library.Response(200, headers=headers, stream=Body(served[path]))

        return library.MockTransport(answer)


class Loopback:
    """No transport of its own: the libraries' sockets."""

    def __init__(self, url: str) -> None:
        self.url = url

    def of(self, library: Any) -> None:
        return None


def readers(place: Memory | Loopback) -> dict[str, Read]:  # noqa: C901 - each reader is one
    async def ours(shape: str) -> int:
        client = APIClient(place.url, transport=place.of(httpx2))

        @client.get(f"/events/{shape}", streaming_response=True)
        async def stream(*, result: AsyncIterator[Event]) -> AsyncIterator[Event]:
            return result

        count = 0
        async for _ in stream():
            count += 1
        await client.aclose()
        return count

    async def clientele(shape: str) -> int:
        client = clientele_api.APIClient(base_url=place.url)
        transport = place.of(httpx2)
        if transport is not None:
            client.config.http_backend._async_client = httpx2.AsyncClient(
                transport=transport, base_url=place.url
            )

        @client.get(f"/lines/{shape}", streaming_response=True)
        async def stream(*, result: AsyncIterator[Event]) -> AsyncIterator[Event]:
            return result

        count = 0
        async for _ in await stream():
            count += 1
        await client.aclose()
        return count

    async def by_httpx_sse(shape: str) -> int:
        count = 0
        async with (
            httpx.AsyncClient(transport=place.of(httpx)) as client,
            httpx_sse.aconnect_sse(client, "GET", f"{place.url}/events/{shape}") as source,
        ):
            async for event in source.aiter_sse():
                ADAPTER.validate_json(event.data)
                count += 1
        return count

    async def by_httpx2(shape: str) -> int:
        count = 0
        async with (
            httpx2.AsyncClient(transport=place.of(httpx2)) as client,
            client.sse(f"{place.url}/events/{shape}") as source,
        ):
            async for event in source:
                ADAPTER.validate_json(event.data)
                count += 1
        return count

    return {"ours": ours, "Clientele": clientele, "httpx-sse": by_httpx_sse, "httpx2": by_httpx2}


def serve(listener: socket.socket, served: dict[str, Chunks]) -> None:
    """Each chunk of a body in a chunk of HTTP."""
    framed = {
        path: b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks) + b"0\r\n\r\n"
        for path, chunks in served.items()
    }

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        path = head.split(b" ", 2)[1].decode()
        kind = content_type(path).encode()
        writer.write(
            b"HTTP/1.1 200 OK\r\ncontent-type: %s\r\ntransfer-encoding: chunked\r\n"
            b"connection: close\r\n\r\n" % kind
        )
        writer.write(framed[path])
        await writer.drain()
        writer.close()

    async def run() -> None:
        server = await asyncio.start_server(answer, sock=listener)
        await server.serve_forever()

    asyncio.run(run())


@contextmanager
def loopback(served: dict[str, Chunks]) -> Iterator[Loopback]:
    listener = socket.create_server(("127.0.0.1", 0))
    process = multiprocessing.Process(target=serve, args=(listener, served), daemon=True)
    process.start()
    try:
        yield Loopback(f"http://127.0.0.1:{listener.getsockname()[1]}")
    finally:
        process.terminate()
        process.join()


def measured(read: Read, shape: str, count: int) -> float:
    start = time.process_time()
    found = asyncio.run(read(shape))
    seconds = time.process_time() - start
    if found != count:
        raise SystemExit(f"{found} of {count} events came")
    return seconds


def floor(count: int) -> float:
    """What only validating takes."""
    parts = payloads(count)
    start = time.process_time()
    for payload in parts:
        ADAPTER.validate_json(payload)
    return time.process_time() - start


def main() -> None:
    rounds, count = map(int, sys.argv[1:])
    served = bodies(count)
    seconds: dict[str, dict[str, list[float]]] = {}
    with loopback(served) as sockets:
        for _ in range(rounds):
            for name, place in (("in memory", Memory(served)), ("on a socket", sockets)):
                for shape in ("bulk", "single"):
                    turns = seconds.setdefault(f"{name}, {shape}", {})
                    turns.setdefault("validate_json alone", []).append(floor(count))
                    for reader, read in readers(place).items():
                        turns.setdefault(reader, []).append(measured(read, shape, count))
    print(json.dumps(seconds))


if __name__ == "__main__":
    main()
