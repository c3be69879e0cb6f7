"""What type annotations say about values."""

import enum
import functools
import inspect
import sys
import types
import typing
from collections import abc
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, get_args, get_origin

from pydantic import BaseModel
from starlette.responses import Response

if sys.version_info >= (3, 14):
    import annotationlib

# Iterables whose first argument is the type of their items.
_ITERABLES: tuple[Any, ...] = (
    *(abc.AsyncIterable, abc.AsyncIterator, abc.AsyncGenerator),
    *(abc.Iterable, abc.Iterator, abc.Generator, abc.Sequence, abc.MutableSequence),
    *(abc.Collection, abc.Set, abc.Mapping, abc.MutableMapping),
    *(list, set, frozenset, dict),
)
_AWAITABLES: tuple[Any, ...] = (abc.Awaitable, abc.Coroutine)


def alternatives(annotation: Any) -> tuple[Any, ...]:
    """The members of a union, or the annotation alone."""
    if get_origin(annotation) in (typing.Union, types.UnionType):
        return tuple(part for member in get_args(annotation) for part in alternatives(member))
    return (annotation,)


def plain(annotation: Any) -> Any:
    """Without `Annotated`."""
    return get_args(annotation)[0] if get_origin(annotation) is Annotated else annotation


# Of `typing`, or of `typing_extensions` where Python is too old for them.
_QUALIFIERS = {"Final", "NotRequired", "ReadOnly", "Required"}


def declared_type(hint: Any) -> Any:
    """Without `Final`, `NotRequired` and the like, which say nothing of the type."""
    while getattr(get_origin(hint), "_name", None) in _QUALIFIERS:
        hint, *_ = get_args(hint)
    return Any if hint is typing.Final else hint


def item_of(annotation: Any) -> Any | None:
    """The type of what an iterable of this type gives, if the annotation says it."""
    annotation = plain(annotation)
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is tuple and len(arguments) == 2 and arguments[1] is Ellipsis:  # noqa: PLR2004
        return arguments[0]
    if origin in _ITERABLES and arguments:
        return arguments[0]
    return _declared_item(origin or annotation, annotation)


def awaited(annotation: Any) -> Any:
    """What `await` gives of a value of this type."""
    annotation = plain(annotation)
    arguments = get_args(annotation)
    return arguments[-1] if get_origin(annotation) in _AWAITABLES and arguments else annotation


def tells_much(annotation: Any) -> bool:
    """Whether the annotation says more than reading the code would.

    `str`, `dict` and responses are what everything looks like just before it is sent.
    """
    return not any(_is_vague(member) for member in alternatives(plain(annotation)))


def _is_vague(annotation: Any) -> bool:
    annotation = plain(annotation)
    if annotation in (Any, object, inspect.Parameter.empty) or isinstance(annotation, str):
        return True
    origin = get_origin(annotation) or annotation
    if origin in _AWAITABLES:
        return _is_vague(awaited(annotation))
    if isinstance(annotation, typing.TypeVar | typing.ForwardRef):
        return True
    item = item_of(annotation)
    if item is not None and origin is not dict:
        return any(_is_vague(member) for member in alternatives(item))
    return isinstance(origin, type) and _is_container(origin)


_VAGUE = (str, bytes, bytearray, memoryview, dict, list, tuple, set, frozenset, Response)


def _is_container(cls: type[Any]) -> bool:
    if issubclass(cls, BaseModel):
        return cls.__name__ == "ServerSentEvent"
    if issubclass(cls, enum.Enum) or is_typed_dict(cls):
        return False
    if cls.__name__ == "ServerSentEvent" or cls in _ITERABLES:
        return True
    return issubclass(cls, _VAGUE)


def is_typed_dict(cls: type[Any]) -> bool:
    """Of `typing` or `typing_extensions`, which `typing.is_typeddict` does not know."""
    return issubclass(cls, dict) and hasattr(cls, "__total__")


def attribute_of(annotation: Any, name: str) -> Any | None:
    """The annotation of an attribute or property, if its class declares one."""
    try:
        return _attribute_of(annotation, name)
    except TypeError:  # it has no hash, as one with a list in its `Annotated`
        return None


