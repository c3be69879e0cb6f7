"""The types of values on the wire, without a language."""

import typing
from dataclasses import dataclass

ScalarName = typing.Literal["string", "integer", "number", "boolean", "null"]


@dataclass(frozen=True, slots=True)
class Scalar:
    """A JSON scalar; `format` is JSON Schema's (`uuid`, `binary`), or empty.

    `date-time` is that of a `datetime`, and of nothing else: a point in time, in UTC where the text
    names no zone. `date-time-local` is that of a `NaiveDatetime`, which is none.
    """

    name: ScalarName
    format: str = ""


@dataclass(frozen=True, slots=True)
class Literal:
    """One exact value."""

    value: str | int | bool | None


@dataclass(frozen=True, slots=True)
class Array:
    """A JSON array of any length."""

    item: "Type"


@dataclass(frozen=True, slots=True)
class Tuple:
    """A JSON array with one type for each place, then any number of `rest`."""

    items: tuple["Type", ...]
    rest: "Type | None" = None


@dataclass(frozen=True, slots=True)
class Mapping:
    """A JSON object with any keys."""

    key: "Type"
    value: "Type"


@dataclass(frozen=True, slots=True)
class Union:
    """One of several types."""

    members: tuple["Type", ...]


@dataclass(frozen=True, slots=True)
class Field:
    """A key of an object as it is on the wire; not `required` means that it may be absent."""

    name: str
    type: "Type"
    required: bool = True
    description: str = ""


@dataclass(frozen=True, slots=True)
class Object:
    """An object without a name; `extra` types its undeclared keys, if it may have any."""

    fields: tuple[Field, ...]
    extra: "Type | None" = None


@dataclass(frozen=True, slots=True)
class Reference:
    """A named type of the same `Api`, by its unique name, and a type for each parameter it has."""

    name: str
    arguments: "tuple[Type, ...]" = ()


@dataclass(frozen=True, slots=True)
class TypeVariable:
    """What a generic type leaves open: one of the `parameters` of the named type around it."""

    name: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """A value that could not be described; a diagnostic says why."""


Type = (
    Scalar | Literal | Array | Tuple | Mapping | Union | Object | Reference | TypeVariable | Unknown
)


@dataclass(frozen=True, slots=True)
class Model:
    """A named object: a pydantic model, a dataclass, a typed dictionary.

    `parameters` are the type variables of a generic one. `origin` is where it stands in Python,
    `package.module:Outer.Inner`.
    """

    name: str
    fields: tuple[Field, ...]
    extra: Type | None = None
    description: str = ""
    parameters: tuple[str, ...] = ()
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Member:
    """A member of an enumeration: its Python name and its value on the wire."""

    name: str
    value: str | int


@dataclass(frozen=True, slots=True)
class Enumeration:
    """A named set of values."""

    name: str
    members: tuple[Member, ...]
    description: str = ""
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Alias:
    """A name for another type: a root model, a `type` statement, a recursive union."""

    name: str
    type: Type
    description: str = ""
    parameters: tuple[str, ...] = ()
    origin: str = ""


NamedType = Model | Enumeration | Alias
