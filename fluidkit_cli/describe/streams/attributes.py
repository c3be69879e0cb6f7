"""What objects hold under their attributes, those of the app's own classes by their `__init__`."""

import ast
import inspect
from types import FunctionType
from typing import Any

from . import annotations
from .bindings import parameters_of
from .names import Names
from .objects import CONTAINERS, attribute_of, value_of_object
from .protocol import Evaluates
from .reasons import unclear_parts
from .scopes import Scope, annotation_of
from .values import (
    Constant,
    Dictionary,
    Dumped,
    Flagged,
    Instance,
    Items,
    Known,
    Merged,
    Method,
    Sequence,
    Value,
)

Stores = dict[str, list[tuple[FunctionType, ast.stmt | None]]]
"""By attribute, the methods that set it on `self`, each with its assignment where it is plain."""


class Attributes:
    """Looks up what is annotated, set once in `__init__`, or stands in a class and is never set."""

    def __init__(self, evaluator: Evaluates, names: Names) -> None:
        self._evaluator = evaluator
        self._names = names

    def of(self, value: Value, name: str) -> Value | None:
        """`value.name`; a method, where nothing else is known."""
        if isinstance(value, Flagged) and value.attribute == name:
            return Constant(value.value)
        if name in ("__name__", "__qualname__"):
            return Instance(str)
        if isinstance(value, Known) and inspect.ismodule(value.thing):
            return self._names.of_module(value.thing, name)
        if self._names.is_changed(value, name):
            return None
        return attribute_of(value, name) or self._own(value, name) or Method(value, name)

    def _own(self, owner: Value, name: str) -> Value | None:
        cls = _class_of(owner)
        if cls is None or not self._is_own(cls) or self._is_set_elsewhere(name):
            return None
        kinds = [cls] if isinstance(owner, Known) else [cls, *_below(cls)]
        stores = [store for kind in kinds for store in self._stores(kind).get(name, ())]
        match stores:
            case []:
                return _of_classes(kinds, name)
            case [(function, ast.Assign() | ast.AnnAssign() as statement)] if (
                function.__name__ == "__init__" and not hasattr(cls, name)
            ):
                return self._initial(function, statement, owner, name)
            case _:
                return None

    def _initial(
        self, function: FunctionType, statement: ast.Assign | ast.AnnAssign, owner: Value, name: str
    ) -> Value | None:
        scope = self._evaluator.scopes.of_function(function)
        found = None if scope is None else self._assigned(statement, scope, owner)
        if found is None or any(unclear_parts(found)):
            found = _held(owner, name)
        return None if isinstance(found, Dictionary | Dumped | Items | Merged | Sequence) else found

    def _assigned(
        self, statement: ast.Assign | ast.AnnAssign, scope: Scope, owner: Value
    ) -> Value | None:
        if isinstance(statement, ast.AnnAssign):
            declared = annotation_of(statement.annotation, scope)
            if declared is not None:
                return Instance(declared)
        if isinstance(scope.node, ast.FunctionDef) and (own := parameters_of(scope.node)):
            scope.arguments[own[0].arg] = owner
        return None if statement.value is None else self._evaluator.value(statement.value, scope)

    def _is_own(self, cls: type[Any]) -> bool:
        module = inspect.getmodule(cls)
        return self._evaluator.sources.is_own(getattr(module, "__file__", None) or "")

    def _is_set_elsewhere(self, name: str) -> bool:
        """Whether the app sets an attribute of this name from outside of its object."""
        known, sources = self._evaluator.scopes.changes, self._evaluator.sources
        if ("outside", name) not in known:
            trees = map(sources.tree, sources.files_with(f".{name}"))
            facts = (self._evaluator.scopes.facts(tree) for tree in trees if tree is not None)
            known["outside", name] = any(f".{name}" in each.changes.changed for each in facts)
        return known["outside", name]

    def _stores(self, cls: type[Any]) -> Stores:
        known = self._evaluator.scopes.stores
        if cls not in known:
            known[cls] = self._read(cls)
        return known[cls]

    def _read(self, cls: type[Any]) -> Stores:
        found: Stores = {}
        for base in cls.__mro__:
            for method in filter(inspect.isfunction, vars(base).values()):
                if not self._evaluator.sources.is_own(method.__code__.co_filename):
                    continue
                node = self._evaluator.sources.function(method.__code__)
                for name, statement in _stored(node) if node else ():
                    found.setdefault(name, []).append((method, statement))
        return found


def _stored(
    function: ast.FunctionDef | ast.AsyncFunctionDef,
) -> list[tuple[str, ast.stmt | None]]:
    own = {parameter.arg for parameter in parameters_of(function)[:1]}
    plain = {id(target): statement for statement in function.body for target in _targets(statement)}
    return [
        (node.attr, plain.get(id(node)))
        for node in ast.walk(function)
        if isinstance(node, ast.Attribute)
        and not isinstance(node.ctx, ast.Load)
        and isinstance(node.value, ast.Name)
        and node.value.id in own
    ]


def _targets(statement: ast.stmt) -> list[ast.expr]:
    match statement:
        case ast.Assign([target]) | ast.AnnAssign(target):
            return [target]
        case _:
            return []


def _class_of(owner: Value) -> type[Any] | None:
    match owner:
        case Known(thing) if not inspect.isclass(thing) and not inspect.isroutine(thing):
            return type(thing)
        case Instance(annotation):
            return annotations.class_of(annotation)
        case _:
            return None


def _below(cls: type[Any]) -> list[type[Any]]:
    return [kind for child in type.__subclasses__(cls) for kind in (child, *_below(child))]


def _of_classes(kinds: list[type[Any]], name: str) -> Value | None:
    """What stands in a class, where no class below it has anything else."""
    found = {id(thing): thing for thing in (getattr(kind, name, None) for kind in kinds)}
    values = [value_of_object(thing) for thing in found.values()]
    is_one = len(values) == 1 and values[0] != Constant(None)
    return values[0] if is_one and isinstance(values[0], Constant) else None


def _held(owner: Value, name: str) -> Value | None:
    """What an object that is there holds. Data that was computed is other data elsewhere."""
    held = getattr(owner.thing, "__dict__", {}).get(name) if isinstance(owner, Known) else None
    value = value_of_object(held)
    return None if isinstance(value, Constant) or isinstance(held, CONTAINERS) else value
