"""What a route answers, from FastAPI's own annotations or from the source."""

from typing import Any

from fastapi.datastructures import DefaultPlaceholder

from ..api import Answer, Empty, Event, Events, Json, Records, Type
from .catalog import TypeCatalog
from .forms import Form

_WITHOUT_BODY = {204, 205, 304}


def declared_answer(route: Any, *, types: TypeCatalog) -> Answer | None:
    """What FastAPI itself knows of the answer; nothing where only the source can tell."""
    item = getattr(route, "stream_item_field", None)
    if getattr(route, "is_sse_stream", False):
        return item and Events((Event("message", types.of_field(item, form=_form(route))),))
    if getattr(route, "is_json_stream", False):
        return item and Records(types.of_field(item, form=_form(route)))
    if route.status_code in _WITHOUT_BODY:
        return Empty()
    if route.response_field is not None:
        return Json(_response_type(route, types))
    return None


def _form(route: Any) -> Form:
    return Form(
        "serialization",
        by_name=not route.response_model_by_alias,
        omits_defaults=route.response_model_exclude_unset or route.response_model_exclude_defaults,
        omits_none=route.response_model_exclude_none,
    )


def _response_type(route: Any, types: TypeCatalog) -> Type:
    return types.of_field(route.response_field, form=_form(route))


def response_class_of(route: Any) -> type[Any]:
    """The response class that takes effect."""
    declared = route.response_class
    chosen: type[Any] = declared.value if isinstance(declared, DefaultPlaceholder) else declared
    return chosen
