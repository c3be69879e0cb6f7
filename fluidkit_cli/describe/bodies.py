"""What a route takes as its body."""

from typing import Any

from fastapi import params

from ..api import Body, Field, Object
from .catalog import TypeCatalog
from .forms import INPUT


def takes_form(route: Any) -> bool:
    """Whether the body is a form or has files, which is no JSON."""
    field = route.body_field
    return field is not None and isinstance(field.field_info, params.Form)


def body_of(route: Any, *, types: TypeCatalog) -> Body | None:
    """The JSON body: one parameter as it is, or several as the keys of one object."""
    field = route.body_field
    if field is None:
        return None
    required = bool(field.field_info.is_required())
    if not getattr(route, "_embed_body_fields", False):
        return Body(field.name, types.of_field(field, form=INPUT), required)
    # FastAPI makes a model of the parameters, with a name that nobody wrote.
    members = [_member(member, types) for member in _body_fields(route.dependant)]
    return Body("body", Object(tuple(members)), required)


def _member(field: Any, types: TypeCatalog) -> Field:
    info = field.field_info
    described = types.of_field(field, form=INPUT)
    return Field(field.alias, described, bool(info.is_required()), info.description or "")


def _body_fields(dependant: Any) -> list[Any]:
    fields = {field.alias: field for field in dependant.body_params}
    for dependency in dependant.dependencies:
        fields |= {field.alias: field for field in _body_fields(dependency)}
    return list(fields.values())
