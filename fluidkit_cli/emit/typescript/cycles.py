"""Aliases that mention themselves where TypeScript must know at once what they are.

`type A = B | number` with `type B = A | string` is an error, and so is `type A = number | Rows<A>`
with `type Rows<T> = T[]`: of an alias it takes members of a union, and arguments, for what they
are. Objects, lists and tuples may wait.
"""

from collections.abc import Iterator, Mapping

from ...api import types as api
from .shapes import simplified

Named = Mapping[str, api.NamedType]


def untangled(alias: api.Alias, *, named: Named) -> api.Type:
    """What the alias stands for, with the aliases written out that lead back to it."""
    if alias.name not in _at_once(alias.type, named, seen=set()):
        return alias.type
    return simplified(api.Union(tuple(_written_out(alias.type, named, within={alias.name}))))


def _at_once(type: api.Type, named: Named, *, seen: set[str]) -> set[str]:
    """The aliases that must be known before the type is."""
    match type:
        case api.Union(members):
            for member in members:
                _at_once(member, named, seen=seen)
        case api.Reference(name, arguments):
            alias = named.get(name)
            if isinstance(alias, api.Alias):
                for argument in arguments:
                    _at_once(argument, named, seen=seen)
                if name not in seen:
                    seen.add(name)
                    _at_once(alias.type, named, seen=seen)
    return seen


def _written_out(type: api.Type, named: Named, *, within: set[str]) -> Iterator[api.Type]:
    """Members of the union that the type is; one that it is within already adds nothing to it."""
    match type:
        case api.Union(members):
            for member in members:
                yield from _written_out(member, named, within=within)
        case api.Reference(name, arguments):
            alias = named.get(name)
            if not isinstance(alias, api.Alias):
                yield type
            elif name not in within:
                body = _filled(alias.type, dict(zip(alias.parameters, arguments, strict=True)))
                yield from _written_out(body, named, within={*within, name})
        case _:
            yield type


def _filled(type: api.Type, given: Mapping[str, api.Type]) -> api.Type:  # noqa: PLR0911 - one case a type
    """The type with the arguments of its variables."""
    match type:
        case api.TypeVariable(name):
            return given[name]
        case api.Array(item):
            return api.Array(_filled(item, given))
        case api.Tuple(items, rest):
            return api.Tuple(_all_filled(items, given), rest and _filled(rest, given))
        case api.Mapping(key, value):
            return api.Mapping(_filled(key, given), _filled(value, given))
        case api.Union(members):
            return api.Union(_all_filled(members, given))
        case api.Reference(name, arguments):
            return api.Reference(name, _all_filled(arguments, given))
        case api.Object(fields, extra):
            return api.Object(
                tuple(
                    api.Field(f.name, _filled(f.type, given), f.required, f.description)
                    for f in fields
                ),
                extra and _filled(extra, given),
            )
        case _:
            return type


def _all_filled(types: tuple[api.Type, ...], given: Mapping[str, api.Type]) -> tuple[api.Type, ...]:
    return tuple(_filled(type, given) for type in types)
