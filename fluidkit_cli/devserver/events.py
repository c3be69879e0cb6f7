"""Everything that can happen to the supervisor, as messages of its one queue."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from .client_changes import FileChange
from .protocol import Failed, PromptReport, WorkerReport

ServerName = Literal["api", "web"]
ProcessName = Literal["api", "web", "guard"]
"""The fork server with its workers, Vite, and the guard."""


@dataclass(frozen=True, slots=True)
class Saved:
    """Watched files changed; `at` is when we heard of it, in seconds of the clock."""

    files: tuple[Path, ...]
    at: float


@dataclass(frozen=True, slots=True)
class LibraryChanged:
    """Packages were installed or removed; `at` as in `Saved`."""

    at: float


@dataclass(frozen=True, slots=True)
class Lost:
    """The workspace's folder is gone."""


@dataclass(frozen=True, slots=True)
class WatchFailed:
    """The system does not tell about changes; from now on we look for ourselves."""

    reason: str


@dataclass(frozen=True, slots=True)
class Printed:
    """A child wrote these lines; `rest` is the one that it has begun and not ended."""

    process: ProcessName
    lines: tuple[str, ...]
    rest: str = ""


@dataclass(frozen=True, slots=True)
class Ended:
    """A child of ours ended; a negative status is the signal that ended it."""

    process: ProcessName
    pid: int
    status: int


@dataclass(frozen=True, slots=True)
class WorkerForked:
    """The worker has a process."""

    worker: int
    pid: int


@dataclass(frozen=True, slots=True)
class WorkerReported:
    """The worker said something."""

    worker: int
    report: WorkerReport


@dataclass(frozen=True, slots=True)
class WorkerDescribed:
    """The worker's app as an encoded `Api`; empty when it could not be described."""

    worker: int
    api: str


@dataclass(frozen=True, slots=True)
class WorkerEnded:
    """The worker's process ended; None when nobody can tell how."""

    worker: int
    status: int | None


@dataclass(frozen=True, slots=True)
class WorkerPrompts:
    """A debugger in the worker said something."""

    worker: int
    report: PromptReport


@dataclass(frozen=True, slots=True)
class StartFailed:
    """The app's Python, or another process of it, cannot be started."""

    reason: str


@dataclass(frozen=True, slots=True)
class Served:
    """The worker has become the one that serves."""

    worker: int
    saved_at: float


@dataclass(frozen=True, slots=True)
class Broke:
    """The user's newest code does not import or start."""

    failure: Failed


@dataclass(frozen=True, slots=True)
class Crashed:
    """A worker ended by itself; another one follows in `delay` seconds."""

    status: int | None
    delay: float


@dataclass(frozen=True, slots=True)
class HandsOver:
    """The app does not start while it runs already, so from now on the old one ends first."""


@dataclass(frozen=True, slots=True)
class FallsBack:
    """What came to grief in a fork works in a fresh interpreter: from now on there are no forks."""

    fault: str


@dataclass(frozen=True, slots=True)
class Silent:
    """The serving worker does not answer, or does again."""

    answers: bool


@dataclass(frozen=True, slots=True)
class Note:
    """What could not be described. It is the same one wherever its lines move to in a file."""

    message: str
    about: tuple[str, ...]
    text: str = field(compare=False)


@dataclass(frozen=True, slots=True)
class Generated:
    """The clients of the worker's Api are on disk; `files` says which ones changed.

    `notes` tell what could not be described; None when a newer Api has overtaken this one.
    """

    worker: int
    files: tuple[FileChange, ...] = ()
    notes: tuple[Note, ...] | None = None


@dataclass(frozen=True, slots=True)
class GenerationFailed:
    """The clients could not be written."""

    worker: int
    message: str
    traceback: str = ""


@dataclass(frozen=True, slots=True)
class Answered:
    """The server answered an HTTP request for the first time."""

    server: ServerName


@dataclass(frozen=True, slots=True)
class Pressed:
    """A key, in lower case, in the terminal."""

    key: str


@dataclass(frozen=True, slots=True)
class Signalled:
    """SIGINT, SIGTERM or SIGHUP."""

    number: int


@dataclass(frozen=True, slots=True)
class Due:
    """A time that was asked for has come. The message is its own handler's business."""

    act: Callable[[], None]


Message = (
    Saved
    | LibraryChanged
    | Lost
    | WatchFailed
    | Printed
    | Ended
    | WorkerForked
    | WorkerReported
    | WorkerDescribed
    | WorkerPrompts
    | StartFailed
    | WorkerEnded
    | Served
    | Broke
    | Crashed
    | HandsOver
    | FallsBack
    | Silent
    | Generated
    | GenerationFailed
    | Answered
    | Pressed
    | Signalled
    | Due
)

Post = Callable[[Message], None]
