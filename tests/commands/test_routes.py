"""`fluidkit routes`, for people and for machines."""

import json
import os
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
        "kind": "json",
        "type": "Item[]",
        "client": "list_items",
        "source": "#lib/api/main.api.ts",
        "file": "main.py",
        "line": lines["list_items"]["line"],
    }
    kinds = {name: (line["kind"], line["type"]) for name, line in lines.items()}
    assert kinds["clock"] == ("sse", "Item")
    assert kinds["rows"] == ("jsonl", "Item")
    assert kinds["delete"] == ("empty", "void")
    assert lines["delete"]["client"] == "delete_"
    assert [d["route"] for d in listed["diagnostics"]] == ["GET /api/odd"]


def test_people_get_a_block_for_each_file(shop: Path) -> None:
    done = routes(shop)
    first, *block = [line.rstrip() for line in done.stdout.splitlines() if line.strip()]
    assert first == "#lib/api/main.api.ts"
    assert [line.split() for line in block] == [
        ["GET", "/api/items", "list_items", "json", "Item[]"],
        ["GET", "/api/clock", "clock", "sse", "Item"],
        ["GET", "/api/rows", "rows", "jsonl", "Item"],
        ["DELETE", "/api/items/{item_id}", "delete_", "empty", "void"],
        ["GET", "/api/odd", "odd", "json", "unknown"],
    ]
    assert len({line.index("/api") for line in block}) == 1
    assert done.stderr.splitlines()[0] == "main.py:36"


def test_an_app_without_routes_says_so(shop: Path) -> None:
    (shop / "main.py").write_text("from fastapi import FastAPI\napp = FastAPI()\n", "utf-8")
    assert routes(shop).stdout == "main:app has no routes\n"


def test_outside_a_workspace_it_says_so(tmp_path: Path) -> None:
    done = routes(tmp_path)
    assert done.returncode == 1
    assert "No fluidkit workspace" in done.stderr


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
