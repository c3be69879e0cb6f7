"""Whether several workers can share what the application publishes."""

import os
import subprocess
from collections.abc import Mapping

from ..bundle import bundle_folder
from ..errors import FluidkitError
from ..toolchain import find_python
from ..workspace import Workspace

_LOAD = """
import sys
from uvicorn import Config
app, folder, workers = sys.argv[1:]
sys.path.insert(0, folder)
sys.argv = ["uvicorn", "--workers", workers]
Config(app).load()
"""
"""Imports the application as one of several workers does. What fails, the workers tell best."""

_NOT_SHARED = "NotShared: "
"""How `backend/channel.py` says that workers cannot share what is published."""

_LOAD_SECONDS = 60


class OneWorkerOnly(FluidkitError):
    """Each worker would have channels of its own."""


def check_channels(workspace: Workspace, workers: int, *, settings: Mapping[str, str]) -> None:
    """Asks the application itself.

    Raises:
        OneWorkerOnly: its channels are in memory.
    """
    command = [str(find_python(workspace)), "-P", "-c", _LOAD, workspace.app]
    try:
        loading = subprocess.run(
            [*command, str(bundle_folder(workspace)), str(workers)],
            cwd=workspace.root,
            env={**settings, **os.environ, "FLUIDKIT_WORKERS": str(workers)},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=_LOAD_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return  # a slow start is none of our business
    *_, last = loading.stderr.strip().splitlines() or [""]
    if loading.returncode and _NOT_SHARED in last:
        raise OneWorkerOnly(
            f"{workers} workers cannot share channels that are in memory",
            hint="Set REDIS_URL in .env, or start one worker",
        )
