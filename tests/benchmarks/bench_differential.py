"""Random streams of events, cut at random: ours beside eventsource-parser, event by event.

Fails when the two disagree and no known rule says why. Run it with `make bench`, or alone with
`--streams N`; `tests/runtime/differential.test.ts` reads a sample.
"""

import argparse
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from fluidkit_cli.toolchain import find_node

PROGRAM = Path(__file__).with_name("streams") / "differential.ts"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--streams", type=int, default=100_000)
    streams = str(parser.parse_args().streams)
    return subprocess.run([find_node(), PROGRAM, streams], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
