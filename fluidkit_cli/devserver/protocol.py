"""The messages between the supervisor, its fork server and the workers: JSON, one to a line.

Both ends load this module, the supervisor in its own Python and the others in the app's, so it
imports nothing but the standard library.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

Stage = Literal["import", "startup"]
Overrides = Mapping[str, Mapping[str, object]]


@dataclass(frozen=True, slots=True)
class Fork:
    """To the fork server: start a worker. Carries descriptors, see `job.DESCRIPTORS`.

    A worker on `hold` imports the app and then waits for `Start`. With `overrides`, which are the
    workspace's, it has the app described. A `fresh` one is no fork: it starts with this command in
    an interpreter of its own. With `debug`, it lets a debugger attach.
    """

    worker: int
    app: str
    hold: bool = False
    overrides: Overrides = field(default_factory=dict)
    fresh: bool = False
    debug: bool = False


@dataclass(frozen=True, slots=True)
class Explain:
    """To the fork server: start a worker that answers 503 with what is wrong.

    It stands in while no good code is there, so that no request hangs. The rest is as of `Fork`.
    """

    worker: int
    detail: str
    file: str
    line: int
    fresh: bool = False


@dataclass(frozen=True, slots=True)
class Retire:
    """To the fork server: fork no more, and end with your last worker."""


@dataclass(frozen=True, slots=True)
class Preloaded:
    """From the fork server: ready to fork. `threaded` names packages that started threads."""

    threaded: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Forked:
    """From the fork server: the worker runs as this process."""

    worker: int
    pid: int


@dataclass(frozen=True, slots=True)
class Exited:
    """From the fork server: the worker ended; a negative status is the signal that ended it."""

    worker: int
    status: int


@dataclass(frozen=True, slots=True)
class Start:
    """To a worker on hold: start the app and serve."""


@dataclass(frozen=True, slots=True)
class Stop:
    """To a worker: drain within `grace` seconds and end."""

    grace: float


@dataclass(frozen=True, slots=True)
class Release:
    """To a worker: drain within `grace` seconds and shut the app down, but stay."""

    grace: float


@dataclass(frozen=True, slots=True)
class Resume:
    """To a released worker: start the app again and serve."""


@dataclass(frozen=True, slots=True)
class Ping:
    """To a worker: answer, so that a stopped or blocked one is noticed."""


@dataclass(frozen=True, slots=True)
class Debugs:
    """From a worker, first of all: a debugger may attach at this port of the loopback address."""

    port: int


@dataclass(frozen=True, slots=True)
class Imported:
    """From a worker: the app is imported."""


@dataclass(frozen=True, slots=True)
class Ready:
    """From a worker: it accepts."""


@dataclass(frozen=True, slots=True)
class Uses:
    """From a worker: what the app depends on by now.

    Folders outside the workspace, see `library`, and `modules` of others that its fork server did
    not have.
    """

    libraries: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    modules: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Released:
    """From a worker: it is drained and shut down."""


@dataclass(frozen=True, slots=True)
class Pong:
    """From a worker: its event loop turns."""


@dataclass(frozen=True, slots=True)
class Failed:
    """From a worker that ends now: the user's code broke, or what it called `in_library`.

    The other fields are `Failure`'s.
    """

    stage: Stage
    type: str
    message: str
    file: str
    line: int
    column: int
    frame: str
    traceback: str
    in_library: bool = False

    @property
    def text(self) -> str:
        """What is wrong."""
        return f"{self.type}: {self.message}" if self.type else self.message


@dataclass(frozen=True, slots=True)
class Paused:
    """From a debugger in a worker: it is about to prompt, at this place, and needs the terminal."""

    place: str


@dataclass(frozen=True, slots=True)
class Lent:
    """To a debugger: the path of the terminal, which is the worker's now; empty without one."""

    terminal: str


@dataclass(frozen=True, slots=True)
class Resumed:
    """From a debugger: the terminal is not needed any more."""


@dataclass(frozen=True, slots=True)
class Interrupted:
    """From a debugger: Ctrl-C, twice, which in its hands reached the worker alone."""


ForkCommand = Fork | Explain | Retire
ForkReport = Preloaded | Forked | Exited
WorkerCommand = Start | Stop | Release | Resume | Ping
WorkerReport = Debugs | Imported | Ready | Uses | Released | Pong | Failed
PromptReport = Paused | Resumed | Interrupted
PromptCommand = Lent
Message = ForkCommand | ForkReport | WorkerCommand | WorkerReport | PromptReport | PromptCommand

_CLASSES: dict[str, type[Any]] = {kind.__name__: kind for kind in Message.__args__}


END_OF_DOCUMENT = "\0"
"""Ends an encoded `Api`: the pipe may stay open, for what the app has started inherits it."""


def encode(message: Message) -> bytes:
    """One line, its end included."""
    return json.dumps({"kind": type(message).__name__, **asdict(message)}).encode() + b"\n"


class Lines:
    """Puts the lines of a byte stream together again and decodes them."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> Iterator[Any]:
        """The messages that `data` completes."""
        *lines, self._rest = (self._rest + data).split(b"\n")
        return map(_decode, lines)


def _decode(line: bytes) -> Message:
    fields = json.loads(line)
    kind = _CLASSES[fields.pop("kind")]
    message: Message = kind(**{name: _frozen(value) for name, value in fields.items()})
    return message


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
