"""Makes `Page<Item>` of `Page[Item]` wherever that is the same on the wire.

Pydantic makes a class of its own of each `Page[Item]`. What `Page` itself is comes out when it is
described with markers for its variables; each of its classes is then compared to it.
"""

import functools
import re
import typing
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar, cast

from pydantic import BaseModel, create_model

from ..api import Enumeration, NamedType, Reference, Route, Type, TypeVariable, Union
from .catalog import TypeCatalog
from .conversion import union_of
from .naming import Definition
from .references import referenced

_Value = TypeVar("_Value")
_MOST_VARIABLES = 8


def generalised(
    routes: tuple[Route, ...], catalog: TypeCatalog
) -> tuple[tuple[Route, ...], list[Definition]]:
    """The routes and all that they refer to, with arguments where a generic type has them."""
    definitions = {each.key: each for each in catalog.definitions(referenced(routes))}
    generics = _Generics(catalog, definitions)
    generics.prove()
    if not generics.uses:
        return routes, list(definitions.values())
    lifted = generics.lifted(routes)
    return lifted, generics.reachable_from(referenced(lifted))


@dataclass(frozen=True, slots=True)
class _Use:
    """A class of a generic type: the key of that, and the types it has for the variables."""

    generic: str
    arguments: tuple[Type, ...]


@dataclass(slots=True)
class _Generics:
    catalog: TypeCatalog
    definitions: dict[str, Definition]
    uses: dict[str, _Use] = field(default_factory=dict)
    generics: dict[str, Definition] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)

    def prove(self) -> None:
        """Keeps the uses alone of which it is true; each that is not may make others untrue."""
        waiting = list(self.definitions)
        while waiting:
            waiting = [found for key in waiting for found in self._note(key)]
        while wrong := [key for key in self.uses if not self._is_true(key)]:
            for key in wrong:
                del self.uses[key]

    def lifted(self, value: _Value) -> _Value:
        """With what the uses say in place of their classes."""
        return cast(_Value, self._lifted(value))

    def reachable_from(self, keys: Iterable[str]) -> list[Definition]:
        """The definitions behind the keys, as they are met."""
        found: dict[str, Definition] = {}
        waiting = deque(keys)
        while waiting:
            key = waiting.popleft()
            if key not in found:
                found[key] = self._definition(key)
                waiting.extend(referenced(found[key].type))
        return list(found.values())

    def _definition(self, key: str) -> Definition:
        definition = self.generics.get(key) or self.definitions[key]
        type = self.lifted(definition.type)
        names = enumerate(getattr(type, "parameters", ()))
        variables = {str(place): TypeVariable(name) for place, name in names}
        return replace(definition, type=_substituted(type, variables) if variables else type)

    def _note(self, key: str) -> list[str]:
        """Notes whose class a definition is; the keys of what that needs beside it."""
        cls, form = self.catalog.class_of(key)
        origin, arguments = _origin_and_arguments(cls)
        if key in self.uses or not 0 < len(_variables(origin)) == len(arguments):
            return []
        try:
            marked = origin[_markers()[: len(arguments)]]
            template = self.catalog.of_annotation(marked, form=form)
            types = tuple(self.catalog.of_annotation(each, form=form) for each in arguments)
        except Exception:
            # Models run code of the user's when they get other arguments.
            return []
        if not isinstance(template, Reference):
            return []
        self.uses[key] = _Use(f"generic/{template.name}", types)
        return self._add(template.name, referenced(types), origin)

    def _add(self, template: str, others: Iterable[str], origin: Any) -> list[str]:
        found = {each.key: each for each in self.catalog.definitions([template, *others])}
        new = [key for key in found if key not in self.definitions]
        self.definitions.update({key: found[key] for key in new})
        for key in new:
            cls, _ = self.catalog.class_of(key)
            if cls in _markers():
                self.variables[key] = str(_markers().index(cls))
        key = f"generic/{template}"
        self.generics[key] = _generic(found[template], key, origin)
        return new

    def _is_true(self, key: str) -> bool:
        use = self.uses[key]
        generic = _body(self.lifted(self.generics[use.generic].type))
        given = {str(place): type for place, type in enumerate(self.lifted(use.arguments))}
        # a compiler may refuse variables without a use
        if not all(repr(TypeVariable(place)) in repr(generic) for place in given):
            return False
        # by its text, since Python takes Literal(1) and Literal(True) for equal
        body = _body(self.lifted(self.definitions[key].type))
        return repr(_substituted(generic, given)) == repr(body)

    def _lifted(self, value: Any) -> Any:
        if isinstance(value, Reference):
            if value.name in self.variables:
                return TypeVariable(self.variables[value.name])
            use = self.uses.get(value.name)
            return Reference(use.generic, self._lifted(use.arguments)) if use else value
        return _mapped(value, self._lifted)


