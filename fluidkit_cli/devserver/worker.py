"""One life of the app: imports it, has it described, serves it, and ends as it is told.

Runs inside the app's own Python, in a process that the fork server has forked.
"""

import contextlib
import gc
import json
import logging.config
import os
import sys
import traceback
import warnings
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import cast

from fastapi import FastAPI

from ..api import to_json
from ..describe import describe_app, failure_of, load_app
from . import error_log, serving
from .byte_code import read_sources
from .job import Job
from .library import installed_modules
from .life import Life
from .protocol import (
    END_OF_DOCUMENT,
    Explain,
    Failed,
    Fork,
    Imported,
    Overrides,
    Stage,
    WorkerReport,
    encode,
)
from .requests import Application, Receive, Scope, Send
from .settings import load_settings


def run(job: Job, *, root: Path) -> int:
    """Lives the worker's life; the exit code."""
    worker = _Worker(job, root, preloaded=frozenset(sys.modules))
    read_sources()
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


@dataclass(frozen=True, slots=True)
class _Worker:
    job: Job
    root: Path
    preloaded: frozenset[str]

    def explain(self, command: Explain) -> int:
        """Imports nothing, describes nothing, and answers 503."""
        os.close(self.job.description)
        config = serving.configuration(explanation(command), log=lambda line: None)
        life = Life(config, job=self.job, failed=self._startup_failed, modules=tuple)
        return serving.run(config, lambda: life.live(hold=False, child=None))

    def run_app(self, command: Fork) -> int:
        """Imports the app, has it described and serves it."""
        try:
            if trouble := load_settings(self.root):
                _write_line(trouble)
            app = load_app(command.app, directory=self.root)
        except BaseException as error:
            self._report(self._failed("import", error))
            return 1
        self._report(Imported())
        child = self._describe_beside(app, command.overrides)
        config = serving.configuration(cast(Application, app), log=_write_line)
        life = Life(config, job=self.job, failed=self._startup_failed, modules=self._third_party)
        return serving.run(config, lambda: life.live(hold=command.hold, child=child))

    def _report(self, report: WorkerReport) -> None:
        with contextlib.suppress(OSError):  # the supervisor is gone, and the end is near
            self.job.control.sendall(encode(report))

    def _failed(self, stage: Stage, error: BaseException) -> Failed:
        return Failed(stage=stage, **asdict(failure_of(error, root=self.root)))

    def _startup_failed(self, error: BaseException) -> Failed:
        return self._failed("startup", error)

    def _describe_beside(self, app: FastAPI, overrides: Overrides) -> int:
        """Describes the app in a child of its own, beside the app's start; the child's pid."""
        with warnings.catch_warnings():
            # the app's import may have started threads: the child needs none of them
            warnings.simplefilter("ignore", DeprecationWarning)
            pid = os.fork()
        if pid == 0:
            self._describe(app, overrides)
        os.close(self.job.description)
        return pid

    def _describe(self, app: FastAPI, overrides: Overrides) -> None:
        """Sends the Api and ends without the clean-up that is the worker's business."""
        gc.disable()  # it would look at all that the app has imported, for nothing
        status = 1
        try:
            with os.fdopen(self.job.description, "w", encoding="utf-8") as description:
                api = describe_app(app, root=self.root, overrides=overrides)
                description.write(to_json(api) + END_OF_DOCUMENT)
            status = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(status)

    def _third_party(self) -> tuple[str, ...]:
        """Modules that a fork server could have imported for us, in the order of their import."""
        return tuple(name for name in installed_modules() if name not in self.preloaded)


def _write_line(line: str) -> None:
    with contextlib.suppress(OSError, ValueError):  # the app may have closed its stdout
        sys.stdout.write(f"{line}\n")
