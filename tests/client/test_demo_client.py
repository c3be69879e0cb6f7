"""The demo workspace by its own Python client, in one process: as its people test their streams."""

import subprocess
import sys
from pathlib import Path

from fluidkit_cli.describe.remote import describe_remotely
from fluidkit_cli.emit import emit_python
from fluidkit_cli.files import write_changed
from fluidkit_cli.templates import render_workspace

SCRIPT = """
import asyncio

from backend.data import assistant
from backend.main import app
from shop_client import AppTransport, AsyncClient, models

assistant.PAUSE = 0


async def chat(client: AsyncClient) -> str:
    run = await client.chat.ask(models.ChatRequest(message="Hello"))
    text = ""
    async for event in client.chat.follow_answer(run).events():
        if event.event == "token":
            text += event.value.text
        elif event.event == "answer":
            text = event.value.text
        elif event.event == "ended":
            break
    return text


async def main() -> None:
    async with AppTransport(app) as transport:
        async with AsyncClient("http://test", transport=transport) as client:
            print(await chat(client))


asyncio.run(main())
"""


def test_a_conversation_is_followed_to_its_end(tmp_path: Path) -> None:
    values = {"name": "shop", "package_manager": "npm"}
    for file in render_workspace("demo", mode="spa", values=values):
        path = tmp_path / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file.content)
    api = describe_remotely(Path(sys.executable), app="backend.main:app", root=tmp_path)
    write_changed(tmp_path / "shop_client", emit_python(api, package="backend"))
    (tmp_path / "use.py").write_text(SCRIPT, encoding="utf-8")
    assert "I am a short Python script" in run(tmp_path, "-W", "error", "use.py")


def run(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
