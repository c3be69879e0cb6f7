"""What a route answers, from FastAPI's own annotations or from the source."""

from typing import Any, get_args

from fastapi.datastructures import DefaultPlaceholder
from starlette.responses import JSONResponse

from ..api import Answer, Empty, Event, Events, Json, Records, Type
from .catalog import TypeCatalog
from .forms import Form
from .subsets import Subset, UnclearSubset

_WITHOUT_BODY = {204, 205, 304}


def declared_answer(route: Any, *, types: TypeCatalog) -> Answer | None:
    """What FastAPI itself knows of the answer; nothing where only the source can tell."""
    item = None if _wraps_events(route) else getattr(route, "stream_item_field", None)
    if getattr(route, "is_sse_stream", False):
        return item and Events((Event("message", _part(item, route, types=types)),))
    if getattr(route, "is_json_stream", False):
        return item and Records(_part(item, route, types=types))
    if route.status_code in _WITHOUT_BODY:
        return Empty()
    if not issubclass(response_class_of(route), JSONResponse):
        return None
    if route.response_field is not None:
        return Json(_part(route.response_field, route, types=types))
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


def _part(field: Any, route: Any, *, types: TypeCatalog) -> Type:
    """What `include` and `exclude` leave of a type."""
    described = types.of_field(field, form=_form(route))
    try:
        return Subset.of_route(route).of(described, types=types)
    except UnclearSubset:
        return types.report(
            "it is not clear what response_model_include and response_model_exclude leave",
            "Make a model of what is left",
        )


def response_class_of(route: Any) -> type[Any]:
    """The response class that takes effect."""
    declared = route.response_class
    chosen: type[Any] = declared.value if isinstance(declared, DefaultPlaceholder) else declared
    return chosen
