# Copied by fluidkit. Changes to this file are overwritten.
"""Sends requests and waits for their answers, over one client of httpx2."""

import contextlib
import os
import threading
import time

import httpx2

from .calls import Call
from .errors import ClientError, ConnectionFailed, DataError
from .exchange import (
    ERROR_BYTES,
    ERROR_SECONDS,
    FAILURES,
    LIMITS,
    MOST_REDIRECTS,
    Answer,
    api_error,
    broken_off,
    check_readable,
    redirected_too_often,
    same_origin,
    unanswered,
)
from .inflating import check_encoding, chunks_of
from .options import RequestOptions, StreamOptions
from .requests import Headers, Outgoing, Server


class Connections:
    """Connections to one server. `transport` is one of httpx2's, as a test or a proxy needs it."""

    def __init__(
        self, server: Server, *, transport: httpx2.BaseTransport | None = None
    ) -> None:
        self._server = server
        self._transport = transport
        self._client: httpx2.Client | None = None
        self._process = 0
        self._lock = threading.Lock()

    def close(self) -> None:
        """Ends them all; a later request opens new ones."""
        with self._lock:
            client, self._client = self._client, None
        if client is not None:
            client.close()

    def answer(self, call: Call, options: RequestOptions, *, accept: str) -> Answer:
        """An answer as a whole.

        Raises:
            ClientError: it is no success, or there is none.
        """
        outgoing = self._server.for_answer(call, options, accept=accept)
        response = self._send(outgoing)
        return _whole(response, call)

    def open(
        self, call: Call, headers: Headers, options: StreamOptions
    ) -> httpx2.Response:
        """The head of an answer whose body is to be read, and closed, by the caller.

        Raises:
            ClientError: it is no success, or there is none.
        """
        return self._send(self._server.for_stream(call, headers, options))

    def _send(self, outgoing: Outgoing) -> httpx2.Response:
        response = self._follow(outgoing)
        try:
            if not response.is_success:
                raise api_error(_beginning(response), outgoing.call)
            check_readable(response, outgoing.call)
        except ClientError:
            response.close()
            raise
        return response

    def _follow(self, outgoing: Outgoing) -> httpx2.Response:
        client, call = self._opened(), outgoing.call
        try:
            request = self._server.request(client.build_request, outgoing)
            for _ in range(MOST_REDIRECTS):
                response = client.send(request, stream=True, follow_redirects=False)
                try:
                    target = same_origin(request, response, call)
                except ConnectionFailed:
                    response.close()
                    raise
                if target is None:
                    return response
                response.close()
                request = target
        except FAILURES as error:
            raise unanswered(error, call) from error
        raise redirected_too_often(call)

    def _opened(self) -> httpx2.Client:
        # several threads may be the first; a fork must not speak on connections of its parent
        with self._lock:
            if self._client is None or self._process != os.getpid():
                self._process = os.getpid()
                self._client = httpx2.Client(transport=self._transport, limits=LIMITS)
            return self._client


def _whole(response: httpx2.Response, call: Call) -> Answer:
    try:
        body = b"".join(chunks_of(response))
    except FAILURES as error:
        raise broken_off(error, call) from error
    finally:
        response.close()
    return Answer(response.status_code, response.headers, body)


def _beginning(response: httpx2.Response) -> Answer:
    """An error keeps its status, whatever becomes of its body."""
    body = bytearray()
    until = time.monotonic() + ERROR_SECONDS
    # a stream may be silent for ever, an error not
    response.request.extensions["timeout"]["read"] = ERROR_SECONDS
    with contextlib.suppress(*FAILURES, DataError), contextlib.closing(response):
        check_encoding(response.headers)
        for chunk in chunks_of(response):
            body += chunk
            if len(body) > ERROR_BYTES or time.monotonic() > until:
                break
    return Answer(response.status_code, response.headers, bytes(body))
