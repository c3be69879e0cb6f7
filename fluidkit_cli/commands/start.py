"""`fluidkit start`: runs what `fluidkit build` made, as it is deployed."""

import os
import re
import secrets
import socket
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from .. import console
from ..bundle import bundle_folder
from ..devserver.addresses import network_addresses
from ..devserver.ports import listening_socket
from ..devserver.settings import read_settings
from ..devserver.system import open_standard_descriptors
from ..devserver.terminal import Terminal
from ..errors import BadArgument, FluidkitError
from ..json_paper import JsonPaper
from ..paper import Paper
from ..production.plan import Plan
from ..production.releases import Releases
from ..production.run_folder import run_folder
from ..production.servers import Surroundings, servers
from ..production.sharing import check_channels
from ..production.supervisor import supervise
from ..toolchain import find_python
from ..workspace import Workspace, find_workspace

_DRAIN_SECONDS = "5"
"""What open requests get when all is told to end."""

_HANG_SECONDS = "30"
"""Longer than what blocks a worker of good health: a slow query, a long computation."""

_API_PORT = 8000
"""Where the API is looked for a free port, when it is not the site itself."""


@dataclass(frozen=True, slots=True)
class StartOptions:
    """Where to listen, and with how many processes of the API."""

    host: str = "127.0.0.1"
    port: int = 3000
    workers: int = 1


class NotBuilt(FluidkitError):
    """There is no `build/`, or not the one that is wanted."""


def run(options: StartOptions) -> int:
    """Runs the workspace's `build/` until it is stopped; the exit code.

    Raises:
        WorkspaceNotFound: the current folder is in none.
        NotBuilt: there is nothing to run.
        MissingTool: the backend is not installed, Node is missing, or the port is taken.
        OneWorkerOnly: several workers were asked for, which could not share their channels.
        BadSettings: `.env` cannot be read.
        BadArgument: the host is none of this machine, or a time in `.env` no number.
    """
    open_standard_descriptors()
    workspace = find_workspace(Path.cwd())
    _check_built(workspace)
    find_python(workspace)
    surroundings = _surroundings(workspace)
    with ExitStack() as stack:
        listeners = [stack.enter_context(each) for each in _listeners(workspace, options)]
        if options.workers > 1:
            check_channels(workspace, options.workers, settings=surroundings.settings)
        plan = Plan(
            servers=servers(
                workspace, listeners, workers=options.workers, surroundings=surroundings
            ),
            run_id=surroundings.run_id,
            drain_seconds=surroundings.drain_seconds,
            hang_seconds=_seconds("HANG_TIMEOUT", _HANG_SECONDS, surroundings.settings),
            name=f"{bundle_folder(workspace).name}/",
            details=_details(workspace, options.workers),
            urls=_urls(options),
        )
        folder = stack.enter_context(run_folder(workspace.state / "start", plan.run_id))
        terminal = Terminal(_paper(surroundings.settings))
        releases = Releases(
            bundle_folder(workspace),
            folder,
            check=partial(_check_built, workspace),
            warn=partial(terminal.put, voice="warn"),
        )
        return supervise(plan, terminal, releases=releases)


def _check_built(workspace: Workspace) -> None:
    folder = bundle_folder(workspace)
    if not folder.is_dir():
        raise NotBuilt(f"There is no {folder}", hint="Make it: fluidkit build")
    if (folder / "frontend").is_dir() != (workspace.mode == "ssr"):
        raise NotBuilt(f"{folder} was built in another mode", hint="Build it anew: fluidkit build")


def _surroundings(workspace: Workspace) -> Surroundings:
    settings = read_settings(workspace.root)
    return Surroundings(
        settings,
        run_id=secrets.token_hex(8),
        drain_seconds=_seconds("SHUTDOWN_TIMEOUT", _DRAIN_SECONDS, settings),
        colours=console.has_colours(),
    )


def _paper(settings: Mapping[str, str]) -> Paper | JsonPaper:
    is_json = _setting("LOG_FORMAT", "text", settings).lower() == "json"
    return JsonPaper() if is_json else Paper(stamped=True)


def _setting(name: str, usual: str, settings: Mapping[str, str]) -> str:
    return {**settings, **os.environ}.get(name, usual)


def _seconds(name: str, usual: str, settings: Mapping[str, str]) -> float:
    text = _setting(name, usual, settings)
    if not re.fullmatch(r"\d{1,6}(\.\d+)?", text):  # the front end takes no other
        hint = f"Set it to seconds below 1000000, as {usual}"
        raise BadArgument(f"{name} cannot be {text!r}", hint=hint)
    return float(text)


def _listeners(workspace: Workspace, options: StartOptions) -> Iterator[socket.socket]:
    """The site's, and then the API's where that is not the site itself."""
    yield listening_socket(options.port, start=options.port, flag="--port", host=options.host)
    if workspace.mode == "ssr":
        yield listening_socket(None, start=_API_PORT, flag="--port")


def _details(workspace: Workspace, workers: int) -> str:
    counted = "1 worker" if workers == 1 else f"{workers} workers"
    return f"{workspace.mode} · {counted}"


def _urls(options: StartOptions) -> tuple[str, ...]:
    own = {"0.0.0.0": "localhost", "::": "localhost"}.get(options.host, options.host)
    hosts = dict.fromkeys((own, *network_addresses(options.host)))
    return tuple(f"http://{f'[{host}]' if ':' in host else host}:{options.port}" for host in hosts)
