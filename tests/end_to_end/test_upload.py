"""Uploads in a real browser: their progress, and how they end."""

import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page

from fluidkit_cli.toolchain import find_node, node_environment
from running import answer, free_port, running, wait_for

APP = """
import asyncio
from pathlib import Path

from fastapi import FastAPI, HTTPException, Response, UploadFile
from fastapi.responses import HTMLResponse
from pydantic import BaseModel

app = FastAPI()


class Stored(BaseModel):
    name: str | None
    size: int
    note: str


@app.post("/upload")
async def upload(file: UploadFile, note: str) -> Stored:
    if not note:
        raise HTTPException(409, "A note is needed")
    return Stored(name=file.filename, size=len(await file.read()), note=note)


@app.post("/nothing", status_code=204)
async def nothing(file: UploadFile) -> None: ...


@app.get("/", include_in_schema=False)
def page() -> HTMLResponse:
    return HTMLResponse("<!doctype html><title>uploads</title>")


@app.get("/browser/{path:path}", include_in_schema=False)
def script(path: str) -> Response:
    return Response(Path("browser", path).read_bytes(), media_type="text/javascript")


async def around(scope, receive, send):
    # What FastAPI does not do: it reads a body slowly, or breaks off its answer.
    if scope["type"] == "http" and scope["query_string"] == b"note=slow":
        while (await receive())["type"] != "http.disconnect":
            await asyncio.sleep(0.1)
        return
    if scope["type"] == "http" and scope["query_string"] == b"note=broken":
        while (await receive()).get("more_body"):
            pass
        headers = [(b"content-type", b"application/json"), (b"content-length", b"100")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"{", "more_body": True})
        # A browser that gets an answer's head and its end at once may tell of the end alone.
        await asyncio.sleep(0.5)
        raise RuntimeError("broken off")
    await app(scope, receive, send)
"""

# Browsers do not read TypeScript; what is left without its types has the same imports.
STRIP = """
import { cpSync, globSync, readFileSync, writeFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
cpSync('client', 'browser', { recursive: true });
for (const file of globSync('browser/**/*.ts')) {
	writeFileSync(file, stripTypeScriptTypes(readFileSync(file, 'utf8')));
}
"""

UPLOAD = """
async ([size, note, closed]) => {
	const { nothing, upload } = await import('/browser/app.api.ts');
	const controller = new AbortController();
	const seen = [];
	const options = {
		headers: { 'x-extra': 'yes' },
		signal: controller.signal,
		onUploadProgress: (progress) => {
			seen.push(progress);
			if (note === 'slow') controller.abort(new Error('left'));
		},
		...(closed && { baseUrl: closed })
	};
	const file = new File([new Uint8Array(size)], 'data.bin');
	const call = note === 'nothing' ? nothing : (form, options) => upload(note, form, options);
	const told = ({ name, kind, status, message }) => ({ name, kind, status, message });
	const result = await call({ file }, options).catch(told);
	return { seen, result };
}
"""


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server of the app, of its client, and of a page."""
    folder = tmp_path_factory.mktemp("uploads")
    (folder / "app.py").write_text(APP, encoding="utf-8")
    (folder / "strip.mjs").write_text(STRIP, encoding="utf-8")
    node = find_node()
    generate = ["generate", "--app", "app:app", "--output", "client"]
    for command in ([sys.executable, "-m", "fluidkit_cli", *generate], [str(node), "strip.mjs"]):
        subprocess.run(command, cwd=folder, env=node_environment(node), check=True, timeout=60)
    port = free_port()
    uvicorn = (sys.executable, "-m", "uvicorn")
    with running(folder, folder / "log", "app:around", "--port", str(port), program=uvicorn):
        address = f"http://127.0.0.1:{port}"
        wait_for(lambda: answer(address))
        yield address


def upload(page: Page, url: str, *, note: str, size: int = 3_000_000, closed: str = "") -> Any:
    page.goto(url)
    return page.evaluate(UPLOAD, [size, note, closed])


def test_progress_is_told_up_to_the_whole_form(page: Page, url: str) -> None:
    told = upload(page, url, note="hello")
    assert told["result"] == {"name": "data.bin", "size": 3_000_000, "note": "hello"}
    loaded = [progress["loaded"] for progress in told["seen"]]
    assert loaded == sorted(loaded)
    assert 3_000_000 < loaded[-1] == told["seen"][-1]["total"] < 3_001_000


def test_an_answer_without_a_body_is_undefined(page: Page, url: str) -> None:
    assert upload(page, url, note="nothing", size=10)["result"] is None


def test_an_error_has_its_status_and_what_it_says(page: Page, url: str) -> None:
    result = upload(page, url, note="", size=10)["result"]
    assert (result["name"], result["status"]) == ("ApiError", 409)
    assert result["message"] == "POST /upload answered 409: A note is needed"


def test_an_aborted_signal_ends_it_on_the_way(page: Page, url: str) -> None:
    told = upload(page, url, note="slow", size=60_000_000)
    assert told["result"]["message"] == "left"
    assert told["seen"][-1]["loaded"] < 60_000_000


def test_an_answer_that_breaks_off_is_no_missing_answer(page: Page, url: str) -> None:
    result = upload(page, url, note="broken", size=10)["result"]
    assert (result["name"], result["kind"]) == ("ConnectionError", "transport")


def test_a_server_that_is_not_there_is_unreachable(page: Page, url: str) -> None:
    closed = f"http://127.0.0.1:{free_port()}"
    result = upload(page, url, note="hello", closed=closed)["result"]
    assert (result["name"], result["kind"]) == ("ConnectionError", "unreachable")
