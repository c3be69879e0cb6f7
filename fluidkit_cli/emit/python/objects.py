"""Names for what has none: in Python an object without a name cannot be written as a type."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from ...api import (
    Answer,
    Api,
    Body,
    ByFlag,
    DeclaredError,
    Events,
    HTTPValidationError,
    Json,
    Model,
    NamedType,
    Records,
    Route,
)
from ...api import types as api
from ..names import free_name, pascal_case
from .types import variables


def with_named_objects(api: Api) -> Api:
    """The same, each object without a name a model called after where it stands.

    That is its origin, too: `shop.routes:list_things.Answer`. By it the model keeps its name.
    What has none in it stays the object that it is: by that it is known to be unchanged.
    """
    naming = _Naming(api.types)
    types = [naming.of_type(each) for each in api.types]
    routes = tuple(naming.of_route(each) for each in api.routes)
    return replace(api, routes=routes, types=tuple([*types, *naming.made.values()]))


class _Naming:
    def __init__(self, types: Iterable[NamedType]) -> None:
        self.made: dict[str, Model] = {}
        self._taken = {each.name for each in types}
        # pydantic takes the alias of a recursive generic model for a circle
        self._written_out = {
            each.name: each.type
            for each in types
            if isinstance(each, api.Alias) and isinstance(each.type, api.Reference)
        }
        self._start = self._origin = ""

    def of_type(self, named: NamedType) -> NamedType:
        self._start, self._origin = named.name, named.origin
        changed: NamedType
        match named:
            case Model(fields=fields, extra=extra):
                inner = self._fields(fields, named.name)
                changed = replace(
                    named, fields=inner, extra=extra and self._type(extra, named.name)
                )
            case api.Alias(type=type):
                changed = replace(named, type=self._type(type, f"{named.name}Value"))
            case api.Enumeration():
                return named
        return named if changed == named else changed

    def of_route(self, route: Route) -> Route:
        name = self._start = pascal_case(route.name)
        self._origin = f"{route.module}:{route.name}" if route.module else ""
        changed = replace(
            route,
            answer=self._answer(route.answer, name),
            parameters=tuple(
                replace(each, type=self._type(each.type, name + pascal_case(each.name)))
                for each in route.parameters
            ),
            body=route.body and self._body(route.body, name),
            errors=tuple(self._error(each, name) for each in route.errors),
        )
        return route if changed == route else changed

    def _answer(self, answer: Answer, name: str) -> Answer:
        match answer:
            case ByFlag(on=on, off=off):
                # either is one of the kinds below
                changed: Any = {"on": self._answer(on, name), "off": self._answer(off, name)}
                return replace(answer, **changed)
            case Json(type):
                return Json(self._type(type, f"{name}Answer"))
            case Records(item):
                return Records(self._type(item, f"{name}Item"))
            case Events(events):
                inner = (
                    replace(event, type=self._type(event.type, name + _word(event.name)))
                    for event in events
                )
                return replace(answer, events=tuple(inner))
            case _:
                return answer

    def _body(self, body: Body, name: str) -> Body:
        if body.encoding != "json" and isinstance(body.type, api.Object):
            fields = self._fields(body.type.fields, name)
            return replace(body, type=replace(body.type, fields=fields))
        return replace(body, type=self._type(body.type, f"{name}Body"))

    def _error(self, error: DeclaredError, name: str) -> DeclaredError:
        if isinstance(error.body, HTTPValidationError):
            return error
        return replace(error, body=self._type(error.body, f"{name}Error"))

    def _type(self, type: api.Type, name: str) -> api.Type:  # noqa: PLR0911 - one case a type
        match type:
            case api.Array(item):
                return api.Array(self._type(item, name))
            case api.Tuple(items, rest):
                return api.Tuple(self._types(items, name), rest and self._type(rest, name))
            case api.Mapping(key, value):
                return api.Mapping(key, self._type(value, name))
            case api.Union(members):
                return api.Union(self._types(members, name))
            case api.Reference(target) if target in self._written_out:
                return self._written_out[target]
            case api.Reference(target, arguments):
                return api.Reference(target, self._types(arguments, name))
            case api.Object((), extra):
                value = api.Unknown() if extra is None else self._type(extra, name)
                return api.Mapping(api.Scalar("string"), value)
            case api.Object():
                return self._named(type, name)
            case _:
                return type

    def _types(self, types: Iterable[api.Type], name: str) -> tuple[api.Type, ...]:
        return tuple(self._type(each, name) for each in types)

    def _fields(self, fields: Iterable[api.Field], name: str) -> tuple[api.Field, ...]:
        return tuple(
            replace(field, type=self._type(field.type, name + _word(field.name)))
            for field in fields
        )

    def _named(self, type: api.Object, name: str) -> api.Type:
        inner = self._fields(type.fields, name)
        extra = type.extra and self._type(type.extra, f"{name}Extra")
        for known in self.made.values():
            if known.name.rstrip("_") == name and (known.fields, known.extra) == (inner, extra):
                return _reference(known)
        open_ = tuple(sorted(variables(api.Object(inner, extra))))
        own = free_name(name, taken=self._taken)
        origin = self._origin and f"{self._origin}.{name.removeprefix(self._start)}".rstrip(".")
        model = Model(own, inner, extra, parameters=open_, origin=origin)
        self._taken.add(model.name)
        self.made[model.name] = model
        return _reference(model)


def _reference(model: Model) -> api.Reference:
    return api.Reference(model.name, tuple(map(api.TypeVariable, model.parameters)))


def _word(text: str) -> str:
    return pascal_case("".join(each if each.isalnum() else "_" for each in text))
