"""`fluidkit generate`: describes an app and writes its typed clients, once or on every save."""

import json
import sys
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from watchfiles import Change, watch

from .. import console
from ..api import Api
from ..devserver.watcher import DEBOUNCE_MILLISECONDS, STEP_MILLISECONDS, Watched
from ..errors import BadArgument, FluidkitError
from ..files import WriteReport, stale_files, write_changed
from ..workspace import Workspace, WorkspaceNotFound, find_workspace
from .clients import Clients, Target, described_clients, workspace_target
from .diagnostics import say_diagnostics

_WAKE_UP_MILLISECONDS = 100
_INTERRUPTED = 130
_MOST_NAMES = 8


@dataclass(frozen=True, slots=True)
class GenerateOptions:
    """What is not given is the workspace's."""

    app: str | None = None
    app_dir: Path | None = None
    output: Path | None = None
    check: bool = False
    watch: bool = False
    json: bool = False


def run(options: GenerateOptions) -> int:
    """Returns the exit code: 1 when `check` finds stale files.

    Raises:
        BadArgument: outside a workspace, an option is missing.
        FluidkitError: the app cannot be described, or its clients cannot be written.
    """
    if options.watch and options.check:
        raise BadArgument("--check looks once, --watch goes on", hint="Leave one of them out")
    if options.watch:
        return _watch(options)
    return _generate(find_target(options), options)


def find_target(options: GenerateOptions) -> Target:
    """The workspace's app, or any other that the options name.

    Raises:
        BadArgument: outside a workspace, an option is missing.
    """
    directory = (options.app_dir or Path.cwd()).resolve()
    if not directory.is_dir():
        raise BadArgument(
            f"{directory} is no folder", hint="--app-dir is where the app is imported"
        )
    try:
        workspace = find_workspace(directory)
    except WorkspaceNotFound:
        return _lone_target(options, directory)
    return _workspace_target(options, workspace)


def _lone_target(options: GenerateOptions, directory: Path) -> Target:
    if options.app is None or options.output is None:
        missing = "--app MODULE:ATTR" if options.app is None else "--output DIR"
        raise BadArgument(
            f"No fluidkit workspace in {directory} or above, and no {missing}",
            hint="Any FastAPI app will do: fluidkit generate --app main:app --output clients",
        )
    own = directory / (
        ".venv/Scripts/python.exe" if sys.platform == "win32" else ".venv/bin/python"
    )
    python = own if own.is_file() else Path(sys.executable)
    return Target(options.app, directory, python, options.output.resolve(), "python")


def _workspace_target(options: GenerateOptions, workspace: Workspace) -> Target:
    target = workspace_target(workspace)
    return replace(
        target,
        app=options.app or target.app,
        root=options.app_dir.resolve() if options.app_dir else target.root,
        output=options.output.resolve() if options.output else target.output,
    )


def _generate(target: Target, options: GenerateOptions) -> int:
    clients = described_clients(target)
    if options.check:
        return _check(target, clients, as_json=options.json)
    report = write_changed(target.output, clients.files)
    if options.json:
        _say_json(clients.api, asdict(report))
    else:
        _say_report(report, target)
        say_diagnostics(clients.api.diagnostics)
    return 0


def _check(target: Target, clients: Clients, *, as_json: bool) -> int:
    stale = stale_files(target.output, clients.files)
    count = len(clients.files)
    if as_json:
        _say_json(clients.api, {"stale": stale})
    elif stale:
        console.say(f"{_shown(target.output)}: {len(stale)} of {count} files are stale")
        for path in stale:
            console.say(f"  {path}")
        console.hint("Write them: the same command without --check")
    else:
        console.say(f"{_shown(target.output)}: all {count} files are up to date")
    return 1 if stale else 0


def _watch(options: GenerateOptions) -> int:
    """Generates now and on every save, until Ctrl-C. What is broken is a message, never an end."""
    target = find_target(options)
    watched = Watched(target.root, frozenset({target.output}))
    try:
        while True:
            _watch_folders(watched, options)
    except KeyboardInterrupt:
        return _INTERRUPTED


def _watch_folders(watched: Watched, options: GenerateOptions) -> None:
    """Returns when there is a new folder to watch."""
    rounds = watch(
        *watched.folders(),
        watch_filter=None,
        debounce=DEBOUNCE_MILLISECONDS,
        step=STEP_MILLISECONDS,
        rust_timeout=_WAKE_UP_MILLISECONDS,
        yield_on_timeout=True,
        recursive=False,
    )
    # The first round comes when the folders are already watched: no save is missed meanwhile.
    next(rounds)
    _generate_if_possible(options)
    for changes in rounds:
        if any(change is Change.added and Path(path).is_dir() for change, path in changes):
            return
        if any(watched.concerns(Path(path)) for _, path in changes):
            _generate_if_possible(options)


def _generate_if_possible(options: GenerateOptions) -> None:
    try:
        _generate(find_target(options), options)
    except FluidkitError as error:
        console.report_error(error)


def _say_json(api: Api, result: dict[str, object]) -> None:
    diagnostics = [asdict(diagnostic) for diagnostic in api.diagnostics]
    console.print_json(json.dumps({**result, "diagnostics": diagnostics}))


def _say_report(report: WriteReport, target: Target) -> None:
    counts = (("written", report.written), ("removed", report.removed))
    changes = [f"{len(paths)} {what}" for what, paths in counts if paths]
    unchanged = f"{len(report.unchanged)} unchanged" if report.unchanged else ""
    said = ", ".join([*changes, unchanged] if unchanged else changes)
    names = [*report.written, *(f"{path} (removed)" for path in report.removed)]
    listed = f": {', '.join(names)}" if 0 < len(names) <= _MOST_NAMES else ""
    console.say(f"{_shown(target.output)}: {said or 'nothing to write'}{listed}")


def _shown(path: Path) -> str:
    """Relative to where the command runs, if that is shorter to read."""
    here = Path.cwd()
    return path.relative_to(here).as_posix() if path.is_relative_to(here) else str(path)
