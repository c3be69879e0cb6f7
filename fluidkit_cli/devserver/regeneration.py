"""Brings the clients up to date with the Api that a worker sent, beside the reload."""

import asyncio
import traceback
from collections.abc import Callable
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
    """Generates in a thread, one Api at a time; what a newer one overtakes is left out.

    The clients of the pages come first, and are told of: no reload waits for a Python client.
    """

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
            done = await self._generate(wanted, self._write)
            if done is not None:
                self._post(done)
            if isinstance(done, Generated) and not self._waiting:
                failed = await self._generate(wanted, self._write_python)
                if failed is not None:
                    self._post(failed)

    async def _generate(
        self, wanted: _Wanted, write: Callable[[_Wanted], Generated | None]
    ) -> Generated | GenerationFailed | None:
        try:
            return await asyncio.to_thread(write, wanted)
        except FluidkitError as error:
            return GenerationFailed(wanted.worker, f"{error.message}. {error.hint}".strip())
        except Exception:  # a bug of ours must not end the run: the servers do without clients
            return GenerationFailed(
                wanted.worker, "This is a bug of fluidkit", traceback.format_exc()
            )

    def _write(self, wanted: _Wanted) -> Generated:
        return self._emitter().write(wanted.worker, wanted.api, workspace=wanted.workspace)

    def _write_python(self, wanted: _Wanted) -> None:
        self._emitter().write_python(workspace=wanted.workspace)

    def _emitter(self) -> "Emission":
        if self._emission is None:
            from .emission import Emission  # noqa: PLC0415 - the servers start without it

            self._emission = Emission()
        return self._emission
