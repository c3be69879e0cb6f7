"""Breaks lines where prettier does, after its own algorithm: groups that are flat if they fit.

The documents are Wadler's ("A prettier printer"), the defaults those of SvelteKit's templates:
tabs that count for two columns, lines of at most 100.
"""

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Literal

WIDTH = 100
TAB_WIDTH = 2


@dataclass(frozen=True, slots=True)
class Line:
    """A line break in a broken group; in a flat one `flat`. Always a break if `flat` is None."""

    flat: str | None = " "


@dataclass(frozen=True, slots=True)
class IfBroken:
    """What is there only in a broken group."""

    content: "Doc"
    flat: ClassVar[str] = ""


@dataclass(frozen=True, slots=True)
class Row:
    """Parts one after another. `flat` is the text on one line, if no break forbids that.

    It is made once, with the document: each group around it asks for it again.
    """

    parts: "tuple[Doc, ...]"
    flat: str | None = field(init=False, repr=False)

    def __post_init__(self) -> None:
        texts = [part if isinstance(part, str) else part.flat for part in self.parts]
        flat = None if None in texts else "".join(texts)  # type: ignore[arg-type]
        object.__setattr__(self, "flat", flat)


@dataclass(frozen=True, slots=True)
class Indent:
    """Breaks within begin one level deeper."""

    content: "Doc"
    step: Literal["\t", " "] = "\t"
    """A tab, or the two columns by which prettier indents what follows a `| `."""

    @property
    def flat(self) -> str | None:
        """The text on one line."""
        return _flat(self.content)


@dataclass(frozen=True, slots=True)
class Group:
    """Flat if that fits on the line and holds no break that always is one."""

    content: "Doc"

    @property
    def flat(self) -> str | None:
        """The text on one line."""
        return _flat(self.content)


Doc = str | Line | IfBroken | Row | Indent | Group

LINE = Line()
SOFT_LINE = Line("")
HARD_LINE = Line(None)


def render(doc: Doc, *, depth: int = 0, width: int = WIDTH) -> str:
    """The text, to be written after `depth` tabs."""
    text = _flat(doc)
    if text is not None and depth * TAB_WIDTH + _columns(text) <= width:
        return text
    return _broken(doc, indent="\t" * depth, width=width)


def row(*parts: Doc) -> Doc:
    """Parts one after another."""
    for part in parts:
        if not isinstance(part, str):
            return Row(parts)
    return "".join(parts)  # type: ignore[arg-type]


def join(separator: Doc, docs: Iterable[Doc]) -> Doc:
    """The docs with the separator between them."""
    parts: list[Doc] = []
    for doc in docs:
        parts += [separator, doc] if parts else [doc]
    return row(*parts)


def enclosed(opening: str, items: Iterable[Doc], closing: str, *, padding: Line = SOFT_LINE) -> Doc:
    """A list in brackets, separated by commas: one line, or one line for each item."""
    docs = list(items)
    if not docs:
        return opening + closing
    inner = Indent(row(padding, join(_COMMA, docs)))
    return Group(row(opening, inner, padding, closing))


_COMMA = Row((",", LINE))


def can_break(doc: Doc) -> bool:
    """Whether the document may take several lines."""
    match doc:
        case Line():
            return True
        case Row(parts):
            return any(map(can_break, parts))
        case Indent(content) | Group(content):
            return can_break(content)
        case _:
            return False


_Waiting = tuple[Doc, str, bool]
"""What is still to be written, its indentation, and whether its group is broken."""


def _flat(doc: Doc) -> str | None:
    return doc if isinstance(doc, str) else doc.flat


def _broken(doc: Doc, *, indent: str, width: int) -> str:
    out: list[str] = []
    column = len(indent) * TAB_WIDTH
    waiting: list[_Waiting] = [(doc, indent, True)]
    while waiting:
        doc, indent, broken = waiting.pop()
        match doc:
            case str(text):
                out.append(text)
                column += _columns(text)
            case Row(parts):
                waiting.extend([(part, indent, broken) for part in reversed(parts)])
            case Line(flat=str(text)) if not broken:
                out.append(text)
                column += len(text)
            case Line():
                margin = _margin(indent)
                _trim(out)
                out.append(f"\n{margin}")
                column = margin.count("\t") * TAB_WIDTH + margin.count(" ")
            case Group(content):
                flat = _flat(content)
                if flat is not None and _fits(flat, waiting, room=width - column):
                    waiting.append((flat, indent, False))
                else:
                    waiting.append((content, indent, True))
            case Indent(content, step):
                waiting.append((content, indent + step, broken))
            case IfBroken(content):
                waiting.append((content if broken else "", indent, broken))
    return "".join(out)


def _fits(flat: str, later: Sequence[_Waiting], *, room: int) -> bool:
    """Whether the text, and what follows up to the next possible break, has room on the line."""
    room -= _columns(flat)
    if room < 0:
        return False
    for text in _until_break(later):
        room -= _columns(text)
        if room < 0:
            return False
    return True


def _until_break(later: Sequence[_Waiting]) -> Iterator[str]:
    for first, _, broken in reversed(later):
        stack = [first]
        while stack:
            match stack.pop():
                case str(text):
                    yield text
                case Row(parts):
                    stack.extend(reversed(parts))
                case Line(flat):
                    if broken or flat is None:
                        return
                    yield flat
                case Indent(content) | Group(content):
                    stack.append(content)
                case IfBroken(content) if broken:
                    stack.append(content)


def _margin(indent: str) -> str:
    """Prettier turns the two columns of a member into a tab where a tab follows."""
    members = len(indent) - len(indent.rstrip(" "))
    return "\t" * (len(indent) - members) + "  " * members


def _trim(out: list[str]) -> None:
    while out and not (kept := out[-1].rstrip(" \t")):
        out.pop()
    if out:
        out[-1] = kept


def _columns(text: str) -> int:
    if text.isascii():
        return len(text)
    return sum(_character_columns(character) for character in text)


def _character_columns(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "FW" else 1
