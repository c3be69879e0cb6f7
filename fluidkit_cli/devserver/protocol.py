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
    """To the fork server: start a worker. Carries two descriptors, see `forkserver`.

    A worker on `hold` imports the app and then waits for `Start`. With `overrides`, which are the
    workspace's, it has the app described.
    """

    worker: int
    app: str
    hold: bool = False
    overrides: Overrides = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Explain:
    """To the fork server: start a worker that answers 503 with what is wrong.

    It stands in while no good code is there, so that no request hangs. Carries two descriptors.
    """

    worker: int
    detail: str
    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Retire:
    """To the fork server: fork no more, and end with your last worker."""


@dataclass(frozen=True, slots=True)
class Preloaded:
    """From the fork server: ready to fork. `threaded` names packages that started threads.

    The other fields are `Library`'s, from before it imported anything.
    """

    threaded: tuple[str, ...] = ()
    folder: str = ""
    changed_at: int = 0


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
class Imported:
    """From a worker: the app is imported."""


@dataclass(frozen=True, slots=True)
class Ready:
    """From a worker: it accepts. `modules` are third-party ones the fork server did not have."""

    modules: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Released:
    """From a worker: it is drained and shut down."""


@dataclass(frozen=True, slots=True)
class Pong:
    """From a worker: its event loop turns."""


@dataclass(frozen=True, slots=True)
class Failed:
    """From a worker that ends now: the user's code broke. The other fields are `Failure`'s."""

    stage: Stage
    type: str
    message: str
    file: str
    line: int
    column: int
    frame: str
    traceback: str

    @property
    def text(self) -> str:
        """What is wrong."""
        return f"{self.type}: {self.message}" if self.type else self.message


ForkCommand = Fork | Explain | Retire
ForkReport = Preloaded | Forked | Exited
WorkerCommand = Start | Stop | Release | Resume | Ping
WorkerReport = Imported | Ready | Released | Pong | Failed
Message = ForkCommand | ForkReport | WorkerCommand | WorkerReport

_CLASSES: dict[str, type[Any]] = {
    kind.__name__: kind
    for union in (ForkCommand, ForkReport, WorkerCommand, WorkerReport)
    for kind in union.__args__
}


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
