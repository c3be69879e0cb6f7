"""Breaks lines so that ruff and black leave them alone: one line, or one line for each item.

An item that has a line of its own ends in a comma, which both take for the wish to keep it there,
whatever their line length.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

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


@dataclass(frozen=True, slots=True)
class Either:
    """`A | B`, or each on a line of its own: then, if `grouped`, in brackets."""

    members: "tuple[Code, ...]"
    grouped: bool = False


Code = str | Brackets | Row | Either


def row(*parts: Code) -> Code:
    return Row(parts)


def call(name: str, items: Sequence[Code]) -> Code:
    """`name(items)`"""
    return Brackets(f"{name}(", tuple(items), ")")


def subscript(name: str, items: Sequence[Code]) -> Code:
    """`name[items]`. A comma after a single item would make a tuple of it."""
    return Brackets(f"{name}[", tuple(items), "]", comma=len(items) > 1)


def assigned(name: str, value: Code) -> str:
    """`name = value`, at the start of a line."""
    return render(row(f"{name} = ", _grouped(value)))


def annotated(name: str, type: Code, value: Code = "", *, depth: int) -> str:
    """`name: type = value`, to be written after `depth` indents."""
    indent = len(INDENT) * depth
    start, room = f"{name}: ", len(" = (") if value else 0
    text = start + _render(_grouped(type), depth, before=indent + len(start), after=room)
    if not value:
        return text
    before = len(f"{INDENT * depth}{text} = ".rpartition("\n")[2])
    if before < WIDTH < before + len(_beginning(value)):
        value = Brackets("(", (value,), ")", comma=False)
    return f"{text} = {_render(value, depth, before=before, after=0)}"


def flat(code: Code) -> str:
    """The text on one line."""
    match code:
        case str():
            return code
        case Row(parts):
            return "".join(map(flat, parts))
        case Brackets(opening, items, closing):
            return opening + ", ".join(map(flat, items)) + closing
        case Either(members):
            return " | ".join(map(flat, members))


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
        case Either():
            return _either(code, depth, before=before, after=after)


def _either(code: Either, depth: int, *, before: int, after: int) -> str:
    if code.grouped:
        inner = INDENT * (depth + 1) + render(Either(code.members), depth=depth + 1)
        return f"(\n{inner}\n{INDENT * depth})"
    start = f"{INDENT * depth}| "
    first, *middle, last = code.members
    texts = [
        _render(first, depth, before=before, after=0),
        *(_render(each, depth, before=len(start), after=0) for each in middle),
        _render(last, depth, before=len(start), after=after),
    ]
    return f"\n{start}".join(texts)


def _beginning(code: Code) -> str:
    """The text up to where it can break."""
    match code:
        case Row(parts):
            last = max((i for i, part in enumerate(parts) if _can_break(part)), default=0)
            return "".join(map(flat, parts[:last])) + _beginning(parts[last])
        case Brackets(opening, (_, *_)):
            return opening
        case _:
            return flat(code)


def _grouped(code: Code) -> Code:
    return replace(code, grouped=True) if isinstance(code, Either) else code


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
        case Either():
            return True
