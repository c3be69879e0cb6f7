"""Describes an app with the Python that owns it, from a Python that need not have its packages."""

import contextlib
import json
import os
import signal
import subprocess
import tempfile
import threading
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

from .. import embedded
from ..api import Api, from_json
from ..errors import FluidkitError, MissingTool
from .absent import Absent
from .failure import Failure
from .missing import how_to_mend

_TIME_LIMIT = 60.0  # seconds, for the app's import and the describing


class AppFailed(FluidkitError):
    """The app's own code broke while it was imported.

    `missed` names the distributions that were hidden from it, by the modules that it asked for,
    `absent` what its own modules import in vain.
    """

    missed: Mapping[str, str] = {}
    absent: Sequence[Absent] = ()

    def __init__(self, failure: Failure, *, output: str, root: Path) -> None:
        where = f"{failure.file}:{failure.line}: " if failure.file else ""
        last = _last_line(output) if failure.type == "SystemExit" else ""
        said, *more = failure.message.splitlines() or [""]
        mend = how_to_mend(failure.type, said, root=root) or "Mend the app, then try again"
        super().__init__(
            f"{where}{failure.type}: {said}",
            hint=f"It wrote: {last}" if last else mend,
            details=more,
        )
        self.failure = failure
        self.output = output


class DescribingFailed(FluidkitError):
    """The app's Python ended without a result. `output` is what it wrote to standard error."""

    def __init__(self, message: str, *, hint: str, output: str = "") -> None:
        super().__init__(message, hint=hint)
        self.output = output


def describe_remotely(
    python: Path,
    *,
    app: str,
    root: Path,
    overrides: Mapping[str, Mapping[str, object]] = {},
) -> Api:
    """What the app at `module:attribute` in `root` offers.

    `overrides` are those of `[tool.fluidkit.routes]`, see `Workspace`.

    Raises:
        AppFailed: its code broke; `failure` says where.
        FluidkitError: there is no such app, no FastAPI, or no result within a minute.
    """
    with tempfile.TemporaryDirectory(prefix="fluidkit-") as folder:
        told = Path(folder, "overrides.json")
        told.write_text(json.dumps(overrides), encoding="utf-8")
        return _described(python, ["describe", app, root, told], folder=Path(folder))


def describe_alone(
    python: Path, *, app: str, root: Path, hidden: Collection[str]
) -> tuple[Api, Sequence[Absent]]:
    """The same, as if the distributions `hidden`, by their normalised names, were not installed.

    With what the app's own modules import in vain, in functions that were not called.

    Raises:
        AppFailed: its code broke; `missed` says what of them it asked for.
        FluidkitError: as `describe_remotely` does.
    """
    with tempfile.TemporaryDirectory(prefix="fluidkit-") as folder:
        names, log, absent, told = (
            Path(folder, name) for name in ("names", "log", "absent", "told")
        )
        names.write_text(json.dumps(sorted(hidden)), encoding="utf-8")
        log.touch()
        told.write_text("{}", encoding="utf-8")
        arguments: list[str | Path] = ["alone", names, log, absent, app, root, told]
        try:
            return _described(python, arguments, folder=Path(folder)), _absent(absent)
        except AppFailed as failed:
            lines = log.read_text(encoding="utf-8").splitlines()
            failed.missed = dict(line.split("\t") for line in lines)
            failed.absent = _absent(absent)
            raise


def _absent(file: Path) -> Sequence[Absent]:
    return [Absent(**each) for each in json.loads(file.read_text(encoding="utf-8"))]


def _described(python: Path, arguments: list[str | Path], *, folder: Path) -> Api:
    """What the entry of `embedded` writes, which takes the app, its root and a file at last."""
    *_, app, root, _told = arguments
    result = folder / "api.json"
    ended = _run(python, [*arguments, result], root=Path(root))
    if ended.status == embedded.NO_FASTAPI:
        raise MissingTool(
            f"FastAPI is not installed in {python}", hint=f"{python} -m pip install fastapi"
        )
    if ended.status != 0 or not result.exists():
        raise DescribingFailed(
            f"Python ended {_how(ended.status)} while {app} was described",
            hint=_last_line(ended.output)
            or f"Try: {python} -c 'import {str(app).partition(':')[0]}'",
            output=ended.output,
        )
    return _api(result.read_text(encoding="utf-8"), ended.output, root=Path(root))


@dataclass(frozen=True, slots=True)
class _Ended:
    """A negative status is the signal that ended it. `output` went to standard error."""

    status: int
    output: str


def _run(python: Path, arguments: list[str | Path], *, root: Path) -> _Ended:
    # not through a pipe: what the app has started may keep its end open for ever
    with tempfile.TemporaryFile() as errors:
        try:
            process = subprocess.Popen(
                # -B: byte code beside the app could look valid and be stale at the next save
                [python, "-PB", embedded.__file__, *arguments],
                cwd=root,
                env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=errors,
                start_new_session=True,
            )
        except OSError as error:
            raise MissingTool(
                f"{python} does not run: {error.strerror}", hint="Make the app's environment anew"
            ) from error
        try:
            with _raised(signal.SIGTERM, signal.SIGHUP):
                status = process.wait(_TIME_LIMIT)
        except subprocess.TimeoutExpired as error:
            raise DescribingFailed(
                f"Importing the app took more than {_TIME_LIMIT:.0f} seconds",
                hint="Do slow work in the app's lifespan, not while it is imported",
            ) from error
        finally:
            _end_group(process)
        errors.seek(0)
        return _Ended(status, errors.read().decode(errors="replace"))


@contextlib.contextmanager
def _raised(*numbers: signal.Signals) -> Iterator[None]:
    """Within the block, these signals do not end us before what we have started."""
    is_main = threading.current_thread() is threading.main_thread()  # others cannot be told
    ending = [n for n in numbers if is_main and signal.getsignal(n) is signal.SIG_DFL]
    for number in ending:
        signal.signal(number, _exit)
    try:
        yield
    finally:
        for number in ending:
            signal.signal(number, signal.SIG_DFL)


def _exit(number: int, frame: FrameType | None) -> None:
    raise SystemExit(128 + number)


def _end_group(process: "subprocess.Popen[bytes]") -> None:
    """Also what the app has started: each run would leave another one."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _how(status: int) -> str:
    if status >= 0:
        return f"with exit code {status}"
    return f"by {signal.Signals(-status).name}"


def _api(text: str, output: str, *, root: Path) -> Api:
    result: dict[str, Any] = json.loads(text)
    if missing := result.get("missing"):
        raise FluidkitError(missing["message"], hint=missing["hint"])
    if failure := result.get("failure"):
        raise AppFailed(Failure(**failure), output=output, root=root)
    return from_json(result["api"])


def _last_line(text: str) -> str:
    return text.strip().rpartition("\n")[2]
