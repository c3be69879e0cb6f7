"""A step: one run of an outside tool, which the signal that ends us ends with all its children."""

import asyncio
import contextlib
import os
import shlex
import signal
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from .errors import FluidkitError

_PATIENCE = 5.0
"""Seconds that a tool gets to clean up when it is told to end."""

_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass(frozen=True, slots=True)
class Step:
    """What to run, where, and the name that people see."""

    name: str
    command: tuple[str, ...]
    folder: Path
    environment: Mapping[str, str]

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


def run_sides(*sides: Side, progress: Progress) -> list[FailedStep]:
    """Runs the sides at the same time; one that fails does not end the others.

    Raises:
        Interrupted: SIGINT, SIGTERM or SIGHUP came; every tool and its children have ended.
    """
    return asyncio.run(_run_sides(sides, progress))


async def _run_sides(sides: Sequence[Side], progress: Progress) -> list[FailedStep]:
    tasks = [asyncio.create_task(_run_side(side, progress)) for side in sides]
    received: list[int] = []

    def end(number: int) -> None:
        received.append(number)
        for task in tasks:
            task.cancel()

    loop = asyncio.get_running_loop()
    for number in _ENDING:
        # nohup and scripts that run jobs in their background ignore some
        if signal.getsignal(number) is not signal.SIG_IGN:
            loop.add_signal_handler(number, end, number)
    try:
        results = await asyncio.gather(*tasks)
    except asyncio.CancelledError:
        await asyncio.wait(tasks)
        raise Interrupted(received[0]) from None
    return [failure for failure in results if failure]


async def _run_side(side: Side, progress: Progress) -> FailedStep | None:
    for done, step in enumerate(side, start=1):
        progress.start(step.name)
        code, output = await _run(step)
        if code != 0:
            progress.fail(step.name)
            return FailedStep(step, output, side[done:])
        progress.finish(step.name)
    return None


async def _run(step: Step) -> tuple[int, str]:
    """The tool's exit code and all that it printed."""
    try:
        process = await asyncio.create_subprocess_exec(
            *step.command,
            cwd=step.folder,
            env={**step.environment, "NO_COLOR": "1"},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            start_new_session=True,
        )
    except OSError as error:
        return 1, f"{step.command[0]}: {error.strerror}"
    try:
        output, _ = await process.communicate()
    finally:
        await _end(process)
    return process.returncode or 0, output.decode(errors="replace")


async def _end(process: asyncio.subprocess.Process) -> None:
    """Ends the tool and all that it started; npm does not pass signals on to its children."""
    if process.returncode is not None:
        return
    _signal_group(process, signal.SIGTERM)
    try:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(process.wait(), _PATIENCE)
    finally:
        _signal_group(process, signal.SIGKILL)


def _signal_group(process: asyncio.subprocess.Process, number: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, number)
