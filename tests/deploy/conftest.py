"""Workspaces, and the images that are built from them."""

import os
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from deploy.dockerfile import Builder, Stage
from fluidkit_cli.toolchain import find_node, node_environment, npm_command
from running import FLUIDKIT

APPS = Path(__file__).with_name("apps")
SECRET = "hunter2-is-in-no-image"


@dataclass(frozen=True, slots=True)
class Delivery:
    """What lies in git, and what is built from it."""

    clone: Path
    images: dict[str, Stage]


@pytest.fixture(scope="module")
def delivery(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Delivery:
    """The images of a workspace in a mode, built without fluidkit."""
    folder = tmp_path_factory.mktemp("delivery")
    environment = _tools(folder / "tools")
    clone = _clone(folder, mode=request.param, environment=environment)
    builder = Builder(clone, folder / "images", environment, {"env": clone / ".env"})
    return Delivery(clone, builder.build())


def _tools(folder: Path) -> dict[str, str]:
    """What images have: Node with npm, and uv."""
    folder.mkdir()
    node = find_node()
    npm = folder / "npm"
    npm.write_text(f'#!/bin/sh\nexec {shlex.join(npm_command(node))} "$@"\n', encoding="utf-8")
    npm.chmod(0o755)
    (folder / "uv").symlink_to(Path(sys.executable).with_name("uv"))
    environment = {
        **os.environ,
        **node_environment(node),
        "UV_PYTHON": sys.executable,
        "npm_config_prefer_offline": "true",
        "npm_config_audit": "false",
    }
    environment["PATH"] = f"{folder}{os.pathsep}{environment['PATH']}"
    return environment


def _clone(folder: Path, *, mode: str, environment: dict[str, str]) -> Path:
    """A workspace as it is cloned: lock file and clients are there, nothing is installed."""
    arguments = ("new", "shop", "--template", "minimal", "--mode", mode, "--no-install", "--no-git")
    _run([*FLUIDKIT, *arguments], folder, environment)
    clone = folder / "shop"
    shutil.copy(APPS / "main.py", clone / "backend")
    shutil.copy(APPS / "probe.py", clone / "backend/routes")
    # the workspace has no interpreter of its own: this one has all that its backend needs
    (clone / ".venv").symlink_to(sys.prefix)
    _run([*FLUIDKIT, "generate"], clone, environment)
    (clone / ".venv").unlink()
    _run(["npm", "install", "--package-lock-only"], clone / "frontend", environment)
    for name in ("local.db", "main.py~"):
        (clone / "backend" / name).write_text(SECRET, encoding="utf-8")
    # a port of this machine is none of a container's
    settings = f"SECRET={SECRET}\nREDIS_PASSWORD=for-nobody-else\nPORT=5000\n"
    (clone / ".env").write_text(settings, encoding="utf-8")
    return clone


def _run(command: list[str], folder: Path, environment: dict[str, str]) -> None:
    subprocess.run(
        command, cwd=folder, env=environment, stdout=subprocess.DEVNULL, check=True, timeout=300
    )
