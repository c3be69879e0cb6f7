"""What does not happen when a client leaves a stream."""

import ast
from collections.abc import Iterator, Sequence

from ..sources import Place
from .bindings import Body
from .wire import Problem

_LEAVING = {"GeneratorExit", "BaseException"}


def left_undone(body: Body, place: Place) -> Problem | None:
    """The cleaning up that a sync generator is not brought to.

    Starlette pulls such a generator in a thread, and once the client has left it neither pulls nor
    closes it: only an async generator is ended at its `yield`. `place` is the generator's.
    """
    if not isinstance(body, ast.FunctionDef):
        return None
    for statement, what in _cleaning(body):
        return Problem(
            f"{body.name} is a sync generator, whose {what} does not run when the client leaves",
            f"Make it async: async def {body.name}",
            Place(place.file, statement.lineno),
        )
    return None


def _cleaning(body: ast.FunctionDef) -> Iterator[tuple[ast.stmt, str]]:
    """The statements around a `yield` that clean up after it, the outermost first."""
    waiting: list[ast.AST] = list(reversed(body.body))
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef):
            continue
        match node:
            case ast.With(body=inner) if _yields(inner):
                yield node, "with"
            case ast.Try(inner, finalbody=[_, *_]) if _yields([*inner, *node.handlers]):
                yield node, "finally"
            case ast.Try(inner, handlers) if _yields(inner) and any(map(_catches, handlers)):
                yield node, "except GeneratorExit"
        waiting.extend(reversed(list(ast.iter_child_nodes(node))))


def _catches(handler: ast.ExceptHandler) -> bool:
    return handler.type is None or any(
        isinstance(part, ast.Name) and part.id in _LEAVING for part in ast.walk(handler.type)
    )


def _yields(nodes: Sequence[ast.AST]) -> bool:
    return any(
        isinstance(part, ast.Yield | ast.YieldFrom) for node in nodes for part in ast.walk(node)
    )
