"""What a response is given after it is made: its media type, its content."""

import ast
from collections.abc import Iterator
from dataclasses import replace

from .bindings import Body
from .members import join, members_of
from .values import Dictionary, Response, Value


def content_types_set(name: str, body: Body) -> Iterator[ast.expr]:
    """What `name.headers["content-type"] = ...` sets, or `name.headers.update(...)`."""
    for node in ast.walk(body):
        match node:
            case ast.Assign([ast.Subscript(headers, ast.Constant(str(key)))], value):
                if _is_headers_of(name, headers) and key.lower() == "content-type":
                    yield value
            case ast.Call(ast.Attribute(headers, "update"), [ast.Dict(keys, values)]):
                if _is_headers_of(name, headers):
                    yield from _of_content_type(keys, values)


def _is_headers_of(name: str, node: ast.expr) -> bool:
    match node:
        case ast.Attribute(ast.Name(owner), "headers"):
            return owner == name
        case _:
            return False


def _of_content_type(keys: list[ast.expr | None], values: list[ast.expr]) -> Iterator[ast.expr]:
    for key, value in zip(keys, values, strict=True):
        match key:
            case ast.Constant(str(text)) if text.lower() == "content-type":
                yield value


def contents_set(name: str, body: Body) -> Iterator[ast.expr]:
    """What `name.body_iterator = ...` sets, anywhere in a body."""
    for node in ast.walk(body):
        match node:
            case ast.Assign([ast.Attribute(ast.Name(owner), "body_iterator")], value):
                if owner == name:
                    yield value


def with_content_type(value: Value, content_type: Value) -> Value:
    """The same responses with another media type."""
    return join(_of_type(member, content_type) for member in members_of(value))


def with_content(value: Value, content: Value) -> Value:
    """The same responses with another content."""
    return join(_stating(member, "content", content) for member in members_of(value))


def _of_type(value: Value, content_type: Value) -> Value:
    headers = value.arguments.get("headers") if isinstance(value, Response) else None
    others = headers.entries if isinstance(headers, Dictionary) else ()
    kept = tuple(entry for entry in others if entry[0].lower() != "content-type")
    return _stating(value, "headers", Dictionary((*kept, ("content-type", content_type))))


def _stating(value: Value, name: str, given: Value) -> Value:
    if not isinstance(value, Response):
        return value
    named = {**dict(value.arguments.named), name: given}
    return replace(value, arguments=replace(value.arguments, named=tuple(named.items())))
