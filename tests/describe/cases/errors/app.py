"""What routes, routers, apps and FastAPI itself declare as errors."""

from http import HTTPStatus
from typing import Annotated, Generic, TypeVar

from fastapi import APIRouter, Body, Cookie, Depends, FastAPI, Header, Request
from fastapi.exception_handlers import request_validation_exception_handler
from fastapi.exceptions import RequestValidationError
from fastapi.responses import PlainTextResponse, StreamingResponse
from pydantic import BaseModel, Field

T = TypeVar("T")


class Problem(BaseModel):
    detail: str
    error_code: int = Field(0, serialization_alias="errorCode")


class Taken(BaseModel):
    by: str


class Wrapped(BaseModel, Generic[T]):
    error: T


class HTTPValidationError(BaseModel):
    """The user's own, of the name that FastAPI's has."""

    wrong: list[str]


class Item(BaseModel):
    name: str


app = FastAPI(responses={500: {"model": Problem}})
plain = APIRouter()


@plain.get("/nothing")
def takes_nothing() -> str: ...


@plain.get("/path/{item_id}")
def takes_path(item_id: int) -> str: ...


@plain.get("/query")
def takes_query(page: int = 1) -> str: ...


@plain.get("/hidden")
def takes_hidden(secret: Annotated[str, Header(include_in_schema=False)] = "") -> str: ...


@plain.get("/cookie")
def takes_cookie(session: Annotated[str, Cookie()]) -> str: ...


@plain.post("/body")
def takes_body(item: Item) -> Item: ...


@plain.post("/bodies")
def takes_bodies(item: Item, note: Annotated[str, Body()]) -> Item: ...


@plain.get("/request")
def takes_request(request: Request) -> str: ...


def page_of(page: int = 1) -> int: ...


def user_of(page: Annotated[int, Depends(page_of)]) -> str: ...


@plain.get("/dependency")
def takes_dependency(user: Annotated[str, Depends(user_of)]) -> str: ...


@plain.get("/guard", dependencies=[Depends(page_of)])
def takes_guard() -> str: ...


@plain.get("/stream/{item_id}", responses={404: {"model": Problem}})
def streams(item_id: int) -> StreamingResponse:
    return StreamingResponse(iter(["a"]), media_type="text/plain")


app.include_router(plain, prefix="/plain")

routed = APIRouter(responses={404: {"model": Problem}, 401: {"description": "Who is it?"}})


@routed.post(
    "/create",
    status_code=201,
    responses={
        HTTPStatus.CONFLICT: {"model": Taken, "description": "Taken"},
        "503": {"model": Wrapped[Taken]},
        202: {"model": Taken},
        304: {"description": "Not modified"},
    },
)
def create(item: Item) -> Item: ...


@routed.get("/replaces", responses={404: {"model": Taken | Problem}, 500: {"model": list[str]}})
def replaces() -> str: ...


@routed.head("/head")
def answers_without_body(page: int = 1) -> str: ...


@routed.get("/declares", responses={422: {"model": HTTPValidationError}})
def declares_422(page: int) -> str: ...


@routed.get("/declares_without_need", responses={422: {"model": Taken}})
def declares_422_of_its_own() -> str: ...


@routed.get("/describes", responses={"422": {"description": "Wrong"}})
def describes_422(page: int) -> str: ...


@routed.get("/range", responses={"4XX": {"model": Problem}, "5xx": {"description": "Ours"}})
def declares_range(page: int) -> str: ...


@routed.get("/rest", responses={"default": {"model": Taken}, "3XX": {"description": "There"}})
def declares_the_rest(page: int) -> str: ...


@routed.get("/content", responses={410: {"content": {"text/html": {}}}})
def declares_content() -> str: ...


@routed.get("/text", response_class=PlainTextResponse, responses={400: {"model": Problem}})
def answers_with_text() -> str: ...


app.include_router(routed, prefix="/routed", responses={403: {"model": Taken}})


@app.exception_handler(RequestValidationError)
async def log_first(request: Request, error: RequestValidationError) -> object:
    return await request_validation_exception_handler(request, error)
