"""How the two sides of a workspace are installed."""

import os
import shutil
import sys
import tomllib
from pathlib import Path

from .step import Side, Step
from .toolchain import node_environment, npm_command

_VENV = ("-m", "venv", "--clear")
_OF_OUR_SHELL = ("VIRTUAL_ENV", "UV_PROJECT_ENVIRONMENT", "PYTHONHOME", "PYTHONPATH")


def python_side(root: Path) -> Side:
    """How to make the workspace's `.venv`: with uv where it is, else with venv and pip."""
    environment = {key: value for key, value in os.environ.items() if key not in _OF_OUR_SHELL}
    if uv := shutil.which("uv"):
        command = (uv, "sync", "--python", sys.executable)
        return (Step("Python packages with uv", command, root, environment),)
    pip = (".venv/bin/python", "-m", "pip", "--disable-pip-version-check", "--no-input")
    install = (*pip, "install", "--quiet", *requirements(root / "pyproject.toml"))
    return (
        # cleared, since half an environment is left when this is interrupted and done again
        Step("Python environment", (sys.executable, *_VENV, ".venv"), root, environment),
        Step("Python packages with pip", install, root, environment),
    )


def node_side(frontend: Path, *, node: Path) -> Side:
    """How to fill the front end's `node_modules`.

    Raises:
        MissingTool: npm does not come with this Node.
    """
    install = (*npm_command(node), "install", "--no-audit", "--no-fund", "--no-progress")
    return (Step("Node packages with npm", install, frontend, node_environment(node)),)


def requirements(pyproject: Path) -> list[str]:
    """What the project and its group `dev` depend on.

    Read here because pip knows dependency groups only since 25.1.
    """
    project = tomllib.loads(pyproject.read_text(encoding="utf-8"))
    return [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
