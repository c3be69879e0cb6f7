"""Bodies both ways: compressed ones, broken ones, files that are sent, and headers."""

import asyncio
import gzip
import tracemalloc
import zlib
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from fluidkit_cli.client import APIClient, ConnectionFailed, DataError, InvalidRequest, Stream
from fluidkit_cli.client.async_connections import AsyncConnections
from fluidkit_cli.client.async_routes import AsyncRoutes
from fluidkit_cli.client.calls import Call
from fluidkit_cli.client.connections import Connections
from fluidkit_cli.client.progress import Progress
from fluidkit_cli.client.requests import Server
from fluidkit_cli.client.routes import Routes

from .conformance import Body

EVENTS = b"data: 1\n\n" * 500
RAW = zlib.compressobj(wbits=-zlib.MAX_WBITS)
PACKED = {
    "gzip": gzip.compress(EVENTS),
    "x-gzip": gzip.compress(EVENTS[:90]) + gzip.compress(EVENTS[90:]),
    "deflate": zlib.compress(EVENTS),
    "Deflate": RAW.compress(EVENTS) + RAW.flush(),
    "identity": EVENTS,
}


def client_of(chunks: list[bytes], encoding: str) -> APIClient:
    def answer(request: httpx2.Request) -> httpx2.Response:
        headers = {"content-type": "text/event-stream", "content-encoding": encoding}
        return httpx2.Response(200, headers=headers, stream=Body(chunks))

    return APIClient("http://test", transport=httpx2.MockTransport(answer))


def plain(client: APIClient) -> Stream[int]:
    @client.get("/", streaming_response=True, reconnect="never")
    def stream(*, result: Iterator[int]) -> Iterator[int]:
        return result

    return stream()


async def awaited(client: APIClient) -> list[int]:
    @client.get("/", streaming_response=True, reconnect="never")
    async def stream(*, result: AsyncIterator[int]) -> AsyncIterator[int]:
        return result

    return [number async for number in stream()]


@pytest.mark.parametrize("encoding", PACKED)
def test_compressed_streams_are_read_at_any_cut(encoding: str) -> None:
    whole = PACKED[encoding]
    for size in (1, 7, len(whole)):
        chunks = [whole[start : start + size] for start in range(0, len(whole), size)]
        assert list(plain(client_of(chunks, encoding))) == [1] * 500
        assert asyncio.run(awaited(client_of(chunks, encoding))) == [1] * 500


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "Deflate"])
def test_a_compressed_body_that_ends_in_the_middle_is_no_clean_end(encoding: str) -> None:
    cut = client_of([PACKED[encoding][:-3]], encoding)
    with pytest.raises(ConnectionFailed, match="broke off"):
        list(plain(cut))
    with pytest.raises(ConnectionFailed, match="broke off"):
        asyncio.run(awaited(cut))


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
def test_what_is_not_compressed_as_it_says_is_broken(encoding: str) -> None:
    with pytest.raises(ConnectionFailed, match="broke off"):
        list(plain(client_of([b"\xff" * 100], encoding)))


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, gzip", "x"])
def test_what_is_compressed_as_nobody_asked_is_a_typed_error(encoding: str) -> None:
    with pytest.raises(DataError, match="content-encoding") as caught:
        list(plain(client_of([b"\x0b\x02\x80data"], encoding)))
    assert (caught.value.kind, caught.value.status) == ("content_type", 200)


def test_a_few_bytes_cannot_fill_the_memory() -> None:
    bomb = gzip.compress(b": " + b"x" * 200_000_000)
    tracemalloc.start()
    try:
        with pytest.raises(DataError, match="line too long"):
            list(plain(client_of([bomb], "gzip")))
        assert tracemalloc.get_traced_memory()[1] < 100_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    "headers", [{"x": "a\r\nevil: 1"}, {"x\nevil": "1"}, {"x": "a\0"}, {"": "1"}, {"x": "€"}]
)
def test_no_header_brings_another_one_along(headers: dict[str, str]) -> None:
    client, seen = uploading()
    with pytest.raises(InvalidRequest, match="cannot be sent") as caught:
        client.empty(Call("GET", "/"), {"headers": headers})
    assert "evil: 1" not in str(caught.value)
    assert seen == []
    client.empty(Call("GET", "/"), {"headers": {"x": "é"}})
    assert ("x", "é".encode("latin-1")) in seen


def test_a_file_is_sent_as_it_is_read_and_its_progress_told(tmp_path: Path) -> None:
    file = tmp_path / "large.bin"
    file.write_bytes(b"0123456789" * 2_000_000)
    call = Call("POST", "/", multipart={"note": "x", "file": file})
    told: list[Progress] = []
    client, seen = uploading()
    tracemalloc.start()
    try:
        client.empty(call, {"on_upload_progress": told.append})
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()
    total = told[-1].total
    assert told[-1] == Progress(total or 0, total)
    assert [each.loaded for each in told] == sorted({each.loaded for each in told})
    assert ("size", b"%d" % told[-1].loaded) in seen
    again: list[Progress] = []
    asyncio.run(uploading_awaited().empty(call, {"on_upload_progress": again.append}))
    assert again == told


def test_a_file_that_grows_meanwhile_is_sent_as_it_was(tmp_path: Path) -> None:
    file = tmp_path / "log"
    file.write_bytes(b"a" * 100_000)
    call = Call("POST", "/", multipart={"file": file})

    told: list[Progress] = []

    def grow(progress: Progress) -> None:
        told.append(progress)
        file.write_bytes(b"b" * 300_000)

    client, seen = uploading()
    client.empty(call, {"on_upload_progress": grow})
    assert ("size", b"%d" % (told[-1].total or 0)) in seen


def test_an_option_that_there_is_not_is_refused() -> None:
    client, _ = uploading()
    wrong: Any = {"retries": 3}
    with pytest.raises(TypeError, match="retries"):
        client.empty(Call("GET", "/"), wrong)
    with pytest.raises(TypeError, match="response_map"):

        @APIClient("http://test").get("/", response_map={200: dict})  # type: ignore[call-overload, untyped-decorator]
        def one(*, result: dict[str, Any]) -> dict[str, Any]:
            return result


Seen = list[tuple[str, bytes]]


class Counting(httpx2.BaseTransport, httpx2.AsyncBaseTransport):
    """A server that reads bodies piece by piece, and remembers headers and sizes."""

    def __init__(self) -> None:
        self.seen: Seen = []

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        assert isinstance(request.stream, httpx2.SyncByteStream)
        return self._counted(request, sum(map(len, request.stream)))

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        assert isinstance(request.stream, httpx2.AsyncByteStream)
        return self._counted(request, sum([len(piece) async for piece in request.stream]))

    def _counted(self, request: httpx2.Request, size: int) -> httpx2.Response:
        self.seen += [(name.decode().lower(), value) for name, value in request.headers.raw]
        self.seen.append(("size", b"%d" % size))
        return httpx2.Response(204)


def uploading() -> tuple[Routes, Seen]:
    transport = Counting()
    return Routes(Connections(Server("http://test"), transport=transport)), transport.seen


def uploading_awaited() -> AsyncRoutes:
    return AsyncRoutes(AsyncConnections(Server("http://test"), transport=Counting()))
