"""All shared cases of events and of JSON lines, at every cut, by both kinds of loops."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from fluidkit_cli.client import APIClient, ConnectionFailed, DataError, ServerSentEvent
from fluidkit_cli.client.sse import EventParser, Run

from .conformance import client_of, cuts_of, joined, read_cases

EVENTS = read_cases("sse.json") + read_cases("more_sse.json")
LINES = read_cases("jsonl.json") + read_cases("more_jsonl.json")
FEW = 40
"""Cuts of a case that go through whole clients too: the parser has seen them all."""

Found = tuple[list[Any], dict[str, Any] | None]


def names(case: dict[str, Any]) -> str:
    return f"{case['id']} {case['name']}"


@pytest.mark.parametrize("case", EVENTS, ids=names)
def test_the_parser_reads_the_events_of_a_case_at_every_cut(case: dict[str, Any]) -> None:
    for cut, chunks in cuts_of(case):
        parser = EventParser()
        events: list[tuple[str, str, str]] = []
        for chunk in chunks:
            for found in parser.feed(chunk):
                if isinstance(found, Run):
                    events += [("message", _text(each), found.id) for each in found.payloads]
                else:
                    events.append((found.event, _text(found.data), found.id))
        assert events == _wanted(case), cut
        assert parser.retry == case["retry"], cut
        assert parser.last_event_id == case["last_event_id_after_eof"], cut


@pytest.mark.parametrize("case", EVENTS, ids=names)
def test_streams_give_the_events_of_a_case(case: dict[str, Any]) -> None:
    for cut, chunks in list(cuts_of(case))[:FEW]:
        client = client_of(chunks)
        assert [_parts(event) for event in _plain(client)] == _wanted(case), cut
        assert [_parts(event) for event in _awaited(client)] == _wanted(case), cut


@pytest.mark.parametrize("case", LINES, ids=names)
def test_streams_give_the_items_and_the_error_of_a_case(case: dict[str, Any]) -> None:
    for cut, chunks in cuts_of(case):
        for read in (_lines, _awaited_lines):
            items, error = read(case, chunks)
            assert json.dumps(items) == json.dumps(_items(case)), cut
            assert error == case["error"], cut


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")


def _parts(event: ServerSentEvent) -> tuple[str, str, str]:
    return event.event, event.data, event.id


def _wanted(case: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [
        (
            event["type"],
            event["data"] if "data" in event else joined(event["data_parts"]),
            event["lastEventId"],
        )
        for event in case["events"]
    ]


def _items(case: dict[str, Any]) -> list[Any]:
    parts = case.get("items_parts")
    return [joined(item) for item in parts] if parts else case["items"]


def _plain(client: APIClient) -> list[ServerSentEvent]:
    @client.get("/", streaming_response=True)
    def events(result: Iterator[ServerSentEvent]) -> Iterator[ServerSentEvent]:
        return result

    return list(events())


def _awaited(client: APIClient) -> list[ServerSentEvent]:
    @client.get("/", streaming_response=True)
    async def events(result: AsyncIterator[ServerSentEvent]) -> AsyncIterator[ServerSentEvent]:
        return result

    async def collect() -> list[ServerSentEvent]:
        return [event async for event in events()]

    return asyncio.run(collect())


def _lines(case: dict[str, Any], chunks: list[bytes]) -> Found:
    client = client_of(chunks, "application/jsonl", breaks=case["end"] == "reset")

    @client.get("/", streaming_response=True, max_bytes=case.get("max_line_bytes") or 2**24)
    def lines(result: Iterator[Any]) -> Iterator[Any]:
        return result

    items: list[Any] = []
    try:
        for item in lines():
            items.append(item)
            if case["end"] == "cancel":
                break
    except (DataError, ConnectionFailed) as error:
        assert error.index == len(items)
        return items, {"kind": error.kind, "line": error.line}
    return items, None


def _awaited_lines(case: dict[str, Any], chunks: list[bytes]) -> Found:
    client = client_of(chunks, "application/jsonl", breaks=case["end"] == "reset")

    @client.get("/", streaming_response=True, max_bytes=case.get("max_line_bytes") or 2**24)
    async def lines(result: AsyncIterator[Any]) -> AsyncIterator[Any]:
        return result

    async def collect() -> Found:
        items: list[Any] = []
        try:
            async for item in lines():
                items.append(item)
                if case["end"] == "cancel":
                    break
        except (DataError, ConnectionFailed) as error:
            assert error.index == len(items)
            return items, {"kind": error.kind, "line": error.line}
        return items, None

    return asyncio.run(collect())
