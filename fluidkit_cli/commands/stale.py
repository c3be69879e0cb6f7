"""What `fluidkit generate --check` says: which files are stale, and briefly how they differ."""

from collections.abc import Sequence
from difflib import unified_diff

from .. import console
from ..files import StaleFile
from ..printable import printable

MOST_FILES = 5
"""Whose differences are shown; the others are only named."""

MOST_LINES = 20
"""Of the difference of one file."""

_LINES_AROUND = 2
_STYLES = {"+": "green", "-": "red", "@": "cyan"}


def say_stale(stale: Sequence[StaleFile], *, folder: str, count: int) -> None:
    """Names them all; `count` is how many files there ought to be."""
    if not stale:
        console.say(f"{folder}: all {count} files are up to date")
        return
    verb = "is" if len(stale) == 1 else "are"
    console.say(f"{folder}: {len(stale)} of {count} files {verb} stale", style="bold")
    for file in stale:
        console.say(f"  {_reason(file):<9}  {file.path}")
    differing = [(file, lines) for file in stale if (lines := difference(file))]
    for file, lines in differing[:MOST_FILES]:
        _say_difference(file, lines)
    if len(differing) > MOST_FILES:
        console.say()
        console.say(f"and {len(differing) - MOST_FILES} more that differ", style="dim")
    console.say()
    console.hint("Write them: the same command without --check")


def difference(file: StaleFile) -> list[str]:
    """The hunks of a unified diff from what is on disk to what ought to be there.

    Empty for a file that is missing or left over, and where only the line ends differ.
    """
    if file.reason != "changed":
        return []
    lines = unified_diff(_lines(file.before), _lines(file.after), n=_LINES_AROUND, lineterm="")
    return [f"{line[:1]}{printable(line[1:].expandtabs(4))}" for line in lines][2:]


def _lines(text: str) -> list[str]:
    return text.replace("\r\n", "\n").split("\n")


def _reason(file: StaleFile) -> str:
    is_same = file.reason == "changed" and _lines(file.before) == _lines(file.after)
    return "line ends" if is_same else file.reason


def _say_difference(file: StaleFile, lines: Sequence[str]) -> None:
    console.say()
    console.say(f"--- {file.path}, on disk", style="bold")
    console.say(f"+++ {file.path}, of the app", style="bold")
    for line in lines[:MOST_LINES]:
        console.say(line, style=_STYLES.get(line[:1], "dim"))
    if len(lines) > MOST_LINES:
        console.say(f"and {len(lines) - MOST_LINES} more lines", style="dim")
