"""`fluidkit generate`: describes an app and writes its typed clients, once or on every save."""

import contextlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from .. import console
from ..api import Diagnostic
from ..devserver.watched import Watched
from ..errors import BadArgument, FluidkitError
from ..files import StaleFile, WriteReport, stale_files, write_changed
from .diagnostics import say_diagnostics
from .outputs import Outputs, described_outputs, folders_of
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
    python_client: Path | None = None
    check: bool = False
    watch: bool = False
    json: bool = False


def run(options: GenerateOptions) -> int:
    """Returns the exit code: 1 when `check` finds stale files.

    Raises:
        BadArgument: outside a workspace, an option is missing, or two are one folder.
        FluidkitError: the app cannot be described, or its clients cannot be written.
    """
    if options.watch and options.check:
        raise BadArgument("--check looks once, --watch goes on", hint="Leave one of them out")
    if options.watch:
        return _watch(options)
    return _generate(_target(options), options)


def _target(options: GenerateOptions) -> Target:
    named = TargetOptions(
        _EXAMPLE,
        app=options.app,
        app_dir=options.app_dir,
        output=options.output,
        python_client=options.python_client,
    )
    return find_target(named)


def _generate(target: Target, options: GenerateOptions) -> int:
    described = described_outputs(target)
    if options.check:
        return _check(described, as_json=options.json)
    reports = [(each, write_changed(each.folder, each.files)) for each in described.outputs]
    if options.json:
        _say_json(described, [asdict(report) for _, report in reports])
        return 0
    say_diagnostics(described.api.diagnostics, root=target.root)
    for each, report in reports:
        _say_report(report, each.folder)
    return 0


def _check(described: Outputs, *, as_json: bool) -> int:
    stale = [(each, stale_files(each.folder, each.files)) for each in described.outputs]
    if as_json:
        _say_json(described, [{"stale": _named(files)} for _, files in stale])
    else:
        for each, files in stale:
            say_stale(files, folder=_shown(each.folder), count=len(each.files))
    return 1 if any(files for _, files in stale) else 0


def _named(files: Sequence[StaleFile]) -> list[dict[str, str]]:
    return [{"path": file.path, "reason": file.reason} for file in files]


def _watch(options: GenerateOptions) -> int:
    """Generates now and on every save, until Ctrl-C. What is broken is a message, never an end."""
    target = _target(options)
    watched = Watched(target.root, frozenset(folders_of(target)))
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
        described = described_outputs(target)
        reports = [(each, write_changed(each.folder, each.files)) for each in described.outputs]
        if self._options.json:
            _say_json(described, [asdict(report) for _, report in reports])
            return
        diagnostics = list(described.api.diagnostics)
        if diagnostics != self._known:
            say_diagnostics(diagnostics, root=target.root)
        for each, report in reports:
            if report.written or report.removed or self._known is None:
                _say_report(report, each.folder)
        self._known = diagnostics


def _say_json(described: Outputs, results: Sequence[dict[str, object]]) -> None:
    """What became of the TypeScript client, and under `python` of the Python client."""
    said: dict[str, object] = {}
    for each, result in zip(described.outputs, results, strict=True):
        said.update(result if each.language == "typescript" else {each.language: result})
    diagnostics = [asdict(diagnostic) for diagnostic in described.api.diagnostics]
    console.print_json(json.dumps({**said, "diagnostics": diagnostics}))


def _say_report(report: WriteReport, folder: Path) -> None:
    counts = (("written", report.written), ("removed", report.removed))
    changes = [f"{len(paths)} {what}" for what, paths in counts if paths]
    unchanged = f"{len(report.unchanged)} unchanged" if report.unchanged else ""
    said = ", ".join([*changes, unchanged] if unchanged else changes)
    names = [*report.written, *(f"{path} (removed)" for path in report.removed)]
    listed = f": {', '.join(names)}" if 0 < len(names) <= _MOST_NAMES else ""
    console.say(f"{_shown(folder)}: {said or 'nothing to write'}{listed}")


def _shown(path: Path) -> str:
    """Relative to where the command runs, if that is shorter to read."""
    here = Path.cwd()
    return path.relative_to(here).as_posix() if path.is_relative_to(here) else str(path)
