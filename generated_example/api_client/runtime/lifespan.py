# Copied by fluidkit. Changes to this file are overwritten.
"""Starts and ends an ASGI app as a server does, by the lifespan protocol."""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Message = MutableMapping[str, Any]
App = Callable[
    [Message, Callable[[], Awaitable[Message]], Callable[[Message], Awaitable[None]]],
    Awaitable[None],
]


class Lifespan:
    """The life of one app, in one event loop. `state` is what requests are given of it."""

    def __init__(self, app: App) -> None:
        self.state: dict[str, Any] = {}
        self._app = app
        self._to_app: asyncio.Queue[Message] = asyncio.Queue()
        self._from_app: asyncio.Queue[Message] = asyncio.Queue()

    async def start(self) -> None:
        """Waits until the app is up. An app that knows no lifespan is so at once.

        Raises:
            RuntimeError: it could not start.
        """
        self._task = asyncio.create_task(self._run())
        await self._say("startup")

    async def end(self) -> None:
        """Waits until the app has cleaned up.

        Raises:
            RuntimeError: it could not.
        """
        await self._say("shutdown")
        await self._task

    async def _say(self, event: str) -> None:
        await self._to_app.put({"type": f"lifespan.{event}"})
        if self._task.done() and self._from_app.empty():
            return
        answer = await self._from_app.get()
        if answer["type"].endswith(".failed"):
            raise RuntimeError(f"{event} failed: {answer.get('message', '')}")

    async def _run(self) -> None:
        scope = {"type": "lifespan", "asgi": {"version": "3.0"}, "state": self.state}
        try:
            await self._app(scope, self._to_app.get, self._from_app.put)
        except Exception:
            # one that knows no lifespan refuses the scope, one that fails has said so before
            pass
        finally:
            self._from_app.put_nowait({"type": "lifespan.over"})
