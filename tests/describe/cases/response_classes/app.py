from pathlib import Path

from fastapi import FastAPI, Response
from fastapi.responses import (
    FileResponse,
    HTMLResponse,
    JSONResponse,
    PlainTextResponse,
    RedirectResponse,
    StreamingResponse,
)
from pydantic import BaseModel

app = FastAPI()


class Item(BaseModel):
    name: str


class Image(Response):
    media_type = "image/png"


class Lines(StreamingResponse):
    media_type = "application/jsonl; charset=utf-8"


@app.get("/text", response_class=PlainTextResponse)
def text() -> str: ...


@app.get("/html", response_class=HTMLResponse)
def html():
    return "<p>"


@app.get("/file", response_class=FileResponse)
def file() -> str: ...


@app.get("/returned-file")
def returned_file(path: Path):
    return FileResponse(path, media_type="application/pdf")


@app.get("/image", response_class=Image)
def image():
    return b""


@app.get("/empty", status_code=204)
def empty() -> None: ...


@app.get("/returned-empty")
def returned_empty():
    return Response(status_code=204)


@app.get("/redirect")
def redirect():
    return RedirectResponse("/text")


@app.get("/json")
def returned_json(fail: bool):
    if fail:
        return JSONResponse({"detail": "no"}, status_code=404)
    return JSONResponse({"ok": True})


@app.get("/written")
def written(item: str):
    return Response(Item(name=item).model_dump_json(), media_type="application/json")


@app.get("/annotated")
def annotated() -> PlainTextResponse:
    return make()


def make() -> PlainTextResponse: ...


@app.get("/generator", response_class=Lines)
async def generator():
    yield Item(name="a").model_dump_json() + "\n"


@app.get("/csv")
def csv():
    headers = {"content-disposition": 'attachment; filename="a.csv"'}
    return StreamingResponse(iter(["a,b"]), media_type="text/csv", headers=headers)


@app.get("/log")
def log():
    return StreamingResponse(open("log"), media_type="text/plain")


@app.get("/unnamed-text")
def unnamed_text():
    return StreamingResponse(iter(["a"]))


@app.get("/unnamed-bytes")
def unnamed_bytes():
    return StreamingResponse(iter([b"a"]))


@app.get("/stream-or-json")
def stream_or_json(stream: bool):
    if stream:
        return Lines(iter(['{"a": 1}\n']))
    return {"a": 1}


@app.get("/data")
def data():
    return {"item": Item(name="a"), "count": 1, "list": [Item(name="b")]}


@app.get("/nothing")
def nothing():
    pass


@app.get("/either")
def either(plain: bool):
    if plain:
        return PlainTextResponse("a")
    return HTMLResponse("<p>")
