"""`fluidkit start` told to end, and to restart, with open streams, in both modes.

Two run side by side, and the one that has all streams gets SIGTERM: how long until all its
processes are gone, and until each client has events again, from the other one. Then one with two
workers gets SIGHUP, once with the streams and once with clients that ask one question after the
other. No event may be missed or come twice, no stream may look as if it ended, no answer be lost.
"""

import argparse
import asyncio
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from built_by_hand import lay_out
from fluidkit_cli.workspace import Mode
from stopping import Outcome, restart, restart_under_load, stop_one_of_two

GOAL = 3.0
"""Seconds until all processes are gone."""

MODES: tuple[Mode, ...] = ("spa", "ssr")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--streams", type=int, default=200)
    streams = parser.parse_args().streams
    failed = False
    print(f"{streams} streams{'processes':>22}{'clients back: half':>21}{'all':>8}{'faults':>8}")
    for mode in MODES:
        with tempfile.TemporaryDirectory(prefix="fluidkit-bench-") as folder:
            root = Path(folder)
            lay_out(root, mode)
            stopped = asyncio.run(stop_one_of_two(root, streams=streams))
            _print(f"{mode} SIGTERM", stopped)
            restarted = asyncio.run(restart(root, streams=streams, workers=2))
            _print(f"{mode} SIGHUP", restarted)
            heard = asyncio.run(restart_under_load(root, askers=8))
            print(f"{mode} SIGHUP while 8 ask: {dict(heard)}")
            failed |= stopped.seconds > GOAL or bool(stopped.faults + restarted.faults)
            failed |= set(heard) != {"200"}
    return int(failed)


def _print(name: str, outcome: Outcome) -> None:
    back = outcome.back_after
    print(
        f"{name:14}{outcome.seconds:17.2f} s{back[len(back) // 2]:19.2f} s{back[-1]:6.2f} s"
        f"{outcome.faults:8}"
    )


if __name__ == "__main__":
    sys.exit(main())
