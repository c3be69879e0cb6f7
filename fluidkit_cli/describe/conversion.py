"""Turns JSON Schema, as schemas.py writes it, into our types."""

from collections.abc import Iterable, Mapping
from typing import Any

from ..api import (
    Alias,
    Array,
    Enumeration,
    Field,
    Literal,
    Member,
    Model,
    NamedType,
    Object,
    Reference,
    Scalar,
    Tuple,
    Type,
    Union,
    Unknown,
)
from ..api import Mapping as MappingType
from .forms import Form
from .schemas import KEY, MEMBERS, MOMENT

Schema = Mapping[str, Any]


def named_type_of(origin: str, schema: Schema, *, form: Form) -> NamedType:
    """A definition, called after its origin; references in it are `reference_key`s."""
    description = schema.get("description", "")
    members = schema.get(MEMBERS)
    if members and all(type(value) in (str, int) for _, value in members):
        named = tuple(Member(member, value) for member, value in members)
        return Enumeration(origin, named, description, origin)
    if schema.get("type") == "object" and "properties" in schema:
        fields, extra = _fields(schema, form), _extra(schema, form)
        return Model(origin, fields, extra, description, origin=origin)
    return Alias(origin, type_of(schema, form=form), description, origin=origin)


def reference_key(form: Form, reference: str) -> str:
    """The name of a definition until all are known and names.py gives it one."""
    return f"{form.mode}{form.by_name:d}{form.omits_defaults:d}{form.omits_none:d}/{reference}"


def type_of(schema: Schema, *, form: Form) -> Type:
    """The type that a schema stands for; `Unknown` where it says nothing."""
    match schema:
        case {"$ref": str(reference)}:
            return Reference(reference_key(form, reference))
        case {"const": value}:
            return literal_of(value)
        case {"enum": [*values]}:
            return union_of(literal_of(value) for value in values)
        case {"anyOf": [*members]} | {"oneOf": [*members]} | {"allOf": [_] as members}:
            return union_of(type_of(member, form=form) for member in members)
        case {"type": [*names]}:
            return union_of(type_of({**schema, "type": name}, form=form) for name in names)
        case _:
            return _simple(schema, form)


def _simple(schema: Schema, form: Form) -> Type:
    match schema.get("type"):
        case "array":
            return _array(schema, form)
        case "object":
            return _object(schema, form)
        case "string" | "integer" | "number" | "boolean" | "null" as name:
            return Scalar(name, _format(schema))
        case _:
            return Unknown()


def _format(schema: Schema) -> str:
    match schema:
        case {"contentMediaType": "application/octet-stream"}:  # FastAPI's UploadFile
            return "binary"
        case {"contentMediaType": "application/json"}:  # pydantic's Json
            return "json-string"
        case {"format": str(form)} if form == MOMENT:
            return "date-time"
        case {"format": "date-time"}:  # claimed of a text, which pydantic does not look into
            return ""
        case {"format": "binary"}:  # pydantic's bytes, which in JSON are text like any other
            return ""
        case _:
            return str(schema.get("format", ""))


def literal_of(value: object) -> Type:
    """One exact value, or the type of a value that has no exact form (a fraction)."""
    if value is None:
        return Scalar("null")
    if isinstance(value, str | bool | int):
        return Literal(value)
    if isinstance(value, list):
        return Tuple(tuple(map(literal_of, value)))
    return Scalar("number") if isinstance(value, float) else Unknown()


def union_of(members: Iterable[Type]) -> Type:
    """A union without repetition; what may be anything swallows the rest."""
    parts = [p for member in members for p in _parts(member)]
    # By its text, since Python takes Literal(1) and Literal(True) for equal.
    flat = tuple({repr(part): part for part in parts}.values())
    if Unknown() in flat or not flat:
        return Unknown()
    return flat[0] if len(flat) == 1 else Union(flat)


def _parts(member: Type) -> tuple[Type, ...]:
    return member.members if isinstance(member, Union) else (member,)


def _array(schema: Schema, form: Form) -> Type:
    items = schema.get("items", {})
    if "prefixItems" not in schema:
        # A fixed tuple of no items has `maxItems: 0` and no schema for them.
        return Tuple(()) if schema.get("maxItems") == 0 else Array(type_of(items, form=form))
    places = tuple(type_of(item, form=form) for item in schema["prefixItems"])
    return Tuple(places, type_of(items, form=form) if "items" in schema else None)


def _object(schema: Schema, form: Form) -> Type:
    if "properties" in schema:
        return Object(_fields(schema, form), _extra(schema, form))
    key = type_of(schema[KEY], form=form) if KEY in schema else Scalar("string")
    value = schema.get("additionalProperties", {})
    if not isinstance(value, Mapping) or not value:
        value = union_schema(schema.get("patternProperties", {}).values())
    return MappingType(key, type_of(value, form=form))


def union_schema(schemas: Iterable[Schema]) -> Schema:
    """One schema for any of several; none of them says nothing."""
    members = list(schemas)
    return {"anyOf": members} if members else {}


def _fields(schema: Schema, form: Form) -> tuple[Field, ...]:
    required = schema.get("required", ())
    return tuple(
        _field(name, member, required=name in required, form=form)
        for name, member in schema["properties"].items()
    )


def _field(name: str, schema: Schema, *, required: bool, form: Form) -> Field:
    described = type_of(schema, form=form)
    if form.omits_none and _may_be_null(described):
        required = False
    return Field(name, described, required, schema.get("description", ""))


def _may_be_null(described: Type) -> bool:
    match described:
        case Unknown() | Scalar("null"):
            return True
        case Union(members):
            return any(_may_be_null(member) for member in members)
        case _:
            return False


def _extra(schema: Schema, form: Form) -> Type | None:
    extra = schema.get("additionalProperties", False)
    if extra is False:
        return None
    return Unknown() if extra is True else type_of(extra, form=form)
