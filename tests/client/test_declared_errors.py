"""What a route declares that it answers is raised as its own class, and nothing else is."""

from typing import Any, Literal

import httpx2
import pytest

from fluidkit_cli.client import ApiError
from fluidkit_cli.client.calls import Call
from fluidkit_cli.client.connections import Connections
from fluidkit_cli.client.errors import DeclaredError
from fluidkit_cli.client.model import HTTPValidationError, Model
from fluidkit_cli.client.requests import Server
from fluidkit_cli.client.routes import Routes


class Problem(Model):
    detail: str


class Busy(Model):
    seconds: int


class MakeError(DeclaredError[Literal[409, 422], Problem | HTTPValidationError]):
    """What `make` declares: 409, 422."""

    declared = {409: Problem, 422: HTTPValidationError}  # noqa: RUF012 - as generated files have it


class LooseError(DeclaredError[int, Problem | Busy]):
    """What `loose` declares: 4XX, 503."""

    declared = {"4XX": Problem, 503: Busy}  # noqa: RUF012


def raised(error: type[DeclaredError[Any, Any]], response: httpx2.Response) -> ApiError:
    """What comes of the response."""
    transport = httpx2.MockTransport(lambda request: response)
    routes = Routes(Connections(Server("http://test"), transport=transport))
    with pytest.raises(ApiError) as caught:
        routes.json(Call("POST", "/things", error=error), int, {})
    return caught.value


def test_the_body_is_of_the_type_that_its_status_declares() -> None:
    error = raised(MakeError, httpx2.Response(409, json={"detail": "taken"}))
    assert isinstance(error, MakeError)
    assert (error.status, error.body) == (409, Problem(detail="taken"))
    assert str(error) == "POST /things answered 409: taken"


def test_what_fastapi_refuses_has_its_places_or_the_words_of_a_route() -> None:
    wrong = {"loc": ["body", "name"], "msg": "Too short", "type": "string_too_short"}
    error = raised(MakeError, httpx2.Response(422, json={"detail": [wrong]}))
    match error.body:
        case HTTPValidationError(detail=[refused]):
            assert (refused.loc, refused.msg) == (["body", "name"], "Too short")
        case _:
            pytest.fail(repr(error.body))
    by_hand = raised(MakeError, httpx2.Response(422, json={"detail": "No"}))
    assert by_hand.body == HTTPValidationError(detail="No")


@pytest.mark.parametrize(
    "response",
    [
        httpx2.Response(500, json={"detail": "x"}),
        httpx2.Response(409, text="<html>", headers={"content-type": "text/html"}),
        httpx2.Response(409, text="{", headers={"content-type": "application/json"}),
        httpx2.Response(409, json={"reason": 1}),
    ],
    ids=["another status", "a page of a proxy", "broken JSON", "another body"],
)
def test_anything_else_is_a_plain_error(response: httpx2.Response) -> None:
    error = raised(MakeError, response)
    assert type(error) is ApiError
    assert error.status == response.status_code


def test_a_range_stands_for_what_is_not_declared_more_closely() -> None:
    assert raised(LooseError, httpx2.Response(418, json={"detail": "x"})).body == Problem(
        detail="x"
    )
    assert raised(LooseError, httpx2.Response(503, json={"seconds": 9})).body == Busy(seconds=9)
    assert type(raised(LooseError, httpx2.Response(500, json={"seconds": 9}))) is ApiError
