"""Ends what a killed supervisor leaves behind.

Runs as a process of its own, see `command`, and reads lines from a pipe: `add GROUP` and
`drop GROUP` for process groups, `terminal NOTE` for the terminal's settings. However the supervisor
ends, the pipe ends too.
"""

import contextlib
import os
import signal
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from . import terminal_settings
from .removal import remove
from .system import any_lives, members

EMBEDDED = Path(__file__).parents[1] / "embedded.py"

TERMINATE_SECONDS = 1.0
"""How long everything may take to end by itself, before it is killed."""

KILL_SECONDS = 0.5
_STEP_SECONDS = 0.02

_IGNORED_SIGNALS = (
    *(signal.SIGINT, signal.SIGTERM, signal.SIGHUP),
    # what a process in the background gets when it touches the terminal, as restoring it does
    *(signal.SIGTTOU, signal.SIGTTIN, signal.SIGTSTP),
)


def command(run_id: str, pipe: int, *, folder: Path | None = None) -> tuple[str, ...]:
    """Runs the guard of `run_id`; `pipe` is the descriptor of the end that it reads from.

    `folder` is removed when all has ended.
    """
    last = () if folder is None else (str(folder),)
    return (sys.executable, "-I", "-S", str(EMBEDDED), "guard", run_id, str(pipe), *last)


def main(arguments: Sequence[str]) -> None:
    """Waits for the end of the supervisor, then for the end of everything else."""
    run_id, descriptor, folders = arguments[0], int(arguments[1]), arguments[2:]
    os.set_inheritable(descriptor, False)
    for number in _IGNORED_SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    groups: set[int] = set()
    terminal = ""
    with os.fdopen(descriptor, encoding="utf-8") as pipe:
        for line in pipe:
            match line.split(maxsplit=1):
                case ["add", group]:
                    groups.add(int(group))
                case ["drop", group]:
                    groups.discard(int(group))
                case ["terminal", terminal]:
                    pass
    _restore(terminal, groups)  # at once, before a shell makes its own settings
    end_all(lambda: members(run_id), groups=groups)
    _restore(terminal, groups)  # what ended last may have been a debugger at its prompt
    for folder in folders:
        remove(Path(folder))


def end_all(pids: Callable[[], Iterable[int]], *, groups: Iterable[int] = ()) -> None:
    """Asks the groups and the processes to end, then ends them; `pids` is asked again and again."""
    for number, seconds in ((signal.SIGTERM, TERMINATE_SECONDS), (signal.SIGKILL, KILL_SECONDS)):
        for group in groups:
            _signal(os.killpg, group, number)
        for pid in pids():
            _signal(os.kill, pid, number)
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if not any(pids()) and not any_lives(groups):
                return
            time.sleep(_STEP_SECONDS)


def _restore(terminal: str, groups: set[int]) -> None:
    if terminal:
        terminal_settings.restore(terminal, groups=groups)


def _signal(kill: Callable[[int, int], None], target: int, number: int) -> None:
    """A stopped process must go on to hear of it."""
    with contextlib.suppress(OSError):
        kill(target, number)
        kill(target, signal.SIGCONT)
