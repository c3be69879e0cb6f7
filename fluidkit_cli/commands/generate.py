"""`fluidkit generate`: describes an app and writes its typed clients, once or on every save."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from watchfiles import Change, watch

from .. import console
from ..api import Api
from ..devserver.watcher import DEBOUNCE_MILLISECONDS, STEP_MILLISECONDS, Watched
from ..errors import BadArgument, FluidkitError
from ..files import WriteReport, stale_files, write_changed
from .clients import Clients, described_clients
from .diagnostics import say_diagnostics
from .stale import say_stale
from .target import Target, TargetOptions, find_target

_WAKE_UP_MILLISECONDS = 100
_INTERRUPTED = 130
_MOST_NAMES = 8
_EXAMPLE = "fluidkit generate --app main:app --output clients"


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
    return _generate(_target(options), options)


def _target(options: GenerateOptions) -> Target:
    return find_target(
        TargetOptions(_EXAMPLE, app=options.app, app_dir=options.app_dir, output=options.output)
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
        say_diagnostics(clients.api.diagnostics, root=target.root)
    return 0


def _check(target: Target, clients: Clients, *, as_json: bool) -> int:
    stale = stale_files(target.output, clients.files)
    if as_json:
        named = [{"path": file.path, "reason": file.reason} for file in stale]
        _say_json(clients.api, {"stale": named})
    else:
        say_stale(stale, folder=_shown(target.output), count=len(clients.files))
    return 1 if stale else 0


def _watch(options: GenerateOptions) -> int:
    """Generates now and on every save, until Ctrl-C. What is broken is a message, never an end."""
    target = _target(options)
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
        _generate(_target(options), options)
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
