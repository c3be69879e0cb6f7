"""Types put together at random, each with values of its own: what people may come up with."""

import dataclasses
import enum
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from ipaddress import IPv4Address
from pathlib import Path
from random import Random
from typing import Annotated, Any, Generic, Literal, NamedTuple, NotRequired, TypeVar, Union

from pydantic import (
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    NaiveDatetime,
    RootModel,
    create_model,
)
from pydantic.alias_generators import to_camel
from pydantic.json_schema import SkipJsonSchema
from typing_extensions import TypedDict

T = TypeVar("T")
DEEPEST = 3
FIELD_NAMES = ("value", "class_", "größe", "a_b", "items", "name", "type", "length", "to")
ALIASES = ("content-type", "constructor", "a b", "0", "it's", "ключ", "*/", "class")
MODEL_NAMES = ("Item", "Promise", "Record", "Error", "Page", "Größe", "string", "ApiError", "T")
CONFIGURATIONS: tuple[ConfigDict, ...] = (
    *[ConfigDict()] * 3,
    ConfigDict(extra="allow"),
    ConfigDict(extra="forbid"),
    ConfigDict(alias_generator=to_camel),
    ConfigDict(ser_json_timedelta="float", ser_json_bytes="base64"),
    ConfigDict(use_enum_values=True),
)


@dataclass(frozen=True, slots=True)
class Made:
    """A type, and what makes values of it."""

    annotation: Any
    value: Callable[[], Any]


class Box(BaseModel, Generic[T]):
    value: T
    others: list[T] = []


class Tree(BaseModel, Generic[T]):
    value: T
    children: "list[Tree[T]]" = []


