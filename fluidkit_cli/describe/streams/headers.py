"""The media type that a response is given after it is made."""

import ast
from collections.abc import Iterator
from dataclasses import replace

from .bindings import Body
from .values import Dictionary, Response, Value, join, members_of


def content_types_set(name: str, body: Body) -> Iterator[ast.expr]:
    """What `name.headers["content-type"] = ...` sets, anywhere in a body."""
    for node in ast.walk(body):
        match node:
            case ast.Assign(
                [ast.Subscript(ast.Attribute(ast.Name(owner), "headers"), ast.Constant(str(key)))],
                value,
            ) if owner == name and key.lower() == "content-type":
                yield value


def with_content_type(value: Value, content_type: Value) -> Value:
    """The same responses with another media type."""
    return join(_restated(member, content_type) for member in members_of(value))


def _restated(value: Value, content_type: Value) -> Value:
    if not isinstance(value, Response):
        return value
    headers = value.arguments.get("headers")
    others = headers.entries if isinstance(headers, Dictionary) else ()
    kept = tuple(entry for entry in others if entry[0].lower() != "content-type")
    named = {
        **dict(value.arguments.named),
        "headers": Dictionary((*kept, ("content-type", content_type))),
    }
    return replace(value, arguments=replace(value.arguments, named=tuple(named.items())))
