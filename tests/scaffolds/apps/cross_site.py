"""Asks an app in-process what only a page of another site would: prints the statuses, as JSON.

Runs in the Python of any FastAPI, where `backend.serving` is that of a workspace.
"""

import asyncio
import json

from fastapi import Cookie, FastAPI
from pydantic import BaseModel

from backend.serving import serve

ASKED = []
EVIL = (b"origin", b"http://evil.example")
FORMS = [b"text/plain", b"application/x-www-form-urlencoded", b"multipart/form-data; boundary=x"]
KINDS = [*FORMS, b""]


class Order(BaseModel):
    m: str


app = FastAPI()


@app.post("/api/orders")
async def order(order: Order, key: str = Cookie()) -> str:
    ASKED.append(order.m)
    return key


serve(app)


async def ask(kind, *known):
    headers = [(b"host", b"shop.test"), (b"cookie", b"key=a"), *known]
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": "/api/orders",
        "raw_path": b"/api/orders",
        "root_path": "",
        "query_string": b"",
        "headers": headers + ([(b"content-type", kind)] if kind else []),
        "client": ("127.0.0.1", 1),
        "server": ("shop.test", 80),
    }
    sent = []

    async def receive():
        return {"type": "http.request", "body": b'{"m":"x=y"}', "more_body": False}

    async def send(message):
        sent.append(message)

    await app(scope, receive, send)
    return sent[0]["status"]


async def main():
    refused = [await ask(kind, EVIL) for kind in KINDS]
    refused += [await ask(kind, (b"sec-fetch-site", b"cross-site")) for kind in KINDS]
    unmarked = [await ask(kind) for kind in FORMS]
    before = len(ASKED)
    ours = await ask(b"application/json", (b"origin", b"http://shop.test"))
    print(json.dumps({"refused": refused, "unmarked": unmarked, "ran": before, "ours": ours}))


asyncio.run(main())
