"""What a name stands for where it is used."""

import ast
import inspect
from types import ModuleType
from typing import Any

from . import annotations
from .bindings import Binding, defaults_of, reaching
from .headers import content_types_set, contents_set, with_content, with_content_type
from .members import join, members_of
from .module_names import ModuleNames
from .narrowing import Narrowing, Use
from .objects import value_of_object
from .operations import computed, widened
from .passing import Passed
from .protocol import Evaluates
from .reasons import says_more
from .scopes import Scope, annotation_of, imported
from .values import (
    Constant,
    Dictionary,
    Dumped,
    Function,
    Instance,
    Items,
    Known,
    Merged,
    Response,
    Sequence,
    ServerSentEvent,
    Unclear,
    Value,
)


class Names:
    """Looks names up, through the bindings that reach their use."""

    def __init__(self, evaluator: Evaluates) -> None:
        self._evaluator = evaluator
        self._narrowing = Narrowing(evaluator)
        self._passed = Passed(evaluator)
        self._modules = ModuleNames(evaluator, self._passed)

    def value(self, node: ast.Name, scope: Scope) -> Value | None:
        """What `node` stands for, if that can be told."""
        found = scope.bindings(node.id)
        if found is None:
            return self._outside(node, scope)
        owner, bindings = found
        if not bindings:
            return owner.arguments[node.id]
        path = owner.facts.paths.get(id(node))
        is_reached = self._evaluator.conditions.is_reached
        bindings = [b for b in bindings if is_reached(b.path, owner)] or bindings
        taken = self._evaluator.conditions.taken(owner)
        reached = bindings if path is None else reaching(bindings, path, taken=taken)
        key = tuple(id(binding) for binding in reached)
        if key not in owner.known:
            # What depends on itself, as `x = f(x)` in a loop, is unclear while it is found out.
            owner.known[key] = Unclear(f"{node.id} depends on itself", f"Annotate {node.id}")
            owner.known[key] = self._bound(node.id, reached, owner)
        if path is None:
            return owner.known[key]
        return self._narrowing.narrowed(owner.known[key], Use(node.id, path, reached), owner)

    def of_module(self, module: ModuleType, name: str) -> Value | None:
        """`module.name`."""
        file = getattr(module, "__file__", None) or ""
        return self._modules.value(vars(module), name, file) if name in vars(module) else None

    def is_changed(self, value: Value, name: str) -> bool:
        """Whether the app changes an attribute of a class, which holds data."""
        if not isinstance(value, Known) or not inspect.isclass(value.thing):
            return False
        return self._modules.is_attribute_changed(
            name, inspect.getattr_static(value.thing, name, None)
        )

    def _outside(self, node: ast.Name, scope: Scope) -> Value | None:
        if node.id in scope.outside:
            held = self._modules.value(scope.outside, node.id, scope.file)
            reason, hint = _changing(node.id, "may change while the app runs")
            return held or self._evaluator.unclear(node, scope, reason, hint)
        try:
            return value_of_object(scope.object(node.id))
        except KeyError:
            return None

    def _bound(self, name: str, reached: list[Binding], owner: Scope) -> Value:
        declared = _declared(name, owner)
        if declared is not None and annotations.tells_much(declared):
            return Instance(declared)
        value = join(self._binding(binding, name, owner) for binding in reached)
        if any(isinstance(member, Response) for member in members_of(value)):
            value = self._restated(value, name, owner)
        if self._is_changed(value, name, owner):
            node = owner.facts.bindings[name][0].node
            reason, hint = _changing(name, "is changed later")
            if any(isinstance(member, ServerSentEvent) for member in members_of(value)):
                hint = "Make the event with all that it holds"
            value = self._evaluator.unclear(node, owner, reason, hint)
        is_told = declared is None or says_more(value, declared)
        return value if is_told else Instance(declared)

    def _is_changed(self, value: Value, name: str, owner: Scope) -> bool:
        members = members_of(value)
        if any(isinstance(member, ServerSentEvent) for member in members):
            return not _EVENT_ATTRIBUTES.isdisjoint(owner.facts.changes.changed)
        return any(map(_can_change, members)) and self._passed.is_changed(name, owner)

    def _restated(self, value: Value, name: str, owner: Scope) -> Value:
        """A response as it is after `response.headers["content-type"] = ...`, and so on."""
        if types := [self._evaluator.value(n, owner) for n in content_types_set(name, owner.node)]:
            value = with_content_type(value, join(types))
        if contents := [self._evaluator.value(n, owner) for n in contents_set(name, owner.node)]:
            value = with_content(value, join(contents))
        return value

    def _binding(self, binding: Binding, name: str, owner: Scope) -> Value:
        value = self._source(binding, name, owner)
        for index in binding.indexes:
            value = value and self._evaluator.item(value, Constant(index))
        if value is not None:
            return value
        hint = f"Annotate {name}, or the function that it comes from"
        return self._evaluator.unclear(binding.node, owner, f"it is not clear what {name} is", hint)

    def _source(self, binding: Binding, name: str, owner: Scope) -> Value | None:  # noqa: PLR0911 - a case for each kind
        match binding.way, binding.node:
            case "parameter", ast.arg() as node:
                return self._parameter(node, owner)
            case "spread", ast.arg() as node:
                return owner.arguments.get(node.arg)
            case "assigned", ast.expr() as node:
                return self._evaluator.value(node, owner)
            case "augmented", ast.AugAssign() as node:
                return self._augmented(node, owner, is_settled=binding.is_certain)
            case ("looped" | "entered") as way, ast.expr() as node:
                return self._taken(node, owner, way)
            case "caught", ast.expr() as node:
                return _caught(self._evaluator.value(node, owner))
            case "imported", ast.Import() | ast.ImportFrom() as node:
                return _imported(node, name, owner)
            case "defined", ast.FunctionDef() | ast.AsyncFunctionDef() as node:
                return Function(node, owner)
            case _:
                return None

    def _augmented(self, node: ast.AugAssign, owner: Scope, *, is_settled: bool) -> Value | None:
        added = self._evaluator.value(node.value, owner)
        if not is_settled or not isinstance(node.target, ast.Name):
            return widened(added)  # what it was before is another of the bindings
        before = self.value(node.target, owner)
        return None if before is None else computed(node.op, before, added)

    def _parameter(self, node: ast.arg, owner: Scope) -> Value | None:
        given = owner.arguments.get(node.arg)
        declared = annotation_of(node.annotation, owner.outer or owner)
        if given is not None and (declared is None or says_more(given, declared)):
            return given
        default = defaults_of(owner.node).get(node.arg)
        is_exact = isinstance(default, ast.Constant) and given is None and owner.is_complete
        if declared is not None and not is_exact:
            return Instance(declared)
        if default is None:
            return None
        value = self._evaluator.value(default, owner.outer or owner)
        is_injected = isinstance(default, ast.Call)
        return value if is_injected or owner.is_complete else None

    def _taken(self, node: ast.expr, owner: Scope, way: str) -> Value:
        """What a loop or `with` gives to its target."""
        value = self._evaluator.value(node, owner)
        is_entered = way == "entered" and isinstance(value, Instance)
        found = _entered(value) if is_entered else self._evaluator.items(value)
        source = ast.unparse(node)
        reason, hint = f"it is not clear what {source} holds", f"Annotate {source}, as list[Item]"
        return found or self._evaluator.unclear(node, owner, reason, hint)


