"""Describes an app inside the Python that owns it, and writes the result to a file."""

import atexit
import contextlib
import gc
import json
import os
import signal
import sys
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

from ..api import to_json
from .application import describe_app
from .failure import failure_of
from .loading import AppNotFound, load_app

Overrides = Mapping[str, Mapping[str, object]]

_LONGEST_LIFE = 90
"""Seconds, after which nobody waits any more: who has started us may have been killed."""


def main(argv: list[str]) -> None:
    """Does it, and ends the process whatever the app has left running; `argv` as in `describe`."""
    describe(argv)
    end()


def describe(argv: list[str]) -> None:
    """`argv` is the app, the root folder, the file of the overrides, and the file to write.

    The file holds `{"api": ...}`, `{"failure": ...}`, or `{"missing": {message, hint}}`: never
    standard output, where the app may print.
    """
    app, root, overrides, result = argv
    if hasattr(signal, "alarm"):
        signal.alarm(_LONGEST_LIFE)
    read = json.loads(Path(overrides).read_text(encoding="utf-8"))
    described = _described(app, root=Path(root), overrides=read)
    Path(result).write_text(described, encoding="utf-8")


def end() -> None:
    """Cleans up as Python does, but waits for no thread that the app has started."""
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError, AttributeError):  # the app may have closed it
            stream.flush()
    os._exit(0)


def _described(app: str, *, root: Path, overrides: Overrides) -> str:
    try:
        loaded = load_app(app, directory=root)
    except AppNotFound as error:
        return json.dumps({"missing": {"message": error.message, "hint": error.hint}})
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        # The app's code may also call sys.exit.
        return json.dumps({"failure": asdict(failure_of(error, root=root))})
    gc.disable()  # looking at all that the app has imported, again and again: a quarter of the time
    return json.dumps({"api": to_json(describe_app(loaded, root=root, overrides=overrides))})
