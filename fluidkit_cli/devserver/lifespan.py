"""The lifespan protocol of ASGI, in the shape in which uvicorn asks for it."""

import asyncio
import contextlib
from collections.abc import MutableMapping
from typing import Any

from uvicorn import Config

Message = MutableMapping[str, Any]


class StartupFailed(Exception):
    """The app's own startup raised; the reason is the cause of this error."""


class Lifespan:
    """Runs the app's lifespan and keeps the exception that ends it, which uvicorn's own drops."""

    def __init__(self, config: Config) -> None:
        self._app: Any = config.loaded_app
        self._events: asyncio.Queue[Message] = asyncio.Queue()
        self._answers: asyncio.Queue[Message] = asyncio.Queue()
        self._task: asyncio.Task[None] | None = None
        self.state: dict[str, Any] = {}
        self.should_exit = False

    async def startup(self) -> None:
        """Returns when the app is started, or when it knows no lifespan.

        Raises:
            StartupFailed: it raised or refused.
        """
        scope = {"type": "lifespan", "asgi": {"version": "3.0", "spec_version": "2.0"}}
        self._task = asyncio.create_task(
            self._app({**scope, "state": self.state}, self._events.get, self._answers.put)
        )
        try:
            answer = await self._ask("lifespan.startup")
        except asyncio.CancelledError:
            await self._cancel()
            raise
        if answer["type"] == "lifespan.startup.failed":
            await self._settle()
            raise StartupFailed(answer.get("message", "")) from self._error()

    async def shutdown(self) -> None:
        """Raises what the app's own shutdown raises."""
        if self._task and not self._task.done():
            await self._ask("lifespan.shutdown")
            await self._settle()
            if error := self._error():
                raise error

    async def _ask(self, event: str) -> Message:
        """The app's answer; an empty one when it ends without, as apps without lifespan do."""
        assert self._task
        self._events.put_nowait({"type": event})
        answer = asyncio.create_task(self._answers.get())
        try:
            await asyncio.wait({answer, self._task}, return_when=asyncio.FIRST_COMPLETED)
            return answer.result() if answer.done() else self._late_answer()
        finally:
            answer.cancel()

    def _late_answer(self) -> Message:
        return {"type": ""} if self._answers.empty() else self._answers.get_nowait()

    async def _settle(self) -> None:
        """An app that answered has nothing more to do; one that goes on is not waited for."""
        assert self._task
        await asyncio.wait({self._task}, timeout=1)

    async def _cancel(self) -> None:
        """Lets the `finally` blocks of a half-done startup run."""
        assert self._task
        self._task.cancel()
        with contextlib.suppress(BaseException):
            await self._task

    def _error(self) -> BaseException | None:
        if self._task and self._task.done() and not self._task.cancelled():
            return self._task.exception()
        return None
