"""The table of `fluidkit routes`, while `fluidkit dev` runs."""

import asyncio
from collections.abc import Callable, Iterable

from ..errors import FluidkitError
from ..workspace import Workspace
from .edges import Screen
from .lines import Spans

RouteTable = Callable[[str, Workspace], Iterable[Spans]]
"""The lines for an encoded `Api`, made by the command that owns them."""


class RouteListing:
    """Shows what `table` makes, which may take its time."""

    def __init__(self, table: RouteTable, *, screen: Screen) -> None:
        self._table = table
        self._screen = screen
        self._task: asyncio.Task[None] | None = None

    def show(self, api: str, *, workspace: Workspace) -> None:
        """The newest call counts."""
        if self._task:
            self._task.cancel()
        self._task = asyncio.create_task(self._show(api, workspace))

    async def _show(self, api: str, workspace: Workspace) -> None:
        try:
            lines = await asyncio.to_thread(lambda: list(self._table(api, workspace)))
        except FluidkitError as error:
            self._screen.put(f"{error.message}. {error.hint}".strip(), "warn")
            return
        for line in ((), *lines):
            self._screen.put(line)
