"""Brings the clients up to date with the Api that a worker sent, beside the reload."""

import asyncio
import traceback
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..errors import FluidkitError
from ..workspace import Workspace
from .events import Generated, GenerationFailed, Post

if TYPE_CHECKING:
    from .emission import Emission


@dataclass(frozen=True, slots=True)
class _Wanted:
    worker: int
    api: str
    workspace: Workspace


class Regeneration:
    """Generates in a thread, one Api at a time; what a newer one overtakes is left out."""

    def __init__(self, *, post: Post) -> None:
        self._post = post
        self._emission: Emission | None = None
        self._waiting: list[_Wanted] = []
        self._task: asyncio.Task[None] | None = None

    def generate(self, worker: int, api: str, *, workspace: Workspace) -> None:
        """Posts `Generated` or `GenerationFailed`.

        Also for an Api that is not new: somebody may have deleted or changed a file.
        """
        self._waiting.append(_Wanted(worker, api, workspace))
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._work())

    async def _work(self) -> None:
        while self._waiting:
            *overtaken, wanted = self._waiting
            self._waiting.clear()
            for older in overtaken:
                self._post(Generated(older.worker))
            self._post(await self._generate(wanted))

    async def _generate(self, wanted: _Wanted) -> Generated | GenerationFailed:
        try:
            return await asyncio.to_thread(self._write, wanted)
        except FluidkitError as error:
            return GenerationFailed(wanted.worker, f"{error.message}. {error.hint}".strip())
        except Exception:  # a bug of ours must not end the run: the servers do without clients
            return GenerationFailed(
                wanted.worker, "This is a bug of fluidkit", traceback.format_exc()
            )

    def _write(self, wanted: _Wanted) -> Generated:
        if self._emission is None:
            from .emission import Emission  # noqa: PLC0415 - the servers start without it

            self._emission = Emission()
        return self._emission.write(wanted.worker, wanted.api, workspace=wanted.workspace)
