"""Describes an app as it is where nothing but what it asks for is installed."""

import json
from pathlib import Path

from .hidden import hide


def main(argv: list[str]) -> None:
    """`argv` is the file of the hidden distributions' names, the log of what was missed, and what
    `child` takes.
    """
    names, log, *described = argv
    hidden = frozenset(json.loads(Path(names).read_text(encoding="utf-8")))
    hide(hidden, root=Path(described[1]), log=Path(log))
    # FastAPI itself looks for packages that it can do without, and has to miss them
    from .child import main as describe  # noqa: PLC0415

    describe(described)
