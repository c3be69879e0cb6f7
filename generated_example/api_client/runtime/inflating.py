# Copied by fluidkit. Changes to this file are overwritten.
"""Bodies that came compressed: unpacked as they come, and never taken for whole when they are not.

httpx2's own decoders take a body for whole that ends in the middle.
"""

import zlib
from collections.abc import AsyncIterable, AsyncIterator, Iterable, Iterator, Mapping
from typing import cast

import httpx2

from .errors import DataError

ACCEPTED = "gzip, deflate"

_LARGEST_PIECE = 1024 * 1024
"""A few bytes may stand for gigabytes: no more than this at once."""

_HEADER = 2
_GZIP = zlib.MAX_WBITS | 16
_NAMES = {"gzip": _GZIP, "x-gzip": _GZIP, "deflate": zlib.MAX_WBITS}


def check_encoding(headers: Mapping[str, str]) -> None:
    """Raises DataError: the body is packed in a way that was not asked for."""
    encoding = _encoding(headers)
    if encoding and encoding not in _NAMES:
        raise DataError("content_type", payload=f"content-encoding: {encoding}")


def chunks_of(response: httpx2.Response) -> Iterable[bytes]:
    """The body as it comes. Without an encoding, past the layers that would take it to pieces."""
    body = cast(httpx2.SyncByteStream, response.stream)
    encoding = _encoding(response.headers)
    return _inflated(body, encoding) if encoding else body


def achunks_of(response: httpx2.Response) -> AsyncIterable[bytes]:
    """As `chunks_of`, awaited."""
    body = cast(httpx2.AsyncByteStream, response.stream)
    encoding = _encoding(response.headers)
    return _ainflated(body, encoding) if encoding else body


def _encoding(headers: Mapping[str, str]) -> str:
    encoding = headers.get("content-encoding", "").strip().lower()
    return "" if encoding == "identity" else encoding


def _inflated(body: Iterable[bytes], encoding: str) -> Iterator[bytes]:
    inflater = _Inflater(encoding)
    for chunk in body:
        yield from inflater.feed(chunk)
    inflater.end()


async def _ainflated(body: AsyncIterable[bytes], encoding: str) -> AsyncIterator[bytes]:
    inflater = _Inflater(encoding)
    async for chunk in body:
        for piece in inflater.feed(chunk):
            yield piece
    inflater.end()


class _Inflater:
    """One body's. What is not packed as was said raises `httpx2.DecodingError`."""

    def __init__(self, encoding: str) -> None:
        self._format = _NAMES[encoding]
        self._start = b""
        self._unpacker = zlib.decompressobj(self._format)
        self._is_begun = False

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        chunk = self._begun(chunk)
        while chunk:
            if self._unpacker.eof:  # one packed body may follow another
                self._unpacker = zlib.decompressobj(self._format)
            try:
                piece = self._unpacker.decompress(chunk, _LARGEST_PIECE)
            except zlib.error as error:
                raise httpx2.DecodingError(str(error)) from error
            if piece:
                yield piece
            chunk = self._unpacker.unconsumed_tail or self._unpacker.unused_data

    def end(self) -> None:
        if self._start or (self._is_begun and not self._unpacker.eof):
            raise httpx2.DecodingError("the body ends in the middle")

    def _begun(self, chunk: bytes) -> bytes:
        """The chunk, with what was held back before it: two bytes tell the format."""
        if self._is_begun:
            return chunk
        start = self._start + chunk
        if len(start) < _HEADER:
            self._start = start
            return b""
        self._start, self._is_begun = b"", True
        if self._format != _GZIP and not _has_header(start):
            self._format = -zlib.MAX_WBITS
            self._unpacker = zlib.decompressobj(self._format)
        return start


def _has_header(start: bytes) -> bool:
    """Some servers leave out what RFC 1950 has around deflated data."""
    return start[0] & 0x0F == zlib.DEFLATED and (start[0] << 8 | start[1]) % 31 == 0
