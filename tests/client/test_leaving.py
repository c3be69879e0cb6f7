"""Whichever way a stream is left, its connection ends, and the server knows."""

import pytest
import uvicorn

from .leaving import PLAIN_WAYS, WAYS, Leave, PlainLeave, leave_awaited, leave_plain

TIMES = 40


@pytest.mark.parametrize("leave", WAYS, ids=lambda leave: leave.__name__)
def test_none_is_left_on_the_server(server: uvicorn.Server, served: str, leave: Leave) -> None:
    leave_awaited(served, leave, times=TIMES, server=server)


@pytest.mark.parametrize("leave", PLAIN_WAYS, ids=lambda leave: leave.__name__)
def test_plain_loops_leave_none_either(
    server: uvicorn.Server, served: str, leave: PlainLeave
) -> None:
    leave_plain(served, leave, times=TIMES, server=server)
