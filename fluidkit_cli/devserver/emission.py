"""From the Api that a worker sent to the clients on disk, quick for the next of many.

Imports all that prints TypeScript, for which the start of the servers need not wait.
"""

import contextlib
from collections.abc import Iterable
from pathlib import Path

from ..api import Api, Decoder
from ..emit import Memory
from ..files import GeneratedFile, write_changed
from ..findings import findings_of, text_of
from ..generation import client_files
from ..workspace import Workspace
from .client_changes import file_change
from .events import Generated, Note


class Emission:
    """Remembers what the last Api was read and printed as: of the next, only the difference is.

    `_output` is where its clients are and `_texts` what is in them, None before the first.
    """

    def __init__(self) -> None:
        self._decoder = Decoder()
        self._memory = Memory()
        self._output: Path | None = None
        self._texts: dict[str, str] | None = None

    def write(self, worker: int, text: str, *, workspace: Workspace) -> Generated:
        """Raises FluidkitError."""
        api = self._decoder.decode(text)
        files = client_files(
            api,
            output=workspace.output,
            package=workspace.package,
            naming=workspace.naming,
            dates=workspace.dates,
            memory=self._memory,
        )
        before = _on_disk(workspace.output, files) if self._texts is None else self._texts
        report = write_changed(workspace.output, files)
        self._leave_for(workspace.output)
        self._texts = {file.path: file.text for file in files}
        changes = tuple(
            file_change(path, before=before.get(path, ""), after=self._texts.get(path, ""))
            for path in (*report.written, *report.removed)
        )
        return Generated(worker, changes, _notes(api, workspace.root))

    def _leave_for(self, output: Path) -> None:
        """Takes our files away from where they went before the configuration was changed."""
        if self._output and self._output != output:
            write_changed(self._output, ())
        self._output = output


def _on_disk(folder: Path, files: Iterable[GeneratedFile]) -> dict[str, str]:
    found = {}
    for file in files:
        with contextlib.suppress(OSError):
            found[file.path] = (folder / file.path).read_text(encoding="utf-8", errors="replace")
    return found


def _notes(api: Api, root: Path) -> tuple[Note, ...]:
    """What could not be described, where it stands, and what helps."""
    return tuple(
        Note(each.message, (each.file, *each.routes), text_of(each, root=root))
        for each in findings_of(api.diagnostics)
    )
