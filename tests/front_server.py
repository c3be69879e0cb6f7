"""`frontend/server.js` of every workspace that is rendered on a server, in front of a real API."""

import contextlib
import http.client
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fluidkit_cli.templates import scaffolds_folder
from fluidkit_cli.toolchain import find_node
from running import answer, free_port, wait_for

HANDLER = """
export function handler(request, response, next) {
	if (request.url === '/nothing') return next();
	if (request.url === '/pieces') {
		response.write('åb');
		return response.end(Buffer.from('cd'));
	}
	if (request.url === '/ponders') {
		return setTimeout(() => request.on('end', () => response.end('read')).resume(), 1000);
	}
	if (request.url === '/waits') return request.on('end', () => response.end()).resume();
	response.end(JSON.stringify(request.headers));
}
"""

API = """
import asyncio
import os

from fastapi import FastAPI, Request, Response, WebSocket
from fastapi.responses import StreamingResponse

app = FastAPI()
state = {"left": 0, "sent": 0, "closed": 0, "secrets": 0}


@app.get("/api/state")
async def read_state():
    return state


@app.api_route("/api/echo", methods=["GET", "POST", "HEAD", "DELETE", "OPTIONS"])
async def echo(request: Request, response: Response):
    response.headers.append("set-cookie", "a=1; Path=/")
    response.headers.append("set-cookie", "b=2; Path=/")
    return {
        "headers": dict(request.headers),
        "client": request.client.host,
        "url": str(request.url),
        "body": len(await request.body()),
    }


@app.get("/api/secret")
async def tell():
    state["secrets"] += 1


@app.get("/api/trailer")
async def announce(response: Response):
    response.headers["trailer"] = "x-checksum"


async def mirror(scope, receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": []})
    while (message := await receive()).get("more_body"):
        await send({"type": "http.response.body", "body": message["body"], "more_body": True})
    await send({"type": "http.response.body"})


app.mount("/api/mirror", mirror)


@app.get("/api/stream")
async def stream():
    async def chunks():
        try:
            yield b"data: first"
            await asyncio.sleep(3600)
        finally:
            state["left"] += 1
    return StreamingResponse(chunks(), media_type="text/event-stream")


@app.get("/api/export")
async def export():
    async def lines():
        for number in range(20):
            yield f"{number}\\n"
            await asyncio.sleep(0.05)
    return StreamingResponse(lines(), media_type="application/jsonl")


@app.get("/api/quiet")
async def quiet():
    async def chunks():
        await asyncio.sleep(3600)
        yield b""
    return StreamingResponse(chunks(), media_type="text/event-stream")


@app.get("/api/flood")
async def flood():
    async def chunks():
        while True:
            state["sent"] += 1
            yield bytes(65536)
            await asyncio.sleep(0)
    return StreamingResponse(chunks())


@app.get("/api/die")
async def die():
    async def chunks():
        yield b"half"
        await asyncio.sleep(0.2)
        os._exit(1)
    return StreamingResponse(chunks())


@app.post("/api/refuse")
async def refuse(response: Response):
    response.status_code = 413
    return "too much"


@app.websocket("/api/socket")
async def talk(socket: WebSocket):
    await socket.accept()
    try:
        while True:
            await socket.send_text(await socket.receive_text() + "!")
    finally:
        state["closed"] += 1


@app.websocket("/api/closed")
async def no(socket: WebSocket):
    await socket.close()
"""


@dataclass(frozen=True, slots=True)
class Front:
    """The front end's server, and the port of the API behind it."""

    port: int
    api_port: int
    process: subprocess.Popen[bytes]

    def request(
        self, method: str, path: str, body: bytes = b"", **headers: str
    ) -> tuple[int, http.client.HTTPMessage, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, body=body or None, headers=sent)
        response = connection.getresponse()
        answered = response.status, response.headers, response.read()
        connection.close()
        return answered

    @contextmanager
    def open(self, path: str) -> Iterator[http.client.HTTPResponse]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        connection.request("GET", path)
        with contextlib.closing(connection), connection.getresponse() as response:
            yield response

    def seen(self, path: str, **headers: str) -> dict[str, Any]:
        return dict(json.loads(self.request("GET", path, b"", **headers)[2]))

    def state(self) -> dict[str, int]:
        return dict(json.loads(self.request("GET", "/api/state")[2]))


@contextmanager
def serving(folder: Path, *, api: bool = True, **settings: str) -> Iterator[Front]:
    port, api_port = free_port(), free_port()
    environment = {
        **{key: value for key, value in os.environ.items() if not key.startswith("FLUIDKIT_")},
        "PORT": str(port),
        "FLUIDKIT_API_URL": f"http://127.0.0.1:{api_port}",
        **settings,
    }
    uvicorn = [sys.executable, "-m", "uvicorn", "api:app", "--port", str(api_port)]
    commands = [[str(find_node()), "server.js"], *([uvicorn] if api else [])]
    processes = [subprocess.Popen(each, cwd=folder, env=environment) for each in commands]
    try:
        wait_for(lambda: answer(f"http://127.0.0.1:{port}/"))
        if api:
            wait_for(lambda: answer(f"http://127.0.0.1:{api_port}/api/state"))
        yield Front(port, api_port, processes[0])
    finally:
        for process in processes:
            process.kill()
            process.wait()


def lay_out(folder: Path) -> None:
    """What is deployed of the front end, with a page that tells what SvelteKit would see."""
    (folder / "build").mkdir()
    frontend = scaffolds_folder() / "workspace/modes/ssr/frontend"
    shutil.copy2(frontend / "server.js", folder)
    shutil.copytree(frontend / "server", folder / "server")
    (folder / "build/handler.js").write_text(HANDLER, encoding="utf-8")
    (folder / "package.json").write_text('{"type": "module"}', encoding="utf-8")
    (folder / "api.py").write_text(API, encoding="utf-8")
