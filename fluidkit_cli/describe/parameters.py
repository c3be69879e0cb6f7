"""What a route takes from the address and the headers."""

import inspect
from collections.abc import Iterator, Sequence
from types import FunctionType, UnionType
from typing import Any, get_args, get_origin

from pydantic import AliasChoices, BaseModel

from ..api import Array, Parameter, ParameterLocation, Scalar, Type, Union
from .catalog import TypeCatalog
from .conversion import union_of
from .forms import INPUT
from .routes import ApiRoute, path_parameters

# The runtime sends it when it takes a lost stream up again.
_OWN_HEADERS = {"last-event-id"}


def parameters_of(route: ApiRoute, *, types: TypeCatalog) -> tuple[Parameter, ...]:
    """In the order of the Python signature, those of a dependency in the dependency's place.

    Names of the path that the function does not take come first: the address needs them.
    """
    spans = path_parameters(route.path)
    found: dict[tuple[str, str], Parameter] = {}
    for field, location in _fields(route.route.dependant, seen=set()):
        for parameter in _parameters(field, location, types):
            found.setdefault((location, parameter.wire_name), parameter)
    undeclared = [
        Parameter(name, name, "path", Scalar("string"), True, spans_segments=spans[name])
        for name in spans
        if ("path", name) not in found
    ]
    return (*undeclared, *(_spanning(parameter, spans) for parameter in found.values()))


def _fields(dependant: Any, *, seen: set[int]) -> Iterator[tuple[Any, ParameterLocation]]:
    if id(dependant.call) in seen:
        return
    seen.add(id(dependant.call))
    groups: dict[ParameterLocation, list[Any]] = {
        "path": dependant.path_params,
        "query": dependant.query_params,
        "header": dependant.header_params,
    }
    fields = {field.name: (field, place) for place, group in groups.items() for field in group}
    dependencies = {dependency.name: dependency for dependency in dependant.dependencies}
    for name in _signature_names(dependant.call):
        if name in fields:
            yield fields.pop(name)
        elif name in dependencies:
            yield from _fields(dependencies[name], seen=seen)
    yield from fields.values()
    for dependency in dependant.dependencies:
        yield from _fields(dependency, seen=seen)


def _signature_names(call: Any) -> Sequence[str]:
    if _is_plain_function(call):
        code = call.__code__
        return tuple(code.co_varnames[: code.co_argcount + code.co_kwonlyargcount])
    try:
        return list(inspect.signature(call).parameters)
    except (TypeError, ValueError):
        return []


def _is_plain_function(call: Any) -> bool:
    """Whether its code says all; `inspect.signature`, which asks more, takes its time."""
    if type(call) is not FunctionType or vars(call).keys() & {"__signature__", "__wrapped__"}:
        return False
    return not call.__code__.co_flags & (inspect.CO_VARARGS | inspect.CO_VARKEYWORDS)


def _parameters(field: Any, location: ParameterLocation, types: TypeCatalog) -> Iterator[Parameter]:
    model = model_of(field) if location != "path" else None
    members = _model_fields(model) if model is not None else [field]
    may_miss = model is not None and not field.field_info.is_required()
    for member in members:
        info = member.field_info
        required = info.is_required() and not may_miss
        if not required and not getattr(info, "include_in_schema", True):
            continue
        wire_name = _wire_name(member, location, field)
        if location == "header" and wire_name.lower() in _OWN_HEADERS:
            continue
        described = sendable(types.of_field(member, form=INPUT))
        yield Parameter(
            member.name, wire_name, location, described, required, info.description or ""
        )


def sendable(described: Type) -> Type:
    """Without null, which no address, header or form can say: it is left out instead."""
    match described:
        case Union(members):
            left = [sendable(member) for member in members if member != Scalar("null")]
            return union_of(left)
        case Array(item):
            return Array(sendable(item))
        case _:
            return described


def model_of(field: Any) -> type[BaseModel] | None:
    """The model whose fields are the parameters, as in `Annotated[Filters, Query()]`."""
    annotation = field.field_info.annotation
    match [arg for arg in get_args(annotation) if arg is not type(None)] or [annotation]:
        case [type() as model] if issubclass(model, BaseModel) and not _is_sequence(annotation):
            return model
    return None


def _is_sequence(annotation: Any) -> bool:
    origin = get_origin(annotation)
    return isinstance(origin, type) and origin is not UnionType


def _model_fields(model: type[BaseModel]) -> list[Any]:
    # Models of parameters came with 0.115.0, and this helper with them.
    from fastapi._compat import get_cached_model_fields  # noqa: PLC0415

    return list(get_cached_model_fields(model))


def _wire_name(field: Any, location: ParameterLocation, parent: Any) -> str:
    name = read_name(field, model_of(parent))
    dashes = getattr(parent.field_info, "convert_underscores", True)
    if location == "header" and name == field.name and dashes:
        return name.replace("_", "-")
    return name


def read_name(field: Any, model: type[BaseModel] | None = None) -> str:
    """The name by which a value is read, the first where there are several."""
    if model is not None and model.model_config.get("validate_by_alias") is False:
        return str(field.name)
    match field.field_info.validation_alias:
        case str(name):
            return name
        case AliasChoices(choices):
            return next((name for name in choices if isinstance(name, str)), str(field.alias))
        case _:
            return str(field.alias)


def _spanning(parameter: Parameter, spans: dict[str, bool]) -> Parameter:
    if parameter.location != "path" or not spans.get(parameter.wire_name):
        return parameter
    return Parameter(
        parameter.name,
        parameter.wire_name,
        "path",
        parameter.type,
        True,
        parameter.description,
        spans_segments=True,
    )
