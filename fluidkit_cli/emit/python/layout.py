"""Breaks lines so that ruff and black leave them alone: one line, or one line for each item.

An item that has a line of its own ends in a comma, which both take for the wish to keep it there,
whatever their line length.
"""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH = 88
INDENT = "    "


@dataclass(frozen=True, slots=True)
class Brackets:
    """Items between two texts. `comma` says whether the last one may have a comma after it."""

    opening: str
    items: "tuple[Code, ...]"
    closing: str
    comma: bool = True


@dataclass(frozen=True, slots=True)
class Row:
    """Parts one after another."""

    parts: "tuple[Code, ...]"


Code = str | Brackets | Row


def row(*parts: Code) -> Code:
    return Row(parts)


def call(name: str, items: Sequence[Code]) -> Code:
    """`name(items)`"""
    return Brackets(f"{name}(", tuple(items), ")")


def subscript(name: str, items: Sequence[Code]) -> Code:
    """`name[items]`. A comma after a single item would make a tuple of it."""
    return Brackets(f"{name}[", tuple(items), "]", comma=len(items) > 1)


def flat(code: Code) -> str:
    """The text on one line."""
    match code:
        case str():
            return code
        case Row(parts):
            return "".join(map(flat, parts))
        case Brackets(opening, items, closing):
            return opening + ", ".join(map(flat, items)) + closing


def render(code: Code, *, depth: int = 0, after: int = 0) -> str:
    """The text, to be written after `depth` indents, with `after` columns for what follows it."""
    return _render(code, depth, before=len(INDENT) * depth, after=after)


def _render(code: Code, depth: int, *, before: int, after: int) -> str:
    text = flat(code)
    if before + len(text) + after <= WIDTH:
        return text
    match code:
        case str():
            return code
        case Row(parts):
            return _row(parts, depth, before=before, after=after)
        case Brackets(opening, (), closing):
            return opening + closing
        case Brackets(opening, items, closing, comma):
            start = INDENT * (depth + 1)
            end = "," if comma else ""
            lines = (
                start + _render(item, depth + 1, before=len(start), after=len(end)) + end
                for item in items
            )
            return "\n".join([opening, *lines, INDENT * depth + closing])


def _row(parts: tuple[Code, ...], depth: int, *, before: int, after: int) -> str:
    """The last part that has brackets breaks, as ruff does with what is right of an equals sign."""
    last = max((i for i, part in enumerate(parts) if _can_break(part)), default=0)
    head = "".join(map(flat, parts[:last]))
    tail = "".join(map(flat, parts[last + 1 :]))
    text = _render(parts[last], depth, before=before + len(head), after=after + len(tail))
    return head + text + tail


def _can_break(code: Code) -> bool:
    match code:
        case str():
            return False
        case Row(parts):
            return any(map(_can_break, parts))
        case Brackets(_, items):
            return bool(items)
