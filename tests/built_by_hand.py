"""What `fluidkit build` leaves of a small application, with nothing to install or build."""

import shutil
import sys
from pathlib import Path

from fluidkit_cli.templates import scaffolds_folder
from fluidkit_cli.workspace import Mode

APP = """
import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import FastAPI, Header
from fastapi.sse import EventSourceResponse, ServerSentEvent

from .serving import serve

LastId = Annotated[int | None, Header()]
app = FastAPI()


@app.get("/api/tenths", response_class=EventSourceResponse)
async def tenths(last_event_id: LastId = None) -> AsyncIterator[ServerSentEvent]:
    number = last_event_id or int(time.time() * 10) - 1
    while True:
        while number < int(time.time() * 10):
            number += 1
            yield ServerSentEvent(id=str(number), data=number)
        await asyncio.sleep(0.05)


@app.get("/api/answer")
async def answer() -> int:
    return 42


serve(app)
"""
"""The same events, whichever process is asked."""

HANDLER = "export function handler(request, response) { response.end('page'); }\n"
PROJECT = '[project]\nname = "stopping"\n[tool.fluidkit]\nmode = "{mode}"\npython = "{python}"\n'


def lay_out(folder: Path, mode: Mode) -> None:
    """A workspace that is built, in its few files."""
    scaffolds = scaffolds_folder() / "workspace"
    shutil.copytree(scaffolds / "base/backend", folder / "build/backend")
    (folder / "build/backend/main.py").write_text(APP, encoding="utf-8")
    project = PROJECT.format(mode=mode, python=sys.executable)
    (folder / "pyproject.toml").write_text(project, encoding="utf-8")
    if mode == "ssr":
        source, frontend = scaffolds / "modes/ssr/frontend", folder / "build/frontend"
        (frontend / "build").mkdir(parents=True)
        (frontend / "build/handler.js").write_text(HANDLER, encoding="utf-8")
        (frontend / "package.json").write_text('{"type": "module"}', encoding="utf-8")
        shutil.copy2(source / "server.js", frontend)
        shutil.copytree(source / "server", frontend / "server")
