"""`fluidkit doctor`: what it looks at, and the mend of each thing that is wrong."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from subprocess import PIPE
from typing import Any

import pytest

from fluidkit_cli.commands.checks.versions import unmet
from fluidkit_cli.devserver.lock import locked
from running import free_port

HOLDER = """
import socket, time
with socket.create_server(("127.0.0.1", 0)) as server:
    print(server.getsockname()[1], flush=True)
    time.sleep(60)
"""


def doctor(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "fluidkit_cli", "doctor", *arguments],
        cwd=folder,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def told(folder: Path, **environment: str) -> dict[str, dict[str, Any]]:
    """The checks by their names; the exit code agrees with them."""
    run = doctor(folder, "--json", **environment)
    content = json.loads(run.stdout)
    levels = {check["level"] for check in content["checks"]}
    assert content["healthy"] == ("problem" not in levels)
    assert run.returncode == (0 if content["healthy"] else 1)
    return {check["name"]: check for check in content["checks"]}


@pytest.fixture
def root(workspace: Path, tmp_path: Path) -> Path:
    """A copy of a workspace, whose ports are free ones."""
    copy = tmp_path / "shop"
    installed = (".venv", "node_modules")
    shutil.copytree(workspace, copy, ignore=lambda *_: installed)
    (copy / ".venv").symlink_to(workspace / ".venv")
    modules = copy / "frontend/node_modules"
    modules.mkdir()
    for module in (workspace / "frontend/node_modules").iterdir():
        (modules / module.name).symlink_to(module)
    replace(
        copy / "pyproject.toml",
        "[tool.fluidkit]\n",
        f"[tool.fluidkit]\nport = {free_port()}\napi-port = {free_port()}\n",
    )
    return copy


def replace(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


def append(file: Path, text: str) -> None:
    with file.open("a", encoding="utf-8") as opened:
        opened.write(text)


def test_a_new_workspace_is_well(root: Path) -> None:
    run = doctor(root)
    assert run.returncode == 0, run.stdout
    assert run.stdout.splitlines()[-1] == "All is well"
    assert "! " not in run.stdout
    assert "✗" not in run.stdout


def test_outside_a_workspace_the_tools_are_looked_at(tmp_path: Path) -> None:
    found = told(tmp_path)
    assert list(found) == ["fluidkit", "Python", "Node", "uv", "git", "workspace"]
    assert found["workspace"]["level"] == "note"
    assert "fluidkit new" in found["workspace"]["mend"]


def test_a_program_that_is_not_needed_is_a_note(tmp_path: Path) -> None:
    found = told(tmp_path, PATH=str(tmp_path))
    assert (found["uv"]["level"], found["git"]["level"]) == ("note", "note")


def test_a_broken_pyproject_is_a_problem(root: Path) -> None:
    append(root / "pyproject.toml", "[[")
    found = told(root)
    assert list(found)[-1] == "workspace"
    assert found["workspace"]["level"] == "problem"


def test_sides_that_are_not_installed_come_with_the_command_for_it(root: Path) -> None:
    (root / "frontend/node_modules/svelte-check").unlink()
    replace(root / "pyproject.toml", "dependencies = [", 'dependencies = [\n\t"no-such-package",')
    found = told(root)
    assert found["front end"]["found"] == "svelte-check is not installed"
    assert found["front end"]["mend"].endswith(" install")
    assert found["backend"]["found"] == "no-such-package is not installed"
    shutil.rmtree(root / "frontend/node_modules")
    (root / ".venv").unlink()
    found = told(root)
    levels = [found[name]["level"] for name in ("backend", "front end", "clients")]
    assert levels == ["problem", "problem", "note"]


def test_stale_clients_are_a_warning_and_a_broken_app_is_a_problem(root: Path) -> None:
    append(root / "frontend/src/lib/api/types.ts", "// mine\n")
    assert told(root)["clients"]["level"] == "warning"
    append(root / "backend/main.py", "import\n")
    clients = told(root)["clients"]
    assert clients["level"] == "problem"
    assert "backend/main.py" in clients["found"]


def test_names_that_the_settings_lack_are_a_warning(root: Path) -> None:
    (root / ".env.example").write_text("# a\nTOKEN=\nexport URL = 1\n", encoding="utf-8")
    (root / ".env").write_text("TOKEN=secret\n", encoding="utf-8")
    settings = told(root)["settings"]
    assert settings["found"] == ".env lacks URL"
    assert settings["level"] == "warning"


def test_a_pinned_port_that_is_taken_is_a_problem_and_names_the_holder(root: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", HOLDER], stdout=PIPE, text=True) as other:
        try:
            assert other.stdout
            port = other.stdout.readline().strip()
            pyproject = root / "pyproject.toml"
            text = pyproject.read_text(encoding="utf-8")
            pinned = next(line for line in text.splitlines() if line.startswith("port = "))
            replace(pyproject, f"\n{pinned}\n", f"\nport = {port}\n")
            found = told(root)["page's port"]
            assert found["level"] == "problem"
            assert f"by process {other.pid} " in found["found"]
        finally:
            other.kill()


def test_a_run_that_goes_on_is_told_from_what_one_left_behind(root: Path) -> None:
    state = root / ".fluidkit"
    state.mkdir(exist_ok=True)
    run = {"run_id": "doctors-run", "started": 1, "url": "http://127.0.0.1:5173"}
    (state / "dev.json").write_text(json.dumps(run), encoding="utf-8")
    with locked(state):
        assert told(root)["fluidkit dev"]["found"] == "runs at http://127.0.0.1:5173"
    left = subprocess.Popen(["sleep", "60"], env={**os.environ, "FLUIDKIT_RUN": "doctors-run"})
    try:
        found = told(root)["fluidkit dev"]
        assert found["level"] == "warning"
        assert found["mend"].endswith(f"kill {left.pid}")
    finally:
        left.kill()
        left.wait()


@pytest.mark.parametrize(
    ("bound", "version", "said"),
    [
        (">=0.115", "0.115.0", []),
        (">=0.115", "0.99.1", ["it is 0.99.1, not >=0.115"]),
        ("^8.3.8", "8.10.0", []),
        ("^8.3.8", "9.0.0", ["it is 9.0.0, not ^8.3.8"]),
        ("^8.3.8", "8.3.7", ["it is 8.3.7, not ^8.3.8"]),
        (">=2.0", "2.0rc1", []),
        ("", "1", []),
        (">=1,<2", "3", []),
        ("", None, ["it is not installed"]),
    ],
)
def test_a_lower_bound_is_met_or_not(bound: str, version: str | None, said: list[str]) -> None:
    assert unmet({"it": bound}, {"it": version}) == said


def test_a_vite_plugin_of_another_fluidkit_is_out_of_date(root: Path) -> None:
    assert told(root)["Vite plugin"]["level"] == "ok"
    plugin = root / "frontend/fluidkit.vite.ts"
    plugin.write_text("export const fluidkit = () => ({ name: 'fluidkit' });\n", encoding="utf-8")
    check = told(root)["Vite plugin"]
    assert (check["level"], check["mend"].startswith("See what differs: diff ")) == (
        "warning",
        True,
    )
    plugin.unlink()
    assert told(root)["Vite plugin"]["level"] == "note"


def test_how_changes_are_noticed_is_said(root: Path) -> None:
    assert told(root)["watching"]["found"] == "the system tells"


def test_what_would_be_in_the_way_of_a_build_is_a_warning(root: Path) -> None:
    checks = told(root)
    assert checks["build"]["found"] == "nothing is in its way, mode spa"
    assert (checks["start"]["level"], checks["start"]["mend"]) == ("note", "fluidkit build")
    (root / "frontend/src/routes/+page.server.ts").touch()
    (root / "build/frontend").mkdir(parents=True)
    (root / "build/requirements.txt").write_text("# Made by fluidkit build\n")
    checks = told(root)
    assert checks["build"]["found"].startswith("frontend/src/routes/+page.server.ts ")
    assert checks["build"]["level"] == checks["start"]["level"] == "warning"
    assert checks["start"]["found"] == "build/ is of another mode"
