"""Where names are looked up: a function's body, those around it, the module, the running app."""

import ast
import builtins
import sys
from collections import ChainMap
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import CodeType, FunctionType
from typing import Any

from ..sources import Place, SourceFiles
from . import annotations
from .bindings import Binding, Body, parameters_of
from .facts import Facts, facts_of
from .reach import Reach
from .values import Super, Value


@dataclass(slots=True, eq=False)
class Scope:
    """One run of a body: its facts, the arguments of this call, and what lies around it.

    `outer` is the body around it in the source, `outside` what the running app holds under a name:
    closure cells and module globals.
    """

    node: Body
    facts: Facts
    file: str
    outer: "Scope | None"
    outside: Mapping[str, Any]
    arguments: dict[str, Value] = field(default_factory=dict)
    is_complete: bool = False
    """Whether parameters that are not in `arguments` have their defaults."""
    known: dict[tuple[int, ...], Value] = field(default_factory=dict)
    reach: Reach | None = None
    cells: tuple[int, ...] = ()
    """Which closure it is: what a decorator makes of two functions is two functions."""

    @property
    def identity(self) -> tuple[int, ...]:
        """The same for each call of one function."""
        return (id(self.node), id(self.outer), *self.cells)

    def bindings(self, name: str) -> tuple["Scope", list[Binding]] | None:
        """What binds `name`, and in which scope."""
        scope: Scope | None = self
        while scope is not None:
            if name in scope.arguments or name in scope.facts.bindings:
                return scope, scope.facts.bindings.get(name, [])
            scope = scope.outer
        return None

    def object(self, name: str) -> Any:
        """The running app's object under `name`.

        Raises:
            KeyError: there is none, or only a run of the function would tell.
        """
        found = self.bindings(name)
        if found is None:
            return self.outside[name] if name in self.outside else vars(builtins)[name]
        _, bindings = found
        if len(bindings) == 1 and isinstance(bindings[0].node, ast.Import | ast.ImportFrom):
            return imported(bindings[0].node, name, self.outside)
        raise KeyError(name)

    def inner(self, node: Body, facts: Facts, arguments: dict[str, Value]) -> "Scope":
        """A function or comprehension within this one."""
        return Scope(node, facts, self.file, self, self.outside, arguments)

    def place(self, node: ast.AST, sources: SourceFiles) -> Place:
        """Where a node stands."""
        return sources.place(self.file, getattr(node, "lineno", 0))


class Scopes:
    """Makes scopes, and reads each body once."""

    def __init__(self, sources: SourceFiles) -> None:
        self._sources = sources
        self._facts: dict[int, Facts] = {}
        self.changes: dict[tuple[str, ...], bool] = {}
        """What module_names.py found out about globals: it takes reading all files of the app."""
        self.raising: dict[Any, bool] = {}
        """Which functions conditions.py found to raise always."""
        self.stores: dict[type[Any], dict[str, list[tuple[FunctionType, ast.stmt | None]]]] = {}
        """What attributes.py found the methods of classes to set."""

    def facts(self, node: Body) -> Facts:
        """The facts of a body."""
        if id(node) not in self._facts:
            self._facts[id(node)] = facts_of(node)
        return self._facts[id(node)]

    def of_own_function(self, function: FunctionType) -> Scope | None:
        """As `of_function`, of the app's own alone."""
        is_own = self._sources.is_own(function.__code__.co_filename)
        return self.of_function(function) if is_own else None

    def of_function(self, function: FunctionType) -> Scope | None:
        """A function of the running app, from its source."""
        node = self._sources.function(function.__code__)
        if node is None:
            return None
        closure = _closure(function)
        outside = ChainMap(closure, function.__globals__) if closure else function.__globals__
        scope = Scope(node, self.facts(node), function.__code__.co_filename, None, outside)
        scope.cells = tuple(map(id, function.__closure__ or ()))
        return scope


def imported(statement: ast.Import | ast.ImportFrom, name: str, outside: Mapping[str, Any]) -> Any:
    """What an import inside a function gives, if its module is loaded.

    Raises:
        KeyError: it is not.
    """
    alias = next(a for a in statement.names if (a.asname or a.name.partition(".")[0]) == name)
    if isinstance(statement, ast.Import):
        return sys.modules[alias.name if alias.asname else name]
    module = source_of(statement, outside)
    if f"{module}.{alias.name}" in sys.modules:
        return sys.modules[f"{module}.{alias.name}"]
    return vars(sys.modules[module])[alias.name]


def source_of(statement: ast.ImportFrom, outside: Mapping[str, Any]) -> str:
    """The name of the module that a statement imports from."""
    package = str(outside.get("__package__") or "").split(".")
    parents = package[: len(package) - statement.level + 1] if statement.level else []
    return ".".join([*parents, *([statement.module] if statement.module else [])])


def _closure(function: FunctionType) -> dict[str, Any]:
    code: CodeType = function.__code__
    cells = {}
    for name, cell in zip(code.co_freevars, function.__closure__ or (), strict=True):
        try:
            cells[name] = cell.cell_contents
        except ValueError:
            continue  # a name that is bound only later
    return cells


def annotation_of(node: ast.expr | None, scope: Scope) -> Any | None:
    """The type that an annotation names; nothing if it is `Any` or takes running the function."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        node = _parsed(node.value)
    if node is None:
        return None
    try:
        hint = eval(compile(ast.Expression(node), scope.file, "eval"), {}, _Names(scope))
        found = annotations.declared_type(hint)
    except Exception:
        # It is an expression of the user's; what it names may exist for type checkers only.
        return None
    if found in (Any, object):
        return None
    return type(None) if found is None else found


def returned(scope: Scope) -> Any | None:
    """What a function says it returns."""
    node = scope.node
    if isinstance(node, ast.Lambda | ast.Module):
        return None
    return annotation_of(node.returns, scope.outer or scope)


class _Names(dict[str, Any]):
    """The names that an annotation may use."""

    def __init__(self, scope: Scope) -> None:
        super().__init__()
        self._scope = scope

    def __missing__(self, name: str) -> Any:
        return self._scope.object(name)


def _parsed(text: str) -> ast.expr | None:
    try:
        return ast.parse(text, mode="eval").body
    except SyntaxError:
        return None


def super_in(scope: Scope) -> Super | None:
    """What `super()` is in a method, or in a function within it."""
    while scope.outer is not None:
        scope = scope.outer
    cls = scope.outside.get("__class__")
    if not isinstance(cls, type) or isinstance(scope.node, ast.Module):
        return None
    receiver = next((scope.arguments.get(own.arg) for own in parameters_of(scope.node)), None)
    return Super(cls.__mro__[1], receiver)
