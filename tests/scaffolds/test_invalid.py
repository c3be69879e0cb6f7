"""`backend/serving/invalid.py` of every workspace: what a client is told of what it has sent."""

import json
from typing import Annotated, Any

import pytest
from fastapi import Body, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.testclient import TestClient
from pydantic import BaseModel, Field

from scaffolds.backends import backend_module


class Login(BaseModel):
    name: Annotated[str, Field(max_length=10)]
    password: str
    age: int


def application(**options: Any) -> TestClient:
    app = FastAPI(**options)

    @app.post("/login")
    async def login(body: Login) -> None:
        """Never reached."""

    @app.post("/numbers")
    async def add(numbers: Annotated[list[int], Body()]) -> None:
        """Never reached."""

    backend_module("serving").serve(app)
    return TestClient(app)


def test_an_answer_says_what_is_wrong_as_fastapis_does() -> None:
    answer = application().post("/login", json={"name": "ada", "password": "p", "age": "old"})
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/json"
    [error] = answer.json()["detail"]
    assert (error["type"], error["loc"], error["input"]) == ("int_parsing", ["body", "age"], "old")
    assert error["msg"].startswith("Input should be a valid integer")


def test_what_is_missing_is_not_told_with_all_that_is_there() -> None:
    answer = application().post("/login", json={"name": "ada", "password": "canary"})
    assert answer.json() == {
        "detail": [{"type": "missing", "loc": ["body", "age"], "msg": "Field required"}]
    }


BODIES = [
    '{"name": "ada", "password": "p", "age": NaN}',
    '{"name": "ada", "password": "p", "age": -Infinity}',
    '{"name": "ada", "password": "p", "age": 1e999}',
    r'{"name": "ada", "password": "p", "age": "\ud800"}',
    r'{"name": "\udfff\udfff\udfff\udfff\udfff\udfff", "password": "p", "age": 1}',
    json.dumps({"name": "x" * 1_000_000, "password": "p", "age": 1}),
]


@pytest.mark.parametrize("body", BODIES, ids=lambda body: body[:50])
def test_what_cannot_be_said_again_is_invalid_and_no_failure(body: str) -> None:
    answer = application().post(
        "/login", content=body, headers={"content-type": "application/json"}
    )
    assert answer.status_code == 422
    assert len(answer.content) < 2000
    [error] = answer.json()["detail"]
    assert error["loc"][0] == "body"


def test_bytes_that_are_no_text_are_no_failure_either() -> None:
    answer = application().post("/login", content=b"\xff", headers={"content-type": "text/plain"})
    assert answer.status_code == 422


def test_of_many_values_and_many_errors_only_some_are_encoded() -> None:
    client = application()
    many = client.post("/login", json={str(number): number for number in range(10_000)})
    assert [error["type"] for error in many.json()["detail"]] == ["missing"] * 3
    assert len(many.content) < 1000
    wrong = client.post("/numbers", json=["x"] * 10_000)
    assert len(wrong.json()["detail"]) == 100


def test_a_handler_of_the_application_is_heard() -> None:
    async def own(request: Request, error: Exception) -> JSONResponse:
        return JSONResponse("own", 400)

    answer = application(exception_handlers={RequestValidationError: own}).post("/login")
    assert (answer.status_code, answer.json()) == (400, "own")
