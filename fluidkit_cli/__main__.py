"""The command `fluidkit`, and `python -m fluidkit_cli`: begins so that a Ctrl-C is always quiet."""

import importlib
import os
import signal
from types import FrameType


def main() -> None:
    """Runs the command line. A Ctrl-C may come while all the rest is still being imported."""
    before = signal.getsignal(signal.SIGINT)
    if before is not signal.SIG_IGN:
        signal.signal(signal.SIGINT, _end)
    cli = importlib.import_module(".cli", __package__)
    signal.signal(signal.SIGINT, before)
    cli.main()


def _end(number: int, frame: FrameType | None) -> None:
    os._exit(128 + number)


if __name__ == "__main__":
    main()
