"""A built workspace."""

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest


@dataclass(frozen=True, slots=True)
class Built:
    """A workspace with its `build/`, and what the command printed."""

    root: Path
    printed: str


@pytest.fixture(scope="session")
def built(workspace: Path, tmp_path_factory: pytest.TempPathFactory) -> Built:
    """A copy of the installed workspace in which `fluidkit build` ran."""
    root = tmp_path_factory.mktemp("built") / workspace.name
    shutil.copytree(workspace, root, symlinks=True)
    run = subprocess.run(
        [sys.executable, "-m", "fluidkit_cli", "build"],
        cwd=root,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    return Built(root, run.stdout)
