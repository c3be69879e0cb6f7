"""What `fluidkit new` lays out for deploying, as the programs that will read it see it."""

import os
import shutil
import subprocess
import sys
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


@pytest.fixture(params=product(MODES, MANAGERS), ids="-".join)
def workspace_files(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A workspace, not installed, whose name must be changed to be Docker's."""
    mode, manager = request.param
    return laid_out(tmp_path / "My.Shop_2", mode=mode, manager=manager)


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


def test_hadolint_has_nothing_against_the_dockerfile(workspace_files: Path) -> None:
    dockerfile = workspace_files / "Dockerfile"
    assert check(TOOLS / "hadolint", "--failure-threshold", "info", dockerfile) == ""


def test_the_compose_file_is_what_its_specification_wants(workspace_files: Path) -> None:
    schema = ("--builtin-schema", "vendor.compose-spec")
    check(TOOLS / "check-jsonschema", *schema, workspace_files / "compose.yaml")


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


def prepared_server(root: Path, workspace: Path) -> str:
    """A machine's files after what `deploy/README.md` says; the option that names them."""
    system = Path("/usr/lib/systemd/system")
    shutil.copytree(system, root / system.relative_to("/"), symlinks=True)
    units = root / "etc/systemd/system"
    units.mkdir(parents=True)
    for unit in (workspace / "deploy").glob("*.s*"):
        shutil.copy(unit, units / f"my-shop-2-{unit.name}")
    release = root / "srv/my-shop-2/releases/1"
    for program in (release / ".venv/bin/python", root / "usr/bin/node"):
        program.parent.mkdir(parents=True, exist_ok=True)
        program.write_text("#!/bin/sh\n", encoding="utf-8")
        program.chmod(0o755)
    (root / "srv/my-shop-2/current").symlink_to("releases/1")
    return f"--root={root}"
