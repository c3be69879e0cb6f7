"""The life of a stream: what ends it, what takes it up again, and what its errors tell."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import httpx2
import pytest
from pydantic import BaseModel

from fluidkit_cli.client import (
    APIClient,
    ApiError,
    ClientError,
    ConnectionFailed,
    DataError,
    InvalidRequest,
    ServerError,
    ServerSentEvent,
    Stream,
)
from fluidkit_cli.client.reconnect import Backoff, reconnect_delay

from .backend import Token
from .conformance import Body, client_of

Answer = Callable[[httpx2.Request], httpx2.Response]


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds that streams would have waited."""
    pauses: list[float] = []
    monkeypatch.setattr("fluidkit_cli.client.stream._pause", lambda _, pause: pauses.append(pause))
    return pauses


def answers(*made: httpx2.Response | type[Exception]) -> tuple[APIClient, list[httpx2.Request]]:
    """A client whose server answers so, in turn, and the requests that it got."""
    requests: list[httpx2.Request] = []
    coming = iter(made)

    def answer(request: httpx2.Request) -> httpx2.Response:
        requests.append(request)
        response = next(coming)
        if isinstance(response, httpx2.Response):
            return response
        raise response("broken")

    return APIClient("http://test", transport=httpx2.MockTransport(answer)), requests


def events(text: bytes, *, breaks: bool = False) -> httpx2.Response:
    headers = {"content-type": "text/event-stream"}
    return httpx2.Response(200, headers=headers, stream=Body([text], breaks))


def numbers(client: APIClient, **options: Any) -> Stream[int]:
    @client.get("/", streaming_response=True, **options)
    def stream(*, result: Iterator[int]) -> Iterator[int]:
        return result

    return stream()


def test_a_lost_connection_is_taken_up_again_after_the_last_event() -> None:
    client, requests = answers(
        events(b"id: \xe2\x82\xac7\ndata: 1\n\nid: 8\ndata: 2", breaks=True), events(b"data: 3\n\n")
    )
    assert list(numbers(client)) == [1, 3]
    sent = [request.headers.raw for request in requests]
    assert b"last-event-id" not in dict(sent[0])
    assert dict((name.lower(), value) for name, value in sent[1])[b"last-event-id"] == "€7".encode()


def test_a_clean_end_is_final() -> None:
    client, requests = answers(events(b"data: 1\n\n"))
    assert list(numbers(client)) == [1]
    assert len(requests) == 1


def test_with_always_a_clean_end_is_not_until_the_server_says_so() -> None:
    client, requests = answers(events(b"data: 1\n\n"), events(b"data: 2\n\n"), httpx2.Response(204))
    assert list(numbers(client, reconnect="always")) == [1, 2]
    assert len(requests) == 3


def test_a_first_connection_that_fails_is_final() -> None:
    client, _ = answers(httpx2.ConnectError)
    with pytest.raises(ConnectionFailed) as caught:
        list(numbers(client))
    assert caught.value.kind == "unreachable"


@pytest.mark.parametrize("status", [502, 503, 504])
def test_a_server_that_is_away_for_a_while_is_waited_for(status: int) -> None:
    client, _ = answers(
        events(b"data: 1\n\n", breaks=True), httpx2.Response(status), events(b"data: 2\n\n")
    )
    assert list(numbers(client)) == [1, 2]


@pytest.mark.parametrize("status", [400, 404, 500])
def test_other_errors_end_the_stream(status: int) -> None:
    client, _ = answers(events(b"data: 1\n\n", breaks=True), httpx2.Response(status))
    with pytest.raises(ApiError) as caught:
        list(numbers(client))
    assert (caught.value.status, caught.value.index) == (status, 1)


def test_a_post_is_not_done_again_unless_it_is_asked_for() -> None:
    def posted(client: APIClient, **options: Any) -> list[int]:
        @client.post("/", streaming_response=True, **options)
        def stream(*, result: Iterator[int]) -> Iterator[int]:
            return result

        return list(stream())

    broken = [events(b"data: 1\n\n", breaks=True), events(b"data: 2\n\n")]
    with pytest.raises(ConnectionFailed, match="POST / broke off"):
        posted(answers(*broken)[0])
    assert posted(answers(*broken)[0], reconnect="lost") == [1, 2]


