"""What the app's own classes of responses and of events do with what they are made of."""

import ast
from collections.abc import Callable
from dataclasses import replace
from types import FunctionType
from typing import Any

from starlette.responses import Response as StarletteResponse

from ..sources import Place, SourceFiles
from .arguments import arguments_of, passed_to
from .making import is_of_library, made
from .protocol import Evaluates
from .scopes import Scope
from .values import Arguments, Constant, Instance, Method, Response, Unclear, Value

Call = Callable[[Value, Arguments, Place], Value | None]


def made_by_own(
    cls: type[Any], arguments: Arguments, place: Place, *, evaluator: Evaluates
) -> Value | None:
    """An object of a class of responses or events, by the `__init__` of the app's own, if it has
    one: what that passes on to the library's."""
    found = _own_method(cls, "__init__")
    if found is None:
        return made(cls, arguments, place)
    owner, function = found
    scope = evaluator.scopes.of_function(function)
    if scope is None:
        return made(cls, _UNTOLD, place)
    scope.arguments.update(passed_to(scope.node, arguments, Instance(cls)))
    scope.is_complete = arguments.is_complete
    passed = _passed_on(scope, evaluator)
    return _restated(_made_by(cls, owner, passed, place, evaluator=evaluator), scope, evaluator)


_UNTOLD = Arguments(is_complete=False)


def _made_by(
    cls: type[Any], owner: type[Any], passed: Arguments, place: Place, *, evaluator: Evaluates
) -> Value | None:
    """As the class above `owner` makes it."""
    above = cls.__mro__[cls.__mro__.index(owner) + 1]
    if _own_method(above, "__init__") is None:
        return made(cls, passed, place)
    value = made_by_own(above, passed, place, evaluator=evaluator)
    return replace(value, cls=cls) if isinstance(value, Response) else value


def _passed_on(scope: Scope, evaluator: Evaluates) -> Arguments:
    """What an `__init__` calls that of its base class with."""
    calls = [
        node
        for node in ast.walk(scope.node)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "__init__"
    ]
    if len(calls) != 1:
        return _UNTOLD
    passed = arguments_of(calls[0], lambda node: evaluator.value(node, scope))
    match calls[0].func:
        case ast.Attribute(ast.Call(ast.Name("super"))):
            return passed
        case _:  # `Base.__init__(self, ...)`
            return replace(passed, positional=passed.positional[1:])


def _restated(value: Value | None, scope: Scope, evaluator: Evaluates) -> Value | None:
    """With what `self.media_type = ...` and `self.body_iterator = ...` set."""
    if not isinstance(value, Response):
        return value
    named = dict(value.arguments.named)
    for node in ast.walk(scope.node):
        match node:
            case ast.Assign([ast.Attribute(ast.Name("self"), attribute)], assigned) if (
                attribute in _SET_AS
            ):
                named[_SET_AS[attribute]] = evaluator.value(assigned, scope)
    return replace(value, arguments=replace(value.arguments, named=tuple(named.items())))


_SET_AS = {"body_iterator": "content", "body": "content", "media_type": "media_type"}


def rendered(response: Response, *, call: Call, sources: SourceFiles) -> Response:
    """The response as the `render` of the app's own writes it, if its class has one."""
    found = _own_method(response.cls, "render")
    if found is None:
        return response
    given = Arguments((response.arguments.get("content") or Constant(None),))
    text = call(Method(Instance(response.cls), "render"), given, response.place)
    if text is None:
        text = Unclear(
            f"it is not clear what {response.cls.__name__}.render writes",
            "Return json.dumps(...).encode() there, or super().render(...)",
            sources.place_of(found[1]),
        )
    media_type = Constant(getattr(response.cls, "media_type", None))
    named = {"media_type": media_type, **dict(response.arguments.named), "content": text}
    arguments = replace(response.arguments, named=tuple(named.items()))
    return Response(StarletteResponse, arguments, response.place)


def writes_its_own(cls: type[Any]) -> bool:
    """Whether a class of responses may send something else than what it is given."""
    return any(_own_method(cls, name) for name in ("__init__", "render"))


def _own_method(cls: type[Any], name: str) -> tuple[type[Any], FunctionType] | None:
    """The class that defines a method, and the method, unless it is a library's."""
    owner = next((base for base in cls.__mro__ if name in vars(base)), None)
    if owner is None or is_of_library(owner):
        return None
    found = vars(owner)[name]
    return (owner, found) if isinstance(found, FunctionType) else None
