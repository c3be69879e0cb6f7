"""Breaks lines where prettier does, after its own algorithm: groups that are flat if they fit.

The documents are Wadler's ("A prettier printer"), the defaults those of SvelteKit's templates:
tabs that count for two columns, lines of at most 100.
"""

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

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


@dataclass(frozen=True, slots=True)
class Row:
    """Parts one after another."""

    parts: "tuple[Doc, ...]"


@dataclass(frozen=True, slots=True)
class Indent:
    """Breaks within begin one level deeper."""

    content: "Doc"
    step: Literal["\t", " "] = "\t"
    """A tab, or the two columns by which prettier indents what follows a `| `."""


@dataclass(frozen=True, slots=True)
class Group:
    """Flat if that fits on the line and holds no break that always is one."""

    content: "Doc"


Doc = str | Line | IfBroken | Row | Indent | Group

LINE = Line()
SOFT_LINE = Line("")
HARD_LINE = Line(None)


def render(doc: Doc, *, width: int = WIDTH) -> str:
    """The text, its first line at column 0."""
    out: list[str] = []
    column = 0
    waiting = [_Waiting(doc, "", True)]
    while waiting:
        indent, broken = waiting[-1].indent, waiting[-1].broken
        match waiting.pop().doc:
            case str(text):
                out.append(text)
                column += _columns(text)
            case IfBroken(content):
                waiting.append(_Waiting(content if broken else "", indent, broken))
            case Row(parts):
                waiting.extend(_Waiting(part, indent, broken) for part in reversed(parts))
            case Indent(content, step):
                waiting.append(_Waiting(content, indent + step, broken))
            case Group(content):
                flat = _Waiting(content, indent, False)
                fits = not always_breaks(content) and _fits(flat, waiting, room=width - column)
                waiting.append(_Waiting(content, indent, not fits))
            case Line(flat=str(text)) if not broken:
                out.append(text)
                column += len(text)
            case Line():
                margin = _margin(indent)
                _trim(out)
                out.append(f"\n{margin}")
                column = margin.count("\t") * TAB_WIDTH + margin.count(" ")
    return "".join(out)


def row(*parts: Doc) -> Row:
    """Parts one after another."""
    return Row(parts)


def join(separator: Doc, docs: Iterable[Doc]) -> Row:
    """The docs with the separator between them."""
    parts: list[Doc] = []
    for doc in docs:
        parts += [separator, doc] if parts else [doc]
    return Row(tuple(parts))


def enclosed(opening: str, items: Iterable[Doc], closing: str, *, padding: Line = SOFT_LINE) -> Doc:
    """A list in brackets, separated by commas: one line, or one line for each item."""
    docs = list(items)
    if not docs:
        return opening + closing
    inner = Indent(row(padding, join(Row((",", LINE)), docs)))
    return Group(row(opening, inner, padding, closing))


def always_breaks(doc: Doc) -> bool:
    """Whether the document holds a break that no group can undo."""
    match doc:
        case Line(flat):
            return flat is None
        case Row(parts):
            return any(always_breaks(part) for part in parts)
        case Indent(content) | Group(content):
            return always_breaks(content)
        case _:
            return False


@dataclass(frozen=True, slots=True)
class _Waiting:
    doc: Doc
    indent: str
    broken: bool


def _fits(first: _Waiting, later: list[_Waiting], *, room: int) -> bool:
    """Whether everything up to the next possible break has room on the line."""
    for text in _until_break(first, later):
        room -= _columns(text)
        if room < 0:
            return False
    return True


def _until_break(first: _Waiting, later: list[_Waiting]) -> Iterator[str]:
    stack = [(waiting.doc, waiting.broken) for waiting in (*later, first)]
    while stack:
        doc, broken = stack.pop()
        match doc:
            case str(text):
                yield text
            case IfBroken(content):
                stack.append((content if broken else "", broken))
            case Row(parts):
                stack.extend((part, broken) for part in reversed(parts))
            case Indent(content) | Group(content):
                stack.append((content, broken))
            case Line(flat):
                if broken or flat is None:
                    return
                yield flat


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
