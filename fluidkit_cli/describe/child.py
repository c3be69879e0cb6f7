"""Describes an app inside the Python that owns it, and writes the result to a file."""

import gc
import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

from ..api import to_json
from .application import describe_app
from .failure import failure_of
from .loading import AppNotFound, load_app

Overrides = Mapping[str, Mapping[str, object]]


def main(argv: list[str]) -> None:
    """`argv` is the app, the root folder, the file of the overrides, and the file to write.

    The file holds `{"api": ...}`, `{"failure": ...}`, or `{"missing": {message, hint}}`: never
    standard output, where the app may print.
    """
    app, root, overrides, result = argv
    read = json.loads(Path(overrides).read_text(encoding="utf-8"))
    described = _described(app, root=Path(root), overrides=read)
    Path(result).write_text(described, encoding="utf-8")


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
