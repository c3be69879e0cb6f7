"""Decides conditions whose values are known, and with them which statements run."""

import ast
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from types import AsyncGeneratorType, FunctionType, GeneratorType
from typing import Any, TypeVar

from pydantic import BaseModel

from . import annotations
from .bindings import Binding, Path
from .members import members_of
from .raising import called_function, declares_no_return
from .reach import Reach
from .scopes import Scope, Scopes
from .values import (
    Constant,
    Dictionary,
    Dumped,
    Generator,
    Instance,
    Json,
    Known,
    Merged,
    Response,
    Text,
    Unclear,
    Value,
)

Node = TypeVar("Node", bound=ast.AST)


@dataclass(frozen=True, slots=True)
class Conditions:
    """The conditions in what is read, by the values of expressions."""

    value: Callable[[ast.expr, Scope], Value]
    scopes: Scopes

    def decided(self, test: ast.expr, scope: Scope) -> bool | None:
        """Whether `test` holds, if that can be told."""
        return _decided(test, lambda node: self._simple(node, scope))

    def _simple(self, node: ast.expr, scope: Scope) -> Value:
        """What a condition asks for; what takes reading other functions is not worth it."""
        return self.value(node, scope) if _is_simple(node, scope, depth=0) else _NOT_READ

    def is_reached(self, path: Path, scope: Scope) -> bool:
        """Whether the statement at `path` runs, as far as it can be told."""
        return self._reach(scope).has(path)

    def taken(self, scope: Scope) -> Collection[int]:
        """The blocks of a body that are known to run, if what they belong to does."""
        return self._reach(scope).taken

    def reached(self, nodes: Sequence[Node], scope: Scope) -> list[Node]:
        """Those of a body's values to return or yield whose statements run."""
        paths = scope.facts.paths
        return [node for node in nodes if self.is_reached(paths.get(id(node), ()), scope)]

    def may_give_none(self, scope: Scope) -> bool:
        """Whether a body has a bare `return`, or an end, that is reached."""
        return self._reach(scope).gives_none

    def _reach(self, scope: Scope) -> Reach:
        if scope.reach is None:
            scope.reach = Reach()
            scope.reach.follow(scope.node, _Decided(self, scope))
        return scope.reach

    def never_returns(self, call: ast.Call, scope: Scope) -> bool:
        """Whether a call always raises: its function says so, or has nothing else to do."""
        function = called_function(call, scope)
        if function is None or declares_no_return(function):
            return function is not None
        known = self.scopes.raising
        if function not in known:
            known[function] = False  # one that calls itself is not waited for
            known[function] = self._always_raises(function)
        return known[function]

    def _always_raises(self, function: Any) -> bool:
        body = self.scopes.of_own_function(function) if isinstance(function, FunctionType) else None
        if body is None or body.facts.returns or body.facts.yields:
            return False
        return not self.may_give_none(body)


@dataclass(frozen=True, slots=True)
class _Decided:
    conditions: Conditions
    scope: Scope

    def holds(self, test: ast.expr) -> bool | None:
        return self.conditions.decided(test, self.scope)

    def never_returns(self, call: ast.Call) -> bool:
        return self.conditions.never_returns(call, self.scope)


_NOT_READ = Unclear("it is not read for a condition", "")
_MOST_NAMES = 4


def _is_simple(node: ast.expr, scope: Scope, *, depth: int) -> bool:
    match node:
        case ast.Constant():
            return True
        case ast.Attribute(inner):
            return _is_simple(inner, scope, depth=depth)
        case ast.Name(name) if depth < _MOST_NAMES:
            found = scope.bindings(name)
            if found is None:
                return _is_class(name, scope)
            return all(_is_simply_bound(binding, found[0], depth=depth + 1) for binding in found[1])
        case _:
            return False


def _is_class(name: str, scope: Scope) -> bool:
    try:
        return isinstance(scope.object(name), type)
    except KeyError:
        return False


def _is_simply_bound(binding: Binding, owner: Scope, *, depth: int) -> bool:
    match binding:
        case Binding("assigned", ast.Call(ast.Name("bool"), [node], [])):
            return _is_simple(node, owner, depth=depth)
        case Binding("assigned", ast.expr() as node):
            return _is_simple(node, owner, depth=depth)
        case _:
            return binding.way in ("parameter", "spread", "declared")


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
        case ast.Call(ast.Name("isinstance"), [inner, classes], []):
            return _is_instance(value(inner), value(classes))
        case ast.Compare(left, [operator], [right]):
            return _compared(operator, value(left), value(right))
        case _:
            found = value(test)
            return bool(found.value) if isinstance(found, Constant) else None


def _is_instance(value: Value, classes: Value) -> bool | None:
    if not isinstance(classes, Known) or not isinstance(classes.thing, type):
        return None
    found = {
        _is_of(cls, classes.thing) for member in members_of(value) for cls in classes_of(member)
    }
    return found.pop() if len(found) == 1 else None


def classes_of(value: Value) -> list[type[Any] | None]:  # noqa: PLR0911 - a case for each kind
    """The classes that a value may be of, None for one that is not clear."""
    match value:
        case Constant(exact):
            return [type(exact)]
        case Dictionary() | Merged() | Dumped(Instance()):
            return [dict]
        case Generator(scope):
            is_async = isinstance(scope.node, ast.AsyncFunctionDef)
            return [AsyncGeneratorType if is_async else GeneratorType]
        case Response(cls):
            return [cls]
        case Text() | Json():
            return [str]
        case Instance(annotation):
            members = annotations.alternatives(annotations.plain(annotation))
            return [annotations.class_of(member) for member in members]
        case _:
            return [None]


def is_subclass(cls: type[Any], wanted: tuple[type[Any], ...]) -> bool | None:
    """As `issubclass`; nothing where a class does not say, as a protocol with data."""
    try:
        return issubclass(cls, wanted)
    except Exception:
        # A metaclass of the user's may raise anything.
        return None


def _is_of(cls: type[Any] | None, wanted: type[Any]) -> bool | None:
    if cls is None:
        return None
    if is_subclass(cls, (wanted,)) is not False:
        return is_subclass(cls, (wanted,))
    # Others may have a common subclass, but no model is a dict or a text.
    is_apart = issubclass(cls, BaseModel) != issubclass(wanted, BaseModel)
    return False if is_apart and _BUILTIN & {cls, wanted} else None


_BUILTIN = {bool, bytes, dict, float, int, list, set, str, tuple, type(None)}


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
