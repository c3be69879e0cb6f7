"""Lines about requests: what was asked, what became of it, and nothing that a terminal obeys."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, MutableMapping
from pathlib import Path
from typing import Any

import pytest

from fluidkit_cli.devserver.error_log import BriefFormatter
from fluidkit_cli.devserver.request_lines import FRESH, LONGEST_ADDRESS, duration, name_of, size
from fluidkit_cli.devserver.requests import Application, Requests

Message = MutableMapping[str, Any]

EVENTS = [(b"content-type", b"text/event-stream")]
RECORDS = [(b"content-type", b"application/jsonl")]
TEXT = [(b"content-type", b"text/plain")]
PAGE = [*TEXT, (b"content-length", b"4")]
DOWNLOAD = [(b"content-disposition", b"attachment; filename=a")]


def answer(headers: list[tuple[bytes, bytes]], *chunks: bytes, status: int = 200) -> Application:
    """An app that sends these chunks to the end."""

    async def app(scope: Any, receive: Any, send: Callable[[Message], Awaitable[None]]) -> None:
        await send({"type": "http.response.start", "status": status, "headers": headers})
        for chunk in chunks:
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
        await send({"type": "http.response.body"})

    return app


def lines(app: Application, *, draining: bool = False, times: int = 1) -> list[str]:
    """What is logged of requests that run side by side, without the times."""
    logged: list[str] = []
    requests = Requests(app, run_id="run", log=logged.append)
    requests.draining = draining
    scope = {
        "type": "http",
        "method": "GET",
        "path": "/api/x",
        "raw_path": b"/api/x",
        "query_string": b"",
        "headers": [],
    }

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        await asyncio.sleep(0)

    async def ask() -> None:
        requested = (requests(dict(scope), receive, send) for _ in range(times))
        await asyncio.gather(*requested, return_exceptions=True)

    asyncio.run(ask())
    assert all(line.startswith(FRESH) for line in logged)
    return [line.removeprefix(f"{FRESH}GET /api/x ").removeprefix(FRESH) for line in logged]


def without_times(found: list[str]) -> list[str]:
    parts = [line.split(" · ") for line in found]
    return [" · ".join(part for part in each if not part.endswith(" ms")) for each in parts]


@pytest.mark.parametrize(
    ("app", "logged"),
    [
        (answer(PAGE, b"page"), ["200"]),
        (answer(PAGE, b"page", status=404), ["404"]),
        (answer([], status=204), ["204"]),
        (answer([], status=304), ["304"]),
        (
            answer(EVENTS, b"data: 1\n\n", b": ping\n\n", b"data: 2\n\n"),
            ["200 · streaming events", "ended · 2 events"],
        ),
        (answer(RECORDS, b"{}\n"), ["200 · streaming lines", "ended · 1 line"]),
        (
            answer(TEXT, b"ab", b"c" * 1500),
            ["200 · streaming chunks", "ended · 2 chunks · 1.5 kB"],
        ),
        (answer(DOWNLOAD, b"ab", b"cd"), ["200 · 2 chunks · 4 B"]),
    ],
)
def test_streams_are_said_to_open_and_to_end_with_what_they_sent(
    app: Application, logged: list[str]
) -> None:
    assert without_times(lines(app)) == logged


async def leave(scope: Any, receive: Any, send: Callable[[Message], Awaitable[None]]) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": EVENTS})
    await send({"type": "http.response.body", "body": b"data: 1\n\n", "more_body": True})
    assert (await receive())["type"] == "http.disconnect"


async def fail(scope: Any, receive: Any, send: Callable[[Message], Awaitable[None]]) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": EVENTS})
    raise ValueError


async def say_nothing(scope: Any, receive: Any, send: Any) -> None:
    pass


def test_it_is_said_who_ended_a_stream() -> None:
    assert without_times(lines(leave))[-1] == "left by the client · 1 event"
    assert without_times(lines(fail))[-1] == "broke · 0 events"
    assert without_times(lines(leave, draining=True))[-1] == "cut · 1 event"


def test_streams_that_a_reload_cuts_together_are_one_line() -> None:
    logged = lines(leave, draining=True, times=20)
    assert logged == ["200 · streaming events"] * 20 + ["20 streams cut"]


async def talk(
    scope: Any,
    receive: Callable[[], Awaitable[Message]],
    send: Callable[[Message], Awaitable[None]],
) -> None:
    assert (await receive())["type"] == "websocket.connect"
    await send({"type": "websocket.accept"})
    while (await receive())["type"] == "websocket.receive":
        await send({"type": "websocket.send", "text": "b"})


async def refuse(scope: Any, receive: object, send: Callable[[Message], Awaitable[None]]) -> None:
    await send({"type": "websocket.close", "code": 1008})


@pytest.mark.parametrize(
    ("app", "logged"),
    [(talk, ["101 · streaming messages", "left by the client · 4 messages"]), (refuse, [])],
)
def test_websockets_are_shown_as_they_open_and_end(app: Application, logged: list[str]) -> None:
    found: list[str] = []
    kinds = iter(["connect", "receive", "receive", "disconnect"])

    async def receive() -> Message:
        return {"type": f"websocket.{next(kinds)}"}

    async def send(message: Message) -> None:
        pass

    scope = {"type": "websocket", "path": "/api/x", "query_string": b"", "headers": []}
    requests = Requests(app, run_id="run", log=found.append)

    async def ask() -> None:
        await requests(scope, receive, send)

    asyncio.run(ask())
    lines = [line.removeprefix(f"{FRESH}WS /api/x ") for line in found]
    assert without_times(lines) == logged


def test_a_request_without_an_answer_is_said_to_have_none() -> None:
    assert without_times(lines(say_nothing)) == ["unanswered"]


def test_there_are_colours_where_the_terminal_has_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    for status, colour in ((200, 32), (302, 36), (404, 33), (500, 31)):
        assert f"\x1b[{colour}m{status}\x1b[0m" in lines(answer(PAGE, b"page", status=status))[0]


HOSTILE = b"/\x1b[31m\x9b2J\r\nGET /forged 200\xe2\x80\xae\x07"


@pytest.mark.parametrize("part", ["method", "raw_path", "query_string", "path"])
def test_what_a_client_sent_is_never_a_command(part: str) -> None:
    scope: dict[str, Any] = {"method": "GET", "path": "/", "raw_path": b"/", "query_string": b""}
    scope[part] = HOSTILE if scope[part].__class__ is bytes else HOSTILE.decode("latin-1")
    if part == "path":
        scope["raw_path"] = None
    name = name_of(scope)
    assert name.isascii()
    assert name.isprintable()
    assert "\\x1b[31m" in name


def test_a_very_long_address_is_shortened() -> None:
    scope = {"method": "GET", "raw_path": b"/" + b"a" * 60_000, "query_string": b"", "path": "/"}
    assert len(name_of(scope)) == len("GET ") + LONGEST_ADDRESS + len("…")


def test_an_exception_that_repeats_what_a_client_sent_is_escaped(tmp_path: Path) -> None:
    try:
        raise ValueError("nobody is called \x1b[31mbob\r\x9b")
    except ValueError as error:
        caught = (ValueError, error, error.__traceback__)
    record = logging.LogRecord("uvicorn", logging.ERROR, "", 1, "Exception", (), caught)
    text = BriefFormatter(root=tmp_path).format(record).removeprefix(FRESH)
    assert "nobody is called \\x1b[31mbob\\r\\x9b" in text
    assert text.replace("\n", "").isprintable()


def test_times_and_sizes_are_short() -> None:
    assert [duration(s) for s in (0.0114, 12.34, 59.96, 125, 7260)] == [
        *("11 ms", "12.3 s", "60.0 s", "2 min 5 s", "2 h 1 min"),
    ]
    assert [size(n) for n in (812, 1234, 4_100_000, 2_500_000_000)] == [
        *("812 B", "1.2 kB", "4.1 MB", "2.5 GB"),
    ]
