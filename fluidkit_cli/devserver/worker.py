"""One life of the app: imports it, has it described, serves it, and ends as it is told.

Runs inside the app's own Python, in a process that the fork server has forked or in its own one.
"""

import contextlib
import gc
import json
import logging.config
import os
import sys
import threading
import traceback
import warnings
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import cast

from fastapi import FastAPI

from ..api import to_json
from ..describe import describe_app, failure_of, load_app
from . import debug_adapter, error_log, prompts, serving
from .byte_code import read_sources
from .job import Job
from .job import job as start_job
from .library import (
    installed_modules,
    is_raised_by_library,
    library_folders,
    source_folders,
)
from .life import Life
from .patience import told_when_long
from .protocol import (
    END_OF_DOCUMENT,
    Debugs,
    Explain,
    Failed,
    Fork,
    Imported,
    Lines,
    Overrides,
    Stage,
    Uses,
    WorkerReport,
    encode,
)
from .requests import Application, Receive, Scope, Send
from .settings import load_settings


def main(arguments: Sequence[str]) -> None:
    """A worker that is no fork.

    The arguments: the descriptors that go with a command and that of the listening socket, the
    workspace's root, and the command.
    """
    *descriptors, listener, root, words = arguments
    numbers = [int(number) for number in descriptors]
    for number in (*numbers, int(listener)):
        os.set_inheritable(number, False)
    (command,) = Lines().feed(words.encode())
    sys.exit(run(start_job(command, numbers, listener=int(listener)), root=Path(root)))


def run(job: Job, *, root: Path) -> int:
    """Lives the worker's life; the exit code."""
    worker = _Worker(job, root, preloaded=frozenset(sys.modules))
    read_sources()
    prompts.attend(job.prompts, root=root)
    logging.config.dictConfig(error_log.configuration(root))
    match job.command:
        case Explain():
            return worker.explain(job.command)
        case Fork():
            return worker.run_app(job.command)


def explanation(command: Explain) -> Application:
    """An application that answers everything with 503 and with what is wrong, where."""
    fields = {"detail": command.detail, "file": command.file, "line": command.line}
    body = json.dumps(fields).encode()
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        (b"retry-after", b"1"),
    ]

    async def explain(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await send({"type": "http.response.start", "status": 503, "headers": headers})
            await send({"type": "http.response.body", "body": body})
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1013, "reason": command.detail[:100]})

    return explain


@dataclass(slots=True)
class _Worker:
    job: Job
    root: Path
    preloaded: frozenset[str]
    imported: int = 0

    def explain(self, command: Explain) -> int:
        """Imports nothing, describes nothing, and answers 503."""
        os.close(self.job.description)
        config = serving.configuration(explanation(command), log=lambda line: None)
        life = Life(config, job=self.job, failed=self._startup_failed, uses=lambda: None)
        return serving.run(config, lambda: life.live(hold=False, child=None))

    def run_app(self, command: Fork) -> int:
        """Imports the app, has it described and serves it."""
        try:
            if trouble := load_settings(self.root):
                _write_line(trouble)
            if command.debug:
                self._report(Debugs(debug_adapter.listen()))
                self.preloaded = frozenset(sys.modules)
            with told_when_long(self.root, say=_write_line):
                app = load_app(command.app, directory=self.root)
        except BaseException as error:
            self._report(self._failed("import", error))
            self._report(self._uses())
            return 1
        self._report(Imported())
        child = self._describe_beside(app, command)
        config = serving.configuration(cast(Application, app), log=_write_line)
        life = Life(config, job=self.job, failed=self._startup_failed, uses=self._uses_by_now)
        return serving.run(config, lambda: life.live(hold=command.hold, child=child))

    def _report(self, report: WorkerReport) -> None:
        with contextlib.suppress(OSError):  # the supervisor is gone, and the end is near
            self.job.control.sendall(encode(report))

    def _failed(self, stage: Stage, error: BaseException) -> Failed:
        failure = failure_of(error, root=self.root)
        return Failed(stage=stage, **asdict(failure), in_library=is_raised_by_library(error))

    def _startup_failed(self, error: BaseException) -> Failed:
        return self._failed("startup", error)

    def _describe_beside(self, app: FastAPI, command: Fork) -> int | None:
        """Describes the app beside its start, in a child of its own; the child's pid.

        Where nothing forks, a thread does it.
        """
        if command.fresh:
            describe = partial(self._describe, app, command.overrides)
            threading.Thread(target=describe, name="describe", daemon=True).start()
            return None
        with warnings.catch_warnings():
            # the app's import may have started threads: the child needs none of them
            warnings.simplefilter("ignore", DeprecationWarning)
            pid = os.fork()
        if pid == 0:
            gc.disable()  # it would look at all that the app has imported, for nothing
            os._exit(self._describe(app, command.overrides))
        os.close(self.job.description)
        return pid

    def _describe(self, app: FastAPI, overrides: Overrides) -> int:
        """Sends the Api; an exit code."""
        try:
            with os.fdopen(self.job.description, "w", encoding="utf-8") as description:
                api = describe_app(app, root=self.root, overrides=overrides)
                description.write(to_json(api) + END_OF_DOCUMENT)
        except BaseException:
            traceback.print_exc()
            return 1
        return 0

    def _uses_by_now(self) -> Uses | None:
        """None when nothing has been imported since it was asked last."""
        if len(sys.modules) == self.imported:
            return None
        self.imported = len(sys.modules)
        return self._uses()

    def _uses(self) -> Uses:
        modules = (name for name in installed_modules() if name not in self.preloaded)
        return Uses(library_folders(), source_folders(self.root), tuple(modules))


def _write_line(line: str) -> None:
    with contextlib.suppress(OSError, ValueError):  # the app may have closed it
        sys.stderr.write(f"{line}\n")  # stdout may be a debugger's terminal
