"""`fluidkit routes`: what the app offers, and how each route's client is imported."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import groupby
from pathlib import Path
from typing import assert_never

from .. import console
from ..api import (
    Answer,
    Api,
    ByFlag,
    Empty,
    Event,
    Events,
    Field,
    File,
    Json,
    Object,
    Records,
    Text,
    Unknown,
)
from ..describe.remote import describe_remotely
from ..emit import clients_of, module_file, type_text
from ..toolchain import find_python
from ..workspace import Workspace, find_workspace
from .diagnostics import say_diagnostics

_KIND_STYLES = {
    "json": "blue",
    "sse": "magenta",
    "jsonl": "cyan",
    "text": "green",
    "file": "yellow",
}


@dataclass(frozen=True, slots=True)
class RouteLine:
    """A route as people and machines see it. `type` is TypeScript's, of one item of a stream."""

    method: str
    path: str
    function: str
    kind: str
    type: str
    client: str
    source: str
    file: str
    line: int


def run(*, as_json: bool) -> None:
    """Prints the routes of the workspace's app and what could not be described.

    Raises:
        FluidkitError: there is no workspace here, or its app cannot be described.
    """
    workspace = find_workspace(Path.cwd())
    api = describe_remotely(find_python(workspace), app=workspace.app, root=workspace.root)
    lines = route_lines(api, workspace=workspace)
    if as_json:
        diagnostics = [asdict(diagnostic) for diagnostic in api.diagnostics]
        routes = [asdict(line) for line in lines]
        console.print_json(json.dumps({"routes": routes, "diagnostics": diagnostics}))
        return
    _say_routes(lines)
    if not lines:
        console.say(f"{workspace.app} has no routes")
    say_diagnostics(api.diagnostics, root=workspace.root)


def route_lines(api: Api, *, workspace: Workspace) -> list[RouteLine]:
    """One line a route, by client file, then as in the Python source."""
    folder = _import_folder(workspace)
    return [
        RouteLine(
            method=client.route.method,
            path=client.route.path,
            function=client.route.name,
            kind=_kind(client.route.answer),
            type=_type(client.route.answer, api),
            client=client.name,
            source=f"{folder}/{module_file(client.module_path)}",
            file=client.route.file,
            line=client.route.line,
        )
        for client in clients_of(api, package=workspace.package, naming=workspace.naming)
    ]


def _import_folder(workspace: Workspace) -> str:
    """The output folder as the front end imports from it: `#lib` is SvelteKit's `src/lib`."""
    library = workspace.frontend / "src" / "lib"
    if workspace.output.is_relative_to(library):
        inner = workspace.output.relative_to(library).as_posix()
        return "#lib" if inner == "." else f"#lib/{inner}"
    return workspace.output.as_posix()


def _kind(answer: Answer) -> str:  # noqa: PLR0911 - a case for each kind
    match answer:
        case Json():
            return "json"
        case Empty():
            return "empty"
        case Events():
            return "sse"
        case Records():
            return "jsonl"
        case Text():
            return "text"
        case File():
            return "file"
        case ByFlag(on=on, off=off):
            return f"{_kind(off)} or {_kind(on)}"
        case _:
            assert_never(answer)


def _type(answer: Answer, api: Api) -> str:  # noqa: PLR0911 - a case for each kind
    match answer:
        case Json(type) | Records(type):
            return type_text(type, api=api)
        case Events((Event("message", type),)):
            return type_text(type, api=api)
        case Events(events):
            by_name = Object(tuple(Field(event.name, event.type) for event in events))
            return type_text(by_name if events else Unknown(), api=api)
        case Empty():
            return "void"
        case Text():
            return "string"
        case File():
            return "File"
        case ByFlag(on=on, off=off):
            return f"{_type(off, api)} or {_type(on, api)}"
        case _:
            assert_never(answer)


def _say_routes(lines: Sequence[RouteLine]) -> None:
    """A block for each client file, all with columns of the same width.

    Nothing is cut or folded: a narrow terminal wraps, and a pipe gets whole lines.
    """
    columns = list(zip(*map(_cells, lines), strict=True))
    widths = [max(map(len, column)) for column in columns]
    for source, block in groupby(lines, key=lambda line: line.source):
        console.say(source, style="bold")
        for line in block:
            cells = [cell.ljust(width) for cell, width in zip(_cells(line), widths, strict=True)]
            kind = (cells[3], _KIND_STYLES.get(line.kind, ""))
            console.say_styled("  ", "  ".join(cells[:3]), "  ", kind, "  ", line.type)
        console.say()


def _cells(line: RouteLine) -> tuple[str, str, str, str]:
    return line.method, line.path, line.client, line.kind
