"""What calls give."""

import ast
import inspect
from types import FunctionType
from typing import Any, get_origin

from fastapi import Depends

from ..sources import Place
from . import annotations
from .arguments import passed_to
from .callables import (
    class_itself,
    classes,
    function_of,
    instance,
    is_library,
    merged,
    method_of,
    receiver_of,
)
from .library import function_call
from .making import is_sent, made
from .members import join
from .methods import method_call
from .protocol import Evaluates
from .reasons import says_more
from .running import Running
from .scopes import Scope, returned
from .subclasses import made_by_own
from .values import (
    Arguments,
    Constant,
    Function,
    Generator,
    Instance,
    Items,
    Json,
    Known,
    Method,
    OneOf,
    Partial,
    Super,
    Unclear,
    Value,
)


class Calls:
    """Reads what is called: by what we know of it, by its annotation, or by its body."""

    def __init__(self, evaluator: Evaluates, running: Running) -> None:
        self._evaluator = evaluator
        self._running = running

    def value(self, callee: Value, arguments: Arguments, place: Place) -> Value | None:  # noqa: PLR0911 - a case for each kind
        """What calling `callee` at `place` gives, if that can be told."""
        match callee:
            case Unclear():
                return callee
            case Known(thing):
                return self._known(thing, arguments, place)
            case Partial(inner, given):
                return self.value(inner, merged(given, arguments), place)
            case Method(receiver, name):
                return self._method(receiver, name, arguments)
            case Function(node, scope):
                return self._function(node, scope, arguments)
            case OneOf(members):
                found = [self.value(member, arguments, place) for member in members]
                return None if None in found else join(value for value in found if value)
            case _:
                return None

    def by_its_body(self, callee: Known, arguments: Arguments) -> Value | None:
        """What calling a function of the app gives, whatever its annotation says."""
        function = function_of(callee.thing, self._evaluator.sources)
        is_read = isinstance(function, FunctionType) and not is_library(function)
        scope = self._evaluator.scopes.of_function(function) if is_read else None
        if scope is None or scope.facts.yields or not scope.facts.returns:
            return None
        scope.arguments.update(passed_to(scope.node, arguments, receiver_of(callee.thing)))
        return self._running.result(scope)

    def _known(self, thing: Any, arguments: Arguments, place: Place) -> Value | None:  # noqa: PLR0911 - a case for each kind
        if thing is map:
            return self._mapped(arguments, place)
        found = function_call(thing, arguments, items=self._running.items)
        if found is not None:
            return found
        if thing is Depends:
            return self.value(arguments.get("dependency", 0) or Constant(None), _INJECTED, place)
        if inspect.isclass(thing) and is_sent(thing):
            return made_by_own(thing, arguments, place, evaluator=self._evaluator)
        if inspect.isclass(thing):
            return made(thing, arguments, place)
        if inspect.isclass(get_origin(thing)):
            return Instance(thing)
        function = function_of(thing, self._evaluator.sources)
        if not isinstance(function, FunctionType):
            return None
        return self._python(function, arguments, receiver_of(thing))

    def _mapped(self, arguments: Arguments, place: Place) -> Value | None:
        """`map(function, items, ...)`"""
        function, *taken = arguments.positional
        found = [self._running.items(each) for each in taken]
        passed = Arguments(tuple(item for item in found if item is not None))
        given = None if None in found else self.value(function, passed, place)
        return None if given is None else Items(given)

    def _method(self, receiver: Value, name: str, arguments: Arguments) -> Value | None:
        found = method_call(receiver, name, arguments, items=self._running.items)
        if found is None and (cls := class_itself(receiver)) is not None:
            # Class methods written in C, as `datetime.now`.
            found = function_call(getattr(cls, name, None), arguments, items=self._running.items)
        if found is not None:
            return found
        if isinstance(receiver, Unclear):
            # Nothing else has this method, so the text is JSON, of whatever it may be.
            return Json(receiver) if name == "model_dump_json" else receiver
        functions = [method_of(cls, name) for cls in classes(receiver)]
        if None in functions or not functions:
            return None
        own = receiver.receiver if isinstance(receiver, Super) else receiver
        results = [
            self._python(function, arguments, None if is_static else own)
            for function, is_static in (found for found in functions if found)
        ]
        return None if None in results else join(result for result in results if result)

    def _python(
        self, function: FunctionType, arguments: Arguments, receiver: Value | None
    ) -> Value | None:
        """A function of the running app."""
        scope = None
        if not is_library(function):
            scope = self._evaluator.scopes.of_function(function)
        if scope is None:
            declared = annotations.hints_of(function).get("return")
            return None if declared is None else instance(declared, receiver)
        return self._run(scope, arguments, receiver)

    def _function(
        self,
        node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda,
        outer: Scope,
        arguments: Arguments,
    ) -> Value:
        facts = self._evaluator.scopes.facts(node)
        return self._run(outer.inner(node, facts, {}), arguments, None)

    def _run(self, scope: Scope, arguments: Arguments, receiver: Value | None) -> Value:
        scope.arguments.update(passed_to(scope.node, arguments, receiver))
        scope.is_complete = arguments.is_complete
        if scope.facts.yields:
            return Generator(scope)
        declared = returned(scope)
        if declared is None:
            return self._running.result(scope)
        typed = instance(declared, receiver)
        # A body without `return` is a stub, or the annotation says None.
        if not scope.facts.returns or annotations.tells_much(typed.annotation):
            return typed
        value = self._running.result(scope)
        return value if says_more(value, typed.annotation) else typed


# FastAPI chooses the arguments of a dependency, so its defaults say nothing.
_INJECTED = Arguments(is_complete=False)
