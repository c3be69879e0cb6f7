"""A worker's event loop: serves, drains, rests and ends at the supervisor's word."""

import asyncio
import contextlib
import logging
import os
import signal
import socket
from collections.abc import Callable
from typing import assert_never

import uvicorn

from .job import Job
from .lifespan import StartupFailed
from .protocol import (
    Failed,
    Lines,
    Ping,
    Pong,
    Ready,
    Release,
    Released,
    Resume,
    Start,
    Stop,
    Uses,
    WorkerCommand,
    WorkerReport,
    encode,
)
from .serving import Server

MOST_COMMAND_BYTES = 65536

TERMINATED_GRACE_SECONDS = 1.0
"""For a drain that a signal asks for."""

ORPHANED_GRACE_SECONDS = 0.2
"""For a drain after the supervisor's death: the guard is on its way."""

FLUSH_SECONDS = 2.0
"""How long the supervisor may take to read our last report."""

_REAP_SECONDS = 0.05


class Life:
    """What a worker does between its app's import and its end.

    `failed` turns an exception of the app's startup into a report, `uses` tells what the app
    depends on, if that is news.
    """

    def __init__(
        self,
        config: uvicorn.Config,
        *,
        job: Job,
        failed: Callable[[BaseException], Failed],
        uses: Callable[[], Uses | None],
    ) -> None:
        self._config = config
        self._job = job
        self._failed = failed
        self._uses = uses
        self._server: Server | None = None
        self._serving: asyncio.Task[None] | None = None
        self._stopping = False

    async def live(self, *, hold: bool, child: int | None) -> int:
        """The exit code. On `hold` it waits for `Start`; `child` is reaped when it ends."""
        self._loop = asyncio.get_running_loop()
        self._ended: asyncio.Future[int] = self._loop.create_future()
        self._loop.add_signal_handler(signal.SIGTERM, self._stop, TERMINATED_GRACE_SECONDS)
        reader, self._writer = await asyncio.open_unix_connection(sock=self._job.control)
        obeying = asyncio.create_task(self._obey(reader))
        if child is not None:
            self._reap(child)
        if not hold:
            self._start()
        try:
            return await self._ended
        finally:
            obeying.cancel()
            await self._flush()

    async def _flush(self) -> None:
        """The last report may be long, and must not get lost with us."""
        self._writer.close()
        with contextlib.suppress(OSError, TimeoutError):
            async with asyncio.timeout(FLUSH_SECONDS):
                await self._writer.wait_closed()

    async def _obey(self, reader: asyncio.StreamReader) -> None:
        lines = Lines()
        while data := await reader.read(MOST_COMMAND_BYTES):
            for command in lines.feed(data):
                self._do(command)
        self._stop(ORPHANED_GRACE_SECONDS)

    def _do(self, command: WorkerCommand) -> None:
        match command:
            case Start() | Resume():
                self._start()
            case Release():
                self._release(command.grace)
            case Stop():
                self._stop(command.grace)
            case Ping():
                self._report(Pong())
                self._report_uses()
            case _:
                assert_never(command)

    def _start(self) -> None:
        self._server = Server(self._config, on_accepting=self._report_ready)
        self._serving = asyncio.create_task(self._serve(self._server))

    def _report_ready(self) -> None:
        self._report(Ready())
        self._report_uses()

    def _report_uses(self) -> None:
        if uses := self._uses():
            self._report(uses)

    async def _serve(self, server: Server) -> None:
        try:
            await server.serve(sockets=[socket.socket(fileno=os.dup(self._job.listener))])
        except StartupFailed as error:
            self._report(self._failed(error.__cause__ or error))
            self._end(1)
        except asyncio.CancelledError:
            self._end(0)  # stopped while it started
        except BaseException:
            logging.getLogger("uvicorn.error").exception("The API's process ends")
            self._end(1)
        else:
            self._rest()

    def _rest(self) -> None:
        self._server = None
        if self._stopping:
            self._end(0)
        else:
            self._report(Released())

    def _release(self, grace: float) -> None:
        if self._server:
            self._server.stop(grace=grace)

    def _stop(self, grace: float) -> None:
        self._stopping = True
        if self._server is None:
            self._end(0)
        elif self._server.started:
            self._server.stop(grace=grace)
        elif self._serving:
            self._serving.cancel()

    def _end(self, status: int) -> None:
        if not self._ended.done():
            self._ended.set_result(status)

    def _report(self, report: WorkerReport) -> None:
        self._writer.write(encode(report))

    def _reap(self, child: int) -> None:
        with contextlib.suppress(ChildProcessError):  # the app waits for any child itself
            if os.waitpid(child, os.WNOHANG) == (0, 0):
                self._loop.call_later(_REAP_SECONDS, self._reap, child)
