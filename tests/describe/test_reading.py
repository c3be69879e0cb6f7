"""Reading is bounded and honest, whatever the code looks like."""

import time
from collections.abc import Callable

import pytest

from fluidkit_cli.api import Api, Json, Object, Records, Unknown
from fluidkit_cli.describe.parameters import parameters_of

HEAD = """
import json
from typing import Any
from fastapi import FastAPI
from fastapi.responses import StreamingResponse
from pydantic import BaseModel
app = FastAPI()
class Item(BaseModel):
    name: str
"""
WriteApp = Callable[[str], Api]


def lines(body: str) -> str:
    """A route that streams what `body`, in a generator, yields."""
    indented = "\n".join(f"        {line}" for line in body.strip().splitlines())
    return f"""{HEAD}
@app.get("/")
def route(flag: bool, value: Any):
    def content():
{indented}
    return StreamingResponse(content(), media_type="application/jsonl")
"""


@pytest.mark.parametrize(
    "body",
    [
        "yield json.dumps(value)",
        "yield json.dumps({**value})",
        "yield json.dumps({value: 1})",
        "yield json.dumps([*value])",
        "yield Item.model_validate(value).model_dump_json(include={'name'}) + '\\n'",
        "yield json.dumps(value, default=str)",
        "yield value.model_dump_json()",
        "x = {'a': 1}\nfor key in value:\n    x[key] = 2\nyield json.dumps(x)",
        "x = []\nx.append(1)\nyield json.dumps(x)",
        "yield json.dumps(undefined_name)",
        "yield json.dumps(eval('1'))",
        "yield json.dumps(unclear(1))",
        "try:\n    x = 1\nexcept Exception as x:\n    pass\nyield json.dumps(x)",
        "match value:\n    case {'a': x}:\n        yield json.dumps(x)",
        "first, *rest = value\nyield json.dumps(rest)",
        "yield json.dumps(value.name.other)",
        "global shared\nyield json.dumps(shared)",
        "yield json.dumps(Item)",
        "yield json.dumps(Item(name='a'))",
        "yield json.dumps([Item(name='a')])",
    ],
)
def test_what_cannot_be_told_is_unknown_with_a_diagnostic(body: str, write_app: WriteApp) -> None:
    source = lines(body).replace("unclear(1)", "(lambda *a: a)(*value)")
    api = write_app(source + "\nshared = 1\ndef change():\n    global shared\n    shared = ''\n")
    assert "unknown" in _leaf(api)
    assert api.diagnostics
    assert all(diagnostic.hint and diagnostic.line for diagnostic in api.diagnostics)


def _leaf(api: Api) -> str:
    answer = api.routes[0].answer
    assert isinstance(answer, Records)
    item = answer.item
    is_unknown = item == Unknown() or "Unknown()" in repr(item)
    return "unknown" if is_unknown else repr(item)


def test_reading_ends_for_code_that_branches_without_end(write_app: WriteApp) -> None:
    helpers = "".join(
        f"def step{n}(x): return step{n + 1}(x) if x else step{n + 1}(x) or step{n + 1}(x)\n"
        for n in range(40)
    )
    started = time.perf_counter()
    api = write_app(
        f"{HEAD}{helpers}def step40(x): return x\n@app.get('/')\ndef route(x=1): return step0(x)\n"
    )
    assert time.perf_counter() - started < 10
    assert api.routes[0].answer == Json(Unknown())
    assert "more code" in api.diagnostics[0].message


def test_reading_ends_for_deeply_nested_expressions(write_app: WriteApp) -> None:
    api = write_app(f"{HEAD}@app.get('/')\ndef route(): return {'[' * 80}1{']' * 80}\n")
    assert isinstance(api.routes[0].answer, Json)


def test_an_odd_route_does_not_cost_the_others(
    write_app: WriteApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    def odd(route: object, **others: object) -> object:
        if getattr(route, "path", "") == "/odd":
            raise ValueError("odd")
        return parameters_of(route, **others)  # type: ignore[arg-type]

    monkeypatch.setattr("fluidkit_cli.describe.application.parameters_of", odd)
    api = write_app(
        f"{HEAD}@app.get('/odd')\ndef odd() -> int: ...\n"
        "@app.get('/even')\ndef even() -> int: ...\n"
    )
    assert [route.name for route in api.routes] == ["even"]
    assert "ValueError: odd" in api.diagnostics[0].message


def test_a_route_without_source_is_described(write_app: WriteApp) -> None:
    api = write_app(f"{HEAD}exec('def made(q: int): return 1')\napp.get('/')(made)\n")
    assert [parameter.name for parameter in api.routes[0].parameters] == ["q"]
    assert api.routes[0].answer == Json(Unknown())
    assert "source cannot be read" in api.diagnostics[0].message


def test_code_is_never_run_by_reading_it(write_app: WriteApp) -> None:
    write_app(
        lines("yield json.dumps(explode())")
        + "\ndef explode() -> int: raise SystemExit('it was run')\n"
    )


def test_two_streams_of_the_same_kind_are_one_answer(write_app: WriteApp) -> None:
    api = write_app(
        f"{HEAD}@app.get('/')\ndef route(flag: bool):\n"
        "    if flag: return {'a': 1}\n    return {'b': 'x'}\n"
    )
    answer = api.routes[0].answer
    assert isinstance(answer, Json)
    assert [type(member) for member in getattr(answer.type, "members", ())] == [Object, Object]
