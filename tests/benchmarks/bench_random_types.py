"""Random types without end: what FastAPI sends and takes of them against what is described.

`bench_random_types.py --seeds 100 400` goes through those seeds, and prints what differs; with
`--dates Date` their dates are `Date`s.
"""

import argparse
import sys
import tempfile
import time
import warnings
from pathlib import Path
from typing import get_args

from rich.console import Console

sys.path.insert(0, str(Path(__file__).parents[1]))

from fluidkit_cli.workspace import DateForm
from round_trip.exchanging import TYPES, faults

DEFAULT = (0, 40)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dates", choices=get_args(DateForm), default="string")
    parser.add_argument("--seeds", nargs=2, type=int, default=DEFAULT, metavar=("FIRST", "END"))
    arguments = parser.parse_args()
    first, end = arguments.seeds
    warnings.simplefilter("ignore")  # of pydantic, about fields that hide attributes
    console = Console()
    started = time.monotonic()
    found = [
        f"seed {seed}: {fault}"
        for seed in range(first, end)
        for fault in of_seed(seed, dates=arguments.dates)
    ]
    for fault in found:
        console.print(fault, markup=False)
    seconds = time.monotonic() - started
    console.print(f"{(end - first) * TYPES} types, {len(found)} faults, {seconds:.0f} s")
    sys.exit(bool(found))


def of_seed(seed: int, *, dates: DateForm) -> list[str]:
    with tempfile.TemporaryDirectory() as folder:
        return faults(seed, folder=Path(folder), dates=dates)


if __name__ == "__main__":
    main()
