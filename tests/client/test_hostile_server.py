"""Servers that say little, too much, or nothing, and what streams and answers make of it."""

import asyncio
import gc
import gzip
import time
import tracemalloc
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx2
import pytest

from fluidkit_cli.client import (
    APIClient,
    ApiError,
    AsyncStream,
    ConnectionFailed,
    DataError,
    InvalidRequest,
    Stream,
)
from fluidkit_cli.client.calls import Call
from fluidkit_cli.client.connections import Connections
from fluidkit_cli.client.jsonl import LineParser
from fluidkit_cli.client.options import StreamOptions
from fluidkit_cli.client.requests import Server
from fluidkit_cli.client.routes import Routes
from fluidkit_cli.client.sse import EventParser

from .conformance import Body, client_of
from .raw_server import PATIENCE, RawServer, answer

AGAIN = b"retry: 0\nid: 7\ndata: 1\n\n"


def numbers(client: APIClient, **options: Any) -> Stream[int]:
    @client.get("/", streaming_response=True, **options)
    def stream(*, result: Iterator[int]) -> Iterator[int]:
        return result

    return stream()


def awaited_numbers(client: APIClient, **options: Any) -> AsyncStream[int]:
    @client.get("/", streaming_response=True, **options)
    async def stream(*, result: AsyncIterator[int]) -> AsyncIterator[int]:
        return result

    return stream()


def texts(client: APIClient, **options: Any) -> Stream[str]:
    @client.get("/", streaming_response=True, **options)
    def stream(*, result: Iterator[str]) -> Iterator[str]:
        return result

    return stream()


def test_the_last_id_is_known_after_the_server_said_that_it_has_no_more() -> None:
    with RawServer.serving(answer(AGAIN), b"HTTP/1.1 204 No Content\r\n\r\n") as server:
        stream = numbers(APIClient(server.url), reconnect="always")
        assert list(stream) == [1]
        assert stream.last_event_id == "7"


