"""What `fluidkit new` lays out for deploying, as the programs that will read it see it."""

import os
import re
import shutil
import subprocess
import sys
from getpass import getuser
from itertools import product
from pathlib import Path

import pytest

from fluidkit_cli.templates import render_workspace
from fluidkit_cli.workspace import Mode, PackageManager

TOOLS = Path(sys.executable).parent
MODES: tuple[Mode, ...] = ("spa", "ssr")
MANAGERS: tuple[PackageManager, ...] = ("npm", "pnpm", "bun")
EXPOSURE = 15
"""In tenths, as `systemd-analyze security` counts it from 0 (none) to 100."""


@pytest.fixture(scope="module")
def workspaces(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """One of each kind, not installed, whose name must be changed to be Docker's."""
    folder = tmp_path_factory.mktemp("workspaces")
    return [
        laid_out(folder / f"My.{mode}_{manager}", mode=mode, manager=manager)
        for mode, manager in product(MODES, MANAGERS)
    ]


def laid_out(root: Path, *, mode: Mode, manager: PackageManager = "npm") -> Path:
    values = {"name": root.name, "package_manager": manager}
    for file in render_workspace("minimal", mode=mode, values=values):
        target = root / file.path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(file.content)
    return root


def check(*command: str | Path, environment: dict[str, str] | None = None) -> str:
    """Runs a program that must have nothing to complain about; all that it printed."""
    run = subprocess.run(
        command,
        env={**os.environ, **(environment or {})},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=60,
        check=False,
    )
    assert run.returncode == 0, run.stdout
    return run.stdout


def test_hadolint_has_nothing_against_the_dockerfiles(workspaces: list[Path]) -> None:
    dockerfiles = [workspace / "Dockerfile" for workspace in workspaces]
    assert check(TOOLS / "hadolint", "--failure-threshold", "info", *dockerfiles) == ""


def test_the_compose_files_are_what_their_specification_wants(workspaces: list[Path]) -> None:
    schema = ("--builtin-schema", "vendor.compose-spec")
    files = [workspace / "compose.yaml" for workspace in workspaces]
    check(TOOLS / "check-jsonschema", *schema, *files)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("site", ["", "example.com"])
def test_caddy_takes_its_file_as_it_is(tmp_path: Path, mode: Mode, site: str) -> None:
    caddyfile = laid_out(tmp_path / "shop", mode=mode) / "deploy/Caddyfile"
    environment = {
        "API": "api-1:8000 api-2:8000",
        # where `validate` keeps what belongs to a site
        "XDG_DATA_HOME": str(tmp_path / "data"),
        "XDG_CONFIG_HOME": str(tmp_path / "config"),
        **({"SITE": site} if site else {}),
    }
    command = ("caddy", "adapt", "--adapter", "caddyfile", "--validate", "--config", caddyfile)
    printed = check(*command, environment=environment)
    assert "not formatted" not in printed
    assert f'"host":["{site or "localhost"}"]' in printed
    assert all(f'"dial":"{worker}:8000"' in printed for worker in ("api-1", "api-2"))
    # large apps take more than ten seconds to start, and meanwhile nobody is refused
    patient = printed.count('"try_duration":30000000000')
    assert patient == printed.count('"handler":"reverse_proxy"')


@pytest.mark.parametrize(
    ("mode", "services"), [("spa", ("api",)), ("ssr", ("api", "front"))], ids=MODES
)
def test_systemd_runs_the_units_and_lets_them_do_little(
    tmp_path: Path, mode: Mode, services: tuple[str, ...]
) -> None:
    server = prepared_server(tmp_path / "server", laid_out(tmp_path / "My.Shop_2", mode=mode))
    units = [f"my-shop-2-{service}.service" for service in services]
    printed = check("systemd-analyze", "verify", "--man=no", server, *units, "my-shop-2-api.socket")
    assert printed == ""
    for unit in units:
        limit = f"--threshold={EXPOSURE}"
        check("systemd-analyze", "security", "--offline=true", limit, server, unit)
        [text] = tmp_path.glob(f"server/etc/systemd/system/{unit}")
        assert "StartLimitIntervalSec=0" in text.read_text(), "five failures would end it for good"


def prepared_server(root: Path, workspace: Path) -> str:
    """A machine's files after all that `deploy/README.md` says; the option that names them."""
    system = Path("/usr/lib/systemd/system")
    shutil.copytree(system, root / system.relative_to("/"), symlinks=True)
    for part in ("etc/systemd/system", "etc/caddy", "srv"):
        (root / part).mkdir(parents=True)
    add_program(root / "usr/bin/node", "")
    for program, text in STAND_INS.items():
        add_program(root / "stand-in" / program, text)
    (workspace / "deploy/.env").touch()
    (workspace / "build").mkdir()
    once, release = commands_for_a_plain_server(workspace)
    environment = {"PATH": f"{root}/stand-in{os.pathsep}{os.environ['PATH']}", "USER": getuser()}
    for commands, folder in ((once, workspace / "deploy"), (release, workspace)):
        local = re.sub(r"(?<![\w.])/(etc|srv)/", rf"{root}/\1/", commands)
        check("sh", "-euc", f"cd {folder}\n{local}", environment=environment)
    return f"--root={root}"


def add_program(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
    file.chmod(0o755)


def commands_for_a_plain_server(workspace: Path) -> tuple[str, str]:
    """What is done once, and for each release."""
    guide = (workspace / "deploy/README.md").read_text(encoding="utf-8")
    section = guide.split("## On a plain server")[1]
    once, _redis, release = re.findall(r"```sh\n(.*?)```", section, re.DOTALL)
    return once, release


STAND_INS = {
    "sudo": 'exec "$@"',
    "systemctl": "",
    "fluidkit": "",
    "git": "echo 1.0",
    "rsync": 'cp -r "$2" "${3#server:}"',
    "ssh": 'exec sh -c "$2"',
    "python3": "mkdir -p .venv/bin; cp /bin/true .venv/bin/python; cp /bin/true .venv/bin/pip",
}
"""For programs that would need the machine, or the network."""
