"""What a route takes as its body: JSON, or a form."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, get_args

from fastapi import params
from starlette.datastructures import UploadFile

from ..api import Array, Body, Field, Object, Scalar, Type, Union
from .catalog import TypeCatalog
from .conversion import union_of
from .forms import INPUT
from .parameters import model_of, read_name, sendable


def body_of(route: Any, *, types: TypeCatalog) -> Body | None:
    """One parameter as it is, or several as the keys of one object; so are the fields of a form."""
    field = route.body_field
    if field is None:
        return None
    required = bool(field.field_info.is_required())
    if isinstance(field.field_info, params.Form):
        return _form(route, types=types, required=required)
    if not getattr(route, "_embed_body_fields", False):
        return Body(field.name, _present(types.of_field(field, form=INPUT), required), required)
    # FastAPI makes a model of the parameters, with a name that nobody wrote.
    members = [_member(member, types) for member in _body_fields(route.dependant)]
    return Body("body", Object(tuple(members)), required)


def _form(route: Any, *, types: TypeCatalog, required: bool) -> Body:
    fields = tuple(
        _form_field(member, parameter, types=types)
        for parameter in _body_fields(route.dependant)
        for member in _members(parameter)
    )
    media_type = route.body_field.field_info.media_type
    is_multipart = media_type == "multipart/form-data" or any(_has_file(f.type) for f in fields)
    own_name = None if route._embed_body_fields else route.body_field.name
    return Body(
        own_name or "body", Object(fields), required, "multipart" if is_multipart else "form"
    )


def _members(parameter: Any) -> Iterator[Any]:
    """The fields of a parameter that is a model, as in `Annotated[Login, Form()]`."""
    model = model_of(parameter)
    if model is None:
        yield parameter
    else:
        # Models of forms came with 0.113, and this helper with them.
        from fastapi._compat import get_cached_model_fields  # noqa: PLC0415

        yield from get_cached_model_fields(model)


def _form_field(field: Any, parameter: Any, *, types: TypeCatalog) -> Field:
    described = _member(field, types)
    type = sendable(described.type)
    is_file = _is_file(parameter) or _is_file(field)
    name = read_name(field, model_of(parameter))
    return replace(described, name=name, type=_of_files(type) if is_file else type)


def _is_file(field: Any) -> bool:
    return isinstance(field.field_info, params.File) or _mentions_upload(
        field.field_info.annotation
    )


def _mentions_upload(annotation: Any) -> bool:
    if isinstance(annotation, type) and issubclass(annotation, UploadFile):
        return True
    return any(map(_mentions_upload, get_args(annotation)))


def _of_files(described: Type) -> Type:
    """The same with `bytes`, which are text in JSON, as files."""
    match described:
        case Scalar("string"):
            return Scalar("string", "binary")
        case Array(item):
            return Array(_of_files(item))
        case Union(members):
            return union_of(map(_of_files, members))
        case _:
            return described


def _has_file(described: Type) -> bool:
    match described:
        case Scalar("string", "binary"):
            return True
        case Array(item):
            return _has_file(item)
        case Union(members):
            return any(map(_has_file, members))
        case _:
            return False


def _member(field: Any, types: TypeCatalog) -> Field:
    info = field.field_info
    required = bool(info.is_required())
    described = _present(types.of_field(field, form=INPUT), required)
    return Field(read_name(field), described, required, info.description or "")


def _present(described: Type, required: bool) -> Type:
    """Without null where FastAPI takes it for a value that is missing."""
    match described:
        case Union(members) if required:
            return union_of(member for member in members if member != Scalar("null"))
        case _:
            return described


def _body_fields(dependant: Any) -> list[Any]:
    fields = {field.alias: field for field in dependant.body_params}
    for dependency in dependant.dependencies:
        fields |= {field.alias: field for field in _body_fields(dependency)}
    return list(fields.values())
