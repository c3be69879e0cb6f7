from typing import Annotated

from fastapi import FastAPI, File, Form, UploadFile

app = FastAPI()


@app.post("/form")
def form(name: Annotated[str, Form()]) -> None: ...


@app.post("/upload")
def upload(file: UploadFile, note: Annotated[bytes, File()]) -> None: ...
