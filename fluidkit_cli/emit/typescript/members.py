"""Which member of a union a JSON value is of, where the value alone tells that.

By its kind (text, list or object), or by a key whose exact value tells objects apart.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ...api import types as api
from .revivals import Kind

KINDS: tuple[Kind, ...] = ("string", "array", "object")
"""The kinds of JSON that may be or hold a date."""
_OTHER = ""
"""Stands for any value but an exact one."""


@dataclass(frozen=True, slots=True)
class Members:
    """Answers of unions of the types of one `Api`."""

    named: Mapping[str, api.NamedType]

    def is_clear(self, member: api.Type, members: Sequence[api.Type]) -> bool:
        """Whether no other member can be taken for this one."""
        rivals = [m for m in members if m is not member and self.kinds(m) & self.kinds(member)]
        if not rivals:
            return True
        objects = [each for each in members if "object" in self.kinds(each)]
        return self.kinds(member) == {"object"} and bool(self.cases(objects))

    def cases(
        self, members: Sequence[api.Type]
    ) -> tuple[str, list[tuple[api.Type, list[str]]]] | None:
        """The key that tells the members apart, and its values for each."""
        objects = [list(self._objects(member)) for member in members]
        if not all(objects) or any(None in each for each in objects):
            return None
        first = objects[0][0]
        for tag in [field.name for field in first.fields if field.required] if first else []:
            values = [[v for o in each for v in self._values(o, tag)] for each in objects]
            all_values = [value for each in values for value in each]
            if all(values) and _OTHER not in all_values and len({*all_values}) == len(all_values):
                return tag, list(zip(members, values, strict=True))
        return None

    def _objects(
        self, type: api.Type, seen: frozenset[str] = frozenset()
    ) -> Iterator[api.Object | None]:
        """All objects that it may be; None for one without certain keys."""
        match type:
            case api.Object():
                yield type
            case api.Union(members):
                for member in members:
                    yield from self._objects(member, seen)
            case api.Reference(name) if name not in seen:
                match self.named.get(name):
                    case api.Model(fields=fields, extra=extra):
                        yield api.Object(fields, extra)
                    case api.Alias(type=inner):
                        yield from self._objects(inner, seen | {name})
                    case _:
                        yield None
            case _:
                yield None

    def _values(self, object: api.Object | None, tag: str) -> list[str]:
        """The exact values that the key may have, as texts."""
        types = [f.type for f in object.fields if f.name == tag and f.required] if object else []
        return [value for type in types for value in self._exact(type)] or [_OTHER]

    def _exact(self, type: api.Type) -> Iterator[str]:
        match type:
            case api.Literal(bool(value)):
                yield "true" if value else "false"
            case api.Literal(value):
                yield "null" if value is None else str(value)
            case api.Union(members):
                for member in members:
                    yield from self._exact(member)
            case api.Reference(name) if isinstance(self.named.get(name), api.Enumeration):
                yield from (str(member.value) for member in self.named[name].members)  # type: ignore[union-attr]
            case _:
                yield _OTHER

    def kinds(self, type: api.Type, seen: frozenset[str] = frozenset()) -> set[Kind]:  # noqa: PLR0911
        """The kinds of JSON that a value of the type may be."""
        match type:
            case api.Scalar("string") | api.Literal(str()):
                return {"string"}
            case api.Array() | api.Tuple():
                return {"array"}
            case api.Mapping() | api.Object():
                return {"object"}
            case api.Union(members):
                return {kind for member in members for kind in self.kinds(member, seen)}
            case api.Reference(name):
                return set() if name in seen else self._named_kinds(name, seen | {name})
            case api.TypeVariable() | api.Unknown():
                return {*KINDS}
            case _:
                return set()

    def _named_kinds(self, name: str, seen: frozenset[str]) -> set[Kind]:
        match self.named.get(name):
            case api.Model():
                return {"object"}
            case api.Enumeration(members=members):
                return {"string" for member in members if isinstance(member.value, str)}
            case api.Alias(type=type):
                return self.kinds(type, seen)
            case None:
                return {*KINDS}
