"""The errors of a real app, as its generated client tells them in Node."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from fluidkit_cli.toolchain import find_node, node_environment
from running import answer, free_port, running, wait_for

APP = """
from typing import AsyncIterator

from fastapi import FastAPI, HTTPException
from fastapi.exceptions import RequestValidationError
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field


class Problem(BaseModel):
    detail: str


class Address(BaseModel):
    street: str = Field(min_length=1)


class NewItem(BaseModel):
    name: str = Field(min_length=2)
    addresses: list[Address] = []


app = FastAPI()


@app.post("/items", responses={409: {"model": Problem}, 500: {"model": Problem}})
def create_item(item: NewItem, limit: int = 1) -> NewItem:
    if item.name == "taken":
        raise HTTPException(409, "There is one already")
    if item.name == "refused":
        raise HTTPException(422, "Not this one")
    if item.name == "gone":
        raise HTTPException(410, "No longer")
    if item.name == "crash":
        raise RuntimeError("a bug")
    return item


@app.get("/lines/{number}", responses={404: {"model": Problem}})
def lines(number: int) -> StreamingResponse:
    if number == 0:
        raise HTTPException(404, "No lines")
    return StreamingResponse(iter(["a"]), media_type="text/plain")
"""

SCRIPT = """
import { create_item, lines } from './client/app.api.ts';
import { configure, fieldErrors, isError } from './client/runtime.ts';

configure({ baseUrl: process.argv[2] });

function told(error: unknown): unknown {
	if (isError(lines, error)) return ['lines', error.status, error.body.detail];
	if (!isError(create_item, error)) return 'other';
	if (error.status === 422) return [422, fieldErrors(error.body)];
	return [error.status, error.body.detail];
}

const create = (name: string) => create_item({ name }).catch(told);
const addresses = [{ street: 'A' }, { street: '' }];
console.log(
	JSON.stringify({
		taken: await create('taken'),
		refused: await create('refused'),
		undeclared: await create('gone'),
		crash: await create('crash'),
		fields: await create_item({ name: '', addresses }).catch(told),
		parameter: await create_item({ name: 'ab' }, { limit: Number.NaN }).catch(told),
		missing: await Array.fromAsync(lines(0)).catch(told),
		wrong: await Array.fromAsync(lines(0.5)).catch(told),
		right: await create_item({ name: 'ab' })
	})
);
"""

TOLD = {
    "taken": [409, "There is one already"],
    "refused": [422, {"": "Not this one"}],
    "undeclared": "other",
    # Starlette answers a crash with plain text: it is no `Problem`, though 500 declares one.
    "crash": "other",
    "fields": [
        422,
        {
            "name": "String should have at least 2 characters",
            "addresses.1.street": "String should have at least 1 character",
            "addresses.1": "String should have at least 1 character",
            "addresses": "String should have at least 1 character",
        },
    ],
    "parameter": [
        422,
        {"limit": "Input should be a valid integer, unable to parse string as an integer"},
    ],
    "missing": ["lines", 404, "No lines"],
    "right": {"name": "ab", "addresses": []},
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An app and its generated client."""
    (tmp_path / "app.py").write_text(APP, encoding="utf-8")
    (tmp_path / "script.ts").write_text(SCRIPT, encoding="utf-8")
    command = ["generate", "--app", "app:app", "--output", "client"]
    subprocess.run(
        [sys.executable, "-m", "fluidkit_cli", *command], cwd=tmp_path, check=True, timeout=60
    )
    return tmp_path


def test_each_error_is_told_as_its_route_declares_it(folder: Path) -> None:
    port = free_port()
    uvicorn = (sys.executable, "-m", "uvicorn")
    with running(folder, folder / "log", "app:app", "--port", str(port), program=uvicorn):
        url = f"http://127.0.0.1:{port}"
        wait_for(lambda: answer(f"{url}/openapi.json"))
        node = find_node()
        result = subprocess.run(
            [str(node), "script.ts", url],
            cwd=folder,
            env=node_environment(node),
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=60,
            check=False,
        )
    assert result.returncode == 0, result.stderr
    told = json.loads(result.stdout)
    number, detail = told.pop("wrong")[1:]
    assert (number, detail[0]["loc"]) == (422, ["path", "number"])
    assert told == TOLD