_EVENT_ATTRIBUTES = {".data", ".event", ".raw_data"}


def _can_change(value: Value) -> bool:
    return isinstance(value, Dictionary | Dumped | Items | Merged | Sequence)


def _changing(name: str, how: str) -> tuple[str, str]:
    return f"{name} {how}", f"Annotate {name} where it is made, with the type of what it holds"


def _declared(name: str, owner: Scope) -> Any | None:
    for binding in owner.facts.bindings[name]:
        if binding.way == "declared" and isinstance(binding.node, ast.expr):
            return annotation_of(binding.node, owner)
    return None


def _caught(value: Value) -> Value | None:
    """What `except` binds, by the class or classes that it names."""
    match value:
        case Known(type() as cls) if issubclass(cls, BaseException):
            return Instance(cls)
        case Sequence(classes):
            found = [_caught(cls) for cls in classes]
            return None if None in found else join(each for each in found if each)
        case _:
            return None


def _imported(node: ast.Import | ast.ImportFrom, name: str, owner: Scope) -> Value | None:
    try:
        return value_of_object(imported(node, name, owner.outside))
    except KeyError:
        return None


def _entered(value: Value) -> Value | None:
    cls = annotations.class_of(value.annotation) if isinstance(value, Instance) else None
    for name in ("__aenter__", "__enter__"):
        hint = annotations.hints_of(getattr(cls, name, None)).get("return")
        if hint is not None:
            return value if str(hint).endswith("Self") else Instance(annotations.awaited(hint))
    return None
