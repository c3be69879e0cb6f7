"""`fluidkit start`: runs what `fluidkit build` made."""

import json
import os
import secrets
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn, assert_never

from .. import console
from ..bundle import bundle_folder
from ..devserver.ports import choose_port
from ..devserver.process import Command
from ..devserver.settings import settings_in
from ..devserver.terminal import Terminal
from ..errors import FluidkitError
from ..pair import Pair, run_pair
from ..paper import Paper
from ..toolchain import find_node, find_python, node_environment
from ..workspace import Workspace, find_workspace

_DRAIN_SECONDS = 5
"""What open requests get when the server is told to end; a stream would keep it for ever."""

_API_PORT = 8000
"""Where the API is looked for a free port, when it is not the site itself."""


@dataclass(frozen=True, slots=True)
class StartOptions:
    """Where to listen, and with how many processes."""

    host: str = "127.0.0.1"
    port: int = 3000
    workers: int = 1


_LOAD = """
import sys
from uvicorn import Config
app, folder, settings, workers = sys.argv[1:]
sys.path.insert(0, folder)
sys.argv = ["uvicorn", "--workers", workers]
Config(app, env_file=settings or None).load()
"""
"""Imports the application as one of several workers does. What fails, uvicorn tells best itself."""

_NOT_SHARED = "NotShared: "
"""How `backend/channel.py` says that workers cannot share what is published."""

_LOAD_SECONDS = 60


class OneWorkerOnly(FluidkitError):
    """Each worker would have channels of its own."""


class NotBuilt(FluidkitError):
    """There is no `build/`, or not the one that is wanted."""


def run(options: StartOptions) -> int:
    """Runs the workspace's `build/`; the exit code.

    Raises:
        WorkspaceNotFound: the current folder is in none.
        NotBuilt: there is nothing to run.
        MissingTool: the backend is not installed, Node is missing, or the port is taken.
        OneWorkerOnly: several workers were asked for, which could not share their channels.
    """
    workspace = find_workspace(Path.cwd())
    folder = bundle_folder(workspace)
    if not folder.is_dir():
        raise NotBuilt(f"There is no {folder}", hint="Make it: fluidkit build")
    if (folder / "frontend").is_dir() != (workspace.mode == "ssr"):
        raise NotBuilt(f"{folder} was built in another mode", hint="Build it anew: fluidkit build")
    find_python(workspace)
    choose_port(options.port, start=options.port, flag="--port", host=options.host)
    if options.workers > 1:
        _check_channels(workspace, options.workers)
    match workspace.mode:
        case "spa":
            _become_server(workspace, options)
        case "ssr":
            return _run_both(workspace, options)
        case _:
            assert_never(workspace.mode)


def _check_channels(workspace: Workspace, workers: int) -> None:
    settings = workspace.root / ".env"
    loading = subprocess.run(
        [
            *(str(find_python(workspace)), "-c", _LOAD, workspace.app),
            *(str(bundle_folder(workspace)), str(settings) if settings.is_file() else ""),
            str(workers),
        ],
        cwd=workspace.root,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        timeout=_LOAD_SECONDS,
        check=False,
    )
    *_, last = loading.stderr.strip().splitlines() or [""]
    if loading.returncode and _NOT_SHARED in last:
        raise OneWorkerOnly(
            f"{workers} workers cannot share channels that are in memory",
            hint="Set REDIS_URL in .env, with uv add redis, or start one worker",
        )


def _become_server(workspace: Workspace, options: StartOptions) -> NoReturn:
    """The process stays, fluidkit is gone."""
    folder = bundle_folder(workspace)
    listening = ("--host", options.host, "--port", str(options.port))
    command = [*_uvicorn(workspace, options), *listening]
    console.say(_running_at(options, folder))
    sys.stdout.flush()
    os.chdir(workspace.root)
    os.execv(command[0], command)


def _run_both(workspace: Workspace, options: StartOptions) -> int:
    folder, node = bundle_folder(workspace), find_node()
    run_id = secrets.token_hex(8)
    api_port = _api_port(beside=options.port)
    # it believes the front end's server, which has the whole say about who asks
    listening = ("--port", str(api_port), "--forwarded-allow-ips", "127.0.0.1")
    api = {**os.environ, "FLUIDKIT_RUN": run_id, "PYTHONUNBUFFERED": "1"}
    web = {
        **settings_in(workspace.root),
        **node_environment(node),
        "FLUIDKIT_RUN": run_id,
        "FLUIDKIT_API_URL": f"http://127.0.0.1:{api_port}",
        "FLUIDKIT_PROXY": json.dumps(workspace.proxy),
        "HOST": options.host,
        "PORT": str(options.port),
        "SHUTDOWN_TIMEOUT": str(_DRAIN_SECONDS),
    }
    pair = Pair(
        servers={
            "api": Command((*_uvicorn(workspace, options), *listening), workspace.root, api),
            "web": Command((str(node), "frontend/server.js"), folder, web),
        },
        run_id=run_id,
        host={"0.0.0.0": "127.0.0.1", "::": "::1"}.get(options.host, options.host),
        port=options.port,
        api_path=next(iter(workspace.proxy), "/"),
        drain_seconds=_DRAIN_SECONDS,
    )
    return run_pair(pair, said=_running_at(options, folder), terminal=Terminal(Paper()))


def _api_port(*, beside: int) -> int:
    """A free port that is not the site's own, on which nobody listens yet either."""
    port = choose_port(None, start=_API_PORT, flag="--port", host="127.0.0.1")
    if port == beside:
        port = choose_port(None, start=port + 1, flag="--port", host="127.0.0.1")
    return port


def _uvicorn(workspace: Workspace, options: StartOptions) -> list[str]:
    """What it writes to its working folder must outlive the next build: it runs in the root."""
    settings = workspace.root / ".env"
    return [
        *(str(find_python(workspace)), "-m", "uvicorn", workspace.app),
        *("--app-dir", str(bundle_folder(workspace))),
        *("--workers", str(options.workers)),
        *("--timeout-graceful-shutdown", str(_DRAIN_SECONDS)),
        *(("--env-file", str(settings)) if settings.is_file() else ()),
    ]


def _running_at(options: StartOptions, folder: Path) -> str:
    return f"{folder.name}/ runs at {_url(options)}"


def _url(options: StartOptions) -> str:
    host = {"0.0.0.0": "localhost", "::": "localhost"}.get(options.host, options.host)
    return f"http://{f'[{host}]' if ':' in host else host}:{options.port}"
