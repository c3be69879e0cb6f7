"""A stream in a browser through half a minute without its backend, and as long with a sleeping one.

The tests of the same name have a few seconds. Fails when an event is missing or came twice. Run it
with `make bench`, or alone with `--seconds N`.
"""

import argparse
import os
import subprocess
import sys
from pathlib import Path

TESTS = Path(__file__).parents[1]
NAMES = "time_without_a_backend or server_that_slept"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=30)
    environment = {**os.environ, "FLUIDKIT_OUTAGE": str(parser.parse_args().seconds)}
    command = [sys.executable, "-m", "pytest", "-q", "-k", NAMES, "--durations=2"]
    module = "tests/end_to_end/live/test_hardships.py"
    return subprocess.run(
        [*command, module], cwd=TESTS.parent, env=environment, check=False
    ).returncode


if __name__ == "__main__":
    sys.exit(main())
