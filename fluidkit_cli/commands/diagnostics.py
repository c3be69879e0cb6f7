"""How diagnostics look in the terminal: by file and line, each with what would help."""

from collections.abc import Iterable
from itertools import groupby
from pathlib import Path

from .. import console
from ..api import Diagnostic
from ..findings import Finding, findings_of, message_lines, source_lines

_MOST_EXCERPTS = 40
"""Places that are shown with their source: more of them would hide one another."""


def say_diagnostics(diagnostics: Iterable[Diagnostic], *, root: Path) -> None:
    """Writes them to standard error, a paragraph for each place; `root` is where the files are."""
    places = groupby(findings_of(diagnostics), key=lambda finding: finding.place)
    for count, (_, findings) in enumerate(places):
        _say_place(list(findings), root=root, briefly=count >= _MOST_EXCERPTS)


def _say_place(findings: list[Finding], *, root: Path, briefly: bool) -> None:
    excerpt = source_lines(findings[0], root=root)
    for line in [next(excerpt)] if briefly else excerpt:
        console.warn_styled(*line)
    for finding in findings:
        for line in message_lines(finding):
            console.warn_styled(*line)
    console.warn_styled()
