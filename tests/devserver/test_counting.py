"""What a stream has sent, however it is cut into chunks."""

import pytest

from fluidkit_cli.devserver.counting import Chunks, Events, Records, counter_of

EVENTS = {
    "data": (b"data: 1\n\ndata: 2\n\n", 2),
    "windows": (b"data: 1\r\n\r\ndata: 2\r\n\r\n", 2),
    "mixed": (b"data: 1\r\n\ndata: 2\n\r\ndata: 3\r\n\r", 3),
    "old mac": (b"data: 1\r\rdata: 2\r\r", 2),
    "pings": (b": ping\n\n: ping\n\ndata: 1\n\n", 1),
    "names and ids": (b"event: a\nid: 1\ndata: 1\n\nid: 2\n\n", 1),
    "two lines": (b"data: 1\ndata: 2\n\n", 1),
    "empty": (b"data\n\ndata:\n\n", 2),
    "unfinished": (b"data: 1\n\ndata: 2\n", 1),
    "many blanks": (b"\n\n\ndata: 1\n\n\n\n", 1),
}


@pytest.mark.parametrize(("body", "count"), EVENTS.values(), ids=EVENTS.keys())
def test_events_are_counted_at_every_split(body: bytes, count: int) -> None:
    for chunks in [(body[:cut], body[cut:]) for cut in range(len(body) + 1)] + [each_byte(body)]:
        events = Events()
        for chunk in chunks:
            events.feed(chunk)
        assert events.count == count, chunks


def test_lines_are_counted_at_every_split_and_empty_ones_are_none() -> None:
    body = b'{"a": 1}\n\n{"a": 2}\r\n   \n{"a": 3}'
    for chunks in [(body[:cut], body[cut:]) for cut in range(len(body) + 1)] + [each_byte(body)]:
        records = Records()
        for chunk in chunks:
            records.feed(chunk)
        assert records.count == 2, chunks


def each_byte(body: bytes) -> tuple[bytes, ...]:
    return tuple(body[place : place + 1] for place in range(len(body)))


@pytest.mark.parametrize(
    ("kind", "counter"),
    [
        (b"text/event-stream; charset=utf-8", Events),
        (b"application/jsonl", Records),
        (b"Application/X-NDJSON", Records),
        (b"application/vnd.logs+ndjson", Records),
        (b"text/plain", Chunks),
        (b"", Chunks),
    ],
)
def test_what_is_counted_is_what_the_stream_is_made_of(kind: bytes, counter: type) -> None:
    assert isinstance(counter_of(kind), counter)
