"""Decides conditions whose values are known, and with them which statements run."""

import ast
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from .bindings import Path
from .reach import Reach
from .scopes import Scope
from .values import Constant, Value

Node = TypeVar("Node", bound=ast.AST)


@dataclass(frozen=True, slots=True)
class Conditions:
    """The conditions in what is read; unless `are_read`, each may go either way."""

    value: Callable[[ast.expr, Scope], Value]
    are_read: bool

    def decided(self, test: ast.expr, scope: Scope) -> bool | None:
        """Whether `test` holds, if that can be told."""
        return _decided(test, lambda node: self.value(node, scope)) if self.are_read else None

    def is_reached(self, path: Path, scope: Scope) -> bool:
        """Whether the statement at `path` runs, as far as it can be told."""
        return not self.are_read or self._reach(scope).has(path)

    def reached(self, nodes: Sequence[Node], scope: Scope) -> list[Node]:
        """Those of a body's values to return or yield whose statements run."""
        paths = scope.facts.paths
        return [node for node in nodes if self.is_reached(paths.get(id(node), ()), scope)]

    def may_give_none(self, scope: Scope) -> bool:
        """Whether a body has a bare `return`, or an end, that is reached."""
        if not self.are_read or isinstance(scope.node, ast.Module):
            return scope.facts.may_give_none
        return self._reach(scope).gives_none

    def _reach(self, scope: Scope) -> Reach:
        if scope.reach is None:
            scope.reach = Reach()
            scope.reach.follow(scope.node, lambda test: self.decided(test, scope))
        return scope.reach


def _decided(test: ast.expr, value: Callable[[ast.expr], Value]) -> bool | None:
    """Whether `test` holds; nothing where `value` does not tell."""
    match test:
        case ast.UnaryOp(ast.Not(), inner):
            holds = _decided(inner, value)
            return None if holds is None else not holds
        case ast.BoolOp(operator, parts):
            return _all_or_any(operator, [_decided(part, value) for part in parts])
        case ast.Call(ast.Name("bool"), [inner], []):
            return _decided(inner, value)
        case ast.Compare(left, [operator], [right]):
            return _compared(operator, value(left), value(right))
        case _:
            found = value(test)
            return bool(found.value) if isinstance(found, Constant) else None


def _all_or_any(operator: ast.boolop, parts: list[bool | None]) -> bool | None:
    deciding = isinstance(operator, ast.Or)
    if deciding in parts:
        return deciding
    return None if None in parts else not deciding


def _compared(operator: ast.cmpop, left: Value, right: Value) -> bool | None:
    if not isinstance(left, Constant) or not isinstance(right, Constant):
        return None
    match operator:
        case ast.Is() | ast.Eq():
            return left == right
        case ast.IsNot() | ast.NotEq():
            return left != right
        case _:
            return None
