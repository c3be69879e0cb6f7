"""Which texts of an app become `Date`s, and which stay text, since they might be something else.

A `datetime` is one of the first kind. In a union it is so only where the JSON alone tells which
member there is: by its kind (text, list or object), or by a key whose exact value tells objects
apart.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import assert_never

from ...api import Answer, ByFlag, Events, Json, Records, Single
from ...api import types as api
from .members import KINDS, Members
from .revivals import (
    ByKind,
    ByTag,
    Date,
    Each,
    Fields,
    Named,
    Nullable,
    Places,
    Revival,
    Variable,
)

MOMENT = api.Scalar("string", "date-time")


@dataclass(frozen=True, slots=True)
class Dates:
    """What follows from the types of one `Api`; `dated` are those that hold dates themselves.

    `members` tells apart what stands beside each other in a union.
    """

    named: Mapping[str, api.NamedType]
    members: Members
    dated: frozenset[str]

    def revival(self, type: api.Type) -> Revival | None:  # noqa: PLR0911 - one case a type
        """What makes dates of the texts in a value of the type; None where there are none."""
        match type:
            case api.Scalar() if type == MOMENT:
                return Date()
            case api.Array(item):
                return Each(found) if (found := self.revival(item)) else None
            case api.Mapping(_, value):
                return Each(found, "values") if (found := self.revival(value)) else None
            case api.Tuple(items, rest_type):
                places = tuple(map(self.revival, items))
                rest = self.revival(rest_type) if rest_type else None
                return Places(places, rest) if rest or any(places) else None
            case api.Object(fields, extra):
                return self._of_object(fields, extra)
            case api.Union():
                return self._of_union(flattened(type))
            case api.Reference(name, arguments):
                given = tuple(map(self.revival, arguments))
                is_dated = name in self.dated or any(given)
                return Named(name, given) if is_dated and name in self.named else None
            case api.TypeVariable(name):
                return Variable(name)
            case _:
                return None

    def _of_object(self, fields: Iterable[api.Field], extra: api.Type | None) -> Revival | None:
        rest = self.revival(extra) if extra else None
        members = [(field.name, self.revival(field.type)) for field in fields]
        # Keys without a date are named only where the rest would take them.
        found = tuple((name, inner) for name, inner in members if inner or rest)
        return Fields(found, rest) if found or rest else None

    def _of_union(self, members: tuple[api.Type, ...]) -> Revival | None:
        values = [each for each in members if not _is_null(each)]
        found = self.revival(values[0]) if len(values) == 1 else self._of_several(values)
        return found if not found or len(values) == len(members) else Nullable(found)

    def _of_several(self, members: list[api.Type]) -> Revival | None:
        by_kind = {kind: [m for m in members if kind in self.members.kinds(m)] for kind in KINDS}
        revivals = {kind: self._of_alike(alike, members) for kind, alike in by_kind.items()}
        found = tuple((kind, revival) for kind, revival in revivals.items() if revival)
        is_alone = sum(map(bool, by_kind.values())) == 1
        if len(found) == 1 and is_alone and found[0][0] == "object":
            return found[0][1]
        return ByKind(found) if found else None

    def _of_alike(self, alike: list[api.Type], members: list[api.Type]) -> Revival | None:
        match alike:
            case [member] if self.members.is_clear(member, members):
                return self.revival(member)
            case [_, _, *_] if tagged := self.members.cases(alike):
                tag, values = tagged
                clear = ((m, v) for m, v in values if self.members.is_clear(m, members))
                cases = [(v, found) for m, vs in clear if (found := self.revival(m)) for v in vs]
                return ByTag(tag, tuple(cases)) if cases else None
            case _:
                return None


def dates_of(named: Mapping[str, api.NamedType]) -> Dates:
    """What follows from these types."""
    members = Members(named)
    users: defaultdict[str, set[str]] = defaultdict(set)
    dated: set[str] = set()
    waiting: list[str] = []
    for name, type in named.items():
        for leaf in _leaves(body_of(type), members):
            if isinstance(leaf, api.Reference):
                users[leaf.name].add(name)
            else:
                waiting.append(name)
    while waiting:
        name = waiting.pop()
        if name not in dated:
            dated.add(name)
            waiting.extend(users[name])
    return Dates(named, members, frozenset(dated))


def revivals_of(answer: Single, *, dates: Dates) -> dict[str, Revival]:
    """Those of an answer's events by their names, or the one of its value or items."""
    match answer:
        case Json(type) | Records(type):
            found = {"": dates.revival(type)}
        case Events(events):
            found = {e.name: dates.revival(e.type) for e in events if e.encoding == "json"}
        case _:
            found = {}
    return {name: revival for name, revival in found.items() if revival}


def singles(answer: Answer) -> tuple[Single, ...]:
    """The kinds of answer that a route gives: one, or two by a flag."""
    return (answer.on, answer.off) if isinstance(answer, ByFlag) else (answer,)


def body_of(named: api.NamedType) -> api.Type:
    """What the name stands for."""
    match named:
        case api.Model(fields=fields, extra=extra):
            return api.Object(fields, extra)
        case api.Alias(type=type):
            return type
        case api.Enumeration():
            return api.Unknown()
        case _:
            assert_never(named)


def parameters_of(named: api.NamedType) -> tuple[str, ...]:
    """The variables of a generic type."""
    return () if isinstance(named, api.Enumeration) else named.parameters


def _leaves(type: api.Type, members: Members) -> Iterator[api.Scalar | api.Reference]:
    """Dates and references that are not among what is left as text."""
    match type:
        case api.Scalar() if type == MOMENT:
            yield type
        case api.Reference():
            yield type
        case _:
            pass
    for each in _inner(type, members):
        yield from _leaves(each, members)


def _inner(type: api.Type, members: Members) -> Iterable[api.Type]:
    match type:
        case api.Union():
            alternatives = flattened(type)
            return [each for each in alternatives if members.is_clear(each, alternatives)]
        case api.Array(item) | api.Mapping(_, item):
            return [item]
        case api.Tuple(items, rest):
            return [*items, *([rest] if rest else [])]
        case api.Object(fields, extra):
            return [*(field.type for field in fields), *([extra] if extra else [])]
        case api.Reference(arguments=arguments):
            return arguments
        case _:
            return []


def flattened(union: api.Union) -> tuple[api.Type, ...]:
    """Its members, none of them a union, and none twice."""
    parts = [
        part
        for member in union.members
        for part in (flattened(member) if isinstance(member, api.Union) else (member,))
    ]
    # Not by equality: to Python, Literal(1) and Literal(True) are equal.
    return tuple({repr(part): part for part in parts}.values())


def _is_null(type: api.Type) -> bool:
    return type in (api.Scalar("null"), api.Literal(None))
