"""What generated clients have beside their routes: an address, headers, and an end."""

from collections.abc import Mapping
from types import TracebackType
from typing import Self

import httpx2

from .async_connections import AsyncConnections
from .async_routes import AsyncRoutes
from .connections import Connections
from .requests import DEFAULT_TIMEOUT, Server
from .routes import Routes


class BaseClient:
    """A client for plain code. Use it in `with`, or `close` it."""

    def __init__(
        self,
        base_url: str,
        *,
        headers: Mapping[str, str] | None = None,
        timeout: float | None = DEFAULT_TIMEOUT,
        transport: httpx2.BaseTransport | None = None,
    ) -> None:
        server = Server(base_url, headers or {}, timeout)
        self._connections = Connections(server, transport=transport)
        self._routes = Routes(self._connections)

    def close(self) -> None:
        """Ends its connections."""
        self._connections.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


class AsyncBaseClient:
    """A client for code that awaits. Use it in `async with`, or `aclose` it."""

    def __init__(
        self,
        base_url: str,
        *,
        headers: Mapping[str, str] | None = None,
        timeout: float | None = DEFAULT_TIMEOUT,
        transport: httpx2.AsyncBaseTransport | None = None,
    ) -> None:
        server = Server(base_url, headers or {}, timeout)
        self._connections = AsyncConnections(server, transport=transport)
        self._routes = AsyncRoutes(self._connections)

    async def aclose(self) -> None:
        """Ends its connections of this event loop."""
        await self._connections.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.aclose()
