"""Hundreds of random scenes of a channel, in memory and in a real Redis, against a simple model.

Each seed is a scene: listeners come, go, read slowly and are cut off, events in bursts are trimmed,
workers, connections and the Redis are restarted. Fails, naming the seed, when anybody got what the
model does not say. Run it with `make bench`, or alone with `--memory N --redis N --first SEED`.
"""

import argparse
import asyncio
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from scaffolds.backends import RedisServer, redis_server
from scaffolds.channel_model import explore


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--memory", type=int, default=200, help="scenes in memory")
    parser.add_argument("--redis", type=int, default=50, help="scenes in Redis")
    parser.add_argument("--first", type=int, default=1000, help="the first seed")
    options = parser.parse_args()
    seeds = range(options.first, options.first + options.memory)
    wrong = _explore("memory", seeds)
    with tempfile.TemporaryDirectory() as name, redis_server(Path(name), fsync="always") as redis:
        seeds = range(options.first, options.first + options.redis)
        wrong += _explore("redis", seeds, redis)
    return 1 if wrong else 0


def _explore(name: str, seeds: range, redis: RedisServer | None = None) -> int:
    """How many scenes were not as the model says."""
    gaps = wrong = 0
    for seed in seeds:
        if redis:
            redis.ask("FLUSHALL")
        try:
            gaps += asyncio.run(explore(seed, redis))
        except* (AssertionError, TimeoutError) as errors:
            wrong += 1
            print(f"{name}, seed {seed}: {errors.exceptions}")
    print(f"{name:>8}  {len(seeds)} scenes, {wrong} wrong, {gaps} gaps")
    return wrong


if __name__ == "__main__":
    sys.exit(main())
