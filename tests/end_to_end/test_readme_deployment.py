"""What the README says of production, followed by copying."""

import contextlib
import shlex
import subprocess
from pathlib import Path

import pytest

from fluidkit_cli.toolchain import find_node, node_environment, npm_command
from readme import section, snippets
from running import FLUIDKIT, answer, free_port, running, wait_for

pytestmark = pytest.mark.workspace


def test_deploying_works_by_copying(project: Path, tmp_path: Path) -> None:
    with running(project, tmp_path / "build.log", "build") as build:
        assert build.process.wait(timeout=120) == 0, build.output
    deployed = tmp_path / "server"
    (project / "build").rename(deployed)
    *installing, serving = section("Deploy").split("```sh\n")[1].split("```")[0].splitlines()
    for command in installing:
        subprocess.run(shlex.split(command), cwd=deployed, check=True, timeout=120)
    port = free_port()
    local = serving.replace("0.0.0.0", "127.0.0.1").replace("8000", str(port))
    with subprocess.Popen(shlex.split(local), cwd=deployed) as server:
        try:
            page = wait_for(lambda: answer(f"http://127.0.0.1:{port}/"))
            rows = wait_for(lambda: answer(f"http://127.0.0.1:{port}/api/readings?count=2"))
        finally:
            server.terminate()
    assert page[0] == 200
    assert "<!doctype html>" in page[1]
    assert len(rows[1].splitlines()) == 2


def test_a_workspace_is_switched_to_ssr_by_copying(project: Path, tmp_path: Path) -> None:
    tools = tmp_path / "tools"
    tools.mkdir()
    node = find_node()
    for name, command in (("npm", npm_command(node)), ("fluidkit", FLUIDKIT)):
        (tools / name).write_text(f'#!/bin/sh\nexec {shlex.join(command)} "$@"\n', encoding="utf-8")
        (tools / name).chmod(0o755)
    [switch] = [s for s in snippets() if s.use == "switch"]
    environment = node_environment(node)
    subprocess.run(
        ["bash", "-e", "-c", switch.text.replace("/tmp/other", str(tmp_path / "other"))],
        cwd=project,
        env={**environment, "PATH": f"{tools}:{environment['PATH']}"},
        check=True,
        timeout=120,
    )
    with running(project, tmp_path / "build.log", "build") as build:
        assert build.process.wait(timeout=120) == 0, build.output
    (project / "build/.venv").symlink_to(project / ".venv")
    page = answer_of_both(project / "build", section("Deploy").split("```sh\n")[2].split("```")[0])
    assert page[0] == 200
    assert "live on this page" in page[1], "not rendered on the server"


def answer_of_both(build: Path, commands: str) -> tuple[int, str]:
    """Runs both servers as the README does, but for the ports; what the site answers."""
    api, web = free_port(), free_port()
    local = commands.replace("0.0.0.0", "127.0.0.1").replace("8000", str(api))
    environment = node_environment(find_node()) | {"FLUIDKIT_API_URL": f"http://127.0.0.1:{api}"}
    with contextlib.ExitStack() as servers:
        for command in local.replace("3000", str(web)).splitlines():
            server = subprocess.Popen(
                ["bash", "-c", f"exec env {command}"], cwd=build, env=environment
            )
            servers.enter_context(server)
            servers.callback(server.terminate)
        greeting = f"http://127.0.0.1:{web}/api/readings?count=1"
        wait_for(lambda: (answer(greeting) or (0,))[0] == 200)
        return answer(f"http://127.0.0.1:{web}/") or (0, "")
