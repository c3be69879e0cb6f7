"""The two servers of a site that is rendered on a server, run as one: both, or neither."""

import asyncio
import contextlib
import os
import signal
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from .devserver import terminal_settings
from .devserver.clock import Clock
from .devserver.events import Answered, Due, Ended, Message, Post, Printed, ServerName, Signalled
from .devserver.guard_process import GuardProcess
from .devserver.process import Children, Command, Process
from .devserver.terminal import Terminal
from .devserver.wording import ended_how

_KILL_SECONDS = 3.0
"""How much longer than they should the servers may take to end."""

_GUARD_SECONDS = 3.0
_STEP_SECONDS = 0.05
_STDIN = 0

_AWAY = (b"502", b"503")
_NAMES: dict[ServerName, str] = {"api": "The API", "web": "The front end's server"}


@dataclass(frozen=True, slots=True)
class Pair:
    """What to run. The front end's server answers at `host` and `port`, and asks the API for
    `api_path`. Once they are told to, both end within `drain_seconds`.

    `run_id` is in the environment of both as FLUIDKIT_RUN.
    """

    servers: Mapping[ServerName, Command]
    run_id: str
    host: str
    port: int
    api_path: str
    drain_seconds: float


def run_pair(pair: Pair, *, said: str, terminal: Terminal) -> int:
    """Runs until a signal, or the end of one of the servers, ends both; the exit code.

    `said` is what people read when both answer.
    """
    code = asyncio.run(_run(pair, said, terminal))
    if not terminal.close():
        os._exit(code)  # the thread that cannot write would keep Python from ending
    return code


async def _run(pair: Pair, said: str, terminal: Terminal) -> int:
    queue: asyncio.Queue[Message] = asyncio.Queue()
    post = queue.put_nowait
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is not signal.SIG_IGN:  # as under nohup
            loop.add_signal_handler(number, post, Signalled(number))
    run = _Run(pair, said, terminal=terminal, post=post)
    run.start()
    answered = asyncio.create_task(_post_when_answered(pair, post))
    while not run.over:
        run.handle(await queue.get())
    answered.cancel()
    return run.code


class _Run:
    """`handle` takes one message after the other, until it is `over`."""

    def __init__(self, pair: Pair, said: str, *, terminal: Terminal, post: Post) -> None:
        self._pair = pair
        self._said = said
        self._terminal = terminal
        self._timer = Clock(post)
        self._children = Children(post)
        self._guard = GuardProcess(
            environment={"FLUIDKIT_RUN": pair.run_id},
            terminal=terminal_settings.noted(_STDIN),
            start=partial(self._children.start, "guard"),
        )
        self._running: dict[str, Process] = {}
        self._ending = False
        self.code = 0

    @property
    def over(self) -> bool:
        """Nothing of ours is left."""
        return self._ending and not self._running and not self._guard.pid

    def start(self) -> None:
        """The guard comes first, so that nothing is ever without it."""
        self._guard.start()
        for name, command in self._pair.servers.items():
            process = self._children.start(name, command)
            self._running[name] = process
            self._guard.add(process.pid)

    def handle(self, message: Message) -> None:
        match message:
            case Printed():
                for line in message.lines:
                    self._terminal.put(line, message.process)
            case Answered() if not self._ending:
                self._terminal.put(self._said)
            case Ended(process="guard"):
                self._guard.ended()
                if not self._ending:
                    self._guard.start()
            case Ended(process="api" | "web" as name):
                self._ended(name, message)
            case Signalled() if self._ending:
                self._signal(signal.SIGKILL)
            case Signalled():
                self._terminal.put("shutting down", "note")
                self._end(128 + message.number)
            case Due():
                message.act()
            case _:
                pass  # of `fluidkit dev`

    def _ended(self, name: ServerName, message: Ended) -> None:
        del self._running[name]
        self._guard.drop(message.pid)
        if not self._ending:
            how = ended_how(message.status)
            self._terminal.put(f"error: {_NAMES[name]} ended {how}, so all does", "error")
            self._end(1)
        elif self._running:
            self._signal(signal.SIGTERM)
        if not self._running:
            self._guard.close()
            self._timer.after(_GUARD_SECONDS, self._guard.kill)

    def _end(self, code: int) -> None:
        """The API goes last, or when the time is over: pages under way may have to ask it again."""
        self._ending = True
        self.code = code
        if first := self._running.get("web") or self._running.get("api"):
            first.signal(signal.SIGTERM)
        seconds = self._pair.drain_seconds
        self._timer.after(seconds, partial(self._signal, signal.SIGTERM))
        self._timer.after(seconds + _KILL_SECONDS, partial(self._signal, signal.SIGKILL))

    def _signal(self, number: int) -> None:
        for process in self._running.values():
            process.signal(number)


async def _post_when_answered(pair: Pair, post: Post) -> None:
    """One request tells of both: the front end's server says so when the API is away."""
    request = f"GET {pair.api_path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    while True:
        with contextlib.suppress(OSError, ValueError):
            reader, writer = await asyncio.open_connection(pair.host, pair.port)
            writer.write(request.encode())
            _, status, *_ = (await reader.readline()).split()
            writer.close()
            if status not in _AWAY:
                break
        await asyncio.sleep(_STEP_SECONDS)
    post(Answered("web"))
