"""Apps that we did not write: described, emitted and compiled.

    bench_apps.py docs FOLDER [--python PYTHON]     all examples of FastAPI's own repository:
                                                    FOLDER is `docs_src` of a copy of it
    bench_apps.py app MODULE:ATTR [--root DIR] [--python PYTHON]    one app

PYTHON is an interpreter that has what they import. Without arguments nothing is measured.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from rich.console import Console
from rich.table import Table

from fluidkit_cli.api import Answer, Api, ByFlag, Diagnostic, Events, Json, Records, Route, Unknown
from fluidkit_cli.describe.remote import AppFailed, describe_remotely
from fluidkit_cli.emit import emit_typescript
from fluidkit_cli.errors import FluidkitError
from fluidkit_cli.files import GeneratedFile, write_changed
from fluidkit_cli.toolchain import find_node

TOOLS = Path(__file__).parents[1] / "typescript"
COMPILERS = {"TypeScript 6": "typescript", "TypeScript 7": "typescript7"}


@dataclass(frozen=True, slots=True)
class Example:
    """An app to be described."""

    app: str
    root: Path
    python: Path


@dataclass(frozen=True, slots=True)
class Described:
    """What became of an example: its `api`, or why there is none."""

    example: Example
    seconds: float
    api: Api | None = None
    failure: str = ""
    is_ours: bool = False


def main() -> int:
    options = _arguments()
    if options.what is None:
        Console().print(__doc__)
        return 0
    examples = _docs(options) if options.what == "docs" else _app(options)
    with tempfile.TemporaryDirectory(prefix="fluidkit-apps-") as folder:
        found = _described(examples)
        clients = options.output or Path(folder)
        _emit(found, clients)
        complaints = {name: _complaints(tool, clients) for name, tool in COMPILERS.items()}
    Console().print(_table(found, complaints))
    _say_details(found, complaints)
    return 1 if any(each.is_ours for each in found) or any(complaints.values()) else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    what = parser.add_subparsers(dest="what")
    docs, app = what.add_parser("docs"), what.add_parser("app")
    docs.add_argument("folder", type=Path)
    app.add_argument("app")
    app.add_argument("--root", type=Path, default=Path.cwd())
    for each in (docs, app):
        each.add_argument("--python", type=Path, default=Path(sys.executable))
        each.add_argument("--output", type=Path, help="where the clients stay, to be read")
    return parser.parse_args()


def _docs(options: argparse.Namespace) -> list[Example]:
    folder = options.folder.resolve()
    python = options.python.absolute()
    modules = (
        ".".join(file.relative_to(folder.parent).with_suffix("").parts)
        for file in sorted(folder.rglob("*.py"))
        if file.name != "__init__.py" and "test_" not in file.name
    )
    return [Example(f"{module}:app", folder.parent, python) for module in modules]


def _app(options: argparse.Namespace) -> list[Example]:
    return [Example(options.app, options.root.resolve(), options.python.absolute())]


def _described(examples: Sequence[Example]) -> list[Described]:
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(_describe, examples))


def _describe(example: Example) -> Described:
    start = time.perf_counter()

    def spent() -> float:
        return time.perf_counter() - start

    try:
        api = describe_remotely(example.python, app=example.app, root=example.root)
    except AppFailed as error:
        return Described(example, spent(), failure=error.message)
    except FluidkitError as error:
        # an example without an app is none; anything else is a fault of ours
        is_ours = not error.message.startswith("No ")
        return Described(example, spent(), failure=error.message, is_ours=is_ours)
    return Described(example, spent(), api)


def _emit(found: Iterable[Described], folder: Path) -> None:
    """The clients of each in a folder of its own, and one runtime for all."""
    for number, each in enumerate(found):
        if each.api is None:
            continue
        package = each.example.app.partition(":")[0].partition(".")[0]
        files = emit_typescript(each.api, package=package, naming="python")
        runtime = [file for file in files if file.path.startswith("runtime")]
        own = [file for file in files if file not in runtime]
        write_changed(folder / "shared", runtime)
        shared = GeneratedFile("runtime.ts", "export * from '../shared/runtime.ts';\n")
        for file in (shared, *own):
            target = folder / f"app{number}" / file.path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(file.text, encoding="utf-8")


def _complaints(compiler: str, folder: Path) -> list[str]:
    settings = {
        "extends": str(TOOLS / "tsconfig.json"),
        "files": [],
        "include": [f"{folder}/**/*.ts"],
    }
    project = folder / "tsconfig.json"
    project.write_text(json.dumps(settings), encoding="utf-8")
    command: list[str | Path] = [find_node(), TOOLS / "node_modules" / compiler / "bin/tsc"]
    run = subprocess.run(
        [*command, "--project", project], capture_output=True, text=True, timeout=600, check=False
    )
    return [line for line in run.stdout.splitlines() if "error TS" in line]


def _table(found: Sequence[Described], complaints: dict[str, list[str]]) -> Table:
    described = [each for each in found if each.api is not None]
    routes = [route for each in described for route in (each.api.routes if each.api else ())]
    table = Table("what", "count")
    table.add_row("modules" if len(found) > 1 else "apps", str(len(found)))
    table.add_row("described", str(len(described)))
    table.add_row("faults of ours", str(sum(each.is_ours for each in found)))
    table.add_row("routes", str(len(routes)))
    kinds = Counter(kind for route in routes for kind in _kinds(route.answer))
    for kind, count in sorted(kinds.items()):
        table.add_row(f"  {kind}", str(count))
    table.add_row("streams with something unknown", str(len(list(_unknown_streams(routes)))))
    table.add_row("diagnostics", str(len(list(_diagnostics(found)))))
    for name, lines in complaints.items():
        table.add_row(f"type errors, {name}", str(len(lines)))
    table.add_row("seconds of describing", f"{sum(each.seconds for each in found):.1f}")
    return table


def _kinds(answer: Answer) -> Iterator[str]:
    if isinstance(answer, ByFlag):
        yield from (*_kinds(answer.on), *_kinds(answer.off))
    else:
        yield type(answer).__name__


def _unknown_streams(routes: Iterable[Route]) -> Iterator[Route]:
    for route in routes:
        match route.answer:
            case Events(()) | Records(Unknown()):
                yield route
            case Events(events) if any(event.type == Unknown() for event in events):
                yield route


def _diagnostics(found: Iterable[Described]) -> Iterator[Diagnostic]:
    for each in found:
        yield from each.api.diagnostics if each.api else ()


def _say_details(found: Sequence[Described], complaints: dict[str, list[str]]) -> None:
    """What a reader of the table wants to know next."""
    for each in found:
        if each.failure:
            mark = "FAULT " if each.is_ours else "left out: "
            print(f"{mark}{each.example.app}: {each.failure}"[:200])
    for each in found:
        for route in _unknown_streams(each.api.routes if each.api else ()):
            print(f"unknown: {each.example.app} {route.method} {route.path}: {route.answer}")
    for diagnostic in _diagnostics(found):
        place = f"{diagnostic.file}:{diagnostic.line}"
        print(f"{place}: {diagnostic.route}: {diagnostic.message}. {diagnostic.hint}")
    for name, lines in complaints.items():
        for line in lines[:20]:
            print(f"{name}: {line}")
    untyped = [
        r for each in found if each.api for r in each.api.routes if r.answer == Json(Unknown())
    ]
    print(f"JSON that is unknown: {len(untyped)}")


if __name__ == "__main__":
    sys.exit(main())
