"""The servers of a built workspace: its API and, where a server makes the pages, Node."""

import json
import os
import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from .. import embedded
from ..devserver.process import Command
from ..toolchain import find_node, find_python, node_environment
from ..workspace import Workspace
from .plan import Server

_TERMINAL_VARIABLES = ("FORCE_COLOR", "NO_COLOR")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What all servers are given: the settings of `.env`, and how a run is known and ends."""

    settings: Mapping[str, str]
    run_id: str
    drain_seconds: float
    colours: bool

    def environment(self, base: Mapping[str, str]) -> dict[str, str]:
        """What is set already counts more than the file."""
        kept = {name: value for name, value in base.items() if name not in _TERMINAL_VARIABLES}
        return {
            **self.settings,
            **kept,
            "FORCE_COLOR" if self.colours else "NO_COLOR": "1",
            "FLUIDKIT_RUN": self.run_id,
            "SHUTDOWN_TIMEOUT": f"{self.drain_seconds:g}",
        }


def servers(
    workspace: Workspace,
    listeners: Sequence[socket.socket],
    *,
    workers: int,
    surroundings: Surroundings,
) -> tuple[Server, ...]:
    """In the order of a `Plan`. The last of the listeners is the API's."""
    *fronts, api = listeners
    return (
        *(_web(workspace, front, api=api, surroundings=surroundings) for front in fronts),
        _api(workspace, api, workers=workers, surroundings=surroundings),
    )


def _api(
    workspace: Workspace, listener: socket.socket, *, workers: int, surroundings: Surroundings
) -> Server:
    """The application, by its own launcher.

    What it writes to its working folder must outlive the next build: it runs in the root. What it
    imports is the build's all the same, and nothing that lies in that folder.
    """
    environment = {
        **surroundings.environment(os.environ),
        "PYTHONUNBUFFERED": "1",
        "PYTHONFAULTHANDLER": "1",  # what is ended because it hangs says where
        "PYTHONIOENCODING": "utf-8",  # what we read
        "FLUIDKIT_WORKERS": str(workers),
    }
    if workspace.mode == "ssr":
        # it believes the front end's server, which has the whole say about who asks
        environment["FORWARDED_ALLOW_IPS"] = "127.0.0.1"
    python, descriptor = str(find_python(workspace)), listener.fileno()
    seconds = surroundings.drain_seconds

    def command(release: Path) -> Command:
        program = _launcher(workspace, release, descriptor=descriptor, seconds=seconds)
        imported = {"PYTHONPATH": _path(release)}
        return Command(
            (python, "-P", *program), workspace.root, environment | imported, (descriptor,)
        )

    return Server("api", "The API", command, count=workers)


def _path(folder: Path) -> str:
    return os.pathsep.join((str(folder), *filter(None, [os.environ.get("PYTHONPATH")])))


def _launcher(
    workspace: Workspace, release: Path, *, descriptor: int, seconds: float
) -> tuple[str, ...]:
    """The workspace's own, or ours where it has none."""
    package = f"{workspace.package}.serving"
    if Path(release, workspace.package, "serving/__main__.py").is_file():
        return ("-m", package, workspace.app, "--fd", str(descriptor), "--workers", "1")
    return (str(embedded.__file__), "serve", workspace.app, str(descriptor), str(round(seconds)))


def _web(
    workspace: Workspace, listener: socket.socket, *, api: socket.socket, surroundings: Surroundings
) -> Server:
    """The front end's server, which asks the API on its socket."""
    node, descriptor = find_node(), listener.fileno()
    environment = {
        **surroundings.environment(node_environment(node)),
        "FLUIDKIT_API_URL": f"http://127.0.0.1:{api.getsockname()[1]}",
        "FLUIDKIT_PROXY": json.dumps(workspace.proxy),
        "LISTEN_FD": str(descriptor),
    }

    def command(release: Path) -> Command:
        return Command((str(node), "frontend/server.js"), release, environment, (descriptor,))

    return Server("web", "The front end", command)
