"""What could not be described, as people read it: by file and line, with the source of that line.

Each line is a tuple of spans, a text and its style each, so that a terminal can colour it.
"""

import tokenize
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from .api import Diagnostic
from .printable import printable

Span = tuple[str, str]

_LINES_AROUND = 1
_WIDEST_SOURCE = 160
_MOST_ROUTES = 2
"""Named in a message that many share."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One message about one place. Several routes may share it: their labels, as `GET /api/odd`."""

    file: str
    line: int
    message: str
    hint: str
    routes: tuple[str, ...]

    @property
    def place(self) -> str:
        """`backend/main.py:12`, as terminals and editors open it."""
        if not self.file:
            return "the app"
        return f"{self.file}:{self.line}" if self.line else self.file


def findings_of(diagnostics: Iterable[Diagnostic]) -> list[Finding]:
    """Each message of each place once, by file and line."""
    routes: defaultdict[tuple[str, int, str, str], list[str]] = defaultdict(list)
    for each in diagnostics:
        shared = routes[each.file, each.line, each.message, each.hint]
        if each.route:
            shared.append(each.route)
    return [Finding(*place, tuple(sorted(set(routes[place])))) for place in sorted(routes)]


def source_lines(finding: Finding, *, root: Path) -> Iterator[tuple[Span, ...]]:
    """The place, and the line with those around it as far as they can be read."""
    yield ((finding.place, "bold"),)
    lines = _read(root / finding.file) if finding.line else []
    if not 0 < finding.line <= len(lines):
        return
    numbers = range(
        max(finding.line - _LINES_AROUND, 1), min(finding.line + _LINES_AROUND, len(lines)) + 1
    )
    width = len(str(numbers[-1]))
    for number in numbers:
        marked = number == finding.line
        if not (marked or lines[number - 1].strip()):
            continue
        margin = f"  {'>' if marked else ' '} {number:>{width}} | "
        code = _shortened(printable(lines[number - 1].expandtabs(4)))
        yield (margin, "red" if marked else "dim"), (code, "" if marked else "dim")


def message_lines(finding: Finding) -> Iterator[tuple[Span, ...]]:
    """What is wrong, for which routes, and the smallest change that helps."""
    first, *rest = map(printable, finding.message.splitlines() or [""])
    routes = printable(_named(finding.routes))
    yield ("  ", ""), (f"{routes}: " if routes else "", "bold"), (first, "yellow")
    for line in rest:
        yield ("  ", ""), (line, "yellow")
    for line in map(printable, finding.hint.splitlines()):
        yield ("  help: ", "cyan"), (line, "")


def text_of(finding: Finding, *, root: Path) -> str:
    """All of it without styles."""
    lines = [*source_lines(finding, root=root), *message_lines(finding)]
    return "\n".join("".join(text for text, _ in line).rstrip() for line in lines)


def _named(routes: Sequence[str]) -> str:
    named, more = routes[:_MOST_ROUTES], len(routes) - _MOST_ROUTES
    if more == 1:
        named, more = routes, 0
    return ", ".join(named) + (f" and {more} more routes" if more > 0 else "")


def _shortened(code: str) -> str:
    code = code.rstrip()
    return code if len(code) <= _WIDEST_SOURCE else f"{code[: _WIDEST_SOURCE - 2]} …"


def _read(file: Path) -> list[str]:
    try:
        with tokenize.open(file) as source:
            return [line.removesuffix("\n") for line in source]
    except (OSError, SyntaxError, ValueError):
        return []