def _generic(template: Definition, key: str, origin: Any) -> Definition:
    place = f"{origin.__module__}:{origin.__qualname__}"
    described = template.type
    if not isinstance(described, Enumeration):
        described = replace(described, origin=place, parameters=_parameters(origin))
    identity = f"generic {place} {id(origin)}"
    return replace(template, key=key, origin=place, identity=identity, type=described)


def _origin_and_arguments(cls: Any) -> tuple[Any, tuple[Any, ...]]:
    """A generic class itself has for its variables what they are by default."""
    metadata = getattr(cls, "__pydantic_generic_metadata__", None)
    if not metadata:
        return None, ()
    if metadata["origin"]:
        return metadata["origin"], metadata["args"]
    return cls, tuple(map(_default, metadata["parameters"]))


def _default(variable: Any) -> Any:
    """What a variable without an argument is; the proof tells whether that is all of it."""
    has_default = getattr(variable, "has_default", None)  # of Python 3.13 and typing_extensions
    if has_default is not None and has_default():
        return variable.__default__
    constraints = getattr(variable, "__constraints__", ())
    return typing.Union[constraints] if constraints else Any  # noqa: UP007 - of any number of them


def _variables(origin: Any) -> tuple[Any, ...]:
    metadata = getattr(origin, "__pydantic_generic_metadata__", None)
    found = tuple(metadata["parameters"]) if metadata else ()
    is_plain = len(found) <= _MOST_VARIABLES and all(isinstance(v, TypeVar) for v in found)
    return found if is_plain else ()


def _parameters(origin: Any) -> tuple[str, ...]:
    """The names of its variables, as far as they are ones."""
    names: dict[str, None] = {}
    for place, variable in enumerate(_variables(origin)):
        name = re.sub(r"\W", "", variable.__name__)
        names[name if name and name not in names and not name[0].isdigit() else f"T{place}"] = None
    return tuple(names)


@functools.cache
def _markers() -> tuple[type[BaseModel], ...]:
    """Each stands for a variable: no type of the app's is one of these."""
    return tuple(create_model(f"Variable{place}") for place in range(_MOST_VARIABLES))


def _body(type: NamedType) -> NamedType:
    """All that is on the wire."""
    bare = replace(type, name="", description="", origin="")
    return bare if isinstance(bare, Enumeration) else replace(bare, parameters=())


def _substituted(value: Any, given: Mapping[str, Type]) -> Any:
    if isinstance(value, TypeVariable):
        return given.get(value.name, value)
    mapped = _mapped(value, functools.partial(_substituted, given=given))
    return union_of(mapped.members) if isinstance(mapped, Union) else mapped


def _mapped(value: Any, change: Any) -> Any:
    """With each part changed, of a tuple or of a part of the `Api`."""
    if isinstance(value, tuple):
        return tuple([change(part) for part in value])
    if not hasattr(value, "__match_args__"):
        return value
    return type(value)(*[change(getattr(value, name)) for name in value.__match_args__])
