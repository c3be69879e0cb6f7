"""How the two sides of a workspace are installed."""

import os
import shutil
import sys
from pathlib import Path

from .project import requirements
from .step import Side, Step
from .toolchain import node_environment, package_manager_command
from .workspace import PackageManager

_VENV = ("-m", "venv", "--clear")
_OF_OUR_SHELL = ("VIRTUAL_ENV", "UV_PROJECT_ENVIRONMENT", "PYTHONHOME", "PYTHONPATH")
_PIPS_NETWORK = "pip needs it every time, uv only the first time"

_BOUNDED = ("--fetch-retry-mintimeout=500", "--fetch-retry-maxtimeout=2000")
"""npm's own waits make ten minutes without a network."""

_FLAGS = {
    # pnpm and bun run no scripts of packages either
    "npm": ("--ignore-scripts", "--no-audit", "--no-fund", "--no-progress", *_BOUNDED),
    "pnpm": ("--reporter=append-only",),
    "bun": ("--no-progress",),
}


def python_side(root: Path) -> Side:
    """How to make the workspace's `.venv`: with uv where it is, else with venv and pip."""
    environment = {key: value for key, value in os.environ.items() if key not in _OF_OUR_SHELL}
    if uv := shutil.which("uv"):
        command = (uv, "sync", "--python", sys.executable)
        offline = (*command, "--offline")
        return (Step("Python packages with uv", command, root, environment, offline),)
    wanted = requirements((root / "pyproject.toml").read_bytes())
    pip = (".venv/bin/python", "-m", "pip", "--disable-pip-version-check", "--no-input")
    install = (*pip, "install", "--quiet", *wanted)
    return (
        # cleared, since half an environment is left when this is interrupted and done again
        Step("Python environment", (sys.executable, *_VENV, ".venv"), root, environment),
        Step("Python packages with pip", install, root, environment, network=_PIPS_NETWORK),
    )


def clients_step(root: Path) -> Step:
    """How to write the typed clients: as a step, it need not wait for Node's packages."""
    # -P: nothing in the workspace can take our name
    command = (sys.executable, "-P", "-m", "fluidkit_cli", "generate")
    return Step("Typed clients", command, root, os.environ)


def node_side(frontend: Path, *, manager: PackageManager, node: Path) -> Side:
    """How to fill the front end's `node_modules`, from the cache as far as it goes.

    Raises:
        MissingTool: there is no such package manager.
    """
    call = package_manager_command(manager, node=node)
    command = (*call, "install", "--prefer-offline", *_FLAGS[manager])
    install = Step(f"Node packages with {manager}", command, frontend, node_environment(node))
    return (install, _sync_step(frontend, node=node)) if manager == "npm" else (install,)


def _sync_step(frontend: Path, *, node: Path) -> Step:
    """How to write the front end's own types, which its script `prepare` does for the others."""
    command = (str(node), "node_modules/@sveltejs/kit/svelte-kit.js", "sync")
    return Step("Types of the front end", command, frontend, node_environment(node))
