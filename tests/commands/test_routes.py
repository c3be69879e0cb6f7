"""`fluidkit routes`, for people and for machines."""

import contextlib
import json
import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest

APP = """
from collections.abc import AsyncIterator

from fastapi import FastAPI
from fastapi.sse import EventSourceResponse
from pydantic import BaseModel

app = FastAPI()


class Item(BaseModel):
    name: str


@app.get("/api/items")
def list_items() -> list[Item]:
    return []


@app.get("/api/clock", response_class=EventSourceResponse)
async def clock() -> AsyncIterator[Item]:
    yield Item(name="tick")


@app.get("/api/rows")
async def rows() -> AsyncIterator[Item]:
    yield Item(name="row")


@app.delete("/api/items/{item_id}", status_code=204)
def delete(item_id: int) -> None: ...


@app.get("/api/odd")
def odd():
    return something()
"""


MORE = """

@app.post("/api/items/{item_id}", deprecated=True, responses={409: {"model": Item}})
def rate(item_id: int, item: Item, stars: int = 5) -> Item: ...
"""


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A workspace without its front end, whose app runs in this very Python."""
    (tmp_path / "main.py").write_text(APP, encoding="utf-8")
    settings = f'[tool.fluidkit]\napp = "main:app"\npython = "{Path(sys.executable).as_posix()}"\n'
    (tmp_path / "pyproject.toml").write_text(settings, encoding="utf-8")
    return tmp_path


def test_a_machine_gets_all_there_is_to_know(shop: Path) -> None:
    listed = json.loads(routes(shop, "--json").stdout)
    lines = {line["function"]: line for line in listed["routes"]}
    assert list(lines) == ["list_items", "clock", "rows", "delete", "odd"]
    assert {line["source"] for line in lines.values()} == {"#lib/api/main.api.ts"}
    assert lines["list_items"] == {
        "method": "GET",
        "path": "/api/items",
        "function": "list_items",
        "operation_id": "list_items_api_items_get",
        "kind": "json",
        "type": "Item[]",
        "client": "list_items",
        "source": "#lib/api/main.api.ts",
        "import_line": "import { list_items } from '#lib/api/main.api.ts';",
        "file": "main.py",
        "line": APP.splitlines().index("def list_items() -> list[Item]:") + 1,
        "deprecated": False,
        "parameters": [],
        "body": None,
        "answer": {"kind": "json", "type": "Item[]", "events": [], "ends": [], "media_type": ""},
        "flag": None,
        "errors": [],
    }
    assert listed["app"] == "main:app"
    kinds = {name: (line["kind"], line["type"]) for name, line in lines.items()}
    assert kinds["clock"] == ("sse", "Item")
    assert kinds["rows"] == ("jsonl", "Item")
    assert kinds["delete"] == ("empty", "void")
    assert lines["delete"]["client"] == "delete_"
    assert [d["route"] for d in listed["diagnostics"]] == ["GET /api/odd"]


def test_a_machine_learns_what_goes_in_and_what_else_may_come_out(shop: Path) -> None:
    (shop / "main.py").write_text(APP + MORE, encoding="utf-8")
    listed = json.loads(routes(shop, "--json").stdout)["routes"]
    (rate,) = [line for line in listed if line["function"] == "rate"]
    assert [(p["name"], p["location"], p["required"]) for p in rate["parameters"]] == [
        ("item_id", "path", True),
        ("stars", "query", False),
    ]
    assert rate["body"] == {"name": "item", "type": "Item", "required": True, "encoding": "json"}
    assert rate["errors"] == [
        {"status": 409, "type": "Item"},
        {"status": 422, "type": "HTTPValidationError"},
    ]
    assert rate["deprecated"]


def test_people_get_a_block_for_each_file(shop: Path) -> None:
    done = routes(shop)
    first, *block, counts, example = [line for line in done.stdout.splitlines() if line]
    assert first == "#lib/api/main.api.ts  main.py"
    assert counts == "5 routes: 2 json, 1 empty, 1 sse, 1 jsonl · 1 diagnostic"
    assert example == "  import { list_items } from '#lib/api/main.api.ts';"
    assert [line.split() for line in block] == [
        ["GET", "/api/items", "list_items", "json", "Item[]"],
        ["GET", "/api/clock", "clock", "sse", "Item"],
        ["GET", "/api/rows", "rows", "jsonl", "Item"],
        ["DELETE", "/api/items/{item_id}", "delete_", "empty", "void", "422"],
        ["GET", "/api/odd", "odd", "json", "unknown"],
    ]
    assert len({line.index("/api") for line in block}) == 1
    assert "\x1b" not in done.stdout + done.stderr
    assert done.stderr.splitlines()[0] == "main.py:36"


def test_an_app_without_routes_says_so(shop: Path) -> None:
    (shop / "main.py").write_text("from fastapi import FastAPI\napp = FastAPI()\n", "utf-8")
    assert routes(shop).stdout == "main:app has no routes\n"


def test_any_app_can_be_asked(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    (tmp_path / "main.py").write_text(APP, encoding="utf-8")
    here = routes(tmp_path, "--app", "main:app")
    assert here.stdout.startswith("./main.api.ts  main.py\n"), here.stderr
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    there = routes(elsewhere, "--app", "main:app", "--app-dir", str(tmp_path), "--json")
    assert len(json.loads(there.stdout)["routes"]) == 5


def test_outside_a_workspace_the_app_must_be_named(tmp_path: Path) -> None:
    done = routes(tmp_path)
    assert done.returncode == 2
    assert "No fluidkit workspace" in done.stderr
    assert "fluidkit routes --app main:app" in done.stderr


def test_a_terminal_gets_colours_unless_nobody_wants_them(shop: Path) -> None:
    shown = in_terminal(shop, columns=60)
    assert "\x1b[34mGET" in shown
    assert max(map(len, re.sub(r"\x1b\[[0-9;]*m", "", shown).split("\r\n"))) <= 60
    assert "\x1b[34mGET" not in in_terminal(shop, columns=60, NO_COLOR="1")


def in_terminal(folder: Path, *, columns: int, **environment: str) -> str:
    ours, theirs = pty.openpty()
    kept = {name: v for name, v in os.environ.items() if name not in ("NO_COLOR", "FORCE_COLOR")}
    with subprocess.Popen(
        [sys.executable, "-m", "fluidkit_cli", "routes"],
        cwd=folder,
        env={**kept, "COLUMNS": str(columns), "TERM": "xterm-256color", **environment},
        stdin=theirs,
        stdout=theirs,
        stderr=subprocess.DEVNULL,
    ):
        os.close(theirs)
        shown = b""
        with contextlib.suppress(OSError):  # Linux's way to say that all have closed it
            while part := os.read(ours, 4096):
                shown += part
    os.close(ours)
    return shown.decode()


def routes(folder: Path, *options: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "fluidkit_cli", "routes", *options],
        cwd=folder,
        env={**os.environ, "COLUMNS": "100"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
