"""One step of making clients, in a process of its own that says what it cost.

`bench_generate.py` runs these: `steps.py STEP ARGUMENT...` prints the CPU seconds of the step's
parts as JSON.
"""

import gc
import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))


class Clock:
    """Collects the CPU seconds of parts."""

    def __init__(self) -> None:
        self.parts: dict[str, float] = {}

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        start = time.process_time()
        yield
        self.parts[name] = time.process_time() - start


def walk(clock: Clock, app_folder: str) -> None:
    """FastAPI's own walk of the app's routes."""
    app = _imported(clock, app_folder)
    from fastapi.routing import iter_route_contexts  # noqa: PLC0415

    with clock.part("walk"):
        for context in iter_route_contexts(app.routes):
            _ = context.path


def openapi(clock: Clock, app_folder: str, document: str) -> None:
    """What the other generators read."""
    app = _imported(clock, app_folder)
    with clock.part("openapi"):
        text = json.dumps(app.openapi())
    Path(document).write_text(text, encoding="utf-8")


def describe(clock: Clock, app_folder: str, described: str) -> None:
    """Our part in the app's own Python."""
    app = _imported(clock, app_folder)
    from fluidkit_cli.api import to_json  # noqa: PLC0415
    from fluidkit_cli.describe.application import describe_app  # noqa: PLC0415

    gc.disable()  # as fluidkit_cli/describe/child.py does
    with clock.part("describe"):
        api = describe_app(app, root=Path(app_folder))
    with clock.part("transfer"):
        Path(described).write_text(to_json(api), encoding="utf-8")


def emit(clock: Clock, described: str, output: str) -> None:
    """Our part in fluidkit's Python."""
    from fluidkit_cli.api import from_json  # noqa: PLC0415
    from fluidkit_cli.emit import emit_typescript  # noqa: PLC0415
    from fluidkit_cli.files import write_changed  # noqa: PLC0415

    with clock.part("transfer"):
        api = from_json(Path(described).read_text(encoding="utf-8"))
    with clock.part("emit"):
        files = emit_typescript(api, package="main", naming="python")
    with clock.part("write"):
        write_changed(Path(output), files)


def _imported(clock: Clock, folder: str) -> Any:
    sys.path.insert(0, folder)
    with clock.part("import"):
        from main import app  # type: ignore[import-not-found]  # noqa: PLC0415

    return app


STEPS: tuple[Callable[..., None], ...] = (walk, openapi, describe, emit)


def main(name: str, *arguments: str) -> None:
    clock = Clock()
    next(step for step in STEPS if step.__name__ == name)(clock, *arguments)
    print(json.dumps(clock.parts))


if __name__ == "__main__":
    main(*sys.argv[1:])
