"""What several parts of the tests share."""

import os
import subprocess
import sys
from pathlib import Path

import pytest


def pytest_configure() -> None:
    """Tests start what they start as on a developer's machine, in a CI service as well."""
    os.environ.pop("CI", None)


@pytest.fixture(scope="session")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace of the template `minimal`, both sides installed. Change copies of it only."""
    folder = tmp_path_factory.mktemp("workspace")
    run = subprocess.run(
        [sys.executable, "-m", "fluidkit_cli", "new", "shop", "--template", "minimal"],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    return folder / "shop"
