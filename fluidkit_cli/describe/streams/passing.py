"""Whether a call may change what it is given."""

import ast
import functools
import inspect
from types import FunctionType
from typing import Any

from ..sources import unwrapped
from .bindings import parameters_of
from .callables import classes, is_library, method_of, receiver_of
from .changes import SPREAD, Passing
from .library import JSON_WRITERS, name_of
from .members import members_of
from .protocol import Evaluates
from .scopes import Scope
from .values import Constant, Function, Known, Method, Value

# They call what they are given, with what they are given.
_CALLING = {
    *("_asyncio", "anyio", "asyncio", "concurrent"),
    *("functools", "multiprocessing", "threading"),
}
_CALLING_CLASSES = (functools.partial, map, filter)
_CHANGING = {"bisect", "_bisect", "heapq", "_heapq", "operator", "_operator"}

# Of containers, loggers and pydantic, whose arguments stay what they are.
_HARMLESS_METHODS = {
    *("append", "appendleft", "add", "extend", "insert", "setdefault", "update", "get", "pop"),
    *("count", "index", "remove", "discard", "format", "join", "encode", "write"),
    *("debug", "info", "warning", "error", "exception", "critical", "log"),
    *("dumps", "dump_json", "dump_python", "model_validate", "validate_python", "model_construct"),
}


class Passed:
    """Follows objects into the functions that they are passed to."""

    def __init__(self, evaluator: Evaluates) -> None:
        self._evaluator = evaluator
        self._followed: set[tuple[int, str]] = set()

    def is_changed(self, name: str, scope: Scope) -> bool:
        """Whether the body of `scope`, or what it calls, may change the object under `name`."""
        changes = scope.facts.changes
        if name in changes.changed:
            return True
        return any(self._may_change(p, scope) for p in changes.passed.get(name, ()))

    def _may_change(self, passing: Passing, scope: Scope) -> bool:
        callee = self._evaluator.value(passing.call.func, scope)
        return any(self._changes(member, passing) for member in members_of(callee))

    def _changes(self, callee: Value, passing: Passing) -> bool:
        match callee:
            case Constant(None):
                return False
            case Function(node, outer):
                body = outer.inner(node, self._evaluator.scopes.facts(node), {})
                return self._body_changes(body, passing, skipped=0)
            case Known(thing):
                return self.changes(thing, passing)
            case Method(receiver, name):
                return self._method_changes(receiver, name, passing)
            case _:
                # A number or a text that is taken out of it is passed more often than a container.
                return passing.is_whole

    def changes(self, thing: Any, passing: Passing) -> bool:
        """Whether a class or function of the running app may change what it is given."""
        package = (getattr(thing, "__module__", None) or "").partition(".")[0]
        if inspect.isclass(thing):
            is_calling = thing in _CALLING_CLASSES or package in _CALLING
            return is_calling or self._making_changes(thing, passing)
        function = unwrapped(thing)
        if isinstance(function, FunctionType) and not is_library(function):
            return self._function_changes(function, passing, receiver_of(thing) is not None)
        if package in _CALLING | _CHANGING or thing in (setattr, exec, eval):
            return True
        if inspect.ismethoddescriptor(thing):
            return passing.is_whole  # as `dict.update`
        is_known = isinstance(function, FunctionType) or package in ("builtins", "")
        return passing.is_whole and not is_known and name_of(thing) not in JSON_WRITERS

    def _making_changes(self, cls: type[Any], passing: Passing) -> bool:
        found = method_of(cls, "__init__")
        # A dataclass's is made without source, and keeps what it is given.
        if found is None or self._evaluator.scopes.of_function(found[0]) is None:
            return False
        return not is_library(found[0]) and self._function_changes(found[0], passing, True)

    def _method_changes(self, receiver: Value, name: str, passing: Passing) -> bool:
        if isinstance(receiver, Known) and inspect.isclass(receiver.thing):
            return self.changes(getattr(receiver.thing, name, None), passing)
        functions = [method_of(cls, name) for cls in classes(receiver)]
        if not functions or None in functions:
            return passing.is_whole and name not in _HARMLESS_METHODS
        return any(
            self._function_changes(function, passing, not is_static)
            for function, is_static in (found for found in functions if found)
            if not is_library(function)
        )

    def _function_changes(self, function: FunctionType, passing: Passing, is_bound: bool) -> bool:
        scope = self._evaluator.scopes.of_function(function)
        if scope is None:
            return passing.is_whole
        return self._body_changes(scope, passing, skipped=int(is_bound))

    def _body_changes(self, scope: Scope, passing: Passing, *, skipped: int) -> bool:
        names = _taking(scope, passing.slot, skipped)
        return passing.is_whole if names == [] else any(self._is_followed(n, scope) for n in names)

    def _is_followed(self, name: str, scope: Scope) -> bool:
        key = (id(scope.node), name)
        if key in self._followed:
            return False
        self._followed.add(key)
        is_changed = self.is_changed(name, scope)
        self._followed.discard(key)
        return is_changed


def _taking(scope: Scope, slot: int | str, skipped: int) -> list[str]:
    """The parameters that may take an argument; none where `*args` or `**kwargs` does."""
    node = scope.node
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
        return []
    names = [parameter.arg for parameter in parameters_of(node)]
    match slot:
        case str():
            return [name for name in names if slot in (name, SPREAD)]
        case int():
            positional = names[skipped : len(names) - len(node.args.kwonlyargs)]
            return positional[slot : slot + 1]
