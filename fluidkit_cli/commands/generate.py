"""`fluidkit generate`: describes an app and writes its typed clients, once or on every save."""

import contextlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path

from .. import console
from ..api import Api, Diagnostic
from ..devserver.watched import Watched
from ..errors import BadArgument, FluidkitError
from ..files import WriteReport, stale_files, write_changed
from .clients import Clients, described_clients
from .diagnostics import say_diagnostics
from .saves import on_every_save
from .stale import say_stale
from .target import Target, TargetOptions, find_target

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
        say_diagnostics(clients.api.diagnostics, root=target.root)
        _say_report(report, target)
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
    with contextlib.suppress(KeyboardInterrupt):
        on_every_save(watched, _Rounds(options).generate)
    return _INTERRUPTED


class _Rounds:
    """Generates again and again, and says each time only what is news."""

    def __init__(self, options: GenerateOptions) -> None:
        self._options = options
        self._known: list[Diagnostic] | None = None

    def generate(self) -> None:
        try:
            self._generate(_target(self._options))
        except FluidkitError as error:
            console.report_error(error)
            self._known = None

    def _generate(self, target: Target) -> None:
        clients = described_clients(target)
        report = write_changed(target.output, clients.files)
        if self._options.json:
            _say_json(clients.api, asdict(report))
            return
        diagnostics = list(clients.api.diagnostics)
        if diagnostics != self._known:
            say_diagnostics(diagnostics, root=target.root)
        if report.written or report.removed or self._known is None:
            _say_report(report, target)
        self._known = diagnostics


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