# Unions of dozens of events are asked for the same attribute over and over.
@functools.lru_cache(maxsize=4096)
def _attribute_of(annotation: Any, name: str) -> Any | None:
    cls = class_of(annotation)
    if cls is None:
        return None
    found = inspect.getattr_static(cls, name, None)
    if isinstance(found, property) and found.fget is not None:
        return hints_of(found.fget).get("return")
    if inspect.isfunction(found):
        return None
    hint = hints_of(cls).get(name)
    if hint is None or get_origin(hint) is typing.ClassVar:
        return None
    return substituted(hint, annotation)


def class_of(annotation: Any) -> type[Any] | None:
    """The class of values of this type."""
    annotation = plain(annotation)
    origin = get_origin(annotation) or annotation
    return origin if isinstance(origin, type) else None


def hints_of(thing: Any) -> Mapping[str, Any]:
    """Annotations of a class or function, evaluated; none where one of them cannot be."""
    try:
        return _hints_of(thing)
    except TypeError:  # it has no hash
        return {}


@functools.lru_cache(maxsize=2048)
def _hints_of(thing: Any) -> Mapping[str, Any]:
    # Of a large class it takes milliseconds, and is asked for each attribute.
    try:
        hints = typing.get_type_hints(thing, include_extras=True)
        return {name: declared_type(hint) for name, hint in hints.items()}
    except Exception:
        # Annotations are expressions of the user's, and may name what only type checkers import.
        return {}


def substituted(hint: Any, generic: Any) -> Any:
    """`hint` of a generic class, with the arguments that `generic` gives."""
    origin = get_origin(generic)
    parameters = getattr(origin, "__parameters__", ())
    if not isinstance(parameters, tuple):  # the class `GenericAlias` itself has a descriptor
        return hint
    given = dict(zip(parameters, get_args(generic), strict=False))
    if isinstance(hint, typing.TypeVar):
        return given.get(hint, hint)
    inside = getattr(hint, "__parameters__", ())
    if not inside or not given:
        return hint
    return hint[tuple(given.get(parameter, parameter) for parameter in inside)]


def literals_of(annotation: Any) -> Iterator[Any]:
    """The values of `Literal[...]`s and enumerations, if it is made of these alone.

    Raises:
        ValueError: it is not.
    """
    for member in alternatives(plain(annotation)):
        if get_origin(member) is typing.Literal:
            yield from get_args(member)
        elif isinstance(member, type) and issubclass(member, enum.Enum):
            yield from member
        else:
            raise ValueError(annotation)


def _declared_item(cls: Any, annotation: Any) -> Any | None:
    """By the class's own `__next__`, or by the iterator that its `__iter__` returns."""
    if not isinstance(cls, type) or cls.__module__ == "builtins" or issubclass(cls, BaseModel):
        return None
    for name in ("__anext__", "__next__"):
        hint = hints_of(inspect.getattr_static(cls, name, None)).get("return")
        if hint is not None:
            return substituted(awaited(hint), annotation)
    for name in ("__aiter__", "__iter__"):
        hint = hints_of(inspect.getattr_static(cls, name, None)).get("return")
        if hint is not None and get_args(hint) and get_origin(hint) in _ITERABLES:
            return substituted(get_args(hint)[0], annotation)
    return None


def hint_in_module(names: Mapping[str, Any], name: str) -> Any | None:
    """The annotation of a module's global, if there is one that can be evaluated."""
    try:
        hint = _annotations(names).get(name)
        found = eval(hint, dict(names)) if isinstance(hint, str) else hint
    except Exception:
        # It may name what only type checkers import.
        return None
    return None if isinstance(found, typing.ForwardRef | None) else declared_type(found)


def _annotations(names: Mapping[str, Any]) -> dict[str, Any]:
    """Of a module's globals; since Python 3.14 it makes them when it is asked for them."""
    found: dict[str, Any] = names.get("__annotations__", {})
    if sys.version_info >= (3, 14) and not found and "__annotate__" in names:
        as_far_as_known = annotationlib.Format.FORWARDREF
        found = annotationlib.call_annotate_function(names["__annotate__"], as_far_as_known)
    return found
