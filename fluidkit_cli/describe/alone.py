"""Describes an app as it is where nothing but what it asks for is installed."""

import json
from dataclasses import asdict
from pathlib import Path

from .absent import absent_imports
from .hidden import hide


def main(argv: list[str]) -> None:
    """`argv` is the file of the hidden distributions' names, the log of what was missed, the file
    of what is absent, which is written, and what `child` takes.
    """
    names, log, result, *described = argv
    app, root, *_ = described
    hidden = frozenset(json.loads(Path(names).read_text(encoding="utf-8")))
    missed = hide(hidden, root=Path(root), log=Path(log))
    # FastAPI itself looks for packages that it can do without, and has to miss them
    from .child import describe, end  # noqa: PLC0415

    describe(described)
    absent = absent_imports(app, root=Path(root), missed=missed)
    Path(result).write_text(json.dumps([asdict(each) for each in absent]), encoding="utf-8")
    end()
