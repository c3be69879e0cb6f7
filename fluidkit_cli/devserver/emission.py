"""From the Api that a worker sent to the clients on disk, quick for the next of many.

Imports all that prints TypeScript, for which the start of the servers need not wait.
"""

import contextlib
from collections.abc import Iterable
from pathlib import Path

from ..api import Api, Decoder
from ..emit import PYTHON, Memory, emit_python
from ..files import GeneratedFile, write_changed
from ..findings import findings_of, text_of
from ..generation import client_files, names_in
from ..workspace import Workspace
from .client_changes import file_change
from .events import Generated, Note


class Emission:
    """Remembers what the last Api was read and printed as: of the next, only the difference is.

    `_output` is where its clients are and `_texts` what is in them, None before the first.
    `_python_client` is where the other one is, if there is one, and `_printed` what is in it,
    below what that follows from: the Api, and the names there were.
    """

    def __init__(self) -> None:
        self._decoder = Decoder()
        self._memory = Memory()
        self._output: Path | None = None
        self._texts: dict[str, str] | None = None
        self._api = Api()
        self._python_client: Path | None = None
        self._python_memory = Memory()
        self._printed: tuple[tuple[Api, dict[str, str]], list[GeneratedFile]] | None = None

    def write(self, worker: int, text: str, *, workspace: Workspace) -> Generated:
        """Raises FluidkitError."""
        self._api = api = self._decoder.decode(text)
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
        if self._output and self._output != workspace.output:
            _leave(self._output)
        self._output = workspace.output
        self._texts = {file.path: file.text for file in files}
        changes = tuple(
            file_change(path, before=before.get(path, ""), after=self._texts.get(path, ""))
            for path in (*report.written, *report.removed)
        )
        return Generated(worker, changes, _notes(api, workspace.root))

    def write_python(self, *, workspace: Workspace) -> None:
        """The Python client, if there is one, of what was written last. No page waits for it.

        Raises FluidkitError.
        """
        folder = workspace.python_client
        if folder is not None:
            known = names_in(folder, dialect=PYTHON)
            if self._printed is None or self._printed[0] != (self._api, known):
                files = emit_python(
                    self._api, package=workspace.package, known=known, memory=self._python_memory
                )
                self._printed = ((self._api, known), files)
            write_changed(folder, self._printed[1])
        if self._python_client and self._python_client != folder:
            _leave(self._python_client)
        self._python_client = folder


def _leave(folder: Path) -> None:
    """Takes our files away from where they went before the configuration was changed."""
    write_changed(folder, ())


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
