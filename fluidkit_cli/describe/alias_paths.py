"""Where a body holds the fields that are read from within it: `AliasPath("user", "name")`."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from pydantic.json_schema import JsonSchemaValue

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class PlacedField:
    """The schema of a field, and the way to it."""

    path: Path
    schema: JsonSchemaValue
    required: bool


def path_of(alias: Any) -> Path | None:
    """The first way to a field in a core schema's `validation_alias`, unless a key leads to it."""
    if not isinstance(alias, list):
        return None
    ways = alias if isinstance(alias[0], list) else [alias]
    return None if any(len(way) == 1 for way in ways) else tuple(ways[0])


def with_placed(described: JsonSchemaValue, fields: Iterable[PlacedField]) -> JsonSchemaValue:
    """An object's schema with the keys that hold the fields, unless it has these itself."""
    root = _Holder()
    for placed in fields:
        root.put(placed.path, placed)
    held = root.schema()
    missing = held["properties"].keys() - described["properties"].keys()
    return {
        **described,
        "properties": {**held["properties"], **described["properties"]},
        "required": [
            *described.get("required", ()),
            *(name for name in held.get("required", ()) if name in missing),
        ],
    }


@dataclass(slots=True)
class _Holder:
    """An object or a list on the way to fields, or a field itself."""

    held: "dict[str | int, _Holder]" = field(default_factory=dict)
    placed: PlacedField | None = None

    def put(self, path: Path, placed: PlacedField) -> None:
        if not path:
            self.placed = placed
            return
        head, *rest = path
        self.held.setdefault(head, _Holder()).put(tuple(rest), placed)

    def is_required(self) -> bool:
        own = self.placed is not None and self.placed.required
        return own or any(holder.is_required() for holder in self.held.values())

    def schema(self) -> JsonSchemaValue:
        if self.placed is not None:
            # another field may be within this one: what that must be is not said
            return self.placed.schema if not self.held else {}
        if all(isinstance(key, str) for key in self.held):
            return self._object()
        return self._list() if all(isinstance(key, int) for key in self.held) else {}

    def _object(self) -> JsonSchemaValue:
        properties = {str(key): holder.schema() for key, holder in self.held.items()}
        required = [str(key) for key, holder in self.held.items() if holder.is_required()]
        return {"type": "object", "properties": properties, "required": required}

    def _list(self) -> JsonSchemaValue:
        places = {key: holder for key, holder in self.held.items() if isinstance(key, int)}
        if min(places) < 0:  # from the end, which has no place of its own
            return {"type": "array"}
        items = [places[i].schema() if i in places else {} for i in range(max(places) + 1)]
        return {"type": "array", "prefixItems": items, "items": {}}
