"""The files in `.fluidkit/` by which others know what runs: written whole, or not at all."""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from ..errors import FluidkitError
from .protocol import Failed

Phase = Literal["starting", "ready", "error", "stopping"]


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
    with the same number, see `processes`.
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

    Raises:
        FluidkitError: it cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / ".gitignore").write_text("*\n", encoding="utf-8")
    except OSError as error:
        raise FluidkitError(
            f"Cannot write to {error.filename or folder}: {error.strerror or error}",
            hint="fluidkit dev keeps there what it runs: it must be a folder of yours",
        ) from error


def write_json(file: Path, content: Any) -> None:
    """Replaces the file as a whole; its folder may have been deleted while we run."""
    text = json.dumps(content, indent=1) + "\n"
    try:
        _replace(file, text)
    except FileNotFoundError:
        make_state_folder(file.parent)
        _replace(file, text)


def _replace(file: Path, text: str) -> None:
    temporary = file.with_name(f".{file.name}.{os.getpid()}")
    temporary.write_text(text, encoding="utf-8")
    temporary.replace(file)


def _overlay(failure: Failed) -> dict[str, Any]:
    """As Vite's `ErrorPayload['err']`."""
    return {
        "message": failure.text,
        "stack": failure.traceback,
        "frame": failure.frame,
        **(_location(failure) if failure.file else {}),
    }


def _location(failure: Failed) -> dict[str, Any]:
    place = {"file": failure.file, "line": failure.line, "column": failure.column}
    return {"id": failure.file, "loc": place}
