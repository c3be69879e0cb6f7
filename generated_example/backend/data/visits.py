"""The visits of three web sites, counted every ten minutes."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from math import sin, tau
from random import Random

SITES = ("blog", "docs", "shop")
BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)


def count_visits(start: int, end: int) -> Iterator[tuple[str, float, datetime]]:
    """The records `start` up to `end` of a series without an end, the sites in turn.

    The same number is always the same record.
    """
    for number in range(start, end):
        step, site = divmod(number, len(SITES))
        days = step / 144
        daily = sin((days - 0.3) * tau)
        weekly = sin(days / 7 * tau + site)
        growth = 1 + days / 30
        noise = Random(number).gauss(0, 6)
        value = (90 + 60 * site + 35 * daily + 20 * weekly) * growth + noise
        yield SITES[site], round(value, 1), BEGINNING + timedelta(days=days)