@pytest.mark.parametrize("status", [404, 500])
def test_an_error_whose_body_never_ends_is_told_all_the_same(
    status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("connections", "async_connections"):
        monkeypatch.setattr(f"fluidkit_cli.client.{module}.ERROR_SECONDS", 0.2)
    begun = answer(b"so far", status=status, content_type="text/plain", breaks=True)
    with RawServer.serving(begun, holds=True) as server:
        with pytest.raises(ApiError) as caught:
            list(numbers(APIClient(server.url)))
        assert (caught.value.status, caught.value.body) == (status, "so far")
        with pytest.raises(ApiError) as caught:
            asyncio.run(read(awaited_numbers(APIClient(server.url))))
        assert (caught.value.status, caught.value.body) == (status, "so far")


async def read(stream: AsyncStream[int]) -> list[int]:
    return [number async for number in stream]


@pytest.mark.parametrize("module", ["connections", "async_connections"])
def test_an_error_is_no_way_to_fill_the_memory(
    module: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(f"fluidkit_cli.client.{module}.ERROR_BYTES", 10)

    def refuse(request: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(500, stream=Body([b"x" * 8] * 1000))

    client = APIClient("http://test", transport=httpx2.MockTransport(refuse))
    with pytest.raises(ApiError) as caught:
        if module == "connections":
            list(numbers(client))
        else:
            asyncio.run(read(awaited_numbers(client)))
    assert caught.value.body == "x" * 16


def test_an_error_in_an_encoding_that_nobody_asked_for_keeps_its_status() -> None:
    odd = answer(b"\x0b\x02", status=503, headers="content-encoding: br\r\n")
    with RawServer.serving(odd) as server:
        with pytest.raises(ApiError) as caught:
            list(numbers(APIClient(server.url)))
        assert (caught.value.status, caught.value.body) == (503, None)


def test_closing_ends_the_wait_for_an_answer() -> None:
    async def scene(url: str) -> list[int]:
        stream = awaited_numbers(APIClient(url))
        task = asyncio.create_task(read(stream))
        await asyncio.to_thread(server.is_asked.wait, PATIENCE)
        await stream.aclose()
        return await task

    with RawServer.serving(b"", holds=True) as server:
        assert asyncio.run(asyncio.wait_for(scene(server.url), PATIENCE)) == []
        assert server.is_left.wait(PATIENCE)


def test_a_time_out_of_ones_own_is_not_taken_for_a_close() -> None:
    async def scene(url: str) -> None:
        async def end(patience: asyncio.Timeout) -> None:
            await asyncio.to_thread(server.is_asked.wait, PATIENCE)
            patience.reschedule(asyncio.get_running_loop().time())

        async with asyncio.timeout(None) as patience:
            ending = asyncio.create_task(end(patience))
            await read(awaited_numbers(APIClient(url)))
        await ending

    with RawServer.serving(b"", holds=True) as server:
        with pytest.raises(TimeoutError):
            asyncio.run(scene(server.url))
        assert server.is_left.wait(PATIENCE)


def test_what_was_closed_before_the_answer_came_gives_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stream = numbers(client_of([b"data: 1\n\n"]))
    opened = Connections.open

    def close_then_open(*arguments: Any) -> httpx2.Response:
        stream.close()
        return opened(*arguments)

    monkeypatch.setattr(Connections, "open", close_then_open)
    assert list(stream) == []


def test_a_closed_stream_has_no_events_either() -> None:
    stream = numbers(client_of([b"data: 1\n\n"]))
    stream.close()
    assert list(stream.events()) == []


def test_events_that_are_asked_for_too_late_change_nothing() -> None:
    stream = numbers(client_of([b"id: 1\ndata: 1\n\n", b"data: 2\n\n"]))
    assert next(stream) == 1
    with pytest.raises(TypeError, match="read only once"):
        stream.events()
    assert (next(stream), stream.last_event_id) == (2, "1")


def test_an_id_with_spaces_around_is_sent_as_browsers_send_it() -> None:
    lost = answer(b"retry: 0\nid:  a b \ndata: 1\n\n", breaks=True)
    with RawServer.serving(lost, answer(b"data: 2\n\n")) as server:
        assert list(numbers(APIClient(server.url))) == [1, 2]
        assert b"last-event-id: a b\r\n" in server.requests[1].lower()


@pytest.mark.parametrize("character", ["\x01", "\x0b", "\x0c", "\x1c", "\x7f"])
def test_an_id_that_no_header_may_have_ends_the_stream(character: str) -> None:
    lost = answer(f"retry: 0\nid: a{character}b\ndata: 1\n\n".encode(), breaks=True)
    with (
        RawServer.serving(lost) as server,
        pytest.raises(InvalidRequest, match="'last-event-id' is no header, or has"),
    ):
        list(numbers(APIClient(server.url)))


def test_texts_begin_without_a_byte_order_mark() -> None:
    chunks = [b"\xef", b"\xbb\xbfa", b"\xef\xbb\xbfb"]
    assert list(texts(client_of(chunks, "text/plain"))) == ["a", "\ufeffb"]


def test_lines_that_are_no_utf_8_are_errors_as_text_too() -> None:
    with pytest.raises(DataError) as caught:
        list(texts(client_of([b'"a"\n"\xff"\n'], "application/jsonl")))
    error = caught.value
    assert (error.kind, error.line, error.index) == ("decode", 2, 1)


@pytest.mark.parametrize("parser", [EventParser(), LineParser()], ids=["events", "lines"])
def test_small_chunks_take_no_more_memory_than_what_they_hold(
    parser: EventParser | LineParser,
) -> None:
    size = 50_000
    tracemalloc.start()
    try:
        for number in range(size):
            parser.feed(b"x%d" % (number % 10))
        assert tracemalloc.get_traced_memory()[1] < 8 * size
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("content_type", ["text/event-stream", "application/jsonl"])
def test_skipping_takes_as_long_as_there_is_to_skip(content_type: str) -> None:
    lines = b"".join(b"data: x%d\n\n" % number for number in range(20_000))
    if content_type == "application/jsonl":
        lines = lines.replace(b"data: ", b"")
    started = time.process_time()
    assert list(numbers(client_of([lines], content_type), on_invalid="skip")) == []
    assert time.process_time() - started < 5


def test_an_answer_that_ends_in_the_middle_is_no_text() -> None:
    whole = gzip.compress(b"a text that goes on for a while")
    cut = answer(whole[:-12], content_type="text/plain", headers="content-encoding: gzip\r\n")

    with RawServer.serving(cut) as server:
        client = APIClient(server.url)

        @client.get("/")
        def one(*, result: str) -> str:
            return result

        @client.get("/")
        async def another(*, result: str) -> str:
            return result

        with pytest.raises(ConnectionFailed, match="GET / broke off"):
            one()
        with pytest.raises(ConnectionFailed, match="GET / broke off"):
            asyncio.run(another())
        client.close()


def test_event_loops_that_are_done_are_forgotten() -> None:
    client = client_of([b"data: 1\n\n"])
    for _ in range(5):
        asyncio.run(read(awaited_numbers(client)))
    gc.collect()
    assert len(client._async._clients) == 1


def test_a_redirect_without_end_says_so() -> None:
    moved = b"HTTP/1.1 307 x\r\nlocation: /\r\ncontent-length: 0\r\n\r\n"
    with (
        RawServer.serving(moved) as server,
        pytest.raises(ConnectionFailed, match="redirected more than 20 times"),
    ):
        list(numbers(APIClient(server.url)))


def test_an_answer_that_leads_elsewhere_says_where_and_nothing_private() -> None:
    moved = b"HTTP/1.1 307 x\r\nlocation: https://a.invalid/?token=b\r\ncontent-length: 0\r\n\r\n"
    with RawServer.serving(moved) as server:
        client = APIClient(server.url)

        @client.get("/one")
        def one(*, result: int) -> int:
            return result

        with pytest.raises(ConnectionFailed) as caught:
            one()
        assert str(caught.value) == (
            "GET /one got no answer: "
            "redirected to another origin, https://a.invalid, which is not followed"
        )
        client.close()


def test_no_answer_says_from_whom_and_why_without_the_password() -> None:
    with RawServer.serving(b"") as server:
        address = server.url.replace("//", "//user:secret@")
        with pytest.raises(ConnectionFailed) as caught:
            list(numbers(APIClient(address)))
        assert str(caught.value).startswith(f"GET / got no answer: {server.url}: Server disc")


def test_no_message_has_a_value_of_the_address() -> None:
    client = client_of([])

    @client.get("/")
    def find(word: str, *, result: int) -> int:
        return result

    with pytest.raises(InvalidRequest) as caught:
        find("secret\ud800")
    assert str(caught.value) == "GET / cannot be sent: a value has half of a surrogate pair"
    assert caught.value.__cause__ is None


def test_data_that_cannot_be_json_is_an_invalid_request() -> None:
    @client_of([]).post("/")
    def send(data: Any, *, result: int) -> int:
        return result

    with pytest.raises(InvalidRequest, match="POST / cannot be sent: Unable to serialize"):
        send(data={"a": object()})


def test_the_value_of_an_event_says_whose_it_is() -> None:
    (event,) = numbers(client_of([b"data: x\n\n"])).events()
    with pytest.raises(DataError, match="GET / sent no JSON: x"):
        _ = event.value


@pytest.mark.parametrize("wrong", [{"reconnect": "Never"}, {"on_invalid": "drop"}])
def test_a_slip_of_the_pen_in_an_option_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(TypeError, match=next(iter(wrong.values()))):
        StreamOptions(**wrong)


@pytest.mark.parametrize("content_type", ["text/html", "TEXT/HTML; charset=utf-8", "image/png"])
def test_a_page_of_a_proxy_is_no_text(content_type: str) -> None:
    with pytest.raises(DataError, match=r"another type \(asked for .*\): ") as caught:
        list(texts(client_of([b"<h1>Log in</h1>"], content_type)))
    assert (caught.value.kind, caught.value.payload) == ("content_type", content_type)
    for is_html in (False, True):
        routes = Routes(Connections(Server("http://test"), transport=pages(content_type)))
        stream = routes.text(Call("GET", "/"), {}, is_html=is_html)
        if is_html and content_type != "image/png":
            assert list(stream) == ["<h1>"]
        else:
            with pytest.raises(DataError):
                list(stream)


@pytest.mark.parametrize("content_type", ["text/csv", "text/event-stream", None])
def test_a_route_of_text_takes_whatever_is_text(content_type: str | None) -> None:
    routes = Routes(Connections(Server("http://test"), transport=pages(content_type)))
    assert list(routes.text(Call("GET", "/"), {})) == ["<h1>"]


def pages(content_type: str | None) -> httpx2.MockTransport:
    headers = {} if content_type is None else {"content-type": content_type}
    return httpx2.MockTransport(
        lambda request: httpx2.Response(200, headers=headers, stream=Body([b"<h1>"]))
    )


def test_streams_over_http_2_are_refused_since_nothing_would_end_them() -> None:
    def answer_in_http_2(request: httpx2.Request) -> httpx2.Response:
        headers = {"content-type": "text/event-stream"}
        body = Body([b"data: 1\n\n"])
        return httpx2.Response(
            200, headers=headers, stream=body, extensions={"http_version": b"HTTP/2"}
        )

    client = APIClient("http://test", transport=httpx2.MockTransport(answer_in_http_2))
    with pytest.raises(InvalidRequest, match="GET / cannot stream over HTTP/2"):
        list(numbers(client))
    with pytest.raises(InvalidRequest, match="GET / cannot stream over HTTP/2"):
        asyncio.run(read(awaited_numbers(client)))


def test_without_asyncio_the_error_says_what_to_do() -> None:
    waiting = anext(awaited_numbers(client_of([b"data: 1\n\n"])))
    with pytest.raises(RuntimeError, match="in trio, call a plain one in a thread"):
        waiting.send(None)  # as an event loop that is none of asyncio's
