"""Declarations of types: models, enumerations, aliases."""

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import assert_never

from ...api import types as api
from .layout import INDENT, Code, annotated, assigned, call, flat
from .names import field_name, free_names, member_name
from .text import docstring, paragraph, string_literal
from .types import TypePrinter, literal


def declaration(named: api.NamedType, *, printer: TypePrinter, taken: Container[str]) -> str:
    """The lines of a named type, whose fields have none of the names taken."""
    name = printer.names[named.name]
    printer = replace(printer, variables=_variables(named))
    match named:
        case api.Model():
            return _model(named, printer, taken)
        case api.Enumeration():
            return _enumeration(named, name)
        case api.Alias():
            return _alias(named, name, printer)
        case _:
            assert_never(named)


def type_variables(types: Iterable[api.NamedType]) -> list[str]:
    """Those that the declarations mention, sorted."""
    return sorted({name for each in types for name in _variables(each).values()})


def _variables(named: api.NamedType) -> Mapping[str, str]:
    if isinstance(named, api.Enumeration):
        return {}
    return {each: f"{each.strip('_') or 'T'}_var" for each in named.parameters}


def _model(model: api.Model, printer: TypePrinter, taken: Container[str]) -> str:
    name = printer.names[model.name]
    variables = ", ".join(printer.variables.values())
    bases = f"Model, Generic[{variables}]" if variables else "Model"
    body = docstring(paragraph(model.description), indent=INDENT)
    if model.extra is not None:
        body += [""] * bool(body) + [f'{INDENT}model_config = ConfigDict(extra="allow")']
    wanted = [field_name(field.name) for field in model.fields]
    names = free_names(wanted, taken=taken)
    members = [_field(field, own, printer) for field, own in zip(model.fields, names, strict=True)]
    body += [""] * (bool(body) and bool(members)) + [line for each in members for line in each]
    return "\n".join([f"class {name}({bases}):", *(body or [f"{INDENT}pass"])])


def _field(field: api.Field, name: str, printer: TypePrinter) -> list[str]:
    type = printer.type(field.type) if field.required else printer.optional(field.type)
    line = annotated(name, type, _value(field, name), depth=1)
    return [INDENT + line, *docstring(paragraph(field.description), indent=INDENT)]


def _value(field: api.Field, name: str) -> Code:
    """What stands after the annotation. One that may be absent is not sent unless it is set."""
    if name == field.name:
        return "" if field.required else "None"
    alias = string_literal(field.name)
    names = [f"validation_alias={alias}", f"serialization_alias={alias}"]
    return call("Field", names if field.required else ["default=None", *names])


def _enumeration(enumeration: api.Enumeration, name: str) -> str:
    values = [member.value for member in enumeration.members]
    base = "Enum"
    if values and all(isinstance(value, str) for value in values):
        base = "StrEnum"
    elif values and all(type(value) is int for value in values):
        base = "IntEnum"
    names = free_names([member_name(each.name) for each in enumeration.members], taken=set())
    body = docstring(paragraph(enumeration.description), indent=INDENT)
    members = [
        f"{INDENT}{own} = {literal(member.value)}"
        for own, member in zip(names, enumeration.members, strict=True)
    ]
    lines = [*body, *([""] if body and members else []), *members]
    return "\n".join([f"class {name}({base}):", *(lines or [f"{INDENT}pass"])])


def _alias(alias: api.Alias, name: str, printer: TypePrinter) -> str:
    """Its value is a text, since it may mention itself and what stands below."""
    value = string_literal(flat(printer.type(alias.type)))
    items: Sequence[Code] = [string_literal(name), value]
    if printer.variables:
        variables = list(printer.variables.values())
        end = "," if len(variables) == 1 else ""
        items = [*items, f"type_params=({', '.join(variables)}{end})"]
    text = assigned(name, call("TypeAliasType", items))
    return "\n".join([text, *docstring(paragraph(alias.description), indent="")])
