"""What is left of the values a name may have, by the conditions that hold where it is used."""

import ast
import enum
import types
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, get_args

from . import annotations
from .bindings import Binding, Path, is_below
from .conditions import classes_of, is_subclass
from .guards import Guard, Tested
from .members import join, members_of
from .protocol import Evaluates
from .scopes import Scope
from .values import Constant, Instance, Known, Unclear, Value
from .values import Sequence as Parts

_NONE = (Constant(None), Instance(type(None)))


@dataclass(frozen=True, slots=True)
class Use:
    """A name where it is used, and what may have bound it there."""

    name: str
    path: Path
    bindings: Sequence[Binding]


@dataclass(frozen=True, slots=True)
class Narrowing:
    """Reads the conditions around a use."""

    evaluator: Evaluates

    def narrowed(self, value: Value, use: Use, scope: Scope) -> Value:
        """Those of the values that may arrive at a use."""
        members = _alternatives(value)
        if len(members) == 1:
            return value
        left = members
        for tested in scope.facts.guards.at(use.path):
            if _still_holds(tested, use):
                left = self._kept(tested.guard, left, use.name, scope)
        return join(left) if left and left != members else value

    def _kept(  # noqa: PLR0911 - a case for each kind
        self, guard: Guard, members: list[Value], name: str, scope: Scope
    ) -> list[Value]:
        match guard.test:
            case ast.UnaryOp(ast.Not(), inner):
                return self._kept(Guard(inner, not guard.holds), members, name, scope)
            case ast.BoolOp(operator, parts):
                guards = [Guard(part, guard.holds) for part in parts]
                if isinstance(operator, ast.And) == guard.holds:
                    for each in guards:
                        members = self._kept(each, members, name, scope)
                    return members
                ways = [self._kept(each, members, name, scope) for each in guards]
                return [member for way in ways for member in way]
            case ast.Compare(ast.Attribute(one, field), [operator], [right]) if _is_name(one, name):
                wanted = _exact(self.evaluator.value(right, scope))
                is_same = _is_same(operator, guard)
                keeps_all = wanted is Unclear or is_same is None
                return [m for m in members if keeps_all or _may_have(m, field, wanted, is_same)]
            case ast.Compare(one, [operator], [ast.Constant(None)]) if _is_name(one, name):
                is_same = _is_same(operator, guard)
                return [m for m in members if is_same is None or (m in _NONE) is is_same]
            case ast.Compare(one, [operator], [right]) if _is_name(one, name):
                exact = _exact(self.evaluator.value(right, scope))
                is_same = _is_same(operator, guard)
                keeps_all = exact is Unclear or is_same is None
                return [m for m in members if keeps_all or _may_be(m, exact, is_same)]
            case ast.Call(ast.Name("isinstance"), [one, classes], []) if _is_name(one, name):
                wanted = _classes(self.evaluator.value(classes, scope))
                return [m for member in members for m in _of(member, wanted, guard.holds)]
            case _ if _is_name(guard.test, name) and guard.holds:
                return [member for member in members if member not in (*_NONE, Constant(""))]
            case _:
                return members


def _alternatives(value: Value) -> list[Value]:
    found: list[Value] = []
    for member in members_of(value):
        parts = (
            annotations.alternatives(annotations.plain(member.annotation))
            if type(member) is Instance
            else ()
        )
        found.extend(map(Instance, parts) if len(parts) > 1 else [member])
    return found


def _still_holds(tested: Tested, use: Use) -> bool:
    """Whether the name cannot have been bound anew since the test."""
    is_looped = any(step.is_loop for step in use.path[tested.depth + 1 :])
    return all(
        not _follows(binding, tested.path)
        # What is bound further down comes by the test again.
        or (is_below(binding, use.path) and not is_looped)
        for binding in use.bindings
    )


def _follows(binding: Binding, path: Path) -> bool:
    size = len(path)
    is_within = binding.path[:size] == path and len(binding.path) > size
    return is_below(binding, path) or (is_within and binding.path[size].index >= 0)


def _is_name(node: ast.expr, name: str) -> bool:
    match node:
        case ast.Name(found) | ast.NamedExpr(ast.Name(found)):
            return found == name
        case _:
            return False


def _is_same(operator: ast.cmpop, guard: Guard) -> bool | None:
    match operator:
        case ast.Is() | ast.Eq():
            return guard.holds
        case ast.IsNot() | ast.NotEq():
            return not guard.holds
        case _:
            return None


def _classes(value: Value) -> tuple[type[Any], ...] | None:
    """What `isinstance` is asked for; nothing where that is unclear."""
    match value:
        case Known(type() as cls):
            return (cls,)
        case Known(types.UnionType() as union):
            return tuple(part for part in get_args(union) if isinstance(part, type))
        case Known(tuple() as classes) if all(isinstance(cls, type) for cls in classes):
            return classes
        case Parts(items):
            found = [_classes(item) for item in items]
            return None if None in found else tuple(cls for each in found for cls in each or ())
        case _:
            return None


def _of(member: Value, wanted: tuple[type[Any], ...] | None, holds: bool) -> list[Value]:
    """What a value is where it is, or is not, of one of the classes."""
    (cls,) = found if len(found := classes_of(member)) == 1 else (None,)
    is_one = is_subclass(cls, wanted) if cls is not None and wanted is not None else None
    if cls is None or wanted is None or is_one is None:
        return [member]
    if is_one or not holds:
        return [member] if is_one is holds else []
    return [Instance(each) for each in wanted if is_subclass(each, (cls,))]


def _exact(value: Value) -> Any:
    match value:
        case Constant(exact):
            return exact
        case Known(enum.Enum() as member):
            return member
        case _:
            return Unclear


def _may_be(member: Value, wanted: Any, is_same: bool | None) -> bool:
    exact = _exact(member)
    return exact is Unclear or (exact == wanted) is is_same


def _may_have(member: Value, attribute: str, wanted: Any, is_same: bool | None) -> bool:
    """Whether an attribute that is a `Literal[...]` may be, or not be, what is wanted."""
    if not isinstance(member, Instance):
        return True
    try:
        hint = annotations.attribute_of(member.annotation, attribute)
        values = [] if hint is None else list(annotations.literals_of(hint))
    except ValueError:
        return True
    return not values or (wanted in values if is_same else values != [wanted])
