"""What a route answers, from FastAPI's own annotations or from the source."""

from typing import Any, get_args

from fastapi.datastructures import DefaultPlaceholder
from pydantic import BaseModel
from starlette.responses import JSONResponse

from ..api import Answer, Empty, Event, Events, Json, Model, Object, Records, Type
from .catalog import TypeCatalog
from .forms import Form

_WITHOUT_BODY = {204, 205, 304}


def declared_answer(route: Any, *, types: TypeCatalog) -> Answer | None:
    """What FastAPI itself knows of the answer; nothing where only the source can tell."""
    item = None if _wraps_events(route) else getattr(route, "stream_item_field", None)
    if getattr(route, "is_sse_stream", False):
        return item and Events((Event("message", _item_type(route, types)),))
    if getattr(route, "is_json_stream", False):
        return item and Records(_item_type(route, types))
    if route.status_code in _WITHOUT_BODY:
        return Empty()
    if not issubclass(response_class_of(route), JSONResponse):
        return None
    if route.response_field is not None:
        return Json(_part(route.response_field, route.response_model, route, types=types))
    field = route.response_fields.get(route.status_code or 200)
    return None if field is None else Json(types.of_field(field, form=_form(route)))


def _wraps_events(route: Any) -> bool:
    """Whether FastAPI's `ServerSentEvent` is among what is yielded: it is no item itself."""
    declared = getattr(route, "stream_item_type", None)
    return any(getattr(t, "__name__", "") == "ServerSentEvent" for t in get_args(declared))


def _form(route: Any) -> Form:
    return Form(
        "serialization",
        by_name=not route.response_model_by_alias,
        omits_defaults=route.response_model_exclude_unset or route.response_model_exclude_defaults,
        omits_none=route.response_model_exclude_none,
    )


def _item_type(route: Any, types: TypeCatalog) -> Type:
    return _part(route.stream_item_field, route.stream_item_type, route, types=types)


def _part(field: Any, model_class: Any, route: Any, *, types: TypeCatalog) -> Type:
    """What `include` and `exclude` leave of a type."""
    described = types.of_field(field, form=_form(route))
    included, excluded = route.response_model_include, route.response_model_exclude
    if not included and not excluded:
        return described
    model = types.definition(described)
    names = _field_names(model_class)
    if not isinstance(model, Model) or not all(map(_is_names, (included, excluded))):
        return types.report(
            "response_model_include and response_model_exclude reach into what it returns",
            "Make a model of what is left",
        )
    left = set(included or names.values()) - set(excluded or ())
    kept = (field for field in model.fields if names.get(field.name, field.name) in left)
    return Object(tuple(kept), model.extra)


def _field_names(model: Any) -> dict[str, str]:
    """Python's names of fields, which `include` and `exclude` use, by the names on the wire."""
    if not isinstance(model, type) or not issubclass(model, BaseModel):
        return {}
    fields = {**model.model_fields, **model.model_computed_fields}
    return {
        getattr(field, "serialization_alias", None) or getattr(field, "alias", None) or name: name
        for name, field in fields.items()
    }


def _is_names(fields: Any) -> bool:
    return not fields or (not isinstance(fields, dict) and all(isinstance(f, str) for f in fields))


def response_class_of(route: Any) -> type[Any]:
    """The response class that takes effect."""
    declared = route.response_class
    chosen: type[Any] = declared.value if isinstance(declared, DefaultPlaceholder) else declared
    return chosen
