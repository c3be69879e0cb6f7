"""Ends what an earlier run left behind, when supervisor and guard were killed together."""

import json
from pathlib import Path
from typing import Any

from . import guard
from .processes import started


def end_leftovers(folder: Path) -> int:
    """How many processes were ended.

    Expects the workspace's lock to be held, so that the run that `dev.json` tells of is over. A
    process is ended when it was started in that run (its environment says so) and not before it,
    which a process with a recycled number cannot match.
    """
    earlier = _earlier_run(folder / "dev.json")
    run_id = earlier.get("run_id")
    since = earlier.get("started")
    if not (isinstance(run_id, str) and isinstance(since, int) and run_id and since):
        return 0

    def found() -> list[int]:
        return [pid for pid in guard.members(run_id) if started(pid) >= since]

    count = len(found())
    if count:
        guard.end_all(found)
    return count


def _earlier_run(file: Path) -> dict[str, Any]:
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}
