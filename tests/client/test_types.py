"""What type checkers, in their strictest modes, make of calls: right ones, and wrong ones."""

import shutil
from pathlib import Path

import pytest

from type_checkers import by_mypy, by_pyright

EXAMPLE = Path(__file__).parents[2] / "generated_example/api_client"

DECLARED = """
from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from typing import Annotated, Any, Literal, assert_type

from pydantic import BaseModel, Field
from typing_extensions import TypedDict

from fluidkit_cli.client import APIClient, AsyncStream, ServerSentEvent, Stream

client = APIClient("http://localhost")


class Token(BaseModel):
    kind: Literal["token"]
    text: str


class Other(BaseModel):
    kind: Literal["other"]


@client.get("/", streaming_response=True)
async def tokens(*, result: AsyncIterator[Token]) -> AsyncIterator[Token]:
    return result


@client.post("/", streaming_response=True, on_invalid="skip", ends=["[DONE]"])
def words(*, result: Iterator[str]) -> Iterator[str]:
    return result


@client.put("/", streaming_response=True)
async def objects(*, result: AsyncIterator[dict[str, Any]]) -> AsyncIterator[dict[str, Any]]:
    return result


class Point(TypedDict):
    x: int


Shape = Annotated[Token | Other, Field(discriminator="kind")]


@client.get("/", streaming_response=True)
async def lists(*, result: AsyncIterator[list[Token]]) -> AsyncIterator[list[Token]]:
    return result


@client.patch("/", streaming_response=True)
def shapes(*, result: Iterator[Shape]) -> Iterator[Shape]:
    return result


@client.delete("/", streaming_response=True)
def points(*, result: Iterator[Point]) -> Iterator[Point]:
    return result


@client.get("/", streaming_response=True)
def states(*, result: Iterator[Literal["on", "off"]]) -> Iterator[Literal["on", "off"]]:
    return result


@client.get("/", streaming_response=True)
async def times(*, result: AsyncIterator[datetime]) -> AsyncIterator[datetime]:
    return result


@client.get("/", streaming_response=True)
async def whole(*, result: AsyncIterator[ServerSentEvent]) -> AsyncIterator[ServerSentEvent]:
    return result


@client.get("/{id}")
async def text_of(id: int, *, result: Token) -> str:
    return result.text


@client.get("/", streaming_response=True, on_invalid="never")  # wrong
def wrong(*, result: Iterator[str]) -> Iterator[str]:
    return result


async def main() -> None:
    assert_type(tokens(), AsyncStream[Token])
    async for token in await tokens():
        assert_type(token, Token)
        print(token.nothing)  # wrong
    async for token in tokens():
        assert_type(token, Token)
    async with tokens() as stream:
        async for event in stream.events():
            assert_type(event, ServerSentEvent[str, Any])
    assert_type(words(), Stream[str])
    async for each in objects():
        assert_type(each, dict[str, Any])
    assert_type(await text_of(1), str)
    assert_type(lists(), AsyncStream[list[Token]])
    assert_type(shapes(), Stream[Token | Other])
    assert_type(points(), Stream[Point])
    assert_type(states(), Stream[Literal["on", "off"]])
    async for time in times():
        assert_type(time, datetime)
    async for event in whole():
        assert_type(event, ServerSentEvent[str, Any])
    for state in states():
        assert_type(state, Literal["on", "off"])
"""

GENERATED = """
from pathlib import Path
from typing import Literal, assert_type

from api_client import (
    ApiError,
    AsyncClient,
    Client,
    ClientError,
    ConnectionFailed,
    DataError,
    HTTPValidationError,
    ServerError,
)
from api_client.chat import FollowAnswerValue
from api_client.items import CreateItemError
from api_client.models import Answer, ChatRequest, Ended, Item, NewItem, Problem, Token, Usage


def plain(client: Client) -> None:
    assert_type(client.items.list_items(), list[Item])
    assert_type(client.items.delete_item(1, timeout=3), None)
    run = client.chat.ask(ChatRequest(message="Hello"))
    for part in client.chat.follow_answer(run, idle_timeout=9):
        assert_type(part, FollowAnswerValue)
    for event in client.chat.follow_answer(run).events():
        if event.event == "token":
            assert_type(event.value, Token)
        elif event.event == "ended":
            assert_type(event.value.status, Literal["done", "stopped", "failed"])
        else:
            assert_type(event.value, Answer | Usage)
    assert_type(client.files.download_file("1").save("."), Path | None)
    client.items.delete_item("1")  # wrong
    client.items.create_item(NewItem(nam="x", quantity=1))  # wrong
    client.items.list_items(timeot=1)  # wrong
    client.items.make_item()  # wrong
    client.chat.ask("Hello")  # wrong


async def awaited(client: AsyncClient) -> None:
    assert_type(await client.items.create_item(NewItem(name="x", quantity=1)), Item)
    async for part in client.chat.follow_answer("1"):
        if isinstance(part, Ended):
            assert_type(part, Ended)
    async for line in client.logs.stream_logs(level="warning"):
        assert_type(line, str)
    async for chunk in client.files.download_file("1"):
        assert_type(chunk, bytes)
    client.logs.stream_logs(level="loud")  # wrong


def errors(client: Client) -> str:
    try:
        client.items.create_item(NewItem(name="x", quantity=1))
    except CreateItemError as error:
        assert_type(error.status, Literal[409, 422])
        match error.body:
            case Problem():
                return error.body.detail
            case HTTPValidationError():
                return str(error.body.detail)
    except ApiError as error:
        assert_type(error.status, int)
        assert_type(error.headers, dict[str, str])
        assert_type(error.body_as(Problem), Problem)
        return error.message
    return ""


def any_error(client: Client) -> str | None:
    try:
        list(client.chat.follow_answer("1"))
    except (ConnectionFailed, DataError, ServerError) as error:
        assert_type(error.status, int | None)
        assert_type(error.index, int | None)
        return error.payload
    except ClientError as error:
        if isinstance(error, ApiError):
            assert_type(error.status, int)
        return error.request
    return None
"""


@pytest.fixture(params=[DECLARED, GENERATED], ids=["declared", "generated"])
def uses(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A folder with calls of clients in `use.py`."""
    shutil.copytree(EXAMPLE, tmp_path / "api_client", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "use.py").write_text(request.param, encoding="utf-8")
    return tmp_path


def test_results_are_known_and_what_is_wrong_is_refused(uses: Path) -> None:
    lines = (uses / "use.py").read_text(encoding="utf-8").splitlines()
    wrong = {f"use.py:{n}" for n, line in enumerate(lines, 1) if line.endswith("# wrong")}
    assert wrong
    for check in (by_mypy, by_pyright):
        complaints = check(uses)
        assert {each.rpartition(": ")[0] for each in complaints} == wrong, complaints
