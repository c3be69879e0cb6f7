"""Forms, with files and without; each answers with what came."""

from datetime import date
from enum import Enum
from typing import Annotated

from fastapi import Depends, FastAPI, File, Form, UploadFile
from pydantic import BaseModel, Field

app = FastAPI()


class Size(Enum):
    small = "small"
    large = "large"


class Login(BaseModel):
    user_name: str = Field(alias="userName", description="As it was registered")
    password: str
    days: list[date] = []
    remember: bool | None = None


class Album(BaseModel):
    title: str
    cover: UploadFile
    pages: list[UploadFile] = []


class Sent(BaseModel):
    name: str | None
    size: int


async def sent(file: UploadFile) -> Sent:
    return Sent(name=file.filename, size=len(await file.read()))


def tracked(source: Annotated[str, Form()] = "web") -> str:
    return source


@app.post("/one")
def one_field(name: Annotated[str, Form()]) -> str:
    return name


@app.post("/several")
def several_fields(
    name: Annotated[str, Form(alias="full-name")],
    size: Annotated[Size, Form()],
    tags: Annotated[list[str] | None, Form()] = None,
    source: str = Depends(tracked),
) -> tuple[str, Size, list[str] | None, str]:
    return name, size, tags, source


@app.post("/model")
def form_model(login: Annotated[Login, Form()]) -> Login:
    return login


@app.post("/optional")
def nothing_needed(note: Annotated[str | None, Form()] = None) -> str | None:
    return note


@app.post("/upload")
async def upload(file: UploadFile) -> Sent:
    return await sent(file)


@app.put("/uploads/{folder}")
async def uploads(
    folder: str,
    files: list[UploadFile],
    note: Annotated[bytes, File(description="Read as a whole")],
    title: Annotated[str, Form()] = "",
    cover: UploadFile | None = None,
    overwrite: bool = False,
) -> list[Sent]:
    return [await sent(file) for file in files]


@app.post("/album")
async def files_in_a_model(album: Annotated[Album, Form()]) -> list[Sent]:
    return [await sent(file) for file in (album.cover, *album.pages)]
