"""How diagnostics look in the terminal: by file and line, each with what would help."""

from collections.abc import Iterable
from itertools import groupby

from .. import console
from ..api import Diagnostic


def say_diagnostics(diagnostics: Iterable[Diagnostic]) -> None:
    """Writes them to standard error, a paragraph for each file."""
    ordered = sorted(diagnostics, key=lambda d: (d.file, d.line, d.route, d.message))
    for file, found in groupby(ordered, key=lambda d: d.file):
        console.warn(file or "the app")
        for diagnostic in found:
            for line in _lines(diagnostic):
                console.warn(line)


def _lines(diagnostic: Diagnostic) -> list[str]:
    line = str(diagnostic.line) if diagnostic.line else ""
    route = f"{diagnostic.route}: " if diagnostic.route else ""
    first = f"{line:>5}  {route}{diagnostic.message}"
    return [first, f"       {diagnostic.hint}"] if diagnostic.hint else [first]
