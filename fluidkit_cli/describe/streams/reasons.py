"""Says what is unclear in a piece of source, and what would make it clear."""

import ast

from ..sources import Place
from .values import Unclear

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
