"""The two sides of a workspace, as they are installed."""

import json
import re
import shlex
import shutil
import subprocess
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from ...errors import FluidkitError
from ...toolchain import find_python, find_vite, install_by_hand
from ...workspace import Workspace
from .check import Check
from .versions import unmet

_LIMIT = 20.0  # seconds for the backend's Python to tell what it has
_NEEDED = {"python": ">=3.11", "fastapi": ">=0.115", "uvicorn": ">=0.30"}
"""Whatever the workspace's own pyproject.toml asks for."""

_REQUIREMENT = re.compile(r"\s*(?P<name>[\w.-]+)\s*(?:\[[^]]*\])?(?P<bound>.*)")
_TELL = """
import importlib.metadata, json, platform, sys
def version(name):
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None
print(json.dumps({"python": platform.python_version(), **{n: version(n) for n in sys.argv[1:]}}))
"""


def backend(workspace: Workspace) -> Check:
    """Its Python, and the packages that its pyproject.toml asks for.

    Raises:
        FluidkitError: there is no Python, or it does not run.
    """
    wanted = {**_requirements(workspace.root / "pyproject.toml"), **_NEEDED}
    python = find_python(workspace)
    installed = _versions(python, wanted)
    found = f"Python {installed['python']}, FastAPI {installed['fastapi']}"
    wrong = unmet(wanted, installed)
    if not wrong:
        return Check("backend", found)
    return Check("backend", "; ".join(wrong), "problem", _install_backend(workspace, python))


def frontend(workspace: Workspace) -> Check:
    """The packages that its package.json asks for.

    Raises:
        FluidkitError: it is not installed, or package.json cannot be read.
    """
    find_vite(workspace)
    package = _package(workspace.frontend)
    wanted = {**package.get("dependencies", {}), **package.get("devDependencies", {})}
    modules = workspace.frontend / "node_modules"
    installed = {name: _installed_version(modules / name) for name in wanted}
    wrong = unmet(wanted, installed)
    if not wrong:
        names = {"SvelteKit": "@sveltejs/kit", "Svelte": "svelte", "Vite": "vite"}
        found = [f"{said} {installed[name]}" for said, name in names.items() if name in installed]
        return Check("front end", ", ".join(found))
    folder = shlex.quote(str(workspace.frontend))
    mend = f"cd {folder} && {install_by_hand(workspace.package_manager)}"
    return Check("front end", "; ".join(wrong), "problem", mend)


def _requirements(pyproject: Path) -> dict[str, str]:
    """The bounds by the names of packages; a dependency with a marker may not be for here."""
    project = tomllib.loads(pyproject.read_text(encoding="utf-8")).get("project", {})
    plain = (text for text in project.get("dependencies", ()) if ";" not in text)
    parsed = map(_REQUIREMENT.match, plain)
    return {match["name"].lower(): match["bound"] for match in parsed if match}


def _versions(python: Path, names: Iterable[str]) -> Mapping[str, str | None]:
    command = [str(python), "-I", "-c", _TELL, *(name for name in names if name != "python")]
    try:
        run = subprocess.run(command, capture_output=True, text=True, timeout=_LIMIT, check=True)
        return dict(json.loads(run.stdout))
    except (OSError, ValueError, subprocess.SubprocessError) as error:
        raise FluidkitError(
            f"{python} does not run: {error}", hint="Remove the folder .venv and make it again"
        ) from error


def _install_backend(workspace: Workspace, python: Path) -> str:
    if shutil.which("uv"):
        return f"cd {shlex.quote(str(workspace.root))} && uv sync"
    return f"{shlex.quote(str(python))} -m pip install, with what pyproject.toml asks for"


def _package(folder: Path) -> dict[str, Any]:
    try:
        return dict(json.loads((folder / "package.json").read_text(encoding="utf-8")))
    except (OSError, ValueError) as error:
        raise FluidkitError(
            f"{folder / 'package.json'} cannot be read: {error}", hint="Mend it, then try again"
        ) from error


def _installed_version(folder: Path) -> str | None:
    try:
        return str(_package(folder)["version"])
    except (FluidkitError, KeyError):
        return None
