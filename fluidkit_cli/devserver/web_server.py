"""Vite, as the supervisor sees it: the real Node binary on Vite's own script."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from signal import SIGKILL, SIGTERM

from .ports import choose_port, is_free
from .process import Command, Process
from .system import is_stopped


@dataclass(frozen=True, slots=True)
class Site:
    """Where the two servers are, and where the front end's files lie."""

    frontend: Path
    state: Path
    proxy: tuple[str, ...]
    host: str
    port: int
    api_port: int

    @property
    def reachable_host(self) -> str:
        """An address at which this machine itself reaches the web server."""
        return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)

    @property
    def url(self) -> str:
        """The one URL, as this machine reaches it."""
        return self.url_at(self.reachable_host)

    def url_at(self, host: str) -> str:
        """The site's URL under one of the names and addresses of this machine."""
        return f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"

    @property
    def api_url(self) -> str:
        """The API's own one, for the proxy."""
        return f"http://127.0.0.1:{self.api_port}"


def web_command(
    site: Site, *, arguments: tuple[str, ...], environment: Mapping[str, str]
) -> Command:
    """Runs `arguments`, Node and Vite's own script: npm and wrappers do not pass signals on."""
    options = ("--host", site.host, "--port", str(site.port), "--strictPort")
    return Command(
        (*arguments, *options, "--clearScreen", "false"),
        site.frontend,
        {
            **environment,
            "FLUIDKIT_API_URL": site.api_url,
            "FLUIDKIT_PROXY": json.dumps(site.proxy),
            "FLUIDKIT_STATE": str(site.state),
        },
    )


class WebServer:
    """Starts and ends the web server. `site` tells where it is.

    If it `polls`, it looks for changed files, the next time that it is started.
    """

    def __init__(
        self,
        site: Site,
        *,
        pinned: bool,
        polls: bool,
        command: Callable[[Site, bool], Command],
        start: Callable[[Command], Process],
    ) -> None:
        self.site = site
        self.polls = polls
        self._pinned = pinned
        self._command = command
        self._start = start
        self._process: Process | None = None

    @property
    def pid(self) -> int:
        """0 while it does not run."""
        return self._process.pid if self._process else 0

    @property
    def is_stopped(self) -> bool:
        """Whether somebody has stopped it."""
        return is_stopped(self.pid)

    def start(self) -> None:
        """Starts it; it has not been started or has ended."""
        self._process = self._start(self._command(self.site, self.polls))

    def ended(self) -> None:
        """Its process is gone."""
        self._process = None

    def move(self) -> bool:
        """Takes the next free port if somebody else listens on ours; whether it did.

        Raises:
            MissingTool: the port is pinned.
        """
        site = self.site
        if is_free(site.port, host=site.host):
            return False
        pinned = site.port if self._pinned else None
        port = choose_port(pinned, start=site.port, flag="--port", host=site.host)
        self.site = replace(site, port=port)
        return True

    def stop(self) -> None:
        """Asks it to end."""
        if self._process:
            self._process.signal(SIGTERM)

    def kill(self) -> None:
        """Ends it."""
        if self._process:
            self._process.signal(SIGKILL)
