"""Answers those who watch over the process: `/healthz` and `/readyz`."""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Sequence

from starlette.types import ASGIApp, Receive, Scope, Send

from .exchange import Exchanges

LOGGER = logging.getLogger(__name__)

CHECK_TIMEOUT = 2
"""Seconds after which what a check asks is as good as away."""

Check = Callable[[], Awaitable[bool]]
"""Whether something that the application cannot do without is there: `async def redis_answers`."""


class Health:
    """`/healthz`: the process lives. `/readyz`: it may be sent requests, now."""

    def __init__(self, exchanges: Exchanges, *, checks: Sequence[Check]) -> None:
        self._exchanges = exchanges
        self._checks = checks
        self._failing: list[str] = []

    def around(self, app: ASGIApp) -> ASGIApp:
        """ASGI middleware, outside of all that refuses, limits or logs requests."""

        def pass_on(scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
            path = scope.get("path", "").removeprefix(scope.get("root_path", ""))
            if path not in {"/healthz", "/readyz"} or scope.get("method") not in {"GET", "HEAD"}:
                return app(scope, receive, send)
            return self._answer(path, send)

        return pass_on

    async def _answer(self, path: str, send: Send) -> None:
        if path == "/healthz":
            await _send_json(send, 200, {"status": "ok"})
        elif self._exchanges.are_ending:
            await _send_json(send, 503, {"status": "draining"})
        elif failing := await self._look():
            await _send_json(send, 503, {"status": "not ready", "failing": failing})
        else:
            await _send_json(send, 200, {"status": "ok"})

    async def _look(self) -> list[str]:
        """The checks that fail; the log hears of it once."""
        results = await asyncio.gather(*map(_holds, self._checks))
        named = zip(self._checks, results, strict=True)
        failing = [getattr(check, "__name__", repr(check)) for check, holds in named if not holds]
        if failing != self._failing:
            self._failing = failing
            if failing:
                LOGGER.warning("Not ready: %s", ", ".join(failing))
            else:
                LOGGER.info("Ready")
        return failing


async def _holds(check: Check) -> bool:
    try:
        async with asyncio.timeout(CHECK_TIMEOUT):
            return await check()
    except Exception:
        LOGGER.debug("%r fails", check, exc_info=True)
        return False


async def _send_json(send: Send, status: int, fields: dict[str, object]) -> None:
    body = json.dumps(fields).encode()
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
