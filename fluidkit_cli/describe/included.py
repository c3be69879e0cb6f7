"""The routes of included routers, without what FastAPI makes anew for each of them.

Since FastAPI 0.137 an included router is lazy, and who asks for its routes has each of them built a
second time, at the cost of all the rest of describing, for what the inclusion may change. Mostly
that is the prefix and the tags: then the routes as they were declared say all a client needs.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

from fastapi.datastructures import DefaultPlaceholder
from fastapi.routing import APIRoute
from fastapi.utils import generate_unique_id, get_value_or_default

# What an inclusion may say, as of FastAPI 0.165. Of one that says more we know nothing.
_SAYINGS = """
    callbacks default_response_class dependencies dependency_overrides_provider deprecated
    form_limits generate_unique_id_function include_in_schema included_router max_body_size prefix
    responses strict_content_type tags
"""
_KNOWN = frozenset(_SAYINGS.split())


@dataclass(frozen=True, slots=True)
class IncludedRoute:
    """A route behind a prefix; what is not named here is as the route itself has it."""

    original_route: APIRoute
    context: Any

    @property
    def path(self) -> str:
        return str(self.context.prefix) + self.original_route.path

    @property
    def path_format(self) -> str:
        return str(self.context.prefix) + self.original_route.path_format

    @property
    def tags(self) -> list[Any]:
        return [*self.context.tags, *self.original_route.tags]

    @property
    def deprecated(self) -> Any:
        return self.original_route.deprecated or self.context.deprecated

    @property
    def include_in_schema(self) -> bool:
        return bool(self.original_route.include_in_schema and self.context.include_in_schema)

    @property
    def unique_id(self) -> str:
        return self.original_route.operation_id or generate_unique_id(self)  # type: ignore[arg-type]

    def __getattr__(self, name: str) -> Any:
        return getattr(self.original_route, name)


def included_routes(route: Any) -> Iterable[IncludedRoute] | None:
    """Those of a lazy router, or nothing where only FastAPI can tell what takes effect."""
    context = getattr(route, "include_context", None)
    router = getattr(route, "original_router", None)
    if router is None or not is_dataclass(context):
        return None
    try:
        return list(_included(router, context, lazy=type(route)))
    except _NotPlain:
        return None


class _NotPlain(Exception):
    """The inclusion changes more than the address, or may do so."""


def _included(router: Any, context: Any, *, lazy: type[Any]) -> Iterator[IncludedRoute]:
    if not _only_prefixes(context):
        raise _NotPlain
    for route in router.routes:
        if type(route) is lazy:
            inner = context.combine(route.include_context)
            yield from _included(route.original_router, inner, lazy=lazy)
        elif _stays_as_it_is(route, router, context):
            yield IncludedRoute(route, context)
        else:
            raise _NotPlain


def _only_prefixes(context: Any) -> bool:
    says_more = context.dependencies or context.responses or "{" in context.prefix
    return not says_more and _KNOWN.issuperset(field.name for field in fields(context))


def _stays_as_it_is(route: Any, router: Any, context: Any) -> bool:
    if type(route) is not APIRoute or not _is_as_declared(route):
        return False
    response_class = get_value_or_default(
        route.response_class, router.default_response_class, context.default_response_class
    )
    naming = get_value_or_default(
        route.generate_unique_id_function,
        router.generate_unique_id_function,
        context.generate_unique_id_function,
    )
    is_default = isinstance(naming, DefaultPlaceholder) and naming.value is generate_unique_id
    return is_default and response_class is route.response_class


def _is_as_declared(route: APIRoute) -> bool:
    """Whether nobody has changed the route since: FastAPI would make some of it anew."""
    field, model = route.response_field, route.response_model
    answers = field.field_info.annotation == model if field and model else not field and not model
    return bool(answers) and route.dependant.call is route.endpoint
