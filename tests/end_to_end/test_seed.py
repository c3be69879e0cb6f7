"""The page that the product began from: its Python and its Svelte, pasted into a workspace."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from running import running, wait_for
from svelte_check import assert_svelte_check_passes

pytestmark = [pytest.mark.workspace, pytest.mark.browser]

SEED = Path(__file__).parent / "seeds/streaming-clients.md"

# What the page leaves undefined, as somebody who pastes it would define it.
NOTIFICATIONS = """
from pydantic import BaseModel

class Notification(BaseModel):
    message: str

async def get_user_notifications(user_id: int) -> list[Notification]:
    return [Notification(message=f"hello {user_id}")]
"""
FILES = """
from pathlib import Path
from fastapi import APIRouter

router = APIRouter()

async def get_file_path(file_id: str) -> Path:
    path = Path(__file__).parent / "report.pdf"
    path.write_bytes(b"%PDF" + bytes(20_000))
    return path
"""
ANALYTICS = """
import json
from collections.abc import AsyncIterator
from fastapi import APIRouter
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

router = APIRouter()

class Record(BaseModel):
    name: str
    value: float

async def get_analytics_batches() -> AsyncIterator[list[Record]]:
    for start in range(0, 100, 10):
        yield [Record(name=f"r{n}", value=n / 2) for n in range(start, start + 10)]
"""
PYTHON = (("notifications", NOTIFICATIONS), ("files", FILES), ("analytics", ANALYTICS))
STOP = {
    "notifications": "onDestroy(stopNotifications);",
    "files": "onDestroy(() => {});",
    "analytics": "onDestroy(() => {});",
}


def blocks(language: str) -> list[str]:
    text = SEED.read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def paste_python(project: Path) -> None:
    for (name, definitions), block in zip(PYTHON, blocks("python"), strict=True):
        first_route = block.index("@router")
        text = block[:first_route] + definitions + "\n\n" + block[first_route:]
        (project / f"backend/routes/{name}.py").write_text(text, encoding="utf-8")
    main = project / "backend/main.py"
    text = main.read_text(encoding="utf-8")
    names = ", ".join(name for name, _ in PYTHON)
    text = text.replace("from .routes import ", f"from .routes import {names}, ")
    text = text.replace("for module in (", f"for module in ({names}, ")
    main.write_text(text, encoding="utf-8")


def paste_svelte(project: Path) -> None:
    for (name, _), block in zip(PYTHON, blocks("svelte"), strict=True):
        text = block.replace(f"'./{name}.api'", f"'#lib/api/{name}.api.ts'")
        text = text.replace(
            "<script>\n",
            f"<script>\n  import {{ onDestroy }} from 'svelte';\n  let userId = 42;\n"
            f"{STOP[name]}\n",
        )
        folder = project / "frontend/src/routes" / name
        folder.mkdir()
        (folder / "+page.svelte").write_text(text, encoding="utf-8")


def test_the_seeds_code_works_as_it_stands(project: Path, page: Page, tmp_path: Path) -> None:
    # an environment that uv has made holds no pip
    pip = [uv, "pip"] if (uv := shutil.which("uv")) else [".venv/bin/python", "-m", "pip"]
    install = [*pip, "install", "--quiet", "sse-starlette", "aiofiles"]
    subprocess.run(install, cwd=project, check=True, timeout=120)
    paste_python(project)
    paste_svelte(project)
    with running(project, tmp_path / "dev.log", "dev") as run:
        wait_for(run.ready, seconds=30)
        clients = project / "frontend/src/lib/api"
        text = wait_for((clients / "notifications.api.ts").exists) and (
            clients / "notifications.api.ts"
        ).read_text(encoding="utf-8")
        assert "EventStream<ServerEvent<'notification', Notification>>" in text
        assert "RecordStream<Record" in (clients / "analytics.api.ts").read_text(encoding="utf-8")
        assert "): Download {" in (clients / "files.api.ts").read_text(encoding="utf-8")

        page.goto(f"{run.url}/notifications")
        page.get_by_role("button", name="Start Live Updates").click()
        expect(page.get_by_text("🟢 Connected")).to_be_visible()
        expect(page.get_by_text("hello 42").first).to_be_visible()
        page.get_by_role("button", name="Stop").click()
        expect(page.get_by_text("🟢 Connected")).to_have_count(0)

        page.goto(f"{run.url}/files")
        with page.expect_download() as download:
            page.get_by_role("button", name="Download Report").click()
        assert download.value.suggested_filename == "report.pdf"
        assert download.value.path().stat().st_size == 20_004

        page.goto(f"{run.url}/analytics")
        page.get_by_role("button", name="Load Analytics Data").click()
        expect(page.get_by_text("Records loaded: 100")).to_be_visible()
        expect(page.get_by_text("r99: 49.5")).to_be_visible()
    assert_svelte_check_passes(project)
