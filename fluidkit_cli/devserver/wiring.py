"""The real edges of a run, put together."""

import os
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from ..workspace import Workspace
from . import terminal_settings
from .api_server import ApiServer
from .clock import Clock
from .debugger_port import DebuggerPort
from .edges import Edges
from .events import Post, ProcessName, WatchFailed
from .fork_servers import ApiSettings
from .guard_process import GuardProcess
from .keyboard import Keyboard
from .notices import Notices
from .ports import listening_socket
from .process import Children, Command, Process
from .regeneration import Regeneration
from .route_listing import RouteListing, RouteTable
from .settings import settings_in
from .status import Run
from .system import silent_file_system
from .terminal import Terminal
from .watched import Watched
from .watcher import Watcher
from .web_server import Site, WebServer, web_command

_TERMINAL_VARIABLES = ("FORCE_COLOR", "NO_COLOR", "TTY_INTERACTIVE")
"""What programs ask for beside the terminal. Vite gets no colours: they could not be told from
those that a request has smuggled in. Rich's `TTY_INTERACTIVE` is what moves its cursor."""

DEBUGGER_PORT = 5678
"""As in a workspace's `launch.json`; the next free one if that is taken."""

_STDIN = 0
"""As a number: who started us may have closed it, and Python has no stream for it then."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What to run, with what. Ports are None unless pinned.

    `web` is the command of the web server but for its options: Node and Vite's script.
    """

    workspace: Workspace
    python: Path
    web: tuple[str, ...]
    web_environment: Mapping[str, str]
    host: str = "127.0.0.1"
    port: int | None = None
    api_port: int | None = None
    open_browser: bool = False
    plain: bool = False
    debug: bool = False
    poll: bool = False
    routes: RouteTable = lambda api, workspace: ()


@dataclass(frozen=True, slots=True)
class Wiring:
    """What the edges are made from. `listener` is the API's socket, kept for the whole run."""

    plan: Plan
    run: Run
    site: Site
    listener: socket.socket
    terminal: Terminal

    def edges(self, post: Post) -> Edges:
        """Expects a running event loop. Starts nothing."""
        children = Children(post)
        keeper = GuardProcess(
            environment={"FLUIDKIT_RUN": self.run.run_id},
            terminal=terminal_settings.noted(_STDIN),
            start=partial(children.start, "guard"),
        )

        def start(name: ProcessName, command: Command) -> Process:
            process = children.start(name, command)
            keeper.add(process.pid)
            return process

        return Edges(
            api=ApiServer(self._api(), start=partial(start, "api"), post=post),
            web=self._web(partial(start, "web")),
            guard=keeper,
            watcher=self._watcher(post),
            debugger=self._debugger() if self.plan.debug else None,
            timer=Clock(post),
            generator=Regeneration(post=post),
            screen=self.terminal,
            listing=RouteListing(self.plan.routes, screen=self.terminal),
            keyboard=self._keyboard(post),
            notices=Notices(
                self.plan.workspace,
                run=self.run,
                post=post,
                warn=lambda text: self.terminal.put(text, "warn"),
            ),
        )

    def _debugger(self) -> DebuggerPort:
        listener = listening_socket(None, start=DEBUGGER_PORT, flag="--debug")
        return DebuggerPort(listener, say=self.terminal.put)

    def _watcher(self, post: Post) -> Watcher:
        workspace = self.plan.workspace
        clients = filter(None, (workspace.output, workspace.python_client))
        ignored = frozenset({workspace.frontend, *clients})
        watched = Watched(workspace.root, ignored=ignored)
        if self._silent_file_system and not self.plan.poll:
            post(WatchFailed(f"they are on {self._silent_file_system}"))
        poll = bool(self.plan.poll or self._silent_file_system)
        return Watcher(watched, post=post, poll=poll)

    @property
    def _silent_file_system(self) -> str:
        return silent_file_system(self.plan.workspace.root)

    def _keyboard(self, post: Post) -> Keyboard:
        listens = self.terminal.look.keys
        return Keyboard(_STDIN, listens=listens, post=post, hold=self.terminal.hold)

    def _api(self) -> ApiSettings:
        workspace = self.plan.workspace
        return ApiSettings(
            python=self.plan.python,
            root=workspace.root,
            listener=self.listener,
            environment={
                "FASTAPI_ENV": "development",
                "PYTHONIOENCODING": "utf-8",  # what we read
                **self._environment(os.environ, colours=self.terminal.look.colours),
                "PYTHONUNBUFFERED": "1",
            },
            learned=workspace.state / "preload.json",
            preload=workspace.preload or (),
        )

    def _web(self, start: Callable[[Command], Process]) -> WebServer:
        return WebServer(
            self.site,
            pinned=self.plan.port is not None,
            polls=bool(self.plan.poll or self._silent_file_system),
            command=self._web_command,
            start=start,
        )

    def _web_command(self, site: Site, polls: bool) -> Command:
        """With what `.env` says now."""
        settings = settings_in(self.plan.workspace.root)
        environment = settings | self._environment(self.plan.web_environment, colours=False)
        if polls:
            environment["CHOKIDAR_USEPOLLING"] = "1"
        return web_command(site, arguments=self.plan.web, environment=environment)

    def _environment(self, base: Mapping[str, str], *, colours: bool) -> dict[str, str]:
        kept = {name: value for name, value in base.items() if name not in _TERMINAL_VARIABLES}
        colour = "FORCE_COLOR" if colours else "NO_COLOR"
        return {**kept, colour: "1", "TTY_INTERACTIVE": "0", "FLUIDKIT_RUN": self.run.run_id}
