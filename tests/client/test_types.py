"""What mypy, in its strictest mode, makes of declared functions."""

import subprocess
import sys
from pathlib import Path

SOURCE = """
from collections.abc import AsyncIterator, Iterator
from typing import Any, assert_type

from pydantic import BaseModel

from fluidkit_cli.client import APIClient, AsyncStream, ServerSentEvent, Stream

client = APIClient("http://localhost")


class Token(BaseModel):
    text: str


@client.get("/", streaming_response=True)
async def tokens(*, result: AsyncIterator[Token]) -> AsyncIterator[Token]:
    return result


@client.post("/", streaming_response=True, on_invalid="skip", ends=["[DONE]"])
def words(*, result: Iterator[str]) -> Iterator[str]:
    return result


@client.put("/", streaming_response=True)
async def objects(*, result: AsyncIterator[dict[str, Any]]) -> AsyncIterator[dict[str, Any]]:
    return result


@client.get("/{id}")
async def text_of(id: int, *, result: Token) -> str:
    return result.text


@client.get("/", streaming_response=True, on_invalid="never")  # not one of its values
def wrong(*, result: Iterator[str]) -> Iterator[str]:
    return result


async def main() -> None:
    assert_type(tokens(), AsyncStream[Token])
    async for token in await tokens():
        assert_type(token, Token)
    async for token in tokens():
        assert_type(token, Token)
    async with tokens() as stream:
        async for event in stream.events():
            assert_type(event, ServerSentEvent[str, Any])
    assert_type(words(), Stream[str])
    async for each in objects():
        assert_type(each, dict[str, Any])
    assert_type(await text_of(1), str)
    token.nothing  # it has no such attribute
"""


def test_the_results_of_declared_functions_are_known(tmp_path: Path) -> None:
    (tmp_path / "use.py").write_text(SOURCE, encoding="utf-8")
    command = [sys.executable, "-m", "mypy", "--strict", "--no-incremental", "use.py"]
    run = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False
    )
    complaints = run.stdout.splitlines()
    assert [line.partition("error: ")[2] for line in complaints[:-1] if "error: " in line] == [
        'No overload variant of "__call__" of "Verb" matches argument types "str", "bool", "str"'
        "  [call-overload]",
        'Untyped decorator makes function "wrong" untyped  [untyped-decorator]',
        '"Token" has no attribute "nothing"  [attr-defined]',
    ], run.stdout
