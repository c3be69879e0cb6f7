"""The files in `.fluidkit/` by which others know what runs: written whole, or not at all."""

import contextlib
import json
import os
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from ..errors import FluidkitError
from .protocol import Failed

Phase = Literal["starting", "ready", "error", "stopping"]

_PLACE = re.compile(r'File "([^"\n]+)", line (\d+)')


@dataclass(frozen=True, slots=True)
class Running:
    """A process of ours; `pid` is 0 while there is none."""

    pid: int


@dataclass(frozen=True, slots=True)
class Serving:
    """A server; `pid` is 0 while it has no process."""

    pid: int
    port: int
    url: str


@dataclass(frozen=True, slots=True)
class DevState:
    """The content of `dev.json`.

    `url` is the one that people open. `started` tells our process, and this run, from later ones
    with the same number, see `leftovers`.
    """

    pid: int
    started: int
    run_id: str
    state: Phase
    url: str
    guard: Running
    api: Serving
    web: Serving


def write_dev_state(folder: Path, state: DevState) -> None:
    """Says what runs now, in `dev.json`."""
    write_json(folder / "dev.json", asdict(state))


def write_error(folder: Path, failure: Failed | None, *, serving: bool) -> None:
    """Says to the Vite plugin, through `error.json`, what its overlay shows; None clears it.

    Pages that were opened while no good code was `serving` are loaded again then.
    """
    content = {"error": _overlay(failure), "serving": serving} if failure else {}
    write_json(folder / "error.json", content)


def make_state_folder(folder: Path) -> None:
    """Makes it, unless it is there; git takes no notice of it.

    A workspace that has been deleted while we run is not made anew.

    Raises:
        FluidkitError: it cannot be written.
    """
    with _disk_errors(folder):
        folder.mkdir(exist_ok=True)
        (folder / ".gitignore").write_text("*\n", encoding="utf-8")


def write_json(file: Path, content: Any) -> None:
    """Replaces the file as a whole; its folder may have been deleted while we run.

    Raises:
        FluidkitError: it cannot be written.
    """
    text = json.dumps(content, indent=1) + "\n"
    with _disk_errors(file):
        try:
            _replace(file, text)
        except FileNotFoundError:
            make_state_folder(file.parent)
            _replace(file, text)


def append_log(folder: Path, text: str) -> None:
    """Adds to `dev.log`; the folder may have been deleted while we run.

    Raises:
        FluidkitError: it cannot be written.
    """
    make_state_folder(folder)
    with _disk_errors(folder), (folder / "dev.log").open("a", encoding="utf-8") as log:
        log.write(f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC\n{text.rstrip()}\n\n")


@contextlib.contextmanager
def _disk_errors(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise FluidkitError(
            f"Cannot write to {error.filename or path}: {error.strerror or error}",
            hint="fluidkit dev keeps there what it runs: it must be a folder of yours, with space",
        ) from error


def _replace(file: Path, text: str) -> None:
    temporary = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        temporary.write_text(text, encoding="utf-8")
        temporary.replace(file)
    except OSError:
        temporary.unlink(missing_ok=True)  # half written: the disk is full
        raise


def _overlay(failure: Failed) -> dict[str, Any]:
    """As Vite's `ErrorPayload['err']`; of a place written `file:line:column` it makes a link."""
    return {
        "message": failure.text,
        "stack": _PLACE.sub(r'File "\1:\2:1"', failure.traceback),
        "frame": failure.frame,
        **(_location(failure) if failure.file else {}),
    }


def _location(failure: Failed) -> dict[str, Any]:
    place = {"file": failure.file, "line": failure.line, "column": failure.column}
    return {"id": failure.file, "loc": place}
