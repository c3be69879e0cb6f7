# Copied by fluidkit. Changes to this file are overwritten.
"""An event loop in a thread, and bodies that plain code reads through it."""

import asyncio
import threading
from collections.abc import AsyncIterator, Coroutine, Iterator
from typing import Any, TypeVar

import httpx2

T = TypeVar("T")


class LoopThread:
    """An event loop in a thread."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(
            target=self._loop.run_forever, name="AppTransport", daemon=True
        )
        self._thread.start()

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result()

    def stop(self) -> None:
        """Ends all that goes on in it, as `asyncio.run` does."""
        self.run(_end_all())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


class PlainBody(httpx2.SyncByteStream):
    def __init__(self, thread: LoopThread, body: Any) -> None:
        self._thread = thread
        self._body = body

    def __iter__(self) -> Iterator[bytes]:
        pieces = self._body.__aiter__()
        while (piece := self._thread.run(_next(pieces))) is not None:
            yield piece

    def close(self) -> None:
        self._thread.run(self._body.aclose())


async def _next(pieces: AsyncIterator[bytes]) -> bytes | None:
    return await anext(pieces, None)


async def _end_all() -> None:
    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await asyncio.get_running_loop().shutdown_asyncgens()