class Maker:
    """Makes the same types again when it is given an equal seed."""

    def __init__(self, seed: int) -> None:
        self._random = random = Random(seed)
        self._scalars = (
            Made(int, lambda: random.randint(-9, 9)),
            Made(str, lambda: random.choice(["", "it's", "ü\n", "2026-11-21T04:30:00Z"])),
            Made(date, lambda: date(2026, 11, random.randint(1, 30))),
            Made(uuid.UUID, lambda: uuid.UUID(int=random.getrandbits(128))),
        )
        self._leaves = (
            *self._scalars,
            Made(bool, lambda: random.random() < 1 / 2),
            Made(float, lambda: random.choice([0.5, 2.0, -1e-9])),
            Made(Decimal, lambda: Decimal(random.randint(-99, 99)) / 4),
            Made(datetime, lambda: datetime(2026, 11, random.randint(1, 30), 1, 2)),
            Made(AwareDatetime, lambda: datetime(2026, 11, random.randint(1, 30), tzinfo=UTC)),
            Made(NaiveDatetime, lambda: datetime(2026, 11, random.randint(1, 30))),
            Made(time, lambda: time(random.randint(0, 23))),
            Made(timedelta, lambda: timedelta(seconds=random.randint(-99, 99))),
            Made(bytes, lambda: b"text"),
            Made(IPv4Address, lambda: IPv4Address(random.getrandbits(32))),
            Made(Path, lambda: Path("a/b")),
            Made(None, lambda: None),
            Made(Any, lambda: random.choice([1, "a", None, [1], {"a": 1}])),
        )

    def made(self) -> Made:
        """A type of several parts."""
        return self._nested(DEEPEST)

    def scalar(self) -> Made:
        """A type whose values are of one text each."""
        names = Made(Literal["a", "b"], lambda: self._random.choice("ab"))
        return self._random.choice([*self._leaves[:-2], names])

    def _any(self, depth: int) -> Made:
        is_leaf = depth == 0 or self._random.random() < 1 / 3
        return self._leaf() if is_leaf else self._nested(depth)

    def _leaf(self) -> Made:
        return self._random.choice([*self._leaves, self._enumeration(), self._literal()])

    def _nested(self, depth: int) -> Made:
        makers = [
            *(self._list, self._set, self._tuple, self._mapping, self._nullable, self._union),
            *(self._dataclass, self._typed_dict, self._named_tuple, self._root, self._generic),
            *(self._recursive, self._tagged, *[self._model] * 5),
        ]
        return self._random.choice(makers)(depth - 1)

    def _enumeration(self) -> Made:
        values = self._random.choice([("a", "b"), (1, 2), ("it's", "*/")])
        members = {"FIRST": values[0], "class_": values[1]}
        made = _called(enum.Enum, self._name(), members, module=__name__)
        return Made(made, lambda: self._random.choice(list(made)))

    def _literal(self) -> Made:
        values = self._random.sample(["a", "it's", 1, 2, True, None], 2)
        return Made(of(Literal, *values), lambda: self._random.choice(values))

    def _list(self, depth: int) -> Made:
        item = self._any(depth)
        return Made(of(list, item.annotation), lambda: self._some(item))

    def _set(self, depth: int) -> Made:
        item = self._random.choice(self._scalars)
        return Made(of(set, item.annotation), lambda: set(self._some(item)))

    def _tuple(self, depth: int) -> Made:
        items = [self._any(depth) for _ in range(self._random.randint(0, 3))]
        annotation = of(tuple, *(item.annotation for item in items))
        return Made(annotation, lambda: tuple(item.value() for item in items))

    def _mapping(self, depth: int) -> Made:
        names = Made(Literal["a", "b"], lambda: self._random.choice("ab"))
        key, value = self._random.choice([*self._scalars, names]), self._any(depth)
        annotation = of(dict, key.annotation, value.annotation)
        return Made(annotation, lambda: {k: value.value() for k in self._some(key)})

    def _nullable(self, depth: int) -> Made:
        made = self._any(depth)
        return Made(of(Union, made.annotation, None), self._either(made))

    def _union(self, depth: int) -> Made:
        members = [self._any(depth) for _ in range(2)]
        return Made(of(Union, *(m.annotation for m in members)), self._one_of(members))

    def _root(self, depth: int) -> Made:
        inner = self._any(depth)
        model = _called(create_model, self._name(), __base__=of(RootModel, inner.annotation))
        return Made(model, lambda: model(inner.value()))

    def _generic(self, depth: int) -> Made:
        inner = self._any(depth)
        model = of(Box, inner.annotation)
        return Made(model, lambda: model(value=inner.value(), others=self._some(inner)))

    def _recursive(self, depth: int) -> Made:
        inner = self._any(depth)
        model = of(Tree, inner.annotation)
        return Made(
            model, lambda: model(value=inner.value(), children=[model(value=inner.value())])
        )

    def _tagged(self, depth: int) -> Made:
        members = [self._model(depth, tag=tag) for tag in ("a", "b")]
        union = of(Union, *(member.annotation for member in members))
        return Made(Annotated[union, Field(discriminator="kind")], self._one_of(members))

    def _typed_dict(self, depth: int) -> Made:
        fields = self._fields(depth)
        absent = {name for name in fields if self._random.random() < 1 / 3}
        annotations = {
            name: of(NotRequired, made.annotation) if name in absent else made.annotation
            for name, made in fields.items()
        }
        return Made(
            _called(TypedDict, self._name(), annotations),
            lambda: {n: m.value() for n, m in fields.items() if n not in absent or self._toss()},
        )

    def _dataclass(self, depth: int) -> Made:
        fields = self._fields(depth)
        made = dataclasses.make_dataclass(
            self._name(),
            [(name, field.annotation) for name, field in fields.items()],
            namespace={"__module__": __name__},
        )
        return Made(made, lambda: made(**{name: field.value() for name, field in fields.items()}))

    def _named_tuple(self, depth: int) -> Made:
        fields = self._fields(depth)
        made = _called(NamedTuple, self._name(), [(n, f.annotation) for n, f in fields.items()])
        return Made(made, lambda: made(*[field.value() for field in fields.values()]))

    def _model(self, depth: int, tag: str = "") -> Made:
        fields = self._fields(depth)
        optional = {name for name in fields if self._toss()}
        configuration = {**self._random.choice(CONFIGURATIONS), "validate_by_name": True}
        declared: dict[str, Any] = {
            name: self._declared(made, name in optional) for name, made in fields.items()
        }
        for name, alias in zip(fields, self._random.sample(ALIASES, len(fields)), strict=True):
            if self._random.random() < 1 / 4:
                declared[name][1].alias = declared[name][1].serialization_alias = alias
                declared[name][1].validation_alias = alias
        if tag:
            declared["kind"] = of(Literal, tag), Field(default=tag, alias="kind")
        model = _called(create_model, self._name(), __config__=configuration, **declared)
        more = {"extra key": 1} if configuration.get("extra") == "allow" else {}

        def value() -> Any:
            given = {n: m.value() for n, m in fields.items() if n not in optional or self._toss()}
            return model(**given, **more)

        return Made(model, value)

    def _declared(self, made: Made, optional: bool) -> tuple[Any, Any]:
        if not optional:
            return made.annotation, Field()
        # pydantic hides all uses of a recursive model where one of them is hidden
        is_hidden = made in self._leaves and self._rarely()
        annotation = of(SkipJsonSchema, made.annotation) if is_hidden else made.annotation
        return annotation, Field(default_factory=made.value, exclude=self._rarely() or None)

    def _fields(self, depth: int) -> dict[str, Made]:
        names = self._random.sample(FIELD_NAMES, self._random.randint(0, 4))
        return {name: self._any(depth) for name in names}

    def _name(self) -> str:
        return self._random.choice(MODEL_NAMES)

    def _some(self, made: Made) -> list[Any]:
        return [made.value() for _ in range(self._random.randint(0, 2))]

    def _one_of(self, members: list[Made]) -> Callable[[], Any]:
        return lambda: self._random.choice(members).value()

    def _either(self, made: Made) -> Callable[[], Any]:
        return lambda: made.value() if self._toss() else None

    def _toss(self) -> bool:
        return self._random.random() < 1 / 2

    def _rarely(self) -> bool:
        return self._random.random() < 1 / 10


def of(generic: Any, *arguments: Any) -> Any:
    return generic[arguments[0] if len(arguments) == 1 else arguments]


def _called(maker: Any, *arguments: Any, **named: Any) -> Any:
    return maker(*arguments, **named)
