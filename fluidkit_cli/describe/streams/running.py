"""What bodies give: what functions return, what generators and other iterables give one by one."""

import ast
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from . import annotations
from .members import NOTHING, items_of, join, members_of
from .objects import items_of_object
from .protocol import Evaluates
from .scopes import Scope, returned
from .values import (
    Constant,
    Dictionary,
    Generator,
    Instance,
    Items,
    Known,
    OneOf,
    Sent,
    Sequence,
    Unclear,
    Value,
)


class Running:
    """Reads bodies as if they ran, each no more than once at a time."""

    def __init__(self, evaluator: Evaluates) -> None:
        self._evaluator = evaluator
        self._read: set[tuple[int, ...]] = set()

    def sent(self, value: Value) -> Value | None:
        """As `items`, a generator's with where they are yielded."""
        match value:
            case Generator(scope):
                return self._generated(scope)
            case OneOf(members):
                return _joined([self.sent(member) for member in members])
            case _:
                return self.items(value)

    def items(self, value: Value) -> Value | None:  # noqa: PLR0911 - a case for each kind
        """What iterating over `value` gives, if that can be told."""
        match value:
            case Unclear():
                return value
            case Generator(scope):
                return items_of(self._generated(scope))
            case Items(item):
                return item
            case Sequence(items):
                return join(items) if items else None
            case Dictionary(entries):
                return join(Constant(key) for key, _ in entries) if entries else None
            case Constant(str()):
                return Instance(str)
            case Instance(annotation):
                declared = annotations.item_of(annotation)
                return None if declared in (None, Any, object) else Instance(declared)
            case Known(thing):
                return items_of_object(thing)
            case OneOf(members):
                return _joined([self.items(member) for member in members])
            case _:
                return None

    def result(self, scope: Scope) -> Value:
        """What the body of a function returns."""
        with self._reading(scope) as is_new:
            if not is_new:
                return _CALLS_ITSELF
            conditions = self._evaluator.conditions
            nodes = conditions.reached(scope.facts.returns, scope)
            values = [self._evaluator.value(node, scope) for node in nodes]
        return join([*values, Constant(None)] if conditions.may_give_none(scope) else values)

    def _generated(self, scope: Scope) -> Value:
        declared = returned(scope)
        item = None if declared is None else annotations.item_of(declared)
        if item is not None and annotations.tells_much(item):
            return Instance(item)
        return self.yielded(scope)

    def yielded(self, scope: Scope) -> Value:
        """What the body of a generator yields, whatever its annotation says."""
        with self._reading(scope) as is_new:
            if not is_new:
                return _CALLS_ITSELF
            yields = self._evaluator.conditions.reached(scope.facts.yields, scope)
            return join(self._sent(node, scope) for node in yields) if yields else NOTHING

    def _sent(self, node: ast.Yield | ast.YieldFrom, scope: Scope) -> Value:
        if node.value is None:
            return Constant(None)
        is_last = id(node) in scope.facts.last_yields
        passed_on = scope.facts.passed_on.get(id(node)) if is_last else None
        value: Value | None = self._evaluator.value(passed_on or node.value, scope)
        if value is not None and (passed_on is not None or isinstance(node, ast.YieldFrom)):
            value = self.sent(value) if is_last else self.items(value)
        value = value or self._evaluator.unclear(node.value, scope)
        if value == NOTHING:
            return NOTHING
        place = scope.place(node, self._evaluator.sources)
        is_own = self._evaluator.sources.is_own(scope.file)
        return join(
            each if isinstance(each, Sent) else Sent(each, place if is_own else None, is_last)
            for each in members_of(value)
        )

    @contextmanager
    def _reading(self, scope: Scope) -> Iterator[bool]:
        """Whether the body of `scope` is not being read already, further out."""
        is_new = scope.identity not in self._read
        self._read.add(scope.identity)
        yield is_new
        if is_new:
            self._read.discard(scope.identity)


def _joined(found: list[Value | None]) -> Value | None:
    """Any of the values, if all can be told; of some there may be none."""
    if None in found:
        return None
    return join(value for value in found if value is not None) if found else NOTHING


_CALLS_ITSELF = Unclear("it is read from a function that calls itself", "Annotate what it returns")
