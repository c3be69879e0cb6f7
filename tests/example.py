"""Writes `generated_example/` anew: a workspace as `fluidkit new` makes it, with its clients."""

import shutil
import subprocess
import sys
from pathlib import Path

NAME = "generated_example"


def make_example(folder: Path) -> Path:
    """Makes the example in `folder`, replacing the one that may be there."""
    root = folder / NAME
    shutil.rmtree(root, ignore_errors=True)
    _fluidkit(folder, "new", NAME, "--no-install", "--no-git")
    # the example has no interpreter of its own: this one has all that its backend needs
    (root / ".venv").symlink_to(sys.prefix)
    try:
        _fluidkit(root, "generate")
    finally:
        (root / ".venv").unlink()
    return root


def _fluidkit(folder: Path, *arguments: str) -> None:
    command = [sys.executable, "-m", "fluidkit_cli", *arguments]
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    make_example(Path(__file__).parents[1])
