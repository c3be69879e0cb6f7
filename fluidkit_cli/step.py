"""A step: one run of an outside tool. However we end, the tool ends with all its children."""

import asyncio
import contextlib
import os
import re
import shlex
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Protocol

from .devserver import guard
from .errors import FluidkitError

_PATIENCE = 5.0
"""Seconds that a tool gets to clean up when it is told to end."""

_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

_NO_NETWORK = re.compile(
    r"NewConnectionError|NameResolutionError|ProxyError|ConnectTimeoutError"  # pip
    r"|dns error|tcp connect error|network was disabled"  # uv
    r"|ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ENETUNREACH|ETIMEDOUT|ConnectionRefused|FailedToOpenSocket"
)


@dataclass(frozen=True, slots=True)
class Step:
    """What to run, where, and the name that people see.

    `offline` does the same from the tool's own cache; it is tried when `command` fails. `network`
    says what the tool needs a network for, where people can do something about it.
    """

    name: str
    command: tuple[str, ...]
    folder: Path
    environment: Mapping[str, str]
    offline: tuple[str, ...] = ()
    network: str = ""

    @property
    def by_hand(self) -> str:
        """What to paste into a shell to do the same."""
        return f"cd {shlex.quote(str(self.folder))} && {shlex.join(self.command)}"


Side = tuple[Step, ...]
"""Steps that need one another, in order."""


@dataclass(frozen=True, slots=True)
class FailedStep:
    """A step that failed, what its tool printed, and the steps that it kept from running."""

    step: Step
    output: str
    skipped: Side

    def last_lines(self, count: int) -> str:
        """The end of what the tool printed, where most tools say what is wrong."""
        return "\n".join(self.output.rstrip().splitlines()[-count:])

    @property
    def misses_network(self) -> bool:
        """Whether the tool says that it reached nobody."""
        return _NO_NETWORK.search(self.output) is not None


class Progress(Protocol):
    """Where the names of running and ended steps are shown."""

    def start(self, name: str) -> None: ...
    def finish(self, name: str) -> None: ...
    def fail(self, name: str) -> None: ...


class Interrupted(FluidkitError):
    """Somebody ended us with a signal; what we had started is gone."""

    def __init__(self, number: int) -> None:
        super().__init__("Interrupted")
        self.exit_code = 128 + number


@contextlib.contextmanager
def interruptible() -> Iterator[None]:
    """Within the block, the signals that end us raise `Interrupted`, so that we can clean up."""
    with _handlers_kept():
        for number in _listened():
            signal.signal(number, _interrupt)
        yield


def run_sides(*sides: Side, progress: Progress) -> list[FailedStep]:
    """Runs the sides at the same time; one that fails does not end the others.

    Raises:
        Interrupted: SIGINT, SIGTERM or SIGHUP came; every tool and its children have ended.
    """
    with _handlers_kept(), _Guard() as guarding:
        return asyncio.run(_run_sides(sides, progress, guarding))


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise Interrupted(number)


def _listened() -> list[signal.Signals]:
    """nohup and scripts that run jobs in their background ignore some."""
    return [number for number in _ENDING if signal.getsignal(number) is not signal.SIG_IGN]


@contextlib.contextmanager
def _handlers_kept() -> Iterator[None]:
    """An event loop that has listened to signals leaves the default handlers."""
    before = {number: signal.getsignal(number) for number in _ENDING}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class _Guard:
    """A process that ends the tools when we are killed and cannot do it."""

    def __enter__(self) -> "_Guard":
        reading, self._pipe = os.pipe()
        # no process belongs to a run of this name: it minds the groups only
        script = guard.command(f"steps-{os.getpid()}", reading)
        self._process = subprocess.Popen(
            script, pass_fds=(reading,), stdin=subprocess.DEVNULL, start_new_session=True
        )
        os.close(reading)
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._pipe)
        self._process.wait()

    @contextlib.contextmanager
    def minding(self, group: int) -> Iterator[None]:
        self._tell(f"add {group}")
        try:
            yield
        finally:
            self._tell(f"drop {group}")

    def _tell(self, line: str) -> None:
        with contextlib.suppress(BrokenPipeError):  # somebody killed it
            os.write(self._pipe, f"{line}\n".encode())


async def _run_sides(
    sides: Sequence[Side], progress: Progress, guarding: _Guard
) -> list[FailedStep]:
    tasks = [asyncio.create_task(_run_side(side, progress, guarding)) for side in sides]
    received: list[int] = []

    def end(number: int) -> None:
        received.append(number)
        for task in tasks:
            task.cancel()

    loop = asyncio.get_running_loop()
    for number in _listened():
        loop.add_signal_handler(number, end, number)
    try:
        results = await asyncio.gather(*tasks)
    except asyncio.CancelledError:
        await asyncio.wait(tasks)
        raise Interrupted(received[0]) from None
    return [failure for failure in results if failure]


async def _run_side(side: Side, progress: Progress, guarding: _Guard) -> FailedStep | None:
    for done, step in enumerate(side, start=1):
        progress.start(step.name)
        code, output = await _run(step, step.command, guarding)
        if code != 0 and step.offline:
            code, _ = await _run(step, step.offline, guarding)
        if code != 0:
            progress.fail(step.name)
            return FailedStep(step, output, side[done:])
        progress.finish(step.name)
    return None


async def _run(step: Step, command: tuple[str, ...], guarding: _Guard) -> tuple[int, str]:
    """The tool's exit code and all that it printed."""
    with tempfile.TemporaryFile() as output:
        try:
            # not asyncio's own: between the start of a tool and the knowledge of it, a signal
            # would leave what the tool has started meanwhile
            process = subprocess.Popen(
                command,
                cwd=step.folder,
                env={**step.environment, "NO_COLOR": "1"},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        except OSError as error:
            return 1, f"{command[0]}: {error.strerror}"
        with guarding.minding(process.pid):
            ended = asyncio.create_task(asyncio.to_thread(process.wait))
            try:
                code = await asyncio.shield(ended)
            finally:
                await _end(process.pid, ended)
        output.seek(0)
        return code, output.read().decode(errors="replace")


async def _end(group: int, ended: "asyncio.Task[int]") -> None:
    """Ends the tool and all that it started; npm does not pass signals on to its children."""
    if ended.done():
        return
    _signal_group(group, signal.SIGTERM)
    try:
        await asyncio.wait({ended}, timeout=_PATIENCE)
    finally:
        _signal_group(group, signal.SIGKILL)


def _signal_group(group: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(group, number)
