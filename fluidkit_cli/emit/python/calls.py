"""The expression that makes a call's value of a method's arguments."""

import re
from collections.abc import Sequence

from ...api import ByFlag, Route
from .arguments import Argument
from .layout import Brackets, Code, call, row
from .text import string_literal

_PATH_PARAMETER = re.compile(r"\{([^{}:]+)(?::[^{}]*)?\}")
_MAPPINGS = ("path", "query", "headers", "form", "multipart")


def call_of(route: Route, arguments: Sequence[Argument], *, error: str) -> Code:
    """`Call("GET", "/items/{id}", path={"id": id}, error=ReadItemError)`"""
    parts: list[Code] = [string_literal(route.method), string_literal(_template(route))]
    for place in _MAPPINGS:
        members = [each for each in arguments if each.place == place and not each.is_in_body]
        if members or (route.body and route.body.encoding == place):
            parts.append(row(f"{place}=", _mapping(members)))
    body = next((each for each in arguments if each.is_body), None)
    flag = next((each for each in arguments if each.is_in_body), None)
    if body and flag and isinstance(route.answer, ByFlag):
        wire_name = string_literal(flag.wire_name)
        value = flag_test(route.answer, arguments)
        parts.append(row("body=", call("with_flag", [body.name, wire_name, value])))
    elif body:
        parts.append(f"body={body.value}")
    if error:
        parts.append(f"error={error}")
    return call("Call", parts)


def flag_test(by: ByFlag, arguments: Sequence[Argument]) -> str:
    """Whether the flag is set, which it has by itself or from the caller."""
    name = next(each.name for each in arguments if each.is_flag)
    return f"{name} is not False" if by.default else f"{name} is True"


def _mapping(arguments: Sequence[Argument]) -> Code:
    items = (row(f"{string_literal(each.wire_name)}: ", each.value) for each in arguments)
    return Brackets("{", tuple(items), "}")


def _template(route: Route) -> str:
    """The path as FastAPI writes it, `:path` kept where a parameter may hold slashes."""
    spanning = {each.wire_name for each in route.parameters if each.spans_segments}

    def parameter(match: re.Match[str]) -> str:
        end = ":path" if match[1] in spanning else ""
        return f"{{{match[1]}{end}}}"

    return _PATH_PARAMETER.sub(parameter, route.path)
