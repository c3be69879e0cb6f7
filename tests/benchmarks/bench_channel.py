"""Hundreds of listeners on two workers, while workers and Redis are killed and restarted.

A real `ssr` site, built and run by `fluidkit start --workers 2` behind its front server, and a real
redis-server with an append-only file that is written every second. Fails when an event is missing,
came twice or out of order. Run it with `make bench`, or alone:
`bench_channel.py --listeners 50 --seconds 30 --away 3`.
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
from scaffolds.channel_site import build_site, started
from scaffolds.channel_traffic import Fault, Plan, traffic

FAULTS: tuple[Fault, ...] = get_args(Fault)


def main() -> int:
    options = _options()
    plan = Plan(
        options.listeners,
        options.seconds,
        options.disconnects,
        tuple(_schedule(options)),
        away=options.away,
        rate=options.rate,
        processes=2,
    )
    with tempfile.TemporaryDirectory(prefix="fluidkit-bench-") as name:
        root = build_site(options.site or Path(name))
        (Path(name) / "redis").mkdir()
        with redis_server(Path(name) / "redis") as redis:
            os.environ["REDIS_URL"] = redis.url
            path = f"/api/ticks/{options.route}"
            with started(root, redis_url=redis.url, path=path) as site:
                limit = 2 * options.seconds + 240
                report = asyncio.run(asyncio.wait_for(traffic(plan, site=site, redis=redis), limit))
                log = site.run.output
    for moment, fault in plan.faults:
        print(f"{moment:>15.1f} s  {fault}")
    for key, value in asdict(report).items():
        shown = f"{value:.3f}" if isinstance(value, float) else f"{value}"
        print(f"{key.replace('_', ' '):>20}  {shown}")
    if "Traceback" in log:
        print(log)
    print("clean" if report.is_clean else "NOT CLEAN")
    return 0 if report.is_clean else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--listeners", type=int, default=500)
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--rate", type=float, default=20)
    parser.add_argument("--disconnects", type=int, default=200)
    parser.add_argument("--faults", type=int, default=3, help="times that each happens")
    parser.add_argument("--away", type=float, default=20, help="seconds that Redis is")
    parser.add_argument("--route", choices=("native", "starlette"), default="starlette")
    parser.add_argument("--site", type=Path, help="a folder that keeps the built site")
    return parser.parse_args()


def _schedule(options: argparse.Namespace) -> list[tuple[float, Fault]]:
    """Each gets its share of the time, and the long one what it lasts."""
    kinds = FAULTS * options.faults
    share = (options.seconds - options.faults * options.away) / (len(kinds) + 1)
    moment, found = share, []
    for kind in kinds:
        found.append((moment, kind))
        moment += share + (options.away if kind == "redis for a while" else 0)
    return found


if __name__ == "__main__":
    sys.exit(main())
