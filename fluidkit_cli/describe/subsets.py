"""What `response_model_include` and `response_model_exclude` leave of a type."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..api import Alias, Array, Field, Model, Object, Reference, Tuple, Type, Union
from ..api import Mapping as MappingType
from .catalog import TypeCatalog
from .conversion import union_of

Selection = Mapping[Any, Any]
_EACH = "__all__"


class UnclearSubset(Exception):
    """It differs from item to item, or is up to a serializer of the app's."""


@dataclass(frozen=True, slots=True)
class Subset:
    """The keys that stay, each with what stays of its value; of None all do, and none go."""

    include: Selection | None
    exclude: Selection | None

    @classmethod
    def of_route(cls, route: Any) -> "Subset":
        include, exclude = route.response_model_include, route.response_model_exclude
        return cls(_selection(include), _selection(exclude))

    def of(self, described: Type, *, types: TypeCatalog) -> Type:  # noqa: PLR0911 - a case a kind
        """What is left of a type, which is itself where all of it is.

        Raises:
            UnclearSubset: it takes parts of some items only, or of what a serializer gives.
        """
        if self.include is None and not self.exclude:
            return described
        match described:
            case Reference():
                return self._of_named(described, types)
            case Union(members):
                return union_of(self.of(member, types=types) for member in members)
            case Array(item):
                return Array(self._of_items(item, types))
            case MappingType(key, value):
                return MappingType(key, self._of_items(value, types))
            case Tuple(items, rest):
                self._require_each()
                left = tuple(self._of_items(item, types) for item in items)
                return Tuple(left, rest and self._of_items(rest, types))
            case Object(fields, extra):
                return Object(self._of_fields(fields, {}, types), extra)
            case _:
                return described

    def _of_named(self, reference: Reference, types: TypeCatalog) -> Type:
        match types.definition(reference):
            case Model(_, fields, extra):
                names = _python_names(*types.class_of(reference.name))
                left = self._of_fields(fields, names, types)
                return reference if left == fields else Object(left, extra)
            case Alias(_, described):
                if types.class_of(reference.name)[0] is None:
                    # what a serializer of the app's gives passes as it is
                    raise UnclearSubset
                left_of_it = self.of(described, types=types)
                return reference if left_of_it == described else left_of_it
            case _:
                return reference

    def _of_fields(
        self, fields: tuple[Field, ...], names: Mapping[str, str], types: TypeCatalog
    ) -> tuple[Field, ...]:
        chosen = [(field, self._within(names.get(field.name, field.name))) for field in fields]
        return tuple(
            Field(field.name, part.of(field.type, types=types), field.required, field.description)
            for field, part in chosen
            if part is not None
        )

    def _of_items(self, item: Type, types: TypeCatalog) -> Type:
        """Of each alike; whether there are fewer of them makes no difference."""
        for selection in (self.include or {}, self.exclude or {}):
            if any(_selection(part) for key, part in selection.items() if key != _EACH):
                raise UnclearSubset
        part = self._within(_EACH)
        return item if part is None else part.of(item, types=types)

    def _require_each(self) -> None:
        """That no place of a tuple goes."""
        places = any(isinstance(key, int) for key in self.exclude or {})
        if places or self._within(_EACH) is None:
            raise UnclearSubset

    def _within(self, key: str) -> "Subset | None":
        """What stays of the value of a key; nothing where it goes."""
        include = True if self.include is None else self.include.get(key, False)
        exclude = (self.exclude or {}).get(key, False)
        is_gone = include is False or exclude is True or exclude is ...
        return None if is_gone else Subset(_selection(include), _selection(exclude))


def _selection(keys: Any) -> Selection | None:
    if keys is None or isinstance(keys, bool) or keys is ...:
        return None
    return keys if isinstance(keys, Mapping) else dict.fromkeys(keys, True)


def _python_names(model: Any, form: Any) -> dict[str, str]:
    """Python's names of fields by those on the wire."""
    # a dataclass has the first, a model the others: before 2.10 pydantic had no first of these
    names = ("__pydantic_fields__", "model_fields", "model_computed_fields")
    fields = {key: value for name in names for key, value in getattr(model, name, {}).items()}
    return {name if form.by_name else _alias(field) or name: name for name, field in fields.items()}


def _alias(field: Any) -> str | None:
    alias = getattr(field, "serialization_alias", None) or getattr(field, "alias", None)
    return None if alias is None else str(alias)
