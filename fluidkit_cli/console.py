"""The only module that prints."""

import io
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from rich.console import Console
from rich.markup import escape
from rich.progress import Progress, ProgressColumn, SpinnerColumn, Task, TaskID, TextColumn
from rich.text import Text

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
    return _out.width if _out.file.isatty() else None


def say_styled(*parts: str | tuple[str, str]) -> None:
    """A line for people, of texts and of pairs of a text and its style."""
    _out.print(Text.assemble(*parts), soft_wrap=True)


def warn_styled(*parts: str | tuple[str, str]) -> None:
    """The same about something that is wrong but does not stop us."""
    _err.print(Text.assemble(*parts), soft_wrap=True)


def styled(spans: Iterable[tuple[str, str]], *, base: str = "", error: bool = False) -> str:
    """The texts in their styles, as stdout or stderr shows them, over one `base` style."""
    text = Text(style=base)
    for part, style in spans:
        text.append(part, style)
    console = _err if error else _out
    with console.capture() as captured:
        console.print(text, end="", soft_wrap=True)
    return captured.get()


def write(text: str, *, error: bool = False) -> None:
    """Text that has its line ends and its colours already."""
    file = (_err if error else _out).file
    file.write(text)
    file.flush()


def has_colours() -> bool:
    """Whether the terminal has any, and people want them."""
    return _out.color_system is not None and not _out.no_color


def is_interactive() -> bool:
    """Whether a line can be drawn over; `plain` has taken that away, too."""
    return bool(width()) and _out.color_system is not None and not _out.is_dumb_terminal


def replace_unknown_characters() -> None:
    """Of what others write: the terminal's encoding may not have them."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


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
