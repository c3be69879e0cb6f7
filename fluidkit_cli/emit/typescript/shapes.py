"""Types before they are printed: simpler ones that mean the same, and questions about them."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from ...api import types as api


def simplified(type: api.Type) -> api.Type:
    """Unions flattened, each value in one member; one that may be anything is `Unknown`."""
    if not isinstance(type, api.Union):
        return type
    # Not by equality: to Python, Literal(1) and Literal(True) are equal.
    members = tuple({repr(member): member for member in _flattened(type)}.values())
    if api.Unknown() in members:
        return api.Unknown()
    scalars = {member for member in members if isinstance(member, api.Scalar)}
    match tuple(member for member in members if _scalar_of(member) not in scalars):
        case ():
            return api.Unknown()
        case (member,):
            return member
        case several:
            return api.Union(several)


def deferred(type: api.Type) -> api.Type:
    """The same with its outermost mappings as index signatures.

    An alias may mention itself in one, but not in `Record<string, …>`.
    """
    match simplified(type):
        case api.Mapping(api.Scalar(), value):
            return api.Object((), extra=value)
        case api.Union(members) as union:
            return replace(union, members=tuple(map(deferred, members)))
        case other:
            return other


def references(type: api.Type) -> set[str]:  # noqa: PLR0911 - one case a type
    """The names of all named types in it."""
    match simplified(type):
        case api.Reference(name, arguments):
            return {name} | _references(arguments)
        case api.Array(item):
            return references(item)
        case api.Mapping(key, value):
            return references(key) | references(value)
        case api.Tuple(items, rest):
            return _references(items) | (references(rest) if rest else set())
        case api.Union(members):
            return _references(members)
        case api.Object(fields, extra):
            own = _references(field.type for field in fields)
            return own | (references(extra) if extra else set())
        case _:
            return set()


def _references(types: Iterable[api.Type]) -> set[str]:
    return set().union(*map(references, types))


def _flattened(type: api.Type) -> Iterator[api.Type]:
    if isinstance(type, api.Union):
        for member in type.members:
            yield from _flattened(member)
    else:
        yield _plain(type)


def _plain(type: api.Type) -> api.Type:
    """Without what TypeScript does not tell apart."""
    match type:
        case api.Literal(None):
            return api.Scalar("null")
        case api.Scalar("integer"):
            return api.Scalar("number")
        case api.Scalar(name, format) if format != "binary":
            return api.Scalar(name)
        case _:
            return type


def _scalar_of(type: api.Type) -> api.Scalar | None:
    """The scalar that has an exact value among its own."""
    match type:
        case api.Literal(bool()):
            return api.Scalar("boolean")
        case api.Literal(int()):
            return api.Scalar("number")
        case api.Literal(str()):
            return api.Scalar("string")
        case _:
            return None


def nullable(type: api.Type) -> api.Type | None:
    """What a union of one type and null is besides null."""
    match type:
        case api.Union((first, second)) if _is_null(second):
            return first
        case api.Union((first, second)) if _is_null(first):
            return second
        case _:
            return None


def _is_null(type: api.Type) -> bool:
    return type in (api.Scalar("null"), api.Literal(None))
