"""Whether a JSON value is of a described type, and sample values of such types."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, assert_never

from fluidkit_cli.api import (
    Alias,
    Api,
    Array,
    Enumeration,
    Field,
    Literal,
    Model,
    NamedType,
    Object,
    Reference,
    Scalar,
    Tuple,
    Type,
    TypeVariable,
    Union,
    Unknown,
)
from fluidkit_cli.api import Mapping as MappingType

SAMPLES = {
    "binary": {"$file": "a,b\n", "name": "a.csv"},
    "byte": "aGVsbG8=",
    "date": "2026-11-21",
    "date-time": "2026-11-21T04:30:00Z",
    "date-time-local": "2026-11-21T04:30:00",
    "decimal": "1.5",
    "duration": "PT1M",
    "email": "ada@example.com",
    "ipv4": "127.0.0.1",
    "ipv6": "::1",
    "json-string": "[1]",
    "time": "04:30:00",
    "uri": "http://example.com/",
    "uuid": "7f3e9a52-1f0b-4b4e-9b7e-0c3a55a3f0d1",
}

FORMATS = {
    "date": re.compile(r"\d{4}-\d\d-\d\d"),
    "date-time": re.compile(r"\d{4}-\d\d-\d\dT.+"),
    "date-time-local": re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+"),
    "duration": re.compile(r"-?P.+"),
    "uuid": re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
}


class Checker:
    """Checks and makes values of the types of one `Api`."""

    def __init__(self, api: Api) -> None:
        self._named = {named.name: named for named in api.types}

    def faults(self, value: Any, described: Type, at: str = "$") -> Iterator[str]:
        """Where a value is not as described, each as `$.place: what is there`."""
        described = self.resolved(described)
        match described:
            case Unknown():
                return
            case Union(members):
                faults = [list(self.faults(value, member, at)) for member in members]
                if all(faults):
                    yield min(faults, key=len)[0] if faults else _fault(value, described, at)
            case Scalar() | Literal() | TypeVariable() | Reference():
                if not _is_scalar(value, described):
                    yield _fault(value, described, at)
            case Array() | Tuple():
                yield from self._list_faults(value, described, at)
            case MappingType() | Object():
                yield from self._object_faults(value, described, at)
            case _:
                assert_never(described)

    def sample(self, described: Type, *, whole: bool) -> Any:  # noqa: PLR0911 - a case for each kind
        """A value of the type; `whole` with all that may be left out, else with the least."""
        described = self.resolved(described)
        match described:
            case Unknown():
                return "anything"
            case Scalar(name, form):
                plain = {"integer": 1, "number": 1.5, "boolean": True, "null": None, "string": "a"}
                return SAMPLES.get(form, "a") if name == "string" else plain[name]
            case Literal(exact):
                return exact
            case Union(members):
                return self.sample(members[0], whole=whole)
            case Array(item):
                # a form without a file has no list of files
                filled = whole or item == Scalar("string", "binary")
                return [self.sample(item, whole=whole)] if filled else []
            case Tuple(items):
                return [self.sample(item, whole=whole) for item in items]
            case MappingType(key, value):
                text = _key_text(self.sample(key, whole=whole))
                return {text: self.sample(value, whole=whole)} if whole else {}
            case Object(fields):
                wanted = [field for field in fields if field.required or whole]
                return {field.name: self.sample(field.type, whole=False) for field in wanted}
            case _:
                raise AssertionError(f"no sample of {described}")

    def resolved(self, described: Type) -> Type:
        """What a reference stands for, all type variables filled."""
        while isinstance(described, Reference):
            described = _structure(self._named[described.name], described.arguments)
        return described

    def _list_faults(self, value: Any, described: Array | Tuple, at: str) -> Iterator[str]:
        if not isinstance(value, list):
            yield _fault(value, described, at)
            return
        places: Sequence[Type]
        if isinstance(described, Array):
            places = [described.item] * len(value)
        else:
            more = len(value) - len(described.items)
            if more < 0 or (more > 0 and described.rest is None):
                yield f"{at}: {len(value)} items, not {len(described.items)}"
                return
            places = [*described.items, *([described.rest] * more if described.rest else [])]
        for index, (item, place) in enumerate(zip(value, places, strict=True)):
            yield from self.faults(item, place, f"{at}[{index}]")

    def _object_faults(self, value: Any, described: MappingType | Object, at: str) -> Iterator[str]:
        if not isinstance(value, dict):
            yield _fault(value, described, at)
        elif isinstance(described, MappingType):
            for key, inner in value.items():
                if not _may_be_key(key, self.resolved(described.key)):
                    yield f"{at}: the key {key!r} is no {described.key}"
                yield from self.faults(inner, described.value, f"{at}.{key}")
        else:
            yield from self._field_faults(value, described, at)

    def _field_faults(self, value: dict[str, Any], described: Object, at: str) -> Iterator[str]:
        fields: Mapping[str, Field] = {field.name: field for field in described.fields}
        for name, field in fields.items():
            if name in value:
                yield from self.faults(value[name], field.type, f"{at}.{name}")
            elif field.required:
                yield f"{at}: without {name}"
        for name in value.keys() - fields.keys():
            if described.extra is None:
                yield f"{at}: {name} is not described"
            else:
                yield from self.faults(value[name], described.extra, f"{at}.{name}")


def _structure(named: NamedType, arguments: tuple[Type, ...]) -> Type:
    match named:
        case Model(fields=fields, extra=extra, parameters=parameters):
            given = dict(zip(parameters, arguments, strict=True))
            return Object(_filled(fields, given), _filled(extra, given))
        case Enumeration(members=members):
            return Union(tuple(Literal(member.value) for member in members))
        case Alias(type=described, parameters=parameters):
            filled: Type = _filled(described, dict(zip(parameters, arguments, strict=True)))
            return filled
        case _:
            assert_never(named)


def _filled(part: Any, given: Mapping[str, Type]) -> Any:
    if isinstance(part, TypeVariable):
        return given[part.name]
    if isinstance(part, tuple):
        return tuple(_filled(item, given) for item in part)
    if not given or not hasattr(part, "__match_args__"):
        return part
    return type(part)(*(_filled(getattr(part, name), given) for name in part.__match_args__))


def _is_scalar(value: Any, described: Type) -> bool:  # noqa: PLR0911 - a case for each kind
    match described:
        case Literal(exact):
            return type(value) is type(exact) and value == exact
        case Scalar("null"):
            return value is None
        case Scalar("boolean"):
            return isinstance(value, bool)
        case Scalar("integer"):
            return isinstance(value, int) and not isinstance(value, bool)
        case Scalar("number"):
            # a number that JSON cannot say arrives as null
            return value is None or (isinstance(value, int | float) and not isinstance(value, bool))
        case Scalar("string", form):
            pattern = FORMATS.get(form)
            return isinstance(value, str) and (pattern is None or bool(pattern.fullmatch(value)))
        case _:
            return False


def _may_be_key(key: str, described: Type) -> bool:
    match described:
        case Scalar("integer"):
            return key.lstrip("-").isdigit()
        case Literal(exact):
            return key == _key_text(exact)
        case Union(members):
            return any(_may_be_key(key, member) for member in members)
        case _:
            return True


def _key_text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _fault(value: Any, described: Type, at: str) -> str:
    return f"{at}: {value!r:.60} is no {described!r:.200}"
