"""Describes an app with the Python that owns it, from a Python that need not have its packages."""

import json
import os
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .. import embedded
from ..api import Api, from_json
from ..errors import FluidkitError, MissingTool
from .failure import Failure

_TIME_LIMIT = 60.0  # seconds, for the app's import and the describing


class AppFailed(FluidkitError):
    """The app's own code broke while it was imported."""

    def __init__(self, failure: Failure, *, output: str) -> None:
        where = f"{failure.file}:{failure.line}: " if failure.file else ""
        super().__init__(
            f"{where}{failure.type}: {failure.message}", hint="Mend the app, then try again"
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
        told, result = Path(folder, "overrides.json"), Path(folder, "api.json")
        told.write_text(json.dumps(overrides), encoding="utf-8")
        ended = _run(python, ["describe", app, root, told, result], root=root)
        if ended.returncode == embedded.NO_FASTAPI:
            raise MissingTool(
                f"FastAPI is not installed in {python}", hint=f"{python} -m pip install fastapi"
            )
        if ended.returncode != 0 or not result.exists():
            raise DescribingFailed(
                f"Describing {app} ended with exit code {ended.returncode}",
                hint=_last_line(ended.stderr)
                or f"Try: {python} -c 'import {app.partition(':')[0]}'",
                output=ended.stderr,
            )
        return _api(result.read_text(encoding="utf-8"), ended.stderr, app)


def _run(
    python: Path, arguments: list[str | Path], *, root: Path
) -> "subprocess.CompletedProcess[str]":
    try:
        return subprocess.run(
            # -B: byte code beside the app could look valid and be stale at the next save
            [python, "-PB", embedded.__file__, *arguments],
            cwd=root,
            env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            timeout=_TIME_LIMIT,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise DescribingFailed(
            f"Importing the app took more than {_TIME_LIMIT:.0f} seconds",
            hint="Do slow work in the app's lifespan, not while it is imported",
        ) from error
    except OSError as error:
        raise MissingTool(
            f"{python} does not run: {error.strerror}", hint="Make the app's environment anew"
        ) from error


def _api(text: str, output: str, app: str) -> Api:
    result: dict[str, Any] = json.loads(text)
    if missing := result.get("missing"):
        raise FluidkitError(missing["message"], hint=missing["hint"])
    if failure := result.get("failure"):
        raise AppFailed(Failure(**failure), output=output)
    return from_json(result["api"])


def _last_line(text: str) -> str:
    return text.strip().rpartition("\n")[2]
