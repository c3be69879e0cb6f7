"""Overrides of pyproject.toml come after what FastAPI knows, and before the source."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from fluidkit_cli.api import Answer, Api, Event, Events, Json, Records, Reference, Unknown
from fluidkit_cli.describe import describe_app, load_app

APP = """
from typing import Any
from fastapi import FastAPI
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

app = FastAPI()

class Token(BaseModel):
    text: str

class Done(BaseModel):
    total: int

def content() -> Any: ...

@app.get("/chat", openapi_extra={"x-stream": {"kind": "jsonl", "item": "app:Token"}})
async def chat():
    return StreamingResponse(content(), media_type="text/event-stream")

@app.get("/declared", response_model=Done)
async def declared():
    return content()
"""
DONE = {"kind": "sse", "item": "app:Done"}
Stated = Mapping[str, Mapping[str, object]]


@pytest.fixture
def overridden(tmp_path: Path, forget_modules: Callable[[Path], None]) -> Callable[[Stated], Api]:
    def overridden(overrides: Stated) -> Api:
        (tmp_path / "app.py").write_text(APP, encoding="utf-8")
        app = load_app("app:app", directory=tmp_path)
        try:
            return describe_app(app, root=tmp_path, overrides=overrides)
        finally:
            forget_modules(tmp_path)

    return overridden


def answer(api: Api, name: str = "chat") -> Answer:
    return next(route.answer for route in api.routes if route.name == name)


@pytest.mark.parametrize("name", ["chat", "chat_chat_get"])
def test_a_route_is_named_by_its_function_or_its_operation(
    name: str, overridden: Callable[[Stated], Api]
) -> None:
    api = overridden({name: DONE})

    assert answer(api) == Events((Event("message", Reference("Done")),))
    assert not api.diagnostics


def test_without_an_override_the_route_speaks_for_itself(
    overridden: Callable[[Stated], Api],
) -> None:
    assert answer(overridden({})) == Records(Reference("Token"))


def test_what_fastapi_knows_is_believed_more(overridden: Callable[[Stated], Api]) -> None:
    api = overridden({"declared": DONE})

    assert answer(api, "declared") == Json(Reference("Done"))
    [diagnostic] = api.diagnostics
    assert diagnostic.message.startswith('[tool.fluidkit.routes."declared"] does not count')


def test_an_override_of_no_route_is_reported_where_it_stands(
    tmp_path: Path, overridden: Callable[[Stated], Api]
) -> None:
    text = '[tool.fluidkit]\n\n[tool.fluidkit.routes.chatt]\nkind = "sse"\n'
    (tmp_path / "pyproject.toml").write_text(text, encoding="utf-8")

    [diagnostic] = overridden({"chatt": DONE}).diagnostics

    assert diagnostic.message == '[tool.fluidkit.routes."chatt"] names no route'
    assert diagnostic.hint == "Did you mean chat?"
    assert (diagnostic.file, diagnostic.line) == ("pyproject.toml", 3)


@pytest.mark.parametrize(
    "item", ["app:Missing", "no_such_module:Done", "app.Done", "app:", "app:content", "json:dumps"]
)
def test_a_type_that_cannot_be_imported_stays_unknown(
    item: str, overridden: Callable[[Stated], Api]
) -> None:
    api = overridden({"chat": {"kind": "jsonl", "item": item}})

    assert answer(api) == Records(Unknown())
    [diagnostic] = api.diagnostics
    assert repr(item) in diagnostic.message


def test_a_module_that_ends_python_when_imported_is_reported(
    tmp_path: Path, overridden: Callable[[Stated], Api]
) -> None:
    (tmp_path / "leaving.py").write_text("raise SystemExit(3)", encoding="utf-8")

    api = overridden({"chat": {"kind": "jsonl", "item": "leaving:Done"}})

    assert answer(api) == Records(Unknown())
    assert "SystemExit" in api.diagnostics[0].message
