"""How the two sides of a workspace are installed."""

import os
import sys
from pathlib import Path

import pytest

from fluidkit_cli.errors import MissingTool
from fluidkit_cli.installation import clients_step, node_side, python_side
from fluidkit_cli.workspace import PackageManager

PYPROJECT = """
[project]
name = "shop"
dependencies = ["fastapi>=0.163", "uvicorn[standard]>=0.54"]

[dependency-groups]
dev = ["pytest>=9.0"]
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "pyproject.toml").write_text(PYPROJECT, encoding="utf-8")
    return tmp_path


@pytest.fixture
def tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder on PATH."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    return folder


def put(folder: Path, name: str) -> Path:
    tool = folder / name
    tool.write_text("#!/bin/sh\n", encoding="utf-8")
    tool.chmod(0o755)
    return tool


def test_uv_installs_the_python_side_where_it_is(root: Path, tools: Path) -> None:
    uv = put(tools, "uv")
    (step,) = python_side(root)
    assert step.command == (str(uv), "sync", "--python", sys.executable)
    assert step.offline == (*step.command, "--offline")
    assert step.folder == root


def test_without_uv_it_is_venv_and_then_pip(root: Path, tools: Path) -> None:
    environment, packages = python_side(root)
    assert environment.command == (sys.executable, "-m", "venv", "--clear", ".venv")
    assert packages.command[:3] == (".venv/bin/python", "-m", "pip")
    wanted = ("fastapi>=0.163", "uvicorn[standard]>=0.54", "pytest>=9.0")
    assert packages.command[-3:] == wanted


def test_the_environment_that_fluidkit_runs_in_is_not_the_workspaces(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VIRTUAL_ENV", "/somewhere/else")
    assert all("VIRTUAL_ENV" not in step.environment for step in python_side(root))


def test_npm_runs_by_the_very_node_that_was_found(root: Path, tools: Path) -> None:
    node, npm = put(tools, "node"), put(tools, "npm")
    install, sync = node_side(root / "frontend", manager="npm", node=node)
    assert install.command[:3] == (str(node), str(npm), "install")
    assert sync.command[0] == str(node)
    for step in (install, sync):
        assert step.folder == root / "frontend"
        assert step.environment["PATH"].split(os.pathsep)[0] == str(tools)


def test_npm_runs_no_script_of_a_package(root: Path, tools: Path) -> None:
    put(tools, "npm")
    install, _ = node_side(root / "frontend", manager="npm", node=put(tools, "node"))
    assert "--ignore-scripts" in install.command


@pytest.mark.parametrize("manager", ["pnpm", "bun"])
def test_pnpm_and_bun_run_with_the_node_that_was_found_before_all_others(
    root: Path, tools: Path, manager: PackageManager
) -> None:
    node, tool = put(tools, "node"), put(tools, manager)
    (step,) = node_side(root / "frontend", manager=manager, node=node)
    assert step.command[:3] == (str(tool), "install", "--prefer-offline")
    assert step.environment["PATH"].split(os.pathsep)[0] == str(tools)


@pytest.mark.parametrize("manager", ["pnpm", "bun"])
def test_a_package_manager_that_is_not_there_is_named_with_the_remedy(
    root: Path, tools: Path, manager: PackageManager
) -> None:
    with pytest.raises(MissingTool, match=f"{manager} was not found") as caught:
        node_side(root / "frontend", manager=manager, node=put(tools, "node"))
    assert f"npm install --global {manager}" in caught.value.hint


def test_nothing_in_the_workspace_can_be_taken_for_fluidkit(root: Path) -> None:
    assert clients_step(root).command == (sys.executable, "-P", "-m", "fluidkit_cli", "generate")
