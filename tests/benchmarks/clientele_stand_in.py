"""What Clientele's tests of streams import, on top of our client. See `clientele_tests.py`."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import httpx2

from fluidkit_cli.client import APIClient, ApiError
from fluidkit_cli.client.async_connections import AsyncConnections
from fluidkit_cli.client.connections import Connections
from fluidkit_cli.client.requests import Server

__all__ = [
    "APIClient",
    "HTTPStatusError",
    "ResponseFactory",
    "configure_client_for_testing",
    "request_context",
]

HTTPStatusError = ApiError


def configure_client_for_testing(client: APIClient) -> "FakeServer":
    """Has the client talk to a server that answers what it is told."""
    server = FakeServer()
    transport = httpx2.MockTransport(server.answer)
    address = Server("http://localhost:8000")
    client._connections = Connections(address, transport=transport)
    client._async = AsyncConnections(address, transport=transport)
    return server


class FakeServer:
    def __init__(self) -> None:
        self._responses: dict[str, httpx2.Response] = {}

    def queue_response(self, *, path: str, response_obj: httpx2.Response) -> None:
        self._responses[path] = response_obj

    def answer(self, request: httpx2.Request) -> httpx2.Response:
        return self._responses.pop(request.url.path)


class ResponseFactory:
    @staticmethod
    def ok(data: bytes, headers: dict[str, str]) -> httpx2.Response:
        blocks = (block for block in data.split(b"\n\n") if block.strip())
        events = b"".join(b"data: " + block + b"\n\n" for block in blocks)
        return httpx2.Response(200, content=events, headers=headers)

    @staticmethod
    def not_found(data: bytes, headers: dict[str, str]) -> httpx2.Response:
        return httpx2.Response(404, content=data, headers=headers)

    @staticmethod
    def internal_server_error(data: bytes, headers: dict[str, str]) -> httpx2.Response:
        return httpx2.Response(500, content=data, headers=headers)


def build_request_context(
    method: str, path: str, function: Callable[..., Any], *, streaming: bool, **options: Any
) -> None:
    """What of the decorator's work their test asks for by itself."""
    verb: Any = getattr(APIClient("http://localhost:8000"), method.lower())
    verb(path, streaming_response=streaming, **options)(function)


request_context = SimpleNamespace(build_request_context=build_request_context)
