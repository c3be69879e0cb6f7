"""`fluidkit start`: runs what `fluidkit build` made."""

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from .. import console
from ..bundle import bundle_folder
from ..devserver.ports import choose_port
from ..errors import FluidkitError
from ..toolchain import find_python
from ..workspace import Workspace, find_workspace

_DRAIN_SECONDS = 5
"""What open requests get when the server is told to end; a stream would keep it for ever."""


@dataclass(frozen=True, slots=True)
class StartOptions:
    """Where to listen, and with how many processes."""

    host: str = "127.0.0.1"
    port: int = 3000
    workers: int = 1


class NotBuilt(FluidkitError):
    """There is no `build/`."""


def run(options: StartOptions) -> NoReturn:
    """Becomes the server of the workspace's `build/`: the process stays, fluidkit is gone.

    Raises:
        WorkspaceNotFound: the current folder is in none.
        NotBuilt: there is nothing to run.
        MissingTool: the backend is not installed, or the port is taken.
    """
    workspace = find_workspace(Path.cwd())
    folder = bundle_folder(workspace)
    if not folder.is_dir():
        raise NotBuilt(f"There is no {folder}", hint="Make it: fluidkit build")
    command = _command(workspace, options)
    choose_port(options.port, start=options.port, flag="--port", host=options.host)
    console.say(f"{folder.name}/ runs at {_url(options)}")
    sys.stdout.flush()
    os.chdir(folder)
    os.execv(command[0], command)


def _command(workspace: Workspace, options: StartOptions) -> list[str]:
    settings = workspace.root / ".env"
    return [
        *(str(find_python(workspace)), "-m", "uvicorn", workspace.app),
        *("--host", options.host, "--port", str(options.port)),
        *("--workers", str(options.workers)),
        *("--timeout-graceful-shutdown", str(_DRAIN_SECONDS)),
        *(("--env-file", str(settings)) if settings.is_file() else ()),
    ]


def _url(options: StartOptions) -> str:
    host = {"0.0.0.0": "localhost", "::": "localhost"}.get(options.host, options.host)
    return f"http://{f'[{host}]' if ':' in host else host}:{options.port}"
