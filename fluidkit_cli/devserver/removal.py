"""Removes a folder of ours. The guard loads this module, too: it imports the standard library."""

import contextlib
import os
import shutil
from pathlib import Path


def remove(folder: Path) -> None:
    """With folders in it that nobody may write to, too. What cannot be removed stays."""
    for root, _, _ in os.walk(folder):
        with contextlib.suppress(OSError):
            Path(root).chmod(0o700)
    shutil.rmtree(folder, ignore_errors=True)
