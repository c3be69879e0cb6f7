"""Collects the types that routes use, in the forms they use them in."""

import re
from collections import deque
from collections.abc import Iterable
from typing import Any

from pydantic import TypeAdapter

from ..api import Alias, NamedType, Reference, Type, Unknown
from .conversion import named_type_of, reference_key, type_of
from .forms import Form
from .naming import Definition
from .references import referenced
from .schemas import CLASS, PYTHON, SchemaGenerator, SchemaProblem


class TypeCatalog:
    """Types by their fields or annotations. References in them are keys until naming.py ran."""

    def __init__(self) -> None:
        self._generators: dict[Form, SchemaGenerator] = {}
        self._problems: list[SchemaProblem] = []

    def of_field(self, field: Any, *, form: Form) -> Type:
        """The type of a FastAPI `ModelField`."""
        return self._of_schema(field._type_adapter.core_schema, form)

    def of_annotation(self, annotation: Any, *, form: Form) -> Type:
        """The type of a value annotated so."""
        try:
            schema = TypeAdapter(annotation).core_schema
        except Exception as error:
            # pydantic refuses types in many ways, and models may run code of the user's.
            return self._refused(error)
        return self._of_schema(schema, form)

    def definition(self, described: Type) -> NamedType | None:
        """What a reference stands for."""
        match described:
            case Reference(key):
                return self.definitions([key])[0].type
            case _:
                return None

    def class_of(self, key: str) -> tuple[Any, Form]:
        """The Python class of a definition, None where it has none, and its form."""
        for form, generator in self._generators.items():
            prefix = reference_key(form, "")
            schema = generator.definitions.get(key.removeprefix(prefix))  # type: ignore[call-overload]
            if key.startswith(prefix) and schema:
                return schema.get(CLASS), form
        return None, Form("serialization")

    def report(self, message: str, hint: str) -> Unknown:
        """Notes a problem of the route at hand; what it is about stays unknown."""
        self._problems.append(SchemaProblem(message, hint))
        return Unknown()

    def take_problems(self) -> list[SchemaProblem]:
        """What could not be described since the last call."""
        taken = list(self._problems)
        self._problems.clear()
        for generator in self._generators.values():
            taken.extend(generator.problems)
            generator.problems.clear()
        return taken

    def definitions(self, keys: Iterable[str]) -> list[Definition]:
        """The definitions behind `keys` and behind these, in the order they are met."""
        known = {
            reference_key(form, reference): (generator, reference)
            for form, generator in self._generators.items()
            for reference in generator.definitions
        }
        found: dict[str, Definition] = {}
        waiting = deque(keys)
        while waiting:
            key = waiting.popleft()
            if key not in found:
                found[key] = _definition(key, *known[key]) if key in known else _missing(key)
                waiting.extend(referenced(found[key].type))
        return list(found.values())

    def _of_schema(self, schema: Any, form: Form) -> Type:
        if form not in self._generators:
            self._generators[form] = SchemaGenerator(form)
        try:
            described = self._generators[form].schema_of(schema)
        except Exception as error:
            # A model's own `__get_pydantic_json_schema__` may raise anything.
            return self._refused(error)
        return type_of(described, form=form)

    def _refused(self, error: Exception) -> Type:
        reason = str(error).partition("\n")[0]
        return self.report(f"pydantic cannot describe it: {reason}", "Use a type that it can")


def _definition(key: str, generator: SchemaGenerator, reference: str) -> Definition:
    schema = generator.definitions[reference]  # type: ignore[index]
    # Of arguments without their addresses: each `list[Item]` that is written has its own.
    identity = _ADDRESS.sub("", generator.defs_to_core_refs[reference][0])  # type: ignore[index]
    origin = _with_arguments(schema.get(PYTHON) or _origin(identity), identity)
    form = generator.form
    return Definition(key, origin, identity, form, named_type_of(origin, schema, form=form))


_ADDRESS = re.compile(r":\d+(?=[\],])")


def _with_arguments(origin: str, identity: str) -> str:
    """`package.module:Page[int]`, where the class alone does not say of what it is one."""
    _, bracket, arguments = identity.partition("[")
    return origin if "[" in origin else origin + bracket + arguments


def _origin(identity: str) -> str:
    """`package.module:Name` of `package.module.Name:94312`, as pydantic writes a type alias."""
    module, _, name = identity.partition(":")[0].rpartition(".")
    return f"{module}:{name}"


def _missing(key: str) -> Definition:
    """Stands for a definition that broke off: a model within it could not be described."""
    origin = _origin(key.partition("/")[2])
    return Definition(key, origin, key, Form("serialization"), Alias(origin, Unknown()))
