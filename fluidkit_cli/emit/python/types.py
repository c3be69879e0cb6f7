"""The types of an `Api` as Python writes them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeGuard, assert_never

from ...api import types as api
from .layout import Code, Either, flat, subscript
from .text import string_literal

_SCALARS = {"integer": "int", "number": "float", "boolean": "bool", "null": "None"}
_FORMATS = {
    "date": "datetime.date",
    "date-time": "datetime.datetime",
    "date-time-local": "datetime.datetime",
    "decimal": "Decimal",
    "duration": "datetime.timedelta",
    "time": "datetime.time",
    "uuid": "UUID",
}


@dataclass(frozen=True, slots=True)
class TypePrinter:
    """Prints annotations, which are expressions too.

    `names` are what the named types are called in `models.py`, `prefix` stands before them.
    `binary` is what a file is.
    """

    names: Mapping[str, str]
    prefix: str = ""
    variables: Mapping[str, str] = field(default_factory=dict)
    binary: str = "Upload"

    def type(self, type: api.Type) -> Code:  # noqa: C901, PLR0911, PLR0912 - one case a type
        match type:
            case api.Scalar(name, format):
                return self._scalar(name, format)
            case api.Literal(None):
                return "None"
            case api.Literal(value):
                return subscript("Literal", [literal(value)])
            case api.Array(item):
                return subscript("list", [self.type(item)])
            case api.Tuple(items, None):
                return subscript("tuple", [self.type(each) for each in items]) if items else _EMPTY
            case api.Tuple((), rest) if rest is not None:
                return subscript("tuple", [self.type(rest), "..."])
            case api.Tuple(items, rest):
                # pydantic takes no tuple whose end may be of any length
                members = (*items, *([rest] if rest else []))
                return subscript("list", [self.type(api.Union(members))])
            case api.Mapping(key, value):
                return subscript("dict", [self._key(key), self.type(value)])
            case api.Union(members):
                return self._union(members)
            case api.Object():
                return "dict[str, Any]"
            case api.Reference(name, ()):
                return self._name(name)
            case api.Reference(name, arguments):
                return subscript(self._name(name), [self.type(each) for each in arguments])
            case api.TypeVariable(name):
                return self.variables.get(name, "Any")
            case api.Unknown():
                return "Any"
            case _:
                assert_never(type)

    def _key(self, key: api.Type) -> Code:
        """Of a tuple, or of whatever else a key stands for, there is only its text."""
        is_read = isinstance(key, api.Scalar | api.Literal | api.Reference | api.Union)
        return self.type(key) if is_read else "str"

    def _scalar(self, name: str, format: str) -> str:
        if name != "string":
            return _SCALARS[name]
        return self.binary if format == "binary" else _FORMATS.get(format, "str")

    def optional(self, type: api.Type) -> Code:
        """The type, or None."""
        return self.type(api.Union((type, api.Scalar("null"))))

    def _name(self, name: str) -> str:
        return self.prefix + self.names[name] if name in self.names else "Any"

    def _union(self, members: Iterable[api.Type]) -> Code:
        flattened = list(_flattened(members))
        exact = [literal(each.value) for each in flattened if _is_exact(each)]
        values = subscript("Literal", list(dict.fromkeys(exact)))
        codes = [values if _is_exact(each) else self.type(each) for each in flattened]
        printed = {flat(code): code for code in codes}
        if "Any" in printed:
            return "Any"
        if "None" in printed:
            printed["None"] = printed.pop("None")
        if len(printed) == 1:
            return next(iter(printed.values()))
        return Either(tuple(printed.values()))


_EMPTY = "tuple[()]"


def literal(value: str | int | bool | None) -> str:
    """An exact value."""
    return string_literal(value) if isinstance(value, str) else repr(value)


def variables(type: api.Type) -> set[str]:  # noqa: PLR0911 - one case a type
    """The names of all type variables in it."""
    match type:
        case api.TypeVariable(name):
            return {name}
        case api.Array(item):
            return variables(item)
        case api.Mapping(key, value):
            return variables(key) | variables(value)
        case api.Tuple(items, rest):
            return _variables([*items, *([rest] if rest else [])])
        case api.Union(members) | api.Reference(_, members):
            return _variables(members)
        case api.Object(fields, extra):
            return _variables([*(each.type for each in fields), *([extra] if extra else [])])
        case _:
            return set()


def _variables(types: Iterable[api.Type]) -> set[str]:
    return set().union(*map(variables, types))


def _flattened(members: Iterable[api.Type]) -> Iterable[api.Type]:
    for member in members:
        if isinstance(member, api.Union):
            yield from _flattened(member.members)
        else:
            yield member


def _is_exact(type: api.Type) -> TypeGuard[api.Literal]:
    return isinstance(type, api.Literal) and type.value is not None
