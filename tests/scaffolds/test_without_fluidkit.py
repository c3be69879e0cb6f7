"""A workspace for people who start their servers themselves, or from VS Code."""

import contextlib
import json
import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

from fluidkit_cli.toolchain import find_node, node_environment, npm_command
from running import answer, free_port, wait_for

pytestmark = pytest.mark.workspace

UVICORN = (".venv/bin/uvicorn", "backend.main:app", "--reload", "--reload-dir", "backend")
FASTAPI = (".venv/bin/fastapi", "dev")


@contextmanager
def serving(folder: Path, *command: str | Path, **variables: str) -> Iterator[None]:
    """Ends all that the command started: npm does not do it."""
    process = subprocess.Popen(
        command,
        cwd=folder,
        env={**node_environment(find_node()), **variables},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield
    finally:
        for number in (signal.SIGTERM, signal.SIGKILL):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, number)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=5)


@pytest.mark.parametrize("command", [UVICORN, FASTAPI], ids=["uvicorn", "fastapi"])
def test_the_api_and_npm_run_dev_are_one_site(workspace: Path, command: tuple[str, ...]) -> None:
    api, web = free_port(), free_port()
    npm = (*npm_command(find_node()), "run", "dev", "--", "--port", str(web), "--strictPort")
    api_url = f"http://127.0.0.1:{api}"
    with (
        serving(workspace, *command, "--port", str(api)),
        serving(workspace / "frontend", *npm, FLUIDKIT_API_URL=api_url),
    ):
        page = wait_for(lambda: answer(f"http://localhost:{web}/"), seconds=40)
        readings = wait_for(lambda: answer(f"http://localhost:{web}/api/readings?count=2"))
    assert page[0] == 200
    assert "<title>shop</title>" in page[1]
    assert (readings[0], len(readings[1].splitlines())) == (200, 2)


def test_what_vs_code_starts_answers(workspace: Path) -> None:
    launch = json.loads((workspace / ".vscode/launch.json").read_text(encoding="utf-8"))
    known = {configuration["name"]: configuration for configuration in launch["configurations"]}
    [both] = launch["compounds"]
    api, web = free_port(), free_port()
    with ExitStack() as stack:
        for name in both["configurations"]:
            configuration = resolved(known[name], workspace)
            folder = Path(configuration.get("cwd", workspace))
            match configuration["type"]:
                case "debugpy":
                    module = ("-m", configuration["module"], *configuration["args"])
                    python = (configuration["python"], *module, "--port", str(api))
                    stack.enter_context(serving(folder, *python))
                case "node":
                    arguments = [str(web) if a == "5173" else a for a in configuration["args"]]
                    node = (find_node(), configuration["program"], *arguments)
                    url = f"http://127.0.0.1:{api}"
                    stack.enter_context(serving(folder, *node, FLUIDKIT_API_URL=url))
                case browser:
                    assert browser == "chrome"
                    site = configuration["url"].replace("5173", str(web))
        page = wait_for(lambda: answer(site), seconds=40)
        greeting = wait_for(lambda: answer(f"{site}/api/readings?count=1"))
    assert (page[0], greeting[0]) == (200, 200)


def resolved(configuration: dict[str, Any], workspace: Path) -> dict[str, Any]:
    text = json.dumps(configuration).replace("${workspaceFolder}", str(workspace))
    return dict(json.loads(text))


def test_the_recommended_extensions_are_named(workspace: Path) -> None:
    text = (workspace / ".vscode/extensions.json").read_text(encoding="utf-8")
    assert "svelte.svelte-vscode" in json.loads(text)["recommendations"]
