"""Five hundred listeners on two workers, while workers and Redis are killed and restarted.

Fails when an event is missing, came twice or out of order. Run it with `make bench`, or alone:
`bench_channel.py --listeners 50 --seconds 30`.
"""

import argparse
import asyncio
import os
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import get_args

sys.path.insert(0, str(Path(__file__).parents[1]))

from scaffolds.backends import redis_server
from scaffolds.channel_serving import serving
from scaffolds.channel_traffic import Fault, Plan, traffic

TIMES = 3


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--listeners", type=int, default=500)
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--disconnects", type=int, default=200)
    parser.add_argument("--away", type=float, default=20)
    options = parser.parse_args()
    # each gets its share of the time, and the long one what it lasts
    kinds = get_args(Fault) * TIMES
    share = (options.seconds - TIMES * options.away) / (len(kinds) + 1)
    faults, moment = [], share
    for kind in kinds:
        faults.append((moment, kind))
        moment += share + (options.away if kind == "redis for a while" else 0)
    plan = Plan(
        options.listeners, options.seconds, options.disconnects, tuple(faults), options.away
    )
    with tempfile.TemporaryDirectory() as name, redis_server(Path(name)) as redis:
        os.environ["REDIS_URL"] = redis.url
        with serving(Path(name) / "app", redis_url=redis.url, workers=2) as served:
            report = asyncio.run(traffic(plan, served=served, redis=redis))
    for key, value in asdict(report).items():
        print(f"{key:>15}  {value:.4g}" if isinstance(value, float) else f"{key:>15}  {value}")
    return 0 if report.is_clean else 1


if __name__ == "__main__":
    sys.exit(main())