def test_the_server_says_how_long_to_wait_within_bounds(no_pauses: list[float]) -> None:
    client, _ = answers(
        events(b"retry: 5000\ndata: 1\n\n", breaks=True),
        events(b"retry: 999999999\ndata: 2\n\n", breaks=True),
        events(b"retry: 0\ndata: 3\n\n", breaks=True),
        events(b""),
    )
    assert list(numbers(client)) == [1, 2, 3]
    assert [pause // least for pause, least in zip(no_pauses, (5, 60, 0.1), strict=True)] == [1] * 3


def test_delays_grow_to_a_limit_and_are_spread() -> None:
    delays = [reconnect_delay(attempt, None) for attempt in range(50)]
    assert 0.25 <= delays[0] <= 0.3125
    assert all(8 <= delay <= 10 for delay in delays[5:])
    assert len(set(delays)) == 50


def test_delays_begin_anew_after_a_success() -> None:
    backoff = Backoff()
    assert [backoff.next(None) // 0.25 for _ in range(3)] == [1, 2, 4]
    backoff.opened()
    backoff.succeeded()
    assert backoff.next(None) < 0.5


def test_a_failure_of_the_server_is_an_error_with_its_words() -> None:
    text = b'data: 1\n\nevent: fluidkit.error\ndata: {"message": "KeyError: \'x\'"}\n\n'
    with pytest.raises(ServerError, match="GET / failed on the server: KeyError: 'x'") as caught:
        list(numbers(client_of([text])))
    assert (caught.value.index, caught.value.status) == (1, 200)


def test_nothing_counts_after_a_failure_of_the_server() -> None:
    found = []
    with pytest.raises(ServerError):
        for number in numbers(
            client_of([b"event: fluidkit.error\ndata: {}\n\nid: 1\ndata: 1\n\n"])
        ):
            found.append(number)
    assert found == []


def test_a_sentinel_ends_the_stream_though_the_server_goes_on() -> None:
    text = b"data: 1\n\ndata: [DONE]\n\ndata: 2\n\n"
    assert list(numbers(client_of([text]), ends=["[DONE]"])) == [1]
    named = b"id: 1\ndata: 1\n\nid: 2\ndata: [DONE]\n\nid: 3\ndata: 2\n\n"
    assert list(numbers(client_of([named]), ends=["[DONE]"])) == [1]


@pytest.mark.parametrize(("bad", "kind"), [(b'"x"', "invalid_value"), (b"{", "invalid_json")])
def test_what_is_not_of_the_type_tells_where_it_stands(bad: bytes, kind: str) -> None:
    stream = numbers(client_of([b"data: 1\n\ndata: %s\n\ndata: 3\n\n" % bad]))
    assert next(stream) == 1
    with pytest.raises(DataError) as caught:
        next(stream)
    error = caught.value
    assert (error.kind, error.index, error.payload, error.status) == (kind, 1, bad.decode(), 200)
    assert isinstance(error, ClientError)


def test_what_is_not_of_the_type_may_be_skipped() -> None:
    chunks = [b"data: 1\n\ndata: x\n\n", b'id: 4\ndata: "2"\n\n', b"data: NaN\n\ndata: 3\n\n"]
    assert list(numbers(client_of(chunks), on_invalid="skip")) == [1, 2, 3]
    lines = client_of([b"1\nx\n\n3\n"], "application/jsonl")
    assert list(numbers(lines, on_invalid="skip")) == [1, 3]


def test_broken_utf_8_in_an_event_is_replaced_and_the_event_counts() -> None:
    @client_of([b'data: {"text": "\xff", "id": 1}\n\n']).get("/", streaming_response=True)
    def stream(*, result: Iterator[Token]) -> Iterator[Token]:
        return result

    assert [token.text for token in stream()] == ["\ufffd"]


def test_events_have_a_name_an_id_and_a_value_that_is_read_when_asked_for() -> None:
    text = b"event: tick\nid: 7\ndata: 1\n\nevent: tock\ndata: x\n\n"
    first, second = numbers(client_of([text])).events()
    assert (first.event, first.id, first.data, first.value) == ("tick", "7", "1", 1)
    assert (second.event, second.id, second.data) == ("tock", "7", "x")
    with pytest.raises(DataError):
        _ = second.value


def test_an_event_may_be_asked_for_with_the_type_of_its_value() -> None:
    @client_of([b"event: tick\ndata: 1\n\n"]).get("/", streaming_response=True)
    def stream(
        *, result: Iterator[ServerSentEvent[str, int]]
    ) -> Iterator[ServerSentEvent[str, int]]:
        return result

    assert [(event.event, event.value) for event in stream()] == [("tick", 1)]


def test_a_type_that_no_pydantic_model_is_will_do() -> None:
    class Point(BaseModel):
        x: int

    @client_of([b'[{"x": 1}, null]\n'], "application/x-ndjson").get("/", streaming_response=True)
    def stream(*, result: Iterator[list[Point | None]]) -> Iterator[list[Point | None]]:
        return result

    assert list(stream()) == [[Point(x=1), None]]


def test_a_line_beyond_the_limit_ends_the_stream_before_it_is_held() -> None:
    endless = itertools.chain([b"data: 1\n\n"], itertools.repeat(b"x" * 100, 1000))
    with pytest.raises(DataError) as caught:
        list(numbers(client_of(list(endless)), max_bytes=1000))
    assert (caught.value.kind, caught.value.index) == ("line_too_long", 1)


def test_a_stream_is_read_once() -> None:
    stream = numbers(client_of([b"data: 1\n\n"]))
    assert list(stream) == [1]
    with pytest.raises(TypeError, match="read only once"):
        iter(stream)


def test_what_was_begun_by_next_goes_on_in_a_loop() -> None:
    stream = numbers(client_of([b"data: 1\n\ndata: 2\n\ndata: 3\n\n"]))
    assert next(stream) == 1
    assert list(stream) == [2, 3]


def test_closing_in_the_middle_of_a_chunk_ends_the_loop_at_once() -> None:
    stream = numbers(client_of([b"data: 1\n\ndata: 2\n\ndata: 3\n\n"]))
    found = []
    for number in stream:
        found.append(number)
        stream.close()
    assert found == [1]


def test_silence_beyond_the_time_out_is_a_lost_connection(served: str) -> None:
    client = APIClient(served)

    @client.get("/silent", streaming_response=True, idle_timeout=0.2, reconnect="never")
    def stream(*, result: Iterator[Token]) -> Iterator[Token]:
        return result

    with pytest.raises(ConnectionFailed) as caught:
        list(stream())
    assert (caught.value.kind, caught.value.index) == ("idle", 1)
    client.close()


def test_redirects_are_followed_within_the_origin_alone(served: str) -> None:
    client = APIClient(served)

    @client.get("/{place}", streaming_response=True)
    def stream(place: str, *, result: Iterator[Token]) -> Iterator[Token]:
        return result

    assert len(list(stream("moved"))) == 3
    with pytest.raises(ConnectionFailed, match="redirected to another origin"):
        list(stream("elsewhere"))
    client.close()


@pytest.mark.parametrize("path", ["/page", "/json", "/text"])
def test_another_content_type_is_a_typed_error(served: str, path: str) -> None:
    client = APIClient(served)

    @client.get(path, streaming_response=True)
    def stream(*, result: Iterator[Token]) -> Iterator[Token]:
        return result

    with pytest.raises(DataError) as caught:
        list(stream())
    assert caught.value.kind == "content_type"
    client.close()


def test_text_comes_as_it_is(served: str) -> None:
    client = APIClient(served)

    @client.get("/text", streaming_response=True)
    def stream(*, result: Iterator[str]) -> Iterator[str]:
        return result

    assert "".join(stream()) == "zwölf"
    client.close()


def test_an_error_has_the_status_and_the_body(served: str) -> None:
    client = APIClient(served)

    @client.get("/refused")
    def refused(*, result: Token) -> Token:
        return result

    with pytest.raises(ApiError, match="GET /refused answered 403: not for you") as caught:
        refused()
    assert (caught.value.status, caught.value.body) == (403, {"detail": "not for you"})
    client.close()


def test_one_client_serves_several_event_loops_in_turn(served: str) -> None:
    client = APIClient(served)

    @client.get("/native", streaming_response=True)
    async def stream(*, result: AsyncIterator[Token]) -> AsyncIterator[Token]:
        return result

    @client.get("/json")
    async def one(*, result: dict[str, Any]) -> str:
        return str(result["text"])

    async def read() -> int:
        assert await one() == "one"
        return len([token async for token in stream()])

    assert [asyncio.run(read()) for _ in range(3)] == [3, 3, 3]


@pytest.mark.parametrize("segment", ["", ".", "..", "a/b"])
def test_no_parameter_leads_to_another_route(segment: str) -> None:
    client = client_of([])

    @client.get("/items/{name}", streaming_response=True)
    def stream(name: str, *, result: Iterator[int]) -> Iterator[int]:
        return result

    with pytest.raises(InvalidRequest, match="`name` is no segment"):
        list(stream(segment))


def test_functions_that_cannot_stream_are_refused_when_they_are_declared() -> None:
    client = client_of([])
    with pytest.raises(TypeError, match="must have a streaming result type"):

        @client.get("/", streaming_response=True)  # type: ignore[arg-type]
        async def one(*, result: Token) -> Token:
            return result

    with pytest.raises(TypeError, match="must use AsyncIterator, not Iterator"):

        @client.get("/", streaming_response=True)  # type: ignore[arg-type]
        async def mixed(*, result: Iterator[Token]) -> Iterator[Token]:
            return result

    with pytest.raises(TypeError, match="no inner type specified"):

        @client.get("/", streaming_response=True)
        def bare(*, result: Iterator) -> Iterator:  # type: ignore[type-arg]
            return result
