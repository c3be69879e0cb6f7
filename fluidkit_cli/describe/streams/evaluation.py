"""Finds out what an expression's value can be, without running it."""

import ast
import inspect
from typing import get_origin

from ..sources import SourceFiles
from . import annotations
from .arguments import arguments_of
from .attributes import Attributes
from .budget import ANNOTATE, OUTERMOST, TOO_MUCH, Budget, TooMuch
from .calls import Calls
from .conditions import Conditions
from .dicts import merged
from .facts import Facts
from .members import join, members_of
from .names import Names
from .objects import item_at, sliced, value_of_object
from .operations import computed, false_of, is_false, negated, without_none
from .reasons import unclear_at
from .running import Running
from .scopes import Scope, Scopes, annotation_of, super_in
from .texts import formatted, text_of
from .values import (
    Constant,
    Dictionary,
    Function,
    Instance,
    Items,
    Known,
    Sequence,
    Unclear,
    Value,
)

Comprehension = ast.ListComp | ast.SetComp | ast.GeneratorExp


class Evaluator:
    """Reads the expressions of one route."""

    def __init__(self, sources: SourceFiles, scopes: Scopes) -> None:
        self.sources = sources
        self.scopes = scopes
        self.conditions = Conditions(self.value, scopes)
        self.running = Running(self)
        self.calls = Calls(self, self.running)
        self._names = Names(self)
        self._attributes = Attributes(self, self._names)
        self._budget = Budget()

    def value(self, node: ast.expr, scope: Scope) -> Value:
        """What `node` can be.

        Raises:
            TooMuch: the budget is spent.
        """
        self._budget.steps -= 1
        self._budget.depth -= 1
        if self._budget.steps < 0 or self._budget.depth < 0:
            raise TooMuch
        found = self._value(node, scope)
        self._budget.depth += 1
        return self.unclear(node, scope) if found is None else found

    def items(self, value: Value) -> Value | None:
        """What iterating over a value gives, if that can be told."""
        return self.running.items(value)

    def sent(self, content: Value) -> Value | None:
        """What iterating over the content of a stream gives, as far as it is worth reading."""
        depth = self._budget.depth
        try:
            return self.running.sent(content)
        except TooMuch:
            if not self._budget.go_on(depth=depth):
                raise
            return Unclear(TOO_MUCH, ANNOTATE)

    def item(self, value: Value, key: Value) -> Value | None:
        """`value[key]`, if that can be told."""
        found = [_item(member, key) for member in members_of(value)]
        return None if None in found else join(item for item in found if item)

    def unclear(self, node: ast.AST, scope: Scope, reason: str = "", hint: str = "") -> Unclear:
        """Says that nothing is known of `node`."""
        return unclear_at(node, scope.place(node, self.sources), reason=reason, hint=hint)

    def _value(self, node: ast.expr, scope: Scope) -> Value | None:  # noqa: PLR0911 - a case for each kind
        match node:
            case ast.Constant(value):
                return None if value is ... else value_of_object(value)
            case ast.Name():
                return self._names.value(node, scope)
            case ast.Await(inner):
                return _awaited(self.value(inner, scope))
            case ast.Call():
                return self._call(node, scope)
            case ast.Attribute(inner, name):
                return self._attribute(self.value(inner, scope), name)
            case ast.JoinedStr(parts):
                return text_of(tuple(p for part in parts for p in self._formatted(part, scope)))
            case _:
                return self._display(node, scope)

    def _display(self, node: ast.expr, scope: Scope) -> Value | None:
        match node:
            case ast.Dict(keys, values):
                return self._dictionary(keys, values, scope)
            case ast.List(elements) | ast.Tuple(elements) | ast.Set(elements):
                return self._sequence(elements, scope)
            case ast.ListComp() | ast.SetComp() | ast.GeneratorExp():
                return Items(self.value(node.elt, self._comprehension(node, scope)))
            case ast.Subscript(inner, key):
                return self._subscript(node, self.value(inner, scope), key, scope)
            case ast.Lambda():
                return Function(node, scope)
            case _:
                return self._operation(node, scope)

    def _operation(self, node: ast.expr, scope: Scope) -> Value | None:  # noqa: PLR0911 - a case for each kind
        match node:
            case ast.IfExp(test, body, orelse):
                is_first = self.conditions.decided(test, scope)
                ways = ((body, is_first is not False), (orelse, is_first is not True))
                return join(self.value(way, scope) for way, is_open in ways if is_open)
            case ast.BoolOp(operator, operands):
                return self._either(operator, [self.value(one, scope) for one in operands])
            case ast.BinOp(left, operator, right):
                found = computed(operator, self.value(left, scope), self.value(right, scope))
                return found or self._type(node, scope)
            case ast.Compare() | ast.UnaryOp(ast.Not()):
                return Instance(bool)
            case ast.UnaryOp(ast.USub() | ast.UAdd(), inner):
                return negated(self.value(inner, scope))
            case ast.NamedExpr(_, inner):
                return self.value(inner, scope)
            case _:
                return None

    def _either(self, operator: ast.boolop, values: list[Value]) -> Value:
        """`a or b`: what is false in `a` does not come through."""
        *first, last = values
        kept = [member for value in first for member in members_of(value)]
        if isinstance(operator, ast.Or):
            left = [without_none(member) for member in kept if not is_false(member)]
        else:
            left = [false for member in kept if (false := false_of(member)) is not None]
        return join([*left, last])

    def _subscript(self, node: ast.expr, value: Value, key: ast.expr, scope: Scope) -> Value | None:
        if isinstance(value, Known) and _is_generic(value.thing):
            return self._type(node, scope)
        if isinstance(key, ast.Slice):
            return sliced(value, items=self.items)
        return self.item(value, self.value(key, scope))

    def _type(self, node: ast.expr, scope: Scope) -> Value | None:
        """A type that is put together in an expression, as `list[Item]`."""
        found = annotation_of(node, scope)
        is_type = found is not None and (get_origin(found) or inspect.isclass(found))
        return Known(found) if is_type else None

    def _attribute(self, value: Value, name: str) -> Value | None:
        # `None` has no attribute of interest: where it may be `None`, another member is meant.
        members = [member for member in members_of(value) if member != Constant(None)]
        self._budget.steps -= len(members)
        found = [self._attributes.of(member, name) for member in members]
        return None if None in found or not found else join(part for part in found if part)

    def _call(self, node: ast.Call, scope: Scope) -> Value | None:
        depth = self._budget.depth
        self._budget.calls += 1
        try:
            if isinstance(node.func, ast.Name) and node.func.id == "super" and not node.args:
                return super_in(scope)
            callee = self.value(node.func, scope)
            arguments = arguments_of(node, lambda part: self.value(part, scope))
            return self.calls.value(callee, arguments, scope.place(node, self.sources))
        except TooMuch:
            if self._budget.calls > OUTERMOST or not self._budget.go_on(depth=depth):
                raise
            return self.unclear(node, scope, TOO_MUCH, ANNOTATE)
        finally:
            self._budget.calls -= 1

    def _formatted(self, part: ast.expr, scope: Scope) -> tuple[str | Value, ...]:
        match part:
            case ast.Constant(str(text)):
                return (text,)
            case ast.FormattedValue(value, conversion, format_spec):
                is_plain = conversion in (-1, ord("s")) and format_spec is None
                return formatted(self.value(value, scope), is_plain=is_plain)
            case _:
                return (Instance(str),)

    def _dictionary(
        self, keys: list[ast.expr | None], values: list[ast.expr], scope: Scope
    ) -> Value | None:
        parts: list[Value] = [Dictionary(())]
        for key, value in zip(keys, values, strict=True):
            found = self.value(value, scope)
            match None if key is None else self.value(key, scope), found:
                case Constant(str(name)), _:
                    parts.append(Dictionary(((name, found),)))
                case None, _:
                    parts.append(found)
                case _:
                    return None
        return merged(parts)

    def _sequence(self, elements: list[ast.expr], scope: Scope) -> Value | None:
        if any(isinstance(element, ast.Starred) for element in elements):
            return None
        return Sequence(tuple(self.value(element, scope) for element in elements))

    def _comprehension(self, node: Comprehension, scope: Scope) -> Scope:
        inner = Scope(scope.node, Facts(), scope.file, scope, scope.outside)
        for generator in node.generators:
            item = self.items(self.value(generator.iter, inner))
            if item is None:
                item = self.unclear(generator.iter, inner)
            inner.arguments.update(self._unpacked(generator.target, item))
        return inner

    def _unpacked(self, target: ast.expr, value: Value) -> list[tuple[str, Value]]:
        match target:
            case ast.Name(name):
                return [(name, value)]
            case ast.Tuple(targets) | ast.List(targets):
                parts = [(t, self.item(value, Constant(i))) for i, t in enumerate(targets)]
                return [found for t, part in parts if part for found in self._unpacked(t, part)]
            case _:
                return []


def _is_generic(thing: object) -> bool:
    return inspect.isclass(thing) or type(thing).__module__ == "typing"


def _item(value: Value, key: Value) -> Value | None:
    return value if isinstance(value, Unclear) else item_at(value, key)


def _awaited(value: Value) -> Value:
    if isinstance(value, Instance):
        return Instance(annotations.awaited(value.annotation))
    return value
