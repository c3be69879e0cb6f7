"""`fluidkit routes`: what the app offers, and how each route's client is imported."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from .. import console
from ..api import Api, Decoder
from ..findings import findings_of
from ..workspace import Workspace
from .diagnostics import say_diagnostics
from .route_lines import RouteLine, route_lines
from .route_table import Spans, is_shortened, summary, table
from .target import Target, TargetOptions, described, find_target, workspace_target


@dataclass(frozen=True, slots=True)
class RoutesOptions:
    """What is not given is the workspace's."""

    app: str | None = None
    app_dir: Path | None = None
    json: bool = False


def run(options: RoutesOptions) -> None:
    """Prints the app's routes and what could not be described.

    As JSON: `{"app", "routes", "diagnostics"}`, in which a route has the fields of `RouteLine`.

    Raises:
        FluidkitError: there is no app here, or it cannot be described.
    """
    target = find_target(
        TargetOptions(
            "fluidkit routes --app main:app",
            app=options.app,
            app_dir=options.app_dir,
            default_output=options.app_dir or Path.cwd(),
        )
    )
    api = described(target)
    lines = route_lines(api, target=target, folder=_import_folder(target))
    if options.json:
        _say_json(target, api, lines)
    elif lines:
        _say_table(target, api, lines)
    else:
        console.say(f"{target.app} has no routes")
        say_diagnostics(api.diagnostics, root=target.root)


def _import_folder(target: Target) -> str:
    """The output folder as the front end imports from it: `#lib` is SvelteKit's `src/lib`."""
    for start, folder in (("#lib", target.library), (".", Path.cwd())):
        if folder and target.output.is_relative_to(folder):
            inner = target.output.relative_to(folder).as_posix()
            return start if inner == "." else f"{start}/{inner}"
    return target.output.as_posix()


def _say_json(target: Target, api: Api, lines: Sequence[RouteLine]) -> None:
    content = {
        "app": target.app,
        "routes": [asdict(line) for line in lines],
        "diagnostics": [asdict(diagnostic) for diagnostic in api.diagnostics],
    }
    console.print_json(json.dumps(content))


def route_table(encoded: str, workspace: Workspace) -> Iterator[Spans]:
    """The same table, of an encoded `Api`, for whoever has one already."""
    target = workspace_target(workspace)
    api = Decoder().decode(encoded)
    lines = route_lines(api, target=target, folder=_import_folder(target))
    yield from table(lines, width=console.width())
    yield ((summary(lines, findings=len(findings_of(api.diagnostics))), "bold"),)


def _say_table(target: Target, api: Api, lines: Sequence[RouteLine]) -> None:
    width = console.width()
    for line in table(lines, width=width):
        console.say_styled(*line)
    say_diagnostics(api.diagnostics, root=target.root)
    console.say(summary(lines, findings=len(findings_of(api.diagnostics))), style="bold")
    console.hint(lines[0].import_line)
    if is_shortened(lines, width=width):
        console.hint("… is where a type is too long for this terminal: whole in a pipe")
