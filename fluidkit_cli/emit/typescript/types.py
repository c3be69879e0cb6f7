"""The types of an `Api` as TypeScript writes them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import assert_never

from ...api import types as api
from ..text import property_key, string_literal
from .layout import LINE, SOFT_LINE, Doc, Group, IfBroken, Indent, Row, enclosed, join, row
from .shapes import nullable, simplified

_OPEN_KEYS = ("string", "number")
DATE = api.Reference("Date object")
"""A date as JavaScript has it. No type of an app is called so, nor as the next one."""
DATES_AS_TEXT = "its dates as text"
_BUILT_IN = {DATE.name: "Date", DATES_AS_TEXT: "DatesAsText"}
EMPTY_OBJECT = "Record<string, never>"
"""`{}` would admit any value but null and undefined."""


@dataclass(frozen=True, slots=True)
class TypePrinter:
    """Prints types.

    `named` are the named ones (by them it tells which keys a mapping may have), `names` what they
    are called where the type is printed; `variables` are the same for those of a generic type.
    """

    named: Mapping[str, api.NamedType]
    names: Mapping[str, str]
    variables: Mapping[str, str] = field(default_factory=dict)

    def annotation(self, type: api.Type, *, or_undefined: bool = False) -> Doc:
        """The type after a `:` or a `=`, where a long union starts on a line of its own."""
        type = simplified(type)
        if isinstance(type, api.Unknown) or (self._hugs(type) and not or_undefined):
            return self.type(type)
        members = self._members(type)
        if or_undefined:
            members.append("undefined")
        if len(members) == 1:
            return members[0]
        return below(alternatives(members))

    def type(self, type: api.Type) -> Doc:  # noqa: C901, PLR0911, PLR0912 - one case a type
        """The type within others: an argument of a generic, an item of a tuple."""
        type = simplified(type)
        match type:
            case api.Scalar():
                return _scalar(type)
            case api.Literal(value):
                return literal(value)
            case api.Array(item):
                return Row((self.operand(item), "[]"))
            case api.Tuple(items, rest):
                return self._tuple(items, rest)
            case api.Mapping(key, value):
                return self._mapping(key, value)
            case api.Union():
                members = self._members(type)
                if self._hugs(type):
                    return join(" | ", members)
                return alternatives(members)
            case api.Object():
                return self._object(type)
            case api.Reference(name, ()):
                return self._called(name)
            case api.Reference(name, arguments):
                return generic(self._called(name), *map(self.type, arguments))
            case api.TypeVariable(name):
                return self.variables.get(name, name)
            case api.Unknown():
                return "unknown"
            case _:
                assert_never(type)

    def _called(self, name: str) -> str:
        return self.names.get(name) or _BUILT_IN.get(name, "unknown")

    def is_hugged(self, argument: api.Type) -> bool:
        """Whether prettier keeps the only argument of a generic beside its brackets."""
        argument = simplified(argument)
        simple = api.Scalar | api.Object | api.Reference | api.Unknown
        return isinstance(argument, simple) or self._hugs(argument)

    def field(self, field: api.Field) -> Doc:
        """`name?: type`, without the semicolon."""
        mark = ":" if field.required else "?:"
        return row(property_key(field.name), mark, " ", self.annotation(field.type))

    def extra(self, fields: Iterable[api.Field], extra: api.Type) -> Doc:
        """The index signature of undeclared keys; TypeScript has it cover the declared ones."""
        declared = [field.type for field in fields]
        value = api.Union((extra, *declared)) if declared else extra
        optional = any(not field.required for field in fields)
        return row("[key: string]: ", self.annotation(value, or_undefined=optional))

    def _hugs(self, type: api.Type) -> bool:
        """Whether prettier keeps `{ … } | null` on the lines of its first part."""
        match nullable(type):
            case api.Object() | api.Reference():
                return True
            case api.Mapping(key, _):
                return self._keys(key) in _OPEN_KEYS
            case _:
                return False

    def _members(self, type: api.Type) -> list[Doc]:
        members = type.members if isinstance(type, api.Union) else (type,)
        return [self.type(member) for member in members]

    def operand(self, item: api.Type) -> Doc:
        """The type before a `[]` or a `&`: a union in parentheses."""
        item = simplified(item)
        if not isinstance(item, api.Union):
            return self.type(item)
        if self._hugs(item):
            return row("(", self.type(item), ")")
        inner = row(SOFT_LINE, alternatives(self._members(item)))
        return row("(", Group(row(Indent(inner), SOFT_LINE)), ")")

    def _tuple(self, items: tuple[api.Type, ...], rest: api.Type | None) -> Doc:
        tail = [row("...", self.operand(rest), "[]")] if rest else []
        if len(items) + len(tail) == 1:
            return enclosed("[", [*map(self.type, items), *tail], "]")
        return enclosed("[", [*map(self._place, items), *tail], "]")

    def _place(self, item: api.Type) -> Doc:
        """A union among other items of a tuple has its lines in parentheses."""
        item = simplified(item)
        if not isinstance(item, api.Union) or self._hugs(item):
            return self.type(item)
        inner = Indent(row(IfBroken(row("(", SOFT_LINE)), self.type(item)))
        return Group(row(inner, SOFT_LINE, IfBroken(")")))

    def _mapping(self, key: api.Type, value: api.Type) -> Doc:
        keys = self._keys(key)
        if keys in _OPEN_KEYS:
            return generic("Record", keys, self.type(value))
        index = Group(row("[", Indent(row(SOFT_LINE, "key in ", keys)), SOFT_LINE, "]"))
        inner = row(index, "?: ", self.annotation(value), IfBroken(";"))
        return Group(row("{", Indent(row(LINE, inner)), LINE, "}"))

    def _keys(self, key: api.Type) -> Doc:
        """What `key` may be once it is the key of a JSON object."""
        key = simplified(key)
        match key:
            # a fraction is none: 2.0 is written "2.0", which TypeScript's 2 does not find
            case api.Scalar("integer"):
                return "number"
            case api.Literal(bool(value)):
                return string_literal("true" if value else "false")
            case api.Literal(str() | int()):
                return self.type(key)
            case api.Union(members) if all(isinstance(m, api.Literal) for m in members):
                return below(alternatives(map(self._keys, members)))
            case api.Reference(name):
                return self._named_keys(name)
            case _:
                return "string"

    def _named_keys(self, name: str) -> Doc:
        match self.named.get(name):
            case api.Enumeration():
                return self.names[name]
            case api.Alias(type=type) if not isinstance(type, api.Reference):
                return self._keys(type)
            case _:
                return "string"

    def _object(self, type: api.Object) -> Doc:
        members = [self.field(field) for field in type.fields]
        if type.extra is not None:
            members.append(self.extra(type.fields, type.extra))
        return object_type(members) if members else EMPTY_OBJECT


def alternatives(members: Iterable[Doc]) -> Doc:
    """`A | B`, or one line for each."""
    indented = (Indent(member, " ") for member in members)
    return Group(row(IfBroken("| "), join(row(LINE, "| "), indented)))


def intersection(names: Sequence[Doc], last: Doc | None = None) -> Doc:
    """`A & B & { … }`, broken between names, but not before the object that may come last."""
    first, *more = names
    parts = [first, *(Indent(row(" &", LINE, name)) for name in more)]
    if last is not None:
        parts += [" & ", Indent(last) if more else last]
    return Group(row(*parts))


def below(union: Doc) -> Doc:
    """The union on this line, or where that does not fit on lines of its own."""
    return Group(Indent(row(SOFT_LINE, union)))


def object_type(members: Iterable[Doc]) -> Doc:
    """`{ a: string; b: number }`"""
    inner = row(LINE, join(row(";", LINE), members), IfBroken(";"))
    return Group(row("{", Indent(inner), LINE, "}"))


def generic(name: str, *arguments: Doc, hugs: bool = False) -> Doc:
    """`name<arguments>`"""
    if hugs:
        return row(name, "<", *arguments, ">")
    return enclosed(f"{name}<", arguments, ">")


def literal(value: str | int | bool | None) -> str:
    """An exact value."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case str():
            return string_literal(value)


def _scalar(type: api.Scalar) -> str:
    match type.name:
        case "string":
            return "Blob" if type.format == "binary" else "string"
        case "integer" | "number":
            return "number"
        case "boolean" | "null":
            return type.name
