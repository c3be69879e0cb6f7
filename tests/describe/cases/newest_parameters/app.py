from typing import Annotated

from fastapi import FastAPI, Form, Query
from pydantic import BaseModel

app = FastAPI()


class Page(BaseModel):
    limit: int
    offset: int = 0


@app.get("/optional-model")
def optional_model(page: Annotated[Page | None, Query()] = None): ...


@app.post("/by-parts")
def by_parts(name: Annotated[str, Form(media_type="multipart/form-data")]) -> str:
    return name
