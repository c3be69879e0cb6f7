"""The only module that prints."""

import io
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import groupby

from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.markup import escape
from rich.progress import Progress, ProgressColumn, SpinnerColumn, Task, TaskID, TextColumn
from rich.text import Text

from .devserver.escapes import Colours, uncoloured, visible
from .devserver.lines import Line, Look, Voice, bare, rows
from .devserver.request_lines import FRESH
from .errors import FluidkitError
from .printable import printable

_out = Console(highlight=False)
_err = Console(stderr=True, highlight=False)


def say(text: str = "", *, style: str = "") -> None:
    """A line for people. `text` is taken as it is, never as markup."""
    _out.print(Text(text, style=style), soft_wrap=True)


def hint(text: str) -> None:
    """What to do next, in a quieter voice."""
    say(f"  {text}", style="dim")


def warn(text: str) -> None:
    """Something that is wrong but does not stop us."""
    _err.print(Text(text, style="yellow"), soft_wrap=True)


def fault(text: str) -> None:
    """A line about something that is broken."""
    _err.print(Text(text, style="red"), soft_wrap=True)


def plain() -> None:
    """From now on no colours and no styles, on a terminal neither."""
    for console in (_out, _err):
        console._color_system = None  # rich offers no other way once it has begun


def report_error(error: FluidkitError) -> None:
    """One line of what, one of how to mend it, on stderr; between them the details, if any."""
    _err.print(Text.assemble(("error: ", "bold red"), printable(error.message)), soft_wrap=True)
    for line in filter(str.strip, error.details):
        _err.print(Text(f"  {printable(line)}"), soft_wrap=True)
    if error.hint:
        _err.print(Text.assemble(("hint: ", "cyan"), printable(error.hint)), soft_wrap=True)


def print_json(text: str) -> None:
    """Machine-readable output: on stdout, and nothing else beside it."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def width() -> int | None:
    """How many columns a line may have; None where there is no terminal that would break it."""
    return _out.width if sys.stdout.isatty() else None


def say_styled(*parts: str | tuple[str, str]) -> None:
    """A line for people, of texts and of pairs of a text and its style."""
    _out.print(Text.assemble(*parts), soft_wrap=True)


def warn_styled(*parts: str | tuple[str, str]) -> None:
    """The same about something that is wrong but does not stop us."""
    _err.print(Text.assemble(*parts), soft_wrap=True)


class Paper:
    """Where `fluidkit dev` writes: lines of ours behind a sign, lines of children behind a name."""

    def __init__(self) -> None:
        self._has_colours = _out.color_system is not None and not _out.no_color
        self._is_interactive = _is_interactive()
        self._colours = {voice: Colours() for voice in _CHILDREN}
        self._gutters: dict[tuple[Voice, bool], str] = {}
        for stream in filter(None, (sys.stdout, sys.stderr)):
            if isinstance(stream, io.TextIOWrapper):
                stream.reconfigure(errors="replace")  # what the terminal's encoding does not have

    def look(self) -> Look:
        """As it is now: people resize their terminals."""
        return Look(width(), colours=self._has_colours, keys=self._is_interactive)

    def write(self, lines: Sequence[Line]) -> None:
        """Errors and warnings on stderr, all else on stdout."""
        for console, group in groupby(lines, key=_console_of):
            text = "".join(part for line in group for part in self._parts(line))
            console.file.write(text)
            console.file.flush()

    def draw(self, line: Line) -> None:
        """As much of it as fits, since only one line of a terminal can be erased."""
        room = (width() or 0) - _GUTTER_WIDTH - 1
        if not self._is_interactive or room < 1:
            return
        text = uncoloured(bare(line.text))
        shown = text if cell_len(text) <= room else set_cell_size(text, room)
        _out.file.write(self._gutter(line.voice) + shown)
        _out.file.flush()

    def erase(self) -> None:
        """Takes away what was drawn."""
        if self._is_interactive:
            _out.file.write("\r\x1b[2K")

    def _parts(self, line: Line) -> Iterator[str]:
        if line.voice == "clear":
            yield _CLEAR if self._is_interactive else ""
        elif line.voice in _CHILDREN:
            yield f"{self._gutter(line.voice)}{self._child_text(line)}\n"
        else:
            for number, row in enumerate(rows(line.text)):
                yield f"{self._gutter(line.voice, goes_on=number > 0)}{_styled(line.voice, row)}\n"

    def _child_text(self, line: Line) -> str:
        if not isinstance(line.text, str):
            return _styled(line.voice, line.text)
        if line.voice == "web":  # Vite is told to leave its colours to us
            return visible(line.text)
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


def _console_of(line: Line) -> Console:
    return _err if line.voice in _OWN_STYLES else _out


def _is_interactive() -> bool:
    """Whether a line can be drawn over; `plain` has taken the colours away."""
    return bool(width()) and _out.color_system is not None and not _out.is_dumb_terminal


def _styled(voice: Voice, spans: Sequence[tuple[str, str]]) -> str:
    console = _console_of(Line("", voice))
    text = Text(style=_OWN_STYLES.get(voice, ""))
    for part, style in spans:
        text.append(visible(part), style)
    with console.capture() as captured:
        console.print(text, end="", soft_wrap=True)
    return captured.get()


@dataclass(slots=True)
class Steps:
    """Named steps that go on side by side, each with a spinner and its time."""

    _progress: Progress | None
    _running: dict[str, TaskID] = field(default_factory=dict)
    _started: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Shows the step as running while the block runs."""
        self.start(name)
        try:
            yield
        except BaseException:
            self.fail(name)
            raise
        self.finish(name)

    def start(self, name: str) -> None:
        """Shows the step as running."""
        self._started[name] = time.monotonic()
        if self._progress:
            self._running[name] = self._progress.add_task(escape(name), total=1)
        else:
            say(f"· {name}")

    def finish(self, name: str) -> None:
        """Shows the step as done."""
        if self._progress:
            task = self._running.pop(name)
            self._progress.update(task, completed=1, description=f"[green]✓[/] {escape(name)}")
        else:
            say(f"✓ {name}, {time.monotonic() - self._started[name]:.1f} s")

    def fail(self, name: str) -> None:
        """Shows the step as failed."""
        if self._progress:
            task = self._running.pop(name)
            self._progress.update(task, completed=1, description=f"[red]✗[/] {escape(name)}")
        else:
            say(f"✗ {name}")


@contextmanager
def steps() -> Iterator[Steps]:
    """One progress display; plain lines where there is no terminal."""
    if not _out.is_terminal:
        yield Steps(None)
        return
    columns = (SpinnerColumn(finished_text=" "), TextColumn("{task.description}"))
    with Progress(*columns, _Seconds(), console=_out) as progress:
        yield Steps(progress)


class _Seconds(ProgressColumn):
    """How long a step has taken, so far or in all."""

    def render(self, task: Task) -> Text:
        seconds = task.finished_time if task.finished else task.elapsed
        return Text(f"{seconds or 0:.1f} s", style="dim")
