"""Says what is unclear in a piece of source, and what would make it clear."""

import ast
from collections.abc import Iterator
from typing import Any

from ..sources import Place
from .members import members_of
from .texts import is_text
from .values import (
    Dictionary,
    Dumped,
    Encoded,
    Items,
    Json,
    Merged,
    OneOf,
    Sequence,
    Text,
    Unclear,
    Value,
)

_SHOWN = 60


def unclear_at(node: ast.AST, place: Place, *, reason: str = "", hint: str = "") -> Unclear:
    """That nothing is known of `node`, in words of its source."""
    source = " ".join(ast.unparse(node).split())
    shown = source if len(source) <= _SHOWN else f"{source[:_SHOWN]}..."
    return Unclear(reason or f"it is not clear what {shown} is", hint or _hint(node), place)


def _hint(node: ast.AST) -> str:
    if isinstance(node, ast.Await):
        return _hint(node.value)
    if isinstance(node, ast.Call):
        return f"Annotate what {ast.unparse(node.func)} returns, as in -> list[Item]"
    return f"Annotate {ast.unparse(node)}" if isinstance(node, ast.Name) else "Annotate its type"


def unclear_parts(value: Value | str) -> Iterator[Unclear]:
    """Whatever is unclear in a value, at any depth that reaches the wire."""
    match value:
        case Unclear():
            yield value
        case OneOf(parts) | Sequence(parts) | Text(parts) | Merged(parts):
            for part in parts:
                yield from unclear_parts(part)
        case Dictionary(entries):
            for _, part in entries:
                yield from unclear_parts(part)
        case Items(part) | Json(part) | Encoded(part) | Dumped(part):
            yield from unclear_parts(part)
        case _:
            return


def says_more(value: Value, declared: Any) -> bool:
    """Whether a value that was read is to be believed more than a vague annotation of it.

    That it is a `str` says nothing of a text that is JSON of something unclear.
    """
    is_clear = not any(unclear_parts(value))
    return is_clear or (declared in (str, bytes) and all(map(is_text, members_of(value))))
