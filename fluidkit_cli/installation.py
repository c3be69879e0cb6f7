"""Installs both sides of a workspace at the same time."""

import asyncio
import contextlib
import os
import shlex
import shutil
import signal
import sys
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from .errors import FluidkitError
from .toolchain import node_environment, npm_command

_PATIENCE = 5.0
"""Seconds that a tool gets to clean up when it is told to end."""

_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass(frozen=True, slots=True)
class Step:
    """One run of a tool, and the name that people see."""

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


class Progress(Protocol):
    """Where the names of running and ended steps are shown."""

    def start(self, name: str) -> None: ...
    def finish(self, name: str) -> None: ...
    def fail(self, name: str) -> None: ...


class Interrupted(FluidkitError):
    """Somebody ended us with a signal; what we had started is gone."""

    def __init__(self, number: int) -> None:
        super().__init__("Interrupted while installing")
        self.exit_code = 128 + number


def install(sides: Sequence[Side], *, progress: Progress) -> list[FailedStep]:
    """Runs the sides at the same time; one that fails does not end the other.

    Raises:
        Interrupted: SIGINT, SIGTERM or SIGHUP came; every tool and its children have ended.
    """
    return asyncio.run(_install(sides, progress))


def python_side(root: Path) -> Side:
    """How to make the workspace's `.venv`: with uv where it is, else with venv and pip."""
    environment = {**os.environ}
    # of the shell that we run in, not of the workspace
    for name in ("VIRTUAL_ENV", "UV_PROJECT_ENVIRONMENT", "PYTHONHOME", "PYTHONPATH"):
        environment.pop(name, None)
    if uv := shutil.which("uv"):
        command = (uv, "sync", "--python", sys.executable)
        return (Step("Python packages with uv", command, root, environment),)
    pip = (".venv/bin/python", "-m", "pip", "--disable-pip-version-check", "--no-input", "install")
    packages = (*pip, "--quiet", *requirements(root / "pyproject.toml"))
    return (
        Step("Python environment", (sys.executable, "-m", "venv", ".venv"), root, environment),
        Step("Python packages with pip", packages, root, environment),
    )


def node_side(frontend: Path, *, node: Path) -> Side:
    """How to fill `node_modules`.

    Raises:
        MissingTool: npm does not come with this Node.
    """
    command = (*npm_command(node), "install", "--no-audit", "--no-fund", "--no-progress")
    return (Step("Node packages with npm", command, frontend, node_environment(node)),)


def requirements(pyproject: Path) -> list[str]:
    """What the project and its group `dev` depend on.

    Read here because pip knows dependency groups only since 25.1.
    """
    project = tomllib.loads(pyproject.read_text(encoding="utf-8"))
    return [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]


async def _install(sides: Sequence[Side], progress: Progress) -> list[FailedStep]:
    tasks = [asyncio.create_task(_run_side(side, progress)) for side in sides]
    received: list[int] = []

    def end(number: int) -> None:
        received.append(number)
        for task in tasks:
            task.cancel()

    loop = asyncio.get_running_loop()
    for number in _ENDING:
        if signal.getsignal(number) is signal.SIG_IGN:
            continue  # nohup, or a job in the background of a script
        loop.add_signal_handler(number, end, number)
    results = await asyncio.gather(*tasks, return_exceptions=True)
    if received:
        raise Interrupted(received[0])
    failures = []
    for result in results:
        if isinstance(result, BaseException):
            raise result
        if result:
            failures.append(result)
    return failures


async def _run_side(side: Side, progress: Progress) -> FailedStep | None:
    for done, step in enumerate(side):
        progress.start(step.name)
        code, output = await _run_step(step)
        if code != 0:
            progress.fail(step.name)
            return FailedStep(step, output, side[done + 1 :])
        progress.finish(step.name)
    return None


async def _run_step(step: Step) -> tuple[int, str]:
    try:
        process = await asyncio.create_subprocess_exec(
            *step.command,
            cwd=step.folder,
            env=step.environment,
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
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
    try:
        await asyncio.wait_for(process.wait(), _PATIENCE)
    except TimeoutError:
        pass
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
