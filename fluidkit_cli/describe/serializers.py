"""What a serializer writes, where pydantic itself does not know."""

from collections.abc import Callable, Mapping
from typing import Any, get_type_hints

_PLAIN = (bool, float, int, str)
_PYDANTIC = ("pydantic", "pydantic_core")


class Unsaid:
    """Stands for a type that nothing tells."""


def written_type(function: Callable[..., Any]) -> Any:
    """The type that a function of the app's returns: `str` of `json_encoders={Id: str}`."""
    if function in _PLAIN:
        return function
    try:
        return get_type_hints(function).get("return", Unsaid)
    except Exception:
        # its annotations may name what is not there at run time
        return Unsaid


def is_untold(serializer: Mapping[str, Any]) -> bool:
    """Whether pydantic takes the declared type for what a function of the app's writes."""
    is_function = serializer["type"] in ("function-plain", "function-wrap")
    if not is_function or serializer.get("return_schema") or writes_anything(serializer):
        return False
    module = getattr(serializer["function"], "__module__", None) or "pydantic"
    return module.partition(".")[0] not in _PYDANTIC


def writes_anything(serializer: Mapping[str, Any]) -> bool:
    """Whether all keys of a value go out, as of `SerializeAsAny` and of bound variables."""
    inner: Mapping[str, Any] = serializer.get("schema", serializer)
    return inner.get("type") == "any"


def writes_secret(serializer: Mapping[str, Any]) -> bool:
    """Whether it hides a value of pydantic's `Secret`, whatever that is, behind a text."""
    function = serializer.get("function")
    name = getattr(function, "__qualname__", "")
    is_own = getattr(function, "__module__", "") == "pydantic.types"
    return is_own and (name == "_serialize_secret" or name.startswith("Secret."))
