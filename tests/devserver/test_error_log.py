"""What a worker writes about exceptions."""

import asyncio
import logging
from pathlib import Path

import pytest
from starlette.websockets import WebSocketDisconnect

from fluidkit_cli.devserver.error_log import REPEAT_SECONDS, BriefFormatter, NoCancellation
from fluidkit_cli.devserver.request_lines import FRESH


def record(error: BaseException) -> logging.LogRecord:
    """As uvicorn makes it when the app raises."""
    text = "Exception in ASGI application\n"
    info = (type(error), error, error.__traceback__)
    return logging.LogRecord("uvicorn.error", logging.ERROR, "", 0, text, (), info)


def test_an_exception_that_comes_again_is_counted_until_there_has_been_quiet(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = 0.0
    monkeypatch.setattr("time.monotonic", lambda: now)
    formatter = BriefFormatter(root=Path("/project"))

    def said(text: str) -> list[str]:
        return formatter.format(record(ValueError(text))).removeprefix(FRESH).splitlines()

    first = said("a")
    assert first == ["ValueError: a"]
    assert said("a")[-1].endswith("a (as above, 2 times now)")
    assert said("b")[-1] == "ValueError: b"
    assert said("a") == first
    now += REPEAT_SECONDS + 1
    assert said("a") == first


def test_what_we_cut_at_the_end_is_no_error() -> None:
    written = NoCancellation()
    assert not written.filter(record(asyncio.CancelledError()))
    assert not written.filter(record(WebSocketDisconnect(1012)))
    assert written.filter(record(WebSocketDisconnect(1000)))
    assert written.filter(record(ValueError("a")))
