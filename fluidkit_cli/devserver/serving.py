"""uvicorn, made to serve on the supervisor's socket and to end as the supervisor says."""

import asyncio
import contextlib
import os
import socket
from collections.abc import Callable, Iterator
from typing import Any, cast

import uvicorn
from uvicorn._types import ASGIApplication

from .drain import abort, drain
from .hosts import allowed_origins
from .lifespan import Lifespan
from .requests import Application, Requests


def configuration(app: Application, *, log: Callable[[str], None]) -> uvicorn.Config:
    """How uvicorn runs the app; `log` gets a line for each request."""
    config = uvicorn.Config(
        cast(ASGIApplication, app), log_config=None, access_log=False, timeout_keep_alive=5
    )
    config.load()
    config.lifespan_class = Lifespan
    requests = Requests(
        cast(Application, config.loaded_app),
        run_id=os.environ.get("FLUIDKIT_RUN", ""),
        log=log,
        allows=allowed_origins(app),
    )
    config.loaded_app = cast(ASGIApplication, requests)
    return config


class Server(uvicorn.Server):
    """Serves until `stop`, and calls `on_accepting` when it has begun to."""

    def __init__(self, config: uvicorn.Config, *, on_accepting: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_accepting = on_accepting
        self._stopping = asyncio.Event()
        self._grace = 0.0

    def stop(self, *, grace: float) -> None:
        """Drains within `grace` seconds and shuts the app down; `serve` returns then.

        A second call may shorten a drain that goes on.
        """
        if self.should_exit:
            asyncio.get_running_loop().call_later(grace, abort, self.server_state)
            return
        self._grace = grace
        self.should_exit = True
        self._stopping.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leaves signals to the worker: uvicorn raises them again before generators are closed."""
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Raises StartupFailed where uvicorn would exit."""
        cast(Requests, self.config.loaded_app).draining = False  # it may have been released before
        await super().startup(sockets)
        self._on_accepting()

    async def main_loop(self) -> None:
        """As uvicorn's, but leaves it at once and wakes up once a second, for the Date header."""
        while not await self.on_tick(0):
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), 1)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Ends every connection, then the app."""
        for server in self.servers:
            server.close()
        for listener in sockets or ():
            listener.close()
        requests = cast(Requests, self.config.loaded_app)
        await drain(self.server_state, requests, grace=self._grace)
        await self.lifespan.shutdown()


def run(config: uvicorn.Config, main: Callable[[], Any]) -> int:
    """Runs the coroutine `main()` on the event loop that uvicorn would choose."""
    if not hasattr(config, "get_loop_factory"):  # before uvicorn 0.36
        config.setup_event_loop()
        return cast(int, asyncio.run(main()))
    with asyncio.Runner(loop_factory=config.get_loop_factory()) as runner:
        return cast(int, runner.run(main()))
