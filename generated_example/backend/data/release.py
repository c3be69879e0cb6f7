"""A job that takes its time: the release of a web site, of which nothing really happens."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

PAUSE = 0.2
"""Seconds from one line to the next."""

REGIONS = ("Frankfurt", "Mumbai", "São Paulo", "Virginia")


@dataclass(frozen=True, slots=True)
class LogLine:
    time: datetime
    level: str
    message: str


async def run_release() -> AsyncIterator[LogLine]:
    """What the job logs, as it happens."""
    for level, message in _story():
        yield LogLine(datetime.now(UTC), level, message)
        await asyncio.sleep(PAUSE)


def _story() -> Iterator[tuple[str, str]]:
    yield "info", "Release 2026.4 begins"
    yield "debug", "Working tree is clean"
    for number in range(1, 13):
        yield "debug", f"Compiled module {number} of 12"
    yield "info", "Compiled 12 modules"
    for number in range(20, 161, 20):
        yield "debug", f"{number} of 160 tests passed"
    yield "warning", "1 test is slow: test_everything_at_once took 4.2 s"
    yield "info", "All tests passed"
    for region in REGIONS:
        yield "info", f"{region}: upload begins"
        for percent in (25, 50, 75, 100):
            yield "debug", f"{region}: {percent} % uploaded"
        if region == "Mumbai":
            yield "error", f"{region}: health check failed: 503"
            yield "warning", f"{region}: second attempt"
        yield "info", f"{region}: healthy"
    yield "info", "Release 2026.4 is live in 4 regions"
