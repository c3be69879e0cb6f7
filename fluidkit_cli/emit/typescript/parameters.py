"""What a generated function takes: positional parameters, and keys of its last one, `options`."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from ...api import Parameter, ParameterLocation, Route
from ...api import types as api
from ...errors import FluidkitError
from ...workspace import Naming
from ..names import free_name, identifier, property_name
from .layout import Doc

# The runtime's own keys of `options`, for every kind of answer: so a parameter keeps its name when
# the answer becomes another kind.
_KEYS = """
    baseUrl fetch headers idleTimeout lastEventId maxEventLength maxLineBytes on onChunk
    onComplete onError onMessage onOpen onProgress onUnknown onUploadProgress reconnect signal
"""
OWN_OPTIONS = frozenset(_KEYS.split())
_INHERITED = (
    *("__proto__", "constructor", "hasOwnProperty", "isPrototypeOf"),
    *("toLocaleString", "toString", "valueOf"),
)
"""Every object has these, also where nobody gave them."""
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110, 5.6.2: a token


@dataclass(frozen=True, slots=True)
class Argument:
    """A value that the caller gives, and where in the request it goes.

    `is_chosen` marks an option that an overload cannot do without; `narrowing` is a type that a
    body must also be of.
    """

    name: str
    wire_name: str
    location: ParameterLocation | Literal["body"]
    type: api.Type
    required: bool
    description: str = ""
    is_chosen: bool = False
    narrowing: Doc = ""

    @property
    def value(self) -> str:
        """The expression that reads it in the function's body."""
        return self.name if self.required else f"options?.{self.name}"


def arguments_of(route: Route, *, naming: Naming, taken: Iterable[str]) -> list[Argument]:
    """The route's parameters in the order of the Python signature, the body last.

    No positional one is called as something in `taken`, no optional one as an own option
    or as what objects have by themselves.

    Raises:
        FluidkitError: a header's name is none that HTTP allows.
    """
    arguments: list[Argument] = []
    positional, optional = {"options", *taken}, {*OWN_OPTIONS, *_INHERITED}
    for argument in _arguments(route):
        if argument.required:
            name = free_name(identifier(argument.name, naming=naming), taken=positional)
            positional.add(name)
        else:
            name = free_name(property_name(argument.name, naming=naming), taken=optional)
            optional.add(name)
        arguments.append(replace(argument, name=name))
    return arguments


def _arguments(route: Route) -> list[Argument]:
    arguments = [_argument(parameter, route) for parameter in route.parameters]
    if body := route.body:
        arguments.append(Argument(body.name, "", "body", body.type, body.required))
    return arguments


def _argument(parameter: Parameter, route: Route) -> Argument:
    if parameter.location == "header" and not _HEADER_NAME.fullmatch(parameter.wire_name):
        raise FluidkitError(
            f"{route.file}:{route.line}: {parameter.wire_name!r} cannot be the name of a header",
            hint=f"Change the alias of the parameter {parameter.name} of {route.name}",
        )
    return Argument(
        parameter.name,
        parameter.wire_name,
        parameter.location,
        parameter.type,
        parameter.required,
        parameter.description,
    )
