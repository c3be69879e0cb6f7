"""Shows what the children print."""

from collections.abc import Callable, Mapping

from .edges import Screen
from .events import Printed, ProcessName
from .lines import Spans
from .vite_lines import shortened

_READERS: Mapping[ProcessName, Callable[[str], str | Spans | None]] = {"web": shortened}


def show(message: Printed, screen: Screen) -> None:
    """Under the child's name, but for lines that help nobody."""
    lines: list[str | Spans] = []
    read = _READERS.get(message.process)
    for line in message.lines:
        shown = read(line) if read else line
        if shown is not None:
            lines.append(shown)
    screen.pass_on(lines, message.process, unfinished=message.rest)
