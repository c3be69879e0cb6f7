"""The real edges of a run, put together."""

import os
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from ..workspace import Workspace
from . import guard
from .api_server import ApiServer, ApiSettings
from .clock import Clock
from .edges import Edges
from .events import Post, ProcessName, WatchFailed
from .guard_process import GuardProcess
from .keyboard import Keyboard
from .notices import Notices
from .process import Children, Command, Process
from .regeneration import Regeneration
from .settings import settings_in
from .status import Run
from .system import silent_file_system
from .terminal import Terminal
from .watched import Watched
from .watcher import Watcher
from .web_server import Site, WebServer, web_command

_STDIN, _STDOUT = 0, 1
"""As numbers: who started us may have closed them, and Python has no stream for them then."""


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
            terminal=guard.saved_terminal(_STDIN),
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
            timer=Clock(post),
            generator=Regeneration(post=post),
            screen=self.terminal,
            keyboard=self._keyboard(post),
            notices=Notices(
                self.plan.workspace,
                run=self.run,
                post=post,
                warn=lambda text: self.terminal.put(text, "warn"),
            ),
        )

    def watcher(self, post: Post) -> Watcher:
        """Not started yet."""
        workspace = self.plan.workspace
        ignored = frozenset({workspace.frontend, workspace.output})
        watched = Watched(workspace.root, ignored=ignored)
        if self._silent_file_system and not self.plan.poll:
            post(WatchFailed(f"they are on {self._silent_file_system}"))
        poll = bool(self.plan.poll or self._silent_file_system)
        return Watcher(watched, post=post, poll=poll)

    @property
    def _silent_file_system(self) -> str:
        return silent_file_system(self.plan.workspace.root)

    def _keyboard(self, post: Post) -> Keyboard:
        listens = os.isatty(_STDOUT) and not self.plan.plain and os.environ.get("TERM") != "dumb"
        return Keyboard(_STDIN, listens=listens, post=post, hold=self.terminal.hold)

    def _api(self) -> ApiSettings:
        workspace = self.plan.workspace
        return ApiSettings(
            python=self.plan.python,
            root=workspace.root,
            listener=self.listener,
            environment={
                "FASTAPI_ENV": "development",
                **self._environment(os.environ),
                "PYTHONUNBUFFERED": "1",
            },
            learned=workspace.state / "preload.json",
            preload=workspace.preload,
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
        environment = settings | self._environment(self.plan.web_environment)
        if polls:
            environment["CHOKIDAR_USEPOLLING"] = "1"
        return web_command(site, arguments=self.plan.web, environment=environment)

    def _environment(self, base: Mapping[str, str]) -> dict[str, str]:
        colour = "FORCE_COLOR" if self._has_colours() else "NO_COLOR"
        kept = {name: v for name, v in base.items() if name not in ("FORCE_COLOR", "NO_COLOR")}
        return {**kept, colour: "1", "FLUIDKIT_RUN": self.run.run_id}

    def _has_colours(self) -> bool:
        wanted = not self.plan.plain and not os.environ.get("NO_COLOR")
        return wanted and os.isatty(_STDOUT)
