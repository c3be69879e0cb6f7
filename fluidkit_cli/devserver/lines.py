"""Lines for the terminal: whose they are, and their texts with styles."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from ..findings import Span

Voice = Literal["say", "note", "done", "warn", "error", "api", "web", "guard", "clear"]
"""One of ours, or that of a child. What is said is flush left; `clear` empties the screen."""

CHILDREN: tuple[Voice, ...] = ("api", "web", "guard")

Spans = tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """A line; a plain string is in its voice's own style.

    What a child wrote may hold its own colours, and is made harmless where it is written.
    """

    text: str | Spans
    voice: Voice = "say"

    @property
    def size(self) -> int:
        """Its characters, of which only so many may wait."""
        return len(self.text) if isinstance(self.text, str) else len(bare(self.text))


def bare(text: str | Spans) -> str:
    """Without styles."""
    return text if isinstance(text, str) else "".join(each[0] for each in text)


def rows(text: str | Spans) -> list[Spans]:
    """What stands between line ends, each with its styles."""
    found: list[list[Span]] = [[]]
    for part, style in ((text, ""),) if isinstance(text, str) else text:
        first, *others = part.split("\n")
        found[-1].append((first, style))
        found += ([(other, style)] for other in others)
    return [tuple(row) for row in found]


def joined(parts: Sequence[Spans], *, separator: Span) -> Spans:
    """All parts, with the separator between them."""
    spans: list[Span] = []
    for index, part in enumerate(parts):
        spans += [separator] if index else []
        spans += part
    return tuple(spans)


@dataclass(frozen=True, slots=True)
class Look:
    """What the terminal can show.

    `columns` are None without one; with `keys` it is one that people press keys at.
    """

    columns: int | None = None
    colours: bool = False
    keys: bool = False
