"""A workspace whose Python tells of packages that a test makes up."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from fluidkit_cli.workspace import Workspace, find_workspace

Told = list[dict[str, object]]
ENVIRONMENT = {"python_version": "3.12", "sys_platform": "linux", "os_name": "posix"}


def package(name: str, version: str = "1.0", **further: object) -> dict[str, object]:
    return {"name": name, "version": version, "requires": [], "source": None, **further}


@pytest.fixture
def project(tmp_path: Path) -> Callable[[list[str], Told], Workspace]:
    """Makes the workspace: with these dependencies, and with these packages installed."""

    def make(dependencies: list[str], told: Told) -> Workspace:
        root = tmp_path / "shop"
        python, installed = root / ".venv/bin/python", root / "installed.json"
        python.parent.mkdir(parents=True)
        (root / "pyproject.toml").write_text(
            f"[project]\ndependencies = {json.dumps(dependencies)}\n[tool.fluidkit]\n"
        )
        installed.write_text(json.dumps({"environment": ENVIRONMENT, "distributions": told}))
        python.write_text(
            "#!/bin/sh\n"
            f'case "$*" in *" installed "*) for last; do :; done; cp {installed} "$last";;\n'
            f'*) exec {sys.executable} "$@";; esac\n'
        )
        python.chmod(0o755)
        return find_workspace(root)

    return make
