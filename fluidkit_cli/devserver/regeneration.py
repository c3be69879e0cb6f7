"""Brings the clients up to date with the Api that a worker sent, beside the reload."""

import asyncio
import contextlib
import traceback
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from ..api import Api, Decoder
from ..emit import Memory
from ..errors import FluidkitError
from ..files import GeneratedFile, write_changed
from ..findings import findings_of, text_of
from ..generation import client_files
from ..workspace import Workspace
from .client_changes import file_change
from .events import Generated, GenerationFailed, Note, Post


@dataclass(frozen=True, slots=True)
class _Wanted:
    worker: int
    api: str
    workspace: Workspace


@dataclass(slots=True)
class _Before:
    """What the last Api was read and printed as: of the next, only the difference is.

    `output` is where its clients are and `texts` what is in them, None before the first.
    """

    decoder: Decoder = field(default_factory=Decoder)
    memory: Memory = field(default_factory=Memory)
    output: Path | None = None
    texts: dict[str, str] | None = None


class Regeneration:
    """Generates in a thread, one Api at a time; what a newer one overtakes is left out."""

    def __init__(self, *, post: Post) -> None:
        self._post = post
        self._before = _Before()
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
            return await asyncio.to_thread(_generate, wanted, self._before)
        except FluidkitError as error:
            return GenerationFailed(wanted.worker, f"{error.message}. {error.hint}".strip())
        except Exception:  # a bug of ours must not end the run: the servers do without clients
            return GenerationFailed(
                wanted.worker, "This is a bug of fluidkit", traceback.format_exc()
            )


def _generate(wanted: _Wanted, before: _Before) -> Generated:
    api = before.decoder.decode(wanted.api)
    workspace = wanted.workspace
    files = client_files(
        api,
        output=workspace.output,
        package=workspace.package,
        naming=workspace.naming,
        dates=workspace.dates,
        memory=before.memory,
    )
    old = _on_disk(workspace.output, files) if before.texts is None else before.texts
    report = write_changed(workspace.output, files)
    _clear(before.output, present=workspace.output)
    before.output = workspace.output
    before.texts = {file.path: file.text for file in files}
    changes = tuple(
        file_change(path, before=old.get(path, ""), after=before.texts.get(path, ""))
        for path in (*report.written, *report.removed)
    )
    return Generated(wanted.worker, changes, _notes(api, workspace.root))


def _on_disk(folder: Path, files: Iterable[GeneratedFile]) -> dict[str, str]:
    found = {}
    for file in files:
        with contextlib.suppress(OSError):
            found[file.path] = (folder / file.path).read_text(encoding="utf-8", errors="replace")
    return found


def _clear(former: Path | None, *, present: Path) -> None:
    """Takes our files away from where they went before the configuration was changed."""
    if former and former != present:
        write_changed(former, ())


def _notes(api: Api, root: Path) -> tuple[Note, ...]:
    """What could not be described, where it stands, and what helps."""
    return tuple(
        Note(each.message, (each.file, *each.routes), text_of(each, root=root))
        for each in findings_of(api.diagnostics)
    )
