"""What the supervisor tells and asks beside the terminal."""

import asyncio
import contextlib
from collections.abc import Callable, Iterator
from typing import assert_never

from ..errors import FluidkitError
from ..workspace import Workspace, find_workspace
from . import wording
from .addresses import network_addresses
from .browser import open_page
from .events import Answered, Post, ServerName
from .protocol import Failed
from .readiness import answers
from .state import DevState, append_log, write_dev_state, write_error
from .status import Run
from .web_server import Site


class Notices:
    """Writes `.fluidkit/`, asks the servers whether they answer, reads the configuration.

    A disk that takes nothing is no reason to end: `warn` gets a line about it, once.
    """

    def __init__(
        self, workspace: Workspace, *, run: Run, post: Post, warn: Callable[[str], None]
    ) -> None:
        self._root = workspace.root
        self._folder = workspace.state
        self._run = run
        self._post = post
        self._warn = warn
        self._warned = False
        self._asking: dict[ServerName, asyncio.Task[None]] = {}

    def publish(self, state: DevState) -> None:
        """For everybody who wants to know what runs."""
        with self._disk_errors():
            write_dev_state(self._folder, state)

    def show_error(self, failure: Failed | None, *, serving: bool = True) -> None:
        """In the browser, until it is None; whether good code serves meanwhile."""
        with self._disk_errors():
            write_error(self._folder, failure, serving=serving)

    def log(self, text: str) -> None:
        """Keeps the trace of a bug of ours."""
        with self._disk_errors():
            append_log(self._folder, text)

    def ask(self, server: ServerName, site: Site) -> None:
        """Posts `Answered` when the server does; the latest question counts."""
        if server in self._asking:
            self._asking[server].cancel()
        self._asking[server] = asyncio.create_task(self._ask(server, site))

    def open(self, url: str) -> None:
        """In the browser."""
        open_page(url, failed=lambda: self._warn(wording.no_browser(url)))

    def network_urls(self, site: Site) -> list[str]:
        """Where other machines find the site; none on loopback."""
        addresses = network_addresses(site.host)
        return [site.url_at(address) for address in addresses if site.url_at(address) != site.url]

    def workspace(self) -> Workspace:
        """The configuration as it is now. Raises FluidkitError when it is broken."""
        return find_workspace(self._root)

    @contextlib.contextmanager
    def _disk_errors(self) -> Iterator[None]:
        try:
            yield
        except FluidkitError as error:
            if not self._warned and self._root.is_dir():  # else that is said, and the end
                self._warn(f"{error.message}. {error.hint}")
            self._warned = True
        else:
            self._warned = False

    async def _ask(self, server: ServerName, site: Site) -> None:
        match server:
            case "api":
                await answers("127.0.0.1", site.api_port, probe=self._run.run_id)
            case "web":
                await answers(site.reachable_host, site.port, probe=self._run.run_id)
            case _:
                assert_never(server)
        self._post(Answered(server))
