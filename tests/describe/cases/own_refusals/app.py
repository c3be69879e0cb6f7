"""Apps that answer invalid requests by functions of their own, and one mounted that does not."""

from fastapi import APIRouter, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.routing import Mount


class Refused(BaseModel):
    messages: list[str]


app = FastAPI()


@app.exception_handler(RequestValidationError)
async def say_it_short(request: Request, error: RequestValidationError) -> JSONResponse:
    return JSONResponse({"messages": [str(error)]}, 422)


@app.get("/unknown/{item_id}")
def unknown(item_id: int) -> str: ...


@app.get("/also_unknown/{item_id}")
def also_unknown(item_id: int) -> str: ...


@app.get("/declared/{item_id}", responses={422: {"model": Refused}})
def declared(item_id: int) -> str: ...


@app.get("/range/{item_id}", responses={"4XX": {"model": Refused}})
def declared_by_range(item_id: int) -> str: ...


@app.get("/nothing")
def nothing() -> str: ...


mounted = FastAPI()


@mounted.get("/known/{item_id}")
def known(item_id: int) -> str: ...


app.mount("/mounted", mounted)

routes = APIRouter()


@routes.get("/unknown_too/{item_id}")
def unknown_too(item_id: int) -> str: ...


app.router.routes.append(Mount("/router", routes=routes.routes))
