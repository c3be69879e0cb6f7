"""What a Redis that goes away does to the tasks that wait for it."""

import asyncio
import contextlib

import pytest

from scaffolds.backends import backend_module


def test_a_cancel_is_no_broken_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before Python 3.12 `asyncio.wait_for` may swallow one just as the connection breaks."""
    redis = backend_module("channel_redis").Redis("redis://127.0.0.1:1")
    asked = asyncio.Event()

    async def swallow(*_: object) -> int:
        if asked.is_set():
            return 1
        asked.set()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.sleep(60)
        raise OSError("The connection is closed")

    async def cancelled() -> bool:
        monkeypatch.setattr(redis._client, "exists", swallow)
        task = asyncio.create_task(redis.is_claimed("a"))
        await asked.wait()
        task.cancel()
        await asyncio.wait([task], timeout=20)
        return task.cancelled()

    assert asyncio.run(cancelled())
