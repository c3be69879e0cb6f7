"""Random declarations that prettier must leave alone: the layout is prettier's own."""

import random
from dataclasses import replace
from pathlib import Path

from fluidkit_cli.api import (
    Alias,
    Api,
    Array,
    DeclaredError,
    Enumeration,
    ErrorStatus,
    Event,
    Events,
    Field,
    HTTPValidationError,
    Json,
    Literal,
    Mapping,
    Member,
    Model,
    Object,
    Parameter,
    Reference,
    Route,
    Scalar,
    Tuple,
    Type,
    Union,
    Unknown,
)
from fluidkit_cli.emit import emit_typescript
from fluidkit_cli.files import write_changed

from .conftest import TypeScript

WORDS = ["id", "user", "item", "created_at", "notification", "analytics", "payload", "x"]
LITERALS = ["a", "it's", 'x"y', "b\"'", "a longer text", "日本語", "größe", None, True, -4]
DEEPEST = 4


def test_prettier_leaves_random_declarations_alone(typescript: TypeScript, tmp_path: Path) -> None:
    for seed in range(6):
        files = emit_typescript(_Random(seed).api(), package="backend", naming="python")
        write_changed(tmp_path / str(seed), files)
    assert typescript.complaints_about_layout(tmp_path) == ""
    assert typescript.complaints_about_types(tmp_path) == ""


class _Random:
    """An app whose names, types and routes follow from the seed alone."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._models = [f"{self._name().title().replace('_', '')}{n}" for n in range(12)]

    def api(self) -> Api:
        members = (Member("A", "a"), Member("LONG", "x" * 60), Member("A_LONG_NAME", "y" * 90))
        aliases = tuple(Alias(f"Alias{n}", Array(self._type())) for n in range(6))
        return Api(
            routes=tuple(self._route(n) for n in range(20)),
            types=(Enumeration("Color", members), *map(self._model, self._models), *aliases),
        )

    def _model(self, name: str) -> Model:
        fields = tuple(replace(field, type=self._type()) for field in self._fields(6))
        return Model(name, fields, self._maybe(self._type()))

    def _route(self, line: int) -> Route:
        events = tuple(
            Event(f"event_{n}", self._type(2)) for n in range(self._random.randint(1, 4))
        )
        return Route(
            name=f"{self._name()}_{line}",
            module="backend.routes.random",
            method="GET",
            path=f"/api/{self._name()}/{line}",
            answer=Json(self._type()) if line % 2 else Events(events),
            parameters=tuple(self._parameter(n) for n in range(self._random.randint(0, 4))),
            line=line,
            errors=self._errors(),
        )

    def _errors(self) -> tuple[DeclaredError, ...]:
        known: list[ErrorStatus] = [401, 404, 409, 418, 429, 500, "4XX", "5XX", "default"]
        statuses = self._random.sample(known, self._random.randint(0, 5))
        problem = Reference(self._models[0])
        bodies: list[Type | HTTPValidationError]
        bodies = [HTTPValidationError(), problem, problem, Unknown(), self._type(3)]
        errors = (DeclaredError(status, self._random.choice(bodies)) for status in statuses)
        own = DeclaredError(422, HTTPValidationError())
        return (*errors, own) if self._random.random() < 0.7 else tuple(errors)

    def _parameter(self, number: int) -> Parameter:
        name = f"{self._name()}_{number}"
        wire_name = self._random.choice([name, name.replace("_", "-")])
        required, described = self._random.random() < 0.5, self._random.random() < 0.2
        text = "Described." if described else ""
        return Parameter(name, wire_name, "query", self._type(2), required, text)

    def _type(self, depth: int = 1) -> Type:
        kinds = [self._leaf, self._leaf, self._union, self._array, self._tuple, self._mapping]
        make = self._leaf if depth > DEEPEST else self._random.choice([*kinds, self._object])
        return make(depth + 1)

    def _leaf(self, _: int) -> Type:
        scalar = Scalar(self._random.choice(["string", "integer", "boolean", "null"]))
        literal = Literal(self._random.choice(LITERALS))
        reference = Reference(self._random.choice(self._models))
        leaves: list[Type] = [scalar, scalar, literal, literal, reference, Unknown()]
        return self._random.choice(leaves)

    def _union(self, depth: int) -> Type:
        return Union(tuple(self._type(depth) for _ in range(self._random.randint(2, 5))))

    def _array(self, depth: int) -> Type:
        return Array(self._type(depth))

    def _tuple(self, depth: int) -> Type:
        items = tuple(self._type(depth) for _ in range(self._random.randint(1, 3)))
        return Tuple(items, self._maybe(self._type(depth)))

    def _mapping(self, depth: int) -> Type:
        letters = Union((Literal("a"), Literal("b")))
        keys: list[Type] = [Scalar("string"), Scalar("integer"), Reference("Color"), letters]
        return Mapping(self._random.choice(keys), self._type(depth))

    def _object(self, depth: int) -> Type:
        fields = tuple(replace(field, type=self._type(depth)) for field in self._fields(4))
        return Object(fields, self._maybe(self._type(depth)))

    def _fields(self, most: int) -> tuple[Field, ...]:
        names = {self._random.choice(["", "x-"]) + self._name() for _ in range(most)}
        optional = self._random.random() < 0.3
        return tuple(Field(name, Scalar("string"), not optional) for name in sorted(names))

    def _maybe(self, type: Type) -> Type | None:
        return self._random.choice([None, None, type])

    def _name(self) -> str:
        return "_".join(self._random.choices(WORDS, k=self._random.randint(1, 3)))
