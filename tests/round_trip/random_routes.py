"""Routes put together at random: what they take and answer, under names people may come up with."""

import inspect
from collections.abc import AsyncIterable, Callable
from dataclasses import dataclass, field
from random import Random
from typing import Annotated, Any

from fastapi import Body, FastAPI, File, Form, Header, Query, UploadFile
from fastapi import Path as InPath
from fastapi.responses import JSONResponse
from fastapi.sse import EventSourceResponse
from pydantic import TypeAdapter

from .exchanging import SETTINGS
from .random_types import Made, Maker, of

_NAMES = """
    ApiError Literal NOTHING None_ ReadItem Stream T UUID _routes answer async_ call client close
    cls datetime dict functools größe headers id import_ json list match models options overload
    print read_Item read_item self str timeout type typing x_y
"""
NAMES = (*_NAMES.split(), "ﬁ", "long_" * 20)
ALIASES = ("a-b", "a b", "class", "it's", "ключ", "q[]", "self", "import", "a.b")
_MODULES = "clients größe-x items.Users items.users json models routes.close runtime typing"
MODULES = tuple(_MODULES.split())
STATUSES: tuple[int | str, ...] = (400, 404, 409, 418, 500, "4XX", "default")
MARKERS: dict[str, Callable[..., Any]] = {
    **{"path": InPath, "query": Query, "header": Header},
    **{"body": Body, "form": Form, "file": File},
}


@dataclass(frozen=True, slots=True)
class Taken:
    """A value that a route takes: its name in Python, its name on the wire, its type."""

    name: str
    wire_name: str
    place: str
    made: Made
    required: bool

    @property
    def parameter(self) -> inspect.Parameter:
        annotation = self.made.annotation if self.required else self.made.annotation | None
        is_named = self.wire_name != self.name and self.place != "body"
        marker = MARKERS[self.place](alias=self.wire_name if is_named else None)
        return inspect.Parameter(
            self.name,
            inspect.Parameter.KEYWORD_ONLY,
            annotation=Annotated[annotation, marker],
            default=inspect.Parameter.empty if self.required else None,
        )


@dataclass(frozen=True, slots=True)
class Offered:
    """What a route takes, and the type of what it answers. `is_error` says how."""

    taken: tuple[Taken, ...]
    made: Made
    is_error: bool = False


@dataclass(slots=True)
class RandomApp:
    """An app, what it offers by path, and what came last."""

    seed: int
    app: FastAPI = field(default_factory=FastAPI)
    offered: dict[str, Offered] = field(default_factory=dict)
    came: dict[str, Any] = field(default_factory=dict)
    maker: Maker = field(init=False)
    random: Random = field(init=False)

    def __post_init__(self) -> None:
        self.maker, self.random = Maker(self.seed), Random(self.seed)

    def add_route(self) -> None:
        taken, answered = tuple(self._taken()), self.maker.made()
        inner = "".join(f"/{{{each.wire_name}}}" for each in taken if each.place == "path")
        path = f"/{len(self.offered)}{inner}"
        make = self.random.choice([self._value, self._value, self._items, self._error])
        self.offered[path] = Offered(taken, answered, is_error=make == self._error)
        called, settings = make(answered)
        parameters = [each.parameter for each in taken]
        returns = inspect.signature(called).return_annotation
        called.__signature__ = inspect.Signature(parameters, return_annotation=returns)
        called.__name__ = self.random.choice(NAMES)
        called.__module__ = f"app.{self.random.choice(MODULES)}"
        has_body = any(each.place in ("body", "form", "file") for each in taken)
        self.app.api_route(path, methods=["POST" if has_body else "GET"], **settings)(called)

    def _value(self, answered: Made) -> tuple[Any, dict[str, Any]]:
        async def called(**values: Any) -> Any:
            await self._arrive(values)
            return answered.value()

        return called, {"response_model": answered.annotation, **self.random.choice(SETTINGS)}

    def _items(self, answered: Made) -> tuple[Any, dict[str, Any]]:
        """As events, or as lines."""

        async def called(**values: Any) -> Any:
            await self._arrive(values)
            for _ in range(3):
                yield answered.value()

        called.__annotations__["return"] = of(AsyncIterable, answered.annotation)
        return called, self.random.choice([{}, {"response_class": EventSourceResponse}])

    def _error(self, answered: Made) -> tuple[Any, dict[str, Any]]:
        status = self.random.choice(STATUSES)
        dump = TypeAdapter(answered.annotation).dump_python

        async def called(**values: Any) -> Any:
            await self._arrive(values)
            body = dump(answered.value(), mode="json", by_alias=True, warnings=False)
            return JSONResponse(body, status_code=status if isinstance(status, int) else 451)

        return called, {
            "response_model": int,
            "responses": {status: {"model": answered.annotation}},
        }

    async def _arrive(self, values: dict[str, Any]) -> None:
        self.came = {name: await _read(value) for name, value in values.items()}

    def _name(self, called: Any, taken: tuple[Taken, ...], *, returns: Any = Any) -> None:
        called.__name__ = self.random.choice(NAMES)
        called.__module__ = f"app.{self.random.choice(MODULES)}"
        parameters = [each.parameter for each in taken]
        called.__signature__ = inspect.Signature(parameters, return_annotation=returns)

    def _taken(self) -> list[Taken]:
        found: list[Taken] = []
        body = self.random.choice(["none", "body", "form"])
        places = self.random.choices(["path", "query", "query", "header"], k=3)
        places += self.random.choices(["form", "file"], k=3) if body == "form" else []
        for place in places:
            each = self._one(place)
            names = {each.name, each.wire_name.casefold()}
            others = {name for one in found for name in (one.name, one.wire_name.casefold())}
            if names.isdisjoint(others):
                found.append(each)
        if body == "body":
            found.append(Taken("the_body", "", "body", self.maker.made(), True))
        return found

    def _one(self, place: str) -> Taken:
        names = NAMES
        if place in ("path", "header"):
            names = tuple(name for name in NAMES if name.isascii())
        elif place in ("form", "file"):  # FastAPI makes a model of them
            names = tuple(name for name in NAMES if not name.startswith("_"))
        name = self.random.choice(names)
        wire_name = name.replace("_", "-") if place == "header" else name
        if place in ("query", "form", "file") and self.random.random() < 1 / 3:
            wire_name = self.random.choice(ALIASES)
        required = place == "path" or self.random.random() < 1 / 2
        return Taken(name, wire_name, place, self._made(place), required)

    def _made(self, place: str) -> Made:
        if place == "file":
            one = Made(UploadFile, lambda: ("ü.txt", b"a,b\n"))
            many = Made(list[UploadFile], lambda: [one.value(), ("b.txt", b"")])
            return self.random.choice([one, many])
        made = self.maker.scalar()
        if place in ("query", "form") and self.random.random() < 1 / 3:
            return Made(of(list, made.annotation), lambda: [made.value(), made.value()])
        return made


async def _read(value: Any) -> Any:
    if isinstance(value, list):
        return [await _read(each) for each in value]
    return (value.filename, await value.read()) if hasattr(value, "filename") else value
