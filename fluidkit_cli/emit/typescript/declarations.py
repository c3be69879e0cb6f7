"""Declarations of types: models as interfaces, enumerations as constants, aliases."""

from collections.abc import Iterable
from dataclasses import replace
from typing import assert_never

from ...api import types as api
from ..names import free_name, type_name
from ..text import comment_lines, doc_comment, value_key
from .cycles import untangled
from .layout import HARD_LINE, LINE, Doc, Group, Indent, can_break, join, render, row
from .shapes import deferred
from .types import EMPTY_OBJECT, TypePrinter, literal

_SHORTEST_BROKEN_KEY = 5
"""Prettier never moves the value of a shorter key to the next line."""


def declare(named: api.NamedType, *, printer: TypePrinter) -> str:
    """The declaration of a named type, with its docstring."""
    name = printer.names[named.name]
    if not isinstance(named, api.Enumeration) and named.parameters:
        taken = set(printer.names.values())
        variables = {each: free_name(type_name(each), taken=taken) for each in named.parameters}
        printer = replace(printer, variables=variables)
        name = f"{name}<{', '.join(variables.values())}>"
    match named:
        case api.Model(fields=fields, extra=extra):
            declaration = declare_object(name, api.Object(fields, extra), printer=printer)
        case api.Enumeration():
            declaration = _declare_enumeration(named, name)
        case api.Alias():
            type = deferred(untangled(named, named=printer.named))
            declaration = declare_type(name, printer.annotation(type))
        case _:
            assert_never(named)
    return "\n".join([*doc_comment(comment_lines(named.description)), declaration])


def declare_object(name: str, type: api.Object, *, printer: TypePrinter) -> str:
    """`export interface Name { … }`"""
    members = [documented(printer.field(field), field.description) for field in type.fields]
    if type.extra is not None:
        members.append(printer.extra(type.fields, type.extra))
    if not members:
        return declare_type(name, EMPTY_OBJECT)
    return _block(f"export interface {name} {{", [row(member, ";") for member in members], "}")


def declare_type(name: str, type: Doc) -> str:
    """`export type Name = …;`"""
    value = row(" ", type) if can_break(type) else Group(Indent(row(LINE, type)))
    return render(row(f"export type {name} =", value, ";"))


def documented(member: Doc, description: str) -> Doc:
    """A member of a type below its comment."""
    comment = doc_comment(comment_lines(description))
    return join(HARD_LINE, [*comment, member])


def member_value(key: str, value: Doc) -> Doc:
    """`key: value` in an object literal; a text or a name that does not fit goes below its key."""
    if len(key) < _SHORTEST_BROKEN_KEY or not isinstance(value, str):
        return row(f"{key}: ", value)
    return row(f"{key}:", Group(Indent(row(LINE, value))))


def _declare_enumeration(enumeration: api.Enumeration, name: str) -> str:
    union = f"export type {name} = (typeof {name})[keyof typeof {name}];"
    members = [_constant(member) for member in enumeration.members]
    if not members:
        return f"export const {name} = {{}} as const;\n{union}"
    separated = [row(member, ",") for member in members[:-1]] + members[-1:]
    return _block(f"export const {name} = {{", separated, f"}} as const;\n{union}")


def _constant(member: api.Member) -> Doc:
    return member_value(value_key(member.name), literal(member.value))


def _block(opening: str, members: Iterable[Doc], closing: str) -> str:
    return "\n".join([opening, *(f"\t{render(member, depth=1)}" for member in members), closing])
