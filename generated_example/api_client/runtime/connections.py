# Copied by fluidkit. Changes to this file are overwritten.
"""Sends requests and waits for their answers, over one client of httpx2."""

from collections.abc import Iterable
from typing import cast

import httpx2

from .calls import Call
from .errors import ConnectionFailed
from .exchange import (
    FAILURES,
    LIMITS,
    MOST_REDIRECTS,
    Headers,
    Server,
    api_error,
    broken_off,
    merged,
    same_origin,
    unanswered,
)
from .options import RequestKeywords, StreamOptions


class Connections:
    """Connections to one server. `transport` is one of httpx2's, as a test or a proxy needs it."""

    def __init__(
        self, server: Server, *, transport: httpx2.BaseTransport | None = None
    ) -> None:
        self._server = server
        self._transport = transport
        self._client: httpx2.Client | None = None

    def close(self) -> None:
        """Ends them all; a later request opens new ones."""
        if self._client is not None:
            self._client.close()
            self._client = None

    def answer(
        self, call: Call, options: RequestKeywords, *, accept: str
    ) -> httpx2.Response:
        """An answer as a whole.

        Raises:
            ClientError: it is no success, or there is none.
        """
        headers = merged(
            call.all_headers, options.get("headers", {}), {"accept": accept}
        )
        timeout = options.get("timeout", self._server.timeout)
        response = self._send(call, headers, httpx2.Timeout(timeout))
        _read(response, call)
        return response

    def open(
        self, call: Call, headers: Headers, options: StreamOptions
    ) -> httpx2.Response:
        """The head of an answer whose body is to be read, and closed, by the caller.

        Raises:
            ClientError: it is no success, or there is none.
        """
        timeout = self._server.timeout if options.timeout is None else options.timeout
        patience = httpx2.Timeout(timeout, read=options.idle_timeout)
        return self._send(call, merged(headers, options.headers), patience)

    def _send(
        self, call: Call, headers: Headers, patience: httpx2.Timeout
    ) -> httpx2.Response:
        response = self._follow(call, headers, patience)
        if not response.is_success:
            _read(response, call, is_error=True)
            raise api_error(response, call)
        return response

    def _follow(
        self, call: Call, headers: Headers, patience: httpx2.Timeout
    ) -> httpx2.Response:
        client = self._opened()
        try:
            arguments = self._server.arguments(call, headers, patience=patience)
            request = client.build_request(**arguments)
            for _ in range(MOST_REDIRECTS):
                response = client.send(request, stream=True, follow_redirects=False)
                try:
                    target = same_origin(request, response)
                except ConnectionFailed:
                    response.close()
                    raise
                if target is None:
                    return response
                response.close()
                request = target
        except FAILURES as error:
            raise unanswered(error, call) from error
        raise ConnectionFailed("unreachable").placed(call.name)

    def _opened(self) -> httpx2.Client:
        if self._client is None:
            self._client = httpx2.Client(
                headers=self._server.headers, transport=self._transport, limits=LIMITS
            )
        return self._client


def chunks_of(response: httpx2.Response) -> Iterable[bytes]:
    """The body as it comes. Without an encoding, past the layers that would take it to pieces."""
    if "content-encoding" in response.headers:
        return response.iter_bytes()
    return cast(httpx2.SyncByteStream, response.stream)


def _read(response: httpx2.Response, call: Call, *, is_error: bool = False) -> None:
    try:
        response.read()
    except FAILURES as error:
        # an error keeps its status, whatever becomes of its body
        if not is_error:
            raise broken_off(error, call) from error
    finally:
        response.close()
