"""`fluidkit doctor`: what is found, what is missing or out of date, and how to mend it."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from .. import console
from ..printable import printable
from .checks import Check, Level, checks

_SIGNS: dict[Level, tuple[str, str]] = {
    "ok": ("✓", "green"),
    "note": ("·", "dim"),
    "warning": ("!", "yellow"),
    "problem": ("✗", "red"),
}
_WIDTH = 14


@dataclass(frozen=True, slots=True)
class DoctorOptions:
    """Where to look, and for whom to say it."""

    directory: Path | None = None
    json: bool = False


def run(options: DoctorOptions) -> int:
    """Looks at everything, changes nothing; the exit code: 1 if something does not work.

    As JSON: `{"healthy", "checks"}`, in which a check has the fields of `Check`.
    """
    made = checks(options.directory or Path.cwd())
    found = list(made) if options.json else list(_told(made))
    problems = sum(check.level == "problem" for check in found)
    warnings = sum(check.level == "warning" for check in found)
    if options.json:
        content = {"healthy": not problems, "checks": [asdict(check) for check in found]}
        console.print_json(json.dumps(content))
    else:
        _say_result(problems, warnings)
    return 1 if problems else 0


def _told(made: Iterable[Check]) -> Iterator[Check]:
    """Says each as soon as it is made."""
    for check in made:
        sign, style = _SIGNS[check.level]
        name = (f"{check.name:<{_WIDTH}}", "" if check.level in ("ok", "note") else "bold")
        console.say_styled((f"{sign} ", style), name, printable(check.found))
        if check.mend:
            console.hint(" " * _WIDTH + printable(check.mend))
        yield check


def _say_result(problems: int, warnings: int) -> None:
    console.say()
    if not problems and not warnings:
        console.say("All is well", style="green")
        return
    counts = ((problems, "problem"), (warnings, "warning"))
    said = [f"{count} {what}{'s' if count > 1 else ''}" for count, what in counts if count]
    console.say(" and ".join(said), style="red" if problems else "yellow")
