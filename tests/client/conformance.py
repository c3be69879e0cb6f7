"""The shared cases, and every way in which their bytes are to be cut into chunks."""

import json
from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2

from fluidkit_cli.client import APIClient

CASES = Path(__file__).parents[1] / "runtime" / "cases"
_LARGE = 100_000
_SMALL = 600


def read_cases(file: str) -> list[dict[str, Any]]:
    cases: list[dict[str, Any]] = json.loads((CASES / file).read_text(encoding="utf-8"))[
        "stream_cases"
    ]
    return cases


def bytes_of(case: dict[str, Any]) -> bytes:
    if case["bytes_hex"] is not None:
        return bytes.fromhex(case["bytes_hex"])
    return b"".join(bytes.fromhex(part) * count for part, count in case["bytes_parts"])


def cuts_of(case: dict[str, Any]) -> Iterator[tuple[str, list[bytes]]]:
    """Whole, byte by byte, as the case says, and at every two-way split of up to 600 bytes."""
    whole = bytes_of(case)
    yield "whole", [whole]
    if case["chunks_hex"]:
        yield "as given", [bytes.fromhex(chunk) for chunk in case["chunks_hex"]]
    if len(whole) > _LARGE:
        yield "by kilobytes", _pieces(whole, 1024)
        return
    yield "byte by byte", _pieces(whole, 1)
    for at in range(1, len(whole)) if len(whole) <= _SMALL else ():
        yield f"cut at {at}", [whole[:at], whole[at:]]


def _pieces(whole: bytes, size: int) -> list[bytes]:
    return [whole[start : start + size] for start in range(0, len(whole), size)]


def joined(parts: list[Any]) -> str:
    return "".join(text * count for text, count in parts)


@dataclass(frozen=True, slots=True)
class Body(httpx2.SyncByteStream, httpx2.AsyncByteStream):
    """A body in the given chunks, which may break off after them."""

    chunks: Iterable[bytes]
    breaks: bool = False

    def __iter__(self) -> Iterator[bytes]:
        yield from self.chunks
        if self.breaks:
            raise httpx2.ReadError("reset")

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for chunk in self:
            yield chunk


def client_of(
    chunks: Iterable[bytes], content_type: str = "text/event-stream", *, breaks: bool = False
) -> APIClient:
    """A client whose server answers everything with the chunks."""

    def answer(request: httpx2.Request) -> httpx2.Response:
        headers = {"content-type": content_type}
        return httpx2.Response(200, headers=headers, stream=Body(chunks, breaks))

    return APIClient("http://test", transport=httpx2.MockTransport(answer))
