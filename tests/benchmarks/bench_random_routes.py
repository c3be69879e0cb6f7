"""Random routes without end, called by their Python clients: what arrives, and what comes.

`bench_random_routes.py --seeds 100 400` goes through those seeds, and prints what differs; with
`--types` both type checkers read what was generated, too.
"""

import argparse
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console

sys.path.insert(0, str(Path(__file__).parents[1]))

from round_trip.python_calls import ROUTES, faults
from type_checkers import by_mypy, by_pyright

DEFAULT = (0, 20)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", nargs=2, type=int, default=DEFAULT, metavar=("FIRST", "END"))
    parser.add_argument("--types", action="store_true")
    arguments = parser.parse_args()
    first, end = arguments.seeds
    warnings.simplefilter("ignore")  # of pydantic, about fields that hide attributes
    console = Console()
    started = time.monotonic()
    count = 0
    for seed in range(first, end):
        for fault in of_seed(seed, types=arguments.types):
            console.print(f"seed {seed}: {fault}", markup=False)
            count += 1
    seconds = time.monotonic() - started
    console.print(f"{(end - first) * ROUTES} routes, {count} faults, {seconds:.0f} s")
    sys.exit(bool(count))


def of_seed(seed: int, *, types: bool) -> Iterator[str]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        yield from faults(seed, folder=folder)
        if types:
            yield from [*by_mypy(folder), *by_pyright(folder)]


if __name__ == "__main__":
    main()
