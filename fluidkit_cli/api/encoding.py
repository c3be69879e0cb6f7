"""Turns an `Api` into JSON and back, byte for byte the same for equal values."""

import dataclasses
import json
from typing import Any

from . import model, types
from .model import Api

_CLASSES: dict[str, type[Any]] = {
    name: value
    for module in (types, model)
    for name, value in vars(module).items()
    if isinstance(value, type) and dataclasses.is_dataclass(value)
}


class ApiFormatError(ValueError):
    """The text is not an encoded `Api`."""


def to_json(api: Api) -> str:
    """One line of JSON; every dataclass is an object that carries its class as `kind`."""
    return json.dumps(_encode(api), ensure_ascii=False, separators=(",", ":"))


def from_json(text: str) -> Api:
    """The inverse of `to_json`.

    Raises:
        ApiFormatError: the text is something else.
    """
    try:
        api = _decode(json.loads(text))
    except (ValueError, KeyError, TypeError) as error:
        raise ApiFormatError(f"not an encoded Api: {error}") from error
    if not isinstance(api, Api):
        raise ApiFormatError(f"an encoded {type(api).__name__}, not an Api")
    return api


def _encode(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_encode(item) for item in value]
    if not dataclasses.is_dataclass(value):
        return value
    fields = {
        field.name: _encode(getattr(value, field.name)) for field in dataclasses.fields(value)
    }
    return {"kind": type(value).__name__, **fields}


def _decode(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(_decode(item) for item in value)
    if not isinstance(value, dict):
        return value
    fields = {name: _decode(field) for name, field in value.items() if name != "kind"}
    return _CLASSES[value["kind"]](**fields)
