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


def render(doc: Doc, *, depth: int = 0, width: int = WIDTH) -> str:
    """The text, to be written after `depth` tabs."""
    text = _flat(doc)
    if text is not None and depth * TAB_WIDTH + _columns(text) <= width:
        return text
    return _broken(_Waiting(doc, "\t" * depth, True), width=width)


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


@dataclass(frozen=True, slots=True)
class _Waiting:
    doc: Doc
    indent: str
    broken: bool


def _flat(doc: Doc) -> str | None:
    """The text on one line, if no break forbids that."""
    match doc:
        case str(text):
            return text
        case Line(flat):
            return flat
        case IfBroken():
            return ""
        case Indent(content) | Group(content):
            return _flat(content)
        case Row(parts):
            texts = [_flat(part) for part in parts]
            return None if None in texts else "".join(map(str, texts))


def _broken(first: _Waiting, *, width: int) -> str:
    out: list[str] = []
    column = len(first.indent) * TAB_WIDTH
    waiting = [first]
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
                flat = _flat(content)
                if flat is not None and _fits(flat, waiting, room=width - column):
                    waiting.append(_Waiting(flat, indent, False))
                else:
                    waiting.append(_Waiting(content, indent, True))
            case Line(flat=str(text)) if not broken:
                out.append(text)
                column += len(text)
            case Line():
                margin = _margin(indent)
                _trim(out)
                out.append(f"\n{margin}")
                column = margin.count("\t") * TAB_WIDTH + margin.count(" ")
    return "".join(out)


def _fits(flat: str, later: list[_Waiting], *, room: int) -> bool:
    """Whether the text, and what follows up to the next possible break, has room on the line."""
    room -= _columns(flat)
    if room < 0:
        return False
    for text in _until_break(later):
        room -= _columns(text)
        if room < 0:
            return False
    return True


def _until_break(later: list[_Waiting]) -> Iterator[str]:
    stack = [(waiting.doc, waiting.broken) for waiting in later]
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
