"""A workspace of the template `minimal`, really installed."""

import os
import socket
import subprocess
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from fluidkit_cli.toolchain import find_node, node_environment
from running import wait_for

pytestmark = pytest.mark.workspace


def run(folder: Path, *command: str | Path) -> str:
    """What the command printed; it must succeed."""
    done = subprocess.run(
        command,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=node_environment(find_node()),
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


def test_its_own_tests_pass(workspace: Path) -> None:
    assert "passed" in run(workspace, ".venv/bin/python", "-m", "pytest", "-p", "no:cacheprovider")


def test_its_components_and_clients_have_no_type_errors(workspace: Path) -> None:
    check = "node_modules/svelte-check/bin/svelte-check"
    printed = run(workspace / "frontend", find_node(), check, "--fail-on-warnings")
    assert "0 errors and 0 warnings" in printed


def test_the_first_commit_holds_all_but_what_is_installed(workspace: Path) -> None:
    assert run(workspace, "git", "status", "--porcelain") == ""
    assert run(workspace, "git", "rev-list", "--count", "HEAD").strip() == "1"
    files = run(workspace, "git", "ls-files").splitlines()
    assert "frontend/src/lib/api/clock.api.ts" in files
    assert not any(file.startswith((".venv/", "frontend/node_modules/")) for file in files)


def test_the_lock_file_of_npm_holds_no_addresses(workspace: Path) -> None:
    lock = (workspace / "frontend/package-lock.json").read_text(encoding="utf-8")
    assert '"resolved": "http' not in lock


def test_it_runs_without_fluidkit(workspace: Path) -> None:
    api, web = free_port(), free_port()
    vite = (find_node(), "node_modules/vite/bin/vite.js", "--port", str(web), "--strictPort")
    uvicorn = (".venv/bin/python", "-m", "uvicorn", "backend.main:app", "--port", str(api))
    with (
        started(workspace, *uvicorn),
        started(workspace / "frontend", *vite, FLUIDKIT_API_URL=f"http://127.0.0.1:{api}"),
    ):
        page = wait_for(lambda: answer(f"http://localhost:{web}/"))
        lines = wait_for(lambda: answer(f"http://localhost:{web}/api/readings?count=2"))
    assert "<title>shop</title>" in page
    assert len(lines.splitlines()) == 2


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def answer(url: str) -> str | None:
    """None while nobody answers."""
    try:
        with urllib.request.urlopen(url, timeout=5) as response:
            return str(response.read().decode())
    except OSError:
        return None


@contextmanager
def started(folder: Path, *command: str | Path, **variables: str) -> Iterator[None]:
    process = subprocess.Popen(
        command,
        cwd=folder,
        env={**os.environ, **variables},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield
    finally:
        process.terminate()
        process.wait(timeout=15)
