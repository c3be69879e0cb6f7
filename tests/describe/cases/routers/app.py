from fastapi import APIRouter, FastAPI, WebSocket
from starlette.requests import Request
from starlette.responses import PlainTextResponse

app = FastAPI()
outer = APIRouter(prefix="/outer", tags=["outer"])
inner = APIRouter(prefix="/inner/{inner_id}")
hidden = APIRouter()
sub = FastAPI()


@app.get("/")
def root() -> int:
    """The first line.

    And more.
    """


@inner.get("/leaf")
def leaf(inner_id: int) -> int: ...


@inner.websocket("/socket")
async def socket(websocket: WebSocket) -> None: ...


@hidden.get("/hidden")
def nothing() -> int: ...


@app.get("/secret", include_in_schema=False)
def secret() -> int: ...


@app.api_route("/several", methods=["POST", "GET"], operation_id="own_id")
def several() -> int: ...


@sub.get("/below")
def below(q: str) -> int: ...


def decorated(function):
    def wrapper(q: int):
        return function(q)

    return wrapper


@app.get("/decorated")
@decorated
def original(q: int): ...


class Callable:
    def __call__(self, q: int) -> int: ...


app.get("/object")(Callable())
app.get("/lambda")(lambda: 1)


async def plain(request: Request) -> PlainTextResponse: ...


app.add_route("/plain", plain)
outer.include_router(inner)
app.include_router(outer, prefix="/api")
app.include_router(hidden, include_in_schema=False)
app.mount("/sub/{tenant}", sub)


@outer.get("/late")
def late() -> int: ...
