"""How the lines of a run are written: ours behind a sign, those of children behind a name."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from rich.cells import cell_len, set_cell_size

from . import console
from .devserver.escapes import Colours, uncoloured, visible
from .devserver.lines import Line, Look, Spans, Voice, bare, rows
from .devserver.request_lines import FRESH
from .json_paper import now


class Paper:
    """Where a run writes: lines of ours behind a sign, lines of children behind a name.

    A log, which no terminal is, has the time of each line if that is to be `stamped`.
    """

    def __init__(self, *, stamped: bool = False) -> None:
        console.replace_unknown_characters()
        self._has_colours = console.has_colours()
        self._is_interactive = console.is_interactive()
        self._stamped = stamped and not console.width()
        self._colours = {voice: Colours() for voice in _CHILDREN}
        self._gutters: dict[tuple[Voice, bool], str] = {}

    def look(self) -> Look:
        """As it is now: people resize their terminals."""
        return Look(console.width(), colours=self._has_colours, keys=self._is_interactive)

    def write(self, lines: Sequence[Line]) -> None:
        """Errors and warnings on stderr, all else on stdout."""
        for error, group in groupby(lines, key=_is_error):
            text = "".join(part for line in group for part in self._parts(line))
            console.write(text, error=error)

    def draw(self, line: Line) -> None:
        """As much of it as fits, since only one line of a terminal can be erased."""
        room = (console.width() or 0) - _GUTTER_WIDTH - 1
        if not self._is_interactive or room < 1:
            return
        text = uncoloured(bare(line.text))
        shown = text if cell_len(text) <= room else set_cell_size(text, room)
        console.write(self._gutter(line.voice) + shown)

    def erase(self) -> None:
        """Takes away what was drawn."""
        if self._is_interactive:
            console.write("\r\x1b[2K")

    def _parts(self, line: Line) -> Iterator[str]:
        if line.voice == "clear":
            yield _CLEAR if self._is_interactive else ""
        elif line.voice in _CHILDREN:
            yield f"{self._stamp()}{self._gutter(line.voice)}{self._child_text(line)}\n"
        else:
            for number, row in enumerate(rows(line.text)):
                gutter = self._gutter(line.voice, goes_on=number > 0)
                yield f"{self._stamp()}{gutter}{_styled(line.voice, row)}\n"

    def _stamp(self) -> str:
        return f"{now()} " if self._stamped else ""

    def _child_text(self, line: Line) -> str:
        if not isinstance(line.text, str):
            return _styled(line.voice, line.text)
        colours = self._colours[line.voice]
        if line.text.startswith(FRESH):
            colours.end()
        text = line.text.removeprefix(FRESH)
        return colours.of(text) if self._has_colours else uncoloured(text)

    def _gutter(self, voice: Voice, *, goes_on: bool = False) -> str:
        """A child's name, or the sign of a line of ours where a terminal shows it beside those."""
        kept = self._gutters.get((voice, goes_on))  # rich would take longer than the line itself
        if kept is None:
            kept = self._gutters[voice, goes_on] = self._made_gutter(voice, goes_on)
        return kept

    def _made_gutter(self, voice: Voice, goes_on: bool) -> str:
        found = _CHILDREN.get(voice) or (_SIGNS.get(voice) if self._is_interactive else None)
        if not found:
            return ""
        sign, style = found
        name = f"{'' if goes_on else sign:>{_NAME_WIDTH}}"
        return _styled(voice, ((name, style), (" │ ", "dim")))


_CLEAR = "\x1b[H\x1b[2J\x1b[3J"
"""To the first line, and empty: the screen, and what has scrolled out of it."""

_CHILDREN: dict[Voice, tuple[str, str]] = {
    "api": ("api", "green"),
    "web": ("web", "magenta"),
    "guard": ("guard", "red"),
}
_OWN_STYLES: dict[Voice, str] = {"warn": "yellow", "error": "red"}
_SIGNS: dict[Voice, tuple[str, str]] = {
    "note": ("·", "dim"),
    "done": ("✓", "green"),
    "warn": ("!", "yellow"),
    "error": ("✗", "red"),
}
_NAME_WIDTH = 4
_GUTTER_WIDTH = _NAME_WIDTH + 3


def _is_error(line: Line) -> bool:
    return line.voice in _OWN_STYLES


def _styled(voice: Voice, spans: Spans) -> str:
    harmless = [(visible(text), style) for text, style in spans]
    base = _OWN_STYLES.get(voice, "")
    return console.styled(harmless, base=base, error=voice in _OWN_STYLES)
