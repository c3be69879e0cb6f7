"""Sends requests and waits for their answers, over one client of httpx2."""

import os
import threading

import httpx2

from .calls import Call
from .errors import ClientError, ConnectionFailed
from .exchange import (
    FAILURES,
    LIMITS,
    MOST_REDIRECTS,
    api_error,
    broken_off,
    check_readable,
    same_origin,
    unanswered,
)
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

    def answer(
        self, call: Call, options: RequestOptions, *, accept: str
    ) -> httpx2.Response:
        """An answer as a whole.

        Raises:
            ClientError: it is no success, or there is none.
        """
        outgoing = self._server.for_answer(call, options, accept=accept)
        response = self._send(outgoing)
        _read(response, call)
        return response

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
                _read(response, outgoing.call, is_error=True)
                raise api_error(response, outgoing.call)
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
        # several threads may be the first; a fork must not speak on connections of its parent
        with self._lock:
            if self._client is None or self._process != os.getpid():
                self._process = os.getpid()
                self._client = httpx2.Client(transport=self._transport, limits=LIMITS)
            return self._client


def _read(response: httpx2.Response, call: Call, *, is_error: bool = False) -> None:
    try:
        response.read()
    except FAILURES as error:
        # an error keeps its status, whatever becomes of its body
        if not is_error:
            raise broken_off(error, call) from error
    finally:
        response.close()
