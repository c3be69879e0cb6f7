"""Ends what an earlier run left behind, when supervisor and guard were killed together."""

import json
from pathlib import Path
from typing import Any

from . import guard
from .system import members, started


def end_leftovers(folder: Path) -> int:
    """How many processes were ended.

    Expects the workspace's lock to be held, so that the run that `dev.json` tells of is over.
    """
    count = len(leftovers(folder))
    if count:
        guard.end_all(lambda: leftovers(folder))
    return count


def leftovers(folder: Path) -> list[int]:
    """The processes of the run that `dev.json` tells of.

    Those that were started in that run (their environment says so) and not before it, which a
    process with a recycled number cannot match.
    """
    run = known_run(folder)
    run_id, since = run.get("run_id"), run.get("started")
    if not (isinstance(run_id, str) and isinstance(since, int) and run_id and since):
        return []
    return [pid for pid in members(run_id) if started(pid) >= since]


def known_run(folder: Path) -> dict[str, Any]:
    """What `dev.json` says, whether that run goes on or not; nothing if there is none."""
    file = folder / "dev.json"
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}
