"""What listeners of a channel get whatever happens, in memory and in a Redis that restarts."""

import asyncio
from pathlib import Path

from scaffolds.backends import redis_server
from scaffolds.channel_model import explore


def test_listeners_get_all_that_is_kept_once_and_in_order_in_memory() -> None:
    gaps = [asyncio.run(explore(seed)) for seed in range(4)]
    assert all(gaps)


def test_listeners_get_all_that_is_kept_once_and_in_order_in_redis(tmp_path: Path) -> None:
    with redis_server(tmp_path, fsync="always") as redis:
        assert asyncio.run(explore(1, redis))
