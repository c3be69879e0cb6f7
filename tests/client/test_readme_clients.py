"""The README's scripts, cells and tests of Python clients, run by copying them."""

import ast
import asyncio
import inspect
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from fluidkit_cli.describe.remote import describe_remotely
from fluidkit_cli.emit import emit_python
from fluidkit_cli.files import write_changed
from fluidkit_cli.templates import render_workspace
from readme import copy_snippets, section, snippets

SHOWN = "http://localhost:5173"
PATIENCE = 60
TITLE = "Python clients"
SERVER = """
import sys

import uvicorn

from backend.data import assistant, export
from backend.main import app

assistant.PAUSE = export.PAUSE = 0
uvicorn.run(app, fd=int(sys.argv[1]), log_level="warning")
"""


@dataclass(frozen=True, slots=True)
class Demo:
    """A demo workspace with what the README shows, at another address."""

    root: Path
    url: str

    def run(self, *arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=self.root,
            env={**os.environ, "PYTHONPATH": os.pathsep.join([".", str(Path.cwd())])},
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    root = tmp_path_factory.mktemp("shop")
    values = {"name": "shop", "package_manager": "npm"}
    for file in render_workspace("demo", mode="spa", values=values):
        path = root / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file.content)
    api = describe_remotely(Path(sys.executable), app="backend.main:app", root=root)
    write_changed(root / "api_client", emit_python(api, package="backend"))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        demo = Demo(root, f"http://127.0.0.1:{listener.getsockname()[1]}")
        copy_snippets(root, section(TITLE).replace(SHOWN, demo.url))
        command = [sys.executable, "-c", SERVER, str(listener.fileno())]
        server = subprocess.Popen(command, cwd=root, pass_fds=[listener.fileno()])
        try:
            yield demo
        finally:
            server.terminate()
            server.wait(PATIENCE)


def test_the_answer_is_printed_as_it_comes(demo: Demo) -> None:
    assert demo.run("scripts/ask.py").startswith("Hello! I am a short Python script")


def test_errors_have_types_and_downloads_tell_their_progress(demo: Demo) -> None:
    refused, *progress, saved = demo.run("scripts/add.py").splitlines()
    assert refused == "There is an item “Pencil” already"
    size = (demo.root / "report.pdf").stat().st_size
    assert progress[-1] == f"{size} of {size} bytes"
    assert saved == "report.pdf"


def test_the_progress_bar_comes_to_its_end(demo: Demo) -> None:
    assert "100%" in demo.run("scripts/export.py", "400")


def test_the_cells_of_the_notebook_run_one_after_the_other(
    demo: Demo, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.syspath_prepend(demo.root)
    names: dict[str, object] = {}

    async def run_all() -> None:
        for snippet in snippets(section(TITLE)):
            if snippet.use == "cell":
                text = snippet.text.replace(SHOWN, demo.url)
                flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
                cell = eval(compile(text, "cell", "exec", flags=flags), names)
                if inspect.isawaitable(cell):
                    await cell

    asyncio.run(run_all())
    assert "I am a short Python script" in capsys.readouterr().out


def test_tests_need_no_server(demo: Demo) -> None:
    run = demo.run("-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/test_answers.py")
    assert "1 passed" in run


def test_what_is_declared_by_hand_streams(demo: Demo) -> None:
    assert demo.run("scripts/declared.py").strip() == "100"
