"""Included routes are described without being built anew, exactly as if they were."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fastapi import APIRouter, Depends, FastAPI
from fastapi.dependencies.utils import get_flat_params
from fastapi.responses import HTMLResponse
from fastapi.routing import APIRoute, iter_route_contexts

from fluidkit_cli.api import Api
from fluidkit_cli.describe import routes
from fluidkit_cli.describe.included import IncludedRoute, included_routes

CASES = Path(__file__).with_name("cases")
NAMES = """
    _embed_body_fields deprecated description endpoint include_in_schema is_json_stream
    is_sse_stream methods name openapi_extra operation_id path path_format response_class
    response_model response_model_by_alias response_model_exclude response_model_exclude_defaults
    response_model_exclude_none response_model_exclude_unset response_model_include responses
    status_code stream_item_type tags unique_id
"""
ATTRIBUTES = NAMES.split()


class OwnRoute(APIRoute):
    """May do anything."""


def router(**options: Any) -> APIRouter:
    made = APIRouter(**options)

    @made.get("/things/{name}", tags=["things"], status_code=202)
    def things(name: str, limit: int = 3) -> list[int]:
        """All of them."""
        return []

    @made.post("/things", deprecated=True, operation_id="own")
    def add(first: dict[str, int], second: list[str]) -> None: ...

    @made.get("/lines")
    async def lines() -> Any:
        yield 1

    @made.get("/hidden", include_in_schema=False)
    def hidden() -> None: ...

    return made


def included(inner: APIRouter, **options: Any) -> FastAPI:
    app = FastAPI()
    app.include_router(inner, **options)
    return app


def shortcut(app: FastAPI) -> list[IncludedRoute] | None:
    found = [included_routes(route) for route in app.router.routes if not hasattr(route, "path")]
    return None if None in found else [route for part in found for route in part or ()]


def test_included_routes_are_as_fastapi_would_build_them() -> None:
    outer = APIRouter(prefix="/outer", tags=["outer"], dependencies=[])
    outer.include_router(router(prefix="/inner", tags=["inner"]), prefix="/more")
    outer.include_router(router(), deprecated=True, include_in_schema=False)
    app = included(outer, prefix="/api", tags=["api"])
    ours = shortcut(app)
    theirs = [c for c in iter_route_contexts(app.routes) if (c.path or "").startswith("/api")]
    assert ours and len(ours) == 8
    for own, context in zip(ours, theirs, strict=True):
        assert own.original_route is context.original_route
        for name in ATTRIBUTES:
            assert getattr(own, name) == getattr(context, name), name
        assert fields_of(own) == fields_of(context)


def fields_of(route: Any) -> list[tuple[str, str]]:
    fields = [*get_flat_params(route.dependant), *route.dependant.body_params]
    answers = [route.response_field, route.stream_item_field, route.body_field]
    named = [(field.name, str(field.field_info.annotation)) for field in fields]
    return named + [("", str(field and field.field_info.annotation)) for field in answers]


@pytest.mark.parametrize(
    "app",
    [
        included(router(), prefix="/{tenant}"),
        included(router(), dependencies=[Depends(lambda token: None)]),
        included(router(), responses={404: {"model": int}}),
        included(router(), default_response_class=HTMLResponse),
        included(router(), generate_unique_id_function=lambda route: route.name),
        included(router(route_class=OwnRoute)),
    ],
    ids=["parameter", "dependency", "response", "response class", "operation ids", "route class"],
)
def test_an_inclusion_that_changes_more_is_left_to_fastapi(app: FastAPI) -> None:
    assert shortcut(app) is None


def test_a_route_that_was_changed_is_left_to_fastapi() -> None:
    inner = router()
    app = included(inner)
    assert shortcut(app)
    inner.routes[0].response_model = list[str]  # type: ignore[attr-defined]
    assert shortcut(app) is None


def test_an_inclusion_of_a_newer_fastapi_is_left_to_it(monkeypatch: pytest.MonkeyPatch) -> None:
    app = included(router())
    known = "fluidkit_cli.describe.included._KNOWN"
    monkeypatch.setattr(known, frozenset({"prefix", "tags", "dependencies"}))
    assert shortcut(app) is None


@pytest.mark.parametrize("case", sorted(path.name for path in CASES.iterdir()))
def test_a_whole_app_is_described_as_if_it_were_built_anew(
    case: str, describe: Callable[[Path], Api], monkeypatch: pytest.MonkeyPatch
) -> None:
    short = describe(CASES / case)
    monkeypatch.setattr(routes, "included_routes", lambda route: None)
    assert repr(describe(CASES / case)) == repr(short)
