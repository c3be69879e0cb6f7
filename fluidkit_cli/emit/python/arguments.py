"""What a generated method takes: parameters that are positional, and some that go by their name."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from ...api import Body, ByFlag, Model, NamedType, Parameter, Route
from ...api import types as api
from .layout import Code, row
from .names import OPTIONS, free_names, identifier
from .types import TypePrinter

Place = Literal["path", "query", "headers", "body", "form", "multipart"]

_PLACES: dict[str, Place] = {"path": "path", "query": "query", "header": "headers"}


@dataclass(frozen=True, slots=True)
class Argument:
    """A value that the caller gives, and where in the request it goes."""

    name: str
    wire_name: str
    place: Place
    type: api.Type
    required: bool
    description: str = ""
    is_flag: bool = False
    """It decides which kind of answer comes."""
    is_in_body: bool = False
    """It is such a flag, and is sent as a key of the body."""

    @property
    def is_body(self) -> bool:
        return self.place == "body" and not self.is_in_body

    @property
    def is_positional(self) -> bool:
        """Fields of a form go by their names: there may be many."""
        return (
            self.required
            and not self.is_flag
            and self.place in ("path", "query", "headers", "body")
        )

    def declared(self, printer: TypePrinter) -> Code:
        """The parameter. What is None is not sent."""
        if self.required:
            return row(f"{self.name}: ", printer.type(self.type))
        return row(f"{self.name}: ", printer.optional(self.type), " = None")

    @property
    def value(self) -> str:
        """The expression that the call is given."""
        is_optional_body = self.place == "body" and not self.required
        return f"NOTHING if {self.name} is None else {self.name}" if is_optional_body else self.name


def arguments_of(route: Route, *, named: Mapping[str, NamedType]) -> list[Argument]:
    """In the order of the Python signature, the body last, a form by its fields.

    A flag of a JSON body that decides what is answered is an argument of its own: else no type
    checker would know what comes.
    """
    found = [*_parameters(route.parameters), *_of_body(route.body, named)]
    if isinstance(route.answer, ByFlag):
        found = [*_with_flag(found, route.answer)]
    names = free_names(
        [identifier(each.name) for each in found],
        taken={"self", "options", "answer", "call", *OPTIONS},
    )
    return [replace(each, name=name) for name, each in zip(names, found, strict=True)]


def form_of(route: Route, *, named: Mapping[str, NamedType]) -> NamedType | None:
    """The named type that its arguments follow from, beside the route itself."""
    match route.body:
        case Body(type=api.Reference(name), encoding="form" | "multipart"):
            return named.get(name)
        case _:
            return None


def _with_flag(arguments: Iterable[Argument], by: ByFlag) -> Iterator[Argument]:
    wanted = ("body", "form", "multipart") if by.in_body else ("query",)
    for each in arguments:
        if each.place == "body" and by.in_body:
            yield each
            boolean = api.Scalar("boolean")
            yield Argument(by.flag, by.flag, "body", boolean, False, is_flag=True, is_in_body=True)
        else:
            yield replace(each, is_flag=each.place in wanted and each.wire_name == by.flag)


def _parameters(parameters: Iterable[Parameter]) -> Iterator[Argument]:
    for each in parameters:
        place = _PLACES[each.location]
        yield Argument(each.name, each.wire_name, place, each.type, each.required, each.description)


def _of_body(body: Body | None, named: Mapping[str, NamedType]) -> Iterator[Argument]:
    if body is None:
        return
    if body.encoding == "json":
        yield Argument(body.name, "", "body", body.type, body.required)
        return
    for field in _fields(body, named):
        required = field.required and body.required
        yield Argument(
            field.name, field.name, body.encoding, field.type, required, field.description
        )


def _fields(form: Body, named: Mapping[str, NamedType]) -> tuple[api.Field, ...]:
    match form.type:
        case api.Object(fields):
            return fields
        case api.Reference(name):
            model = named.get(name)
            return model.fields if isinstance(model, Model) else ()
        case _:
            return ()
