"""What `serve(app)` costs: a request, an event of a stream, and a stream that is held open.

In-process, against the same application without it. Then a launcher that 1,000 clients ask
nothing, a byte of headers a second: what others wait meanwhile, and when the last of them is gone.
"""

import argparse
import asyncio
import gc
import sys
import tempfile
import time
import tracemalloc
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

from fastapi import FastAPI
from fastapi.responses import Response, StreamingResponse
from starlette.types import ASGIApp, Message, Scope

sys.path.insert(0, str(Path(__file__).parents[1]))

from running import answer
from scaffolds.backends import backend_module
from scaffolds.launching import launched

REQUESTS, EVENTS, HELD, ROUNDS = 2_000, 20_000, 1_000, 7
HEADERS = {
    "host": "example.com",
    "cookie": "session=1",
    "user-agent": "Mozilla/5.0",
    "accept": "*/*",
    "accept-encoding": "gzip, br",
    "sec-fetch-site": "same-origin",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--slow-clients", type=int, default=1_000)
    slow_clients = parser.parse_args().slow_clients
    plain, served = application(), application()
    backend_module("serving").serve(served)
    asyncio.run(compare(plain, served))
    with (
        tempfile.TemporaryDirectory(prefix="fluidkit-bench-") as folder,
        launched(Path(folder)) as run,
    ):
        asyncio.run(outlast(run.port, f"{run.url}/api/pid", count=slow_clients))


def application() -> FastAPI:
    app = FastAPI()

    @app.get("/api/items")
    async def items() -> Response:
        return Response(b"[1]", media_type="application/json")

    @app.get("/api/ticks")
    async def ticks(count: int = EVENTS, last: float = 0) -> StreamingResponse:
        async def tick() -> AsyncIterator[bytes]:
            for _ in range(count):
                yield b"data: 1\n\n"
            await asyncio.sleep(last)

        return StreamingResponse(tick(), media_type="text/event-stream")

    return app


async def compare(plain: ASGIApp, served: ASGIApp) -> None:
    """Prints the difference, of the best of several rounds that take turns."""

    async def requests(app: ASGIApp) -> None:
        for _ in range(REQUESTS):
            await app(scope("/api/items"), wait, ignore)

    async def events(app: ASGIApp) -> None:
        await app(scope("/api/ticks"), wait, ignore)

    for name, act, count in (("request", requests, REQUESTS), ("event", events, EVENTS)):
        without, with_it = await best(act, plain, served)
        added = (with_it - without) / count * 1e6
        print(f"{name}: {without / count * 1e6:.2f} us, served {added:.2f} us more")
    without, with_it = [await held(app) for app in (plain, served)]
    print(f"held stream: {without:,} B, served {with_it - without:,} B more")


async def best(act: Callable[[ASGIApp], Awaitable[None]], *apps: ASGIApp) -> list[float]:
    """CPU seconds for each of the apps."""
    taken: list[list[float]] = [[] for _ in apps]
    for _ in range(ROUNDS):
        for app, seconds in zip(apps, taken, strict=True):
            began = time.process_time()
            await act(app)
            seconds.append(time.process_time() - began)
    return [min(seconds) for seconds in taken]


async def held(app: ASGIApp) -> int:
    """Bytes that Python keeps for one."""
    path = "/api/ticks?count=1&last=3600"
    await asyncio.wait([asyncio.ensure_future(app(scope("/api/ticks"), wait, ignore))])
    gc.collect()
    tracemalloc.start()
    streams = [asyncio.ensure_future(app(scope(path), wait, ignore)) for _ in range(HELD)]
    await asyncio.sleep(1)
    gc.collect()
    size, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    for stream in streams:
        stream.cancel()
    await asyncio.gather(*streams, return_exceptions=True)
    return size // HELD


def scope(address: str) -> Scope:
    path, _, query = address.partition("?")
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": query.encode(),
        "headers": [(name.encode(), value.encode()) for name, value in HEADERS.items()],
        "client": ("203.0.113.7", 50_000),
        "server": ("example.com", 80),
        "state": {},
    }


async def wait() -> Message:
    await asyncio.sleep(3600)
    return {"type": "http.disconnect"}


async def ignore(message: Message) -> None:
    """A client that takes everything at once."""


async def outlast(port: int, url: str, *, count: int) -> None:
    """Prints what others wait while so many clients never finish their headers."""
    slow = [asyncio.ensure_future(trickle(port)) for _ in range(count)]
    waited = []
    while not all(each.done() for each in slow):
        began = time.monotonic()
        assert await asyncio.to_thread(answer, url), "nobody answers"
        waited.append(time.monotonic() - began)
        await asyncio.sleep(0.1)
    stayed = max(each.result() for each in slow)
    waited.sort()
    print(
        f"{count} slow clients stayed {stayed:.1f} s at most; {len(waited)} others waited "
        f"{waited[len(waited) // 2] * 1000:.1f} ms (median), {waited[-1] * 1000:.0f} ms at most"
    )


async def trickle(port: int) -> float:
    """Seconds until the server has closed the connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    began = time.monotonic()
    writer.write(b"GET / HTTP/1.1\r\nx: ")
    closed = asyncio.ensure_future(reader.read())
    while not closed.done():
        writer.write(b"x")
        await asyncio.wait([closed], timeout=1)
    writer.close()
    return time.monotonic() - began


if __name__ == "__main__":
    main()
