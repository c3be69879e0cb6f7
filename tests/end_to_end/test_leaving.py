"""A thousand streams opened and left in a real browser: nothing of them stays on either side."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import CDPSession, Page

from browser_scripts import RUNTIME, write_scripts
from running import answer, free_port, running, wait_for

pytestmark = pytest.mark.browser

APP = """
import asyncio
import gc
import mimetypes
from collections.abc import AsyncIterator

from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from fastapi.sse import EventSourceResponse
from fastapi.staticfiles import StaticFiles

app = FastAPI()
counts = {"opened": 0, "open": 0}


@app.get("/ticks", response_class=EventSourceResponse)
async def ticks() -> AsyncIterator[int]:
    counts["opened"] += 1
    counts["open"] += 1
    try:
        for number in range(1_000_000):
            yield number
            await asyncio.sleep(0.01)
    finally:
        counts["open"] -= 1


@app.get("/counts")
async def count() -> dict[str, int]:
    gc.collect()  # FastAPI leaves a few of those that are left to it
    return counts


@app.get("/")
async def page() -> HTMLResponse:
    return HTMLResponse("<!doctype html><title>ticks</title>")


mimetypes.add_type("text/javascript", ".ts")
app.mount("/", StaticFiles(directory="."))
"""

# Each way to leave in turn; the number of streams that did not end as it should.
LEAVE = """
async ([runtime, count]) => {
	const { events } = await import(runtime);
	const options = (more) => ({ reconnect: 'always', ...more });
	const ways = [
		async () => {
			const stream = events('GET', '/ticks', {}, options());
			for await (const tick of stream) if (tick > 0) break;
			return stream;
		},
		async () => {
			const onMessage = () => stream.close();
			const stream = events('GET', '/ticks', {}, options({ onMessage }));
			return stream;
		},
		async () => {
			const controller = new AbortController();
			const { signal } = controller;
			const onMessage = () => controller.abort();
			return events('GET', '/ticks', {}, options({ signal, onMessage }));
		},
		async () => {
			const stream = events('GET', '/ticks', {}, options());
			const loop = stream[Symbol.asyncIterator]();
			await loop.next();
			const waiting = loop.next();
			await loop.return();
			await waiting;
			return stream;
		}
	];
	let strange = 0;
	for (let i = 0; i < count; i++) {
		const { reason } = await (await ways[i % ways.length]()).closed;
		if (!['closed', 'aborted'].includes(reason)) strange++;
	}
	return strange;
}
"""
STREAMS = 1_000
GROWTH = 100_000
"""Bytes of heap by which two measurements of a page may differ: a hundred a stream."""


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    (tmp_path / "app.py").write_text(APP, encoding="utf-8")
    write_scripts(tmp_path)
    port = free_port()
    options = ("app:app", "--port", str(port), "--log-level", "warning")
    uvicorn = (sys.executable, "-m", "uvicorn")
    with running(tmp_path, tmp_path / "log", *options, program=uvicorn):
        wait_for(lambda: answer(f"http://127.0.0.1:{port}/counts"))
        yield port


def test_a_thousand_streams_leave_nothing_behind(page: Page, port: int) -> None:
    page.goto(f"http://127.0.0.1:{port}/")
    browser = page.context.new_cdp_session(page)
    leave(page, 100)  # so that all that stays for good is there
    wait_for(lambda: open_generators(port) == 0)
    heap, connections = heap_in_use(browser), established(port)

    leave(page, STREAMS)
    wait_for(lambda: open_generators(port) == 0)
    assert heap_in_use(browser) - heap < GROWTH
    assert established(port) <= connections + 1  # one may be kept for the next request


def leave(page: Page, count: int) -> None:
    runtime = f"/{RUNTIME}/runtime.ts"
    page.set_default_timeout(60_000)
    assert page.evaluate(LEAVE, [runtime, count]) == 0


def heap_in_use(browser: CDPSession) -> int:
    browser.send("HeapProfiler.collectGarbage")
    return int(browser.send("Runtime.getHeapUsage")["usedSize"])


def open_generators(port: int) -> int:
    _, body = answer(f"http://127.0.0.1:{port}/counts") or (0, '{"open": -1}')
    return int(json.loads(body)["open"])


def established(port: int) -> int:
    """How many connections the server has."""
    lines = Path("/proc/net/tcp").read_text(encoding="ascii").splitlines()[1:]
    here = f":{port:04X}"
    return sum(line.split()[1].endswith(here) and line.split()[3] == "01" for line in lines)
