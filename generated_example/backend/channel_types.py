"""The types that channels and runs carry, as in `Channel[Notification](...)`."""

from functools import cache
from typing import Any, get_args

from pydantic import TypeAdapter


def type_of(generic: object) -> Any:
    """What `Channel[T]`, or another generic class, was made for."""
    try:
        made_for = generic.__orig_class__  # type: ignore[attr-defined]
    except AttributeError:
        name = type(generic).__name__
        raise TypeError(f"Say what it is for, as in {name}[Notification](...)") from None
    return get_args(made_for)[0]


def adapter_of(generic: object) -> TypeAdapter[Any]:
    """Reads and writes that."""
    return _adapter(type_of(generic))


@cache
def _adapter(type: Any) -> TypeAdapter[Any]:
    return TypeAdapter(type)
