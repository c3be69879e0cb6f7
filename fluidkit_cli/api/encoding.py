"""Turns an `Api` into text and back, byte for byte the same for equal values.

The first line counts the routes, the types and the diagnostics, each of which is a line of JSON. In
it a dataclass is a list of its name and its fields, a tuple one of null and its items: names of
fields would be more than half of the text, and of the time that it takes.
"""

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
_PLAIN = frozenset({bool, int, str, type(None)})
# In ASCII, so that half a surrogate pair, which a Python text may hold, passes through UTF-8.
_JSON = json.JSONEncoder(separators=(",", ":"), check_circular=False)


class ApiFormatError(ValueError):
    """The text is not an encoded `Api`."""


def to_json(api: Api) -> str:
    """Lines of JSON, all of them in ASCII."""
    parts = (api.routes, api.types, api.diagnostics)
    lines = [_JSON.encode([len(part) for part in parts])]
    lines += [_JSON.encode(_encode(item)) for part in parts for item in part]
    return "\n".join(lines)


def from_json(text: str) -> Api:
    """The inverse of `to_json`.

    Raises:
        ApiFormatError: the text is something else.
    """
    return Decoder().decode(text)


class Decoder:
    """Decodes one text after another, of each only the lines that the one before did not have.

    What both have is the same object: comparing two of its results takes hardly any time.
    """

    def __init__(self) -> None:
        self._known: dict[str, Any] = {}

    def decode(self, text: str) -> Api:
        """What `from_json` gives.

        Raises:
            ApiFormatError: the text is no encoded `Api`.
        """
        first, *lines = text.split("\n")
        try:
            routes, types, diagnostics = json.loads(first)
            known = {line: self._item(line) for line in lines}
        except (ValueError, LookupError, TypeError) as error:
            raise ApiFormatError(f"not an encoded Api: {error}") from error
        items = [known[line] for line in lines]
        named = routes + types
        api = Api(tuple(items[:routes]), tuple(items[routes:named]), tuple(items[named:]))
        if [len(api.routes), len(api.types), len(api.diagnostics)] != [routes, types, diagnostics]:
            raise ApiFormatError(f"an encoded Api of {len(lines)} lines, not {named + diagnostics}")
        self._known = known
        return api

    def _item(self, line: str) -> Any:
        known = self._known.get(line)
        return _decode(json.loads(line)) if known is None else known


def _encode(value: Any) -> Any:
    kind = type(value)
    if kind in _PLAIN:
        return value
    if kind is tuple:
        return [None, *[_encode(item) for item in value]]
    # `__match_args__` are a dataclass's fields in order, ten times as fast as `fields()`.
    fields = [_encode(getattr(value, name)) for name in kind.__match_args__]
    return [kind.__name__, *fields]


def _decode(value: Any) -> Any:
    if type(value) is not list:
        return value
    kind, *parts = value
    items = [_decode(part) for part in parts]
    return tuple(items) if kind is None else _CLASSES[kind](*items)
