"""`backend/serving/bodies.py` and `listeners.py` of every workspace: what one client may take."""

import asyncio
import errno
import os
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from io import BytesIO
from typing import Any, cast

import pytest
from fastapi import FastAPI, Request, UploadFile
from fastapi.responses import JSONResponse, PlainTextResponse
from fastapi.testclient import TestClient
from starlette.exceptions import HTTPException as StarletteHTTPException
from starlette.types import Message, Receive, Scope, Send

from scaffolds.asking import Answer, Asking
from scaffolds.backends import backend_module
from scaffolds.failing_app import KINDS, router

LIMIT = 10_000
PART = b'--bb\r\nContent-Disposition: form-data; name="a"\r\n\r\n'
FORM = {"content-type": "multipart/form-data; boundary=bb"}


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch) -> FastAPI:
    monkeypatch.setenv("BODY_LIMIT", str(LIMIT))
    return served(FastAPI())


def served(app: FastAPI) -> FastAPI:
    @app.post("/raw")
    async def read_raw(request: Request) -> int:
        return len(await request.body())

    @app.post("/form")
    async def read_form(request: Request) -> int:
        return len(await request.form())

    @app.post("/json")
    async def read_json(body: list[Any]) -> int:
        return len(body)

    @app.post("/ponder")
    async def ponder(request: Request) -> int:
        pieces = request.stream()
        size = 0
        for _ in range(4):
            await asyncio.sleep(0.2)
            size += len(await anext(pieces))
        return size

    inner = FastAPI()
    inner.post("/raw")(read_raw)
    app.mount("/inner", inner)
    app.mount("/plain", echo_size)
    app.mount("/mirror", mirror)
    app.mount("/listens", listen_on)
    backend_module("serving").serve(app)
    return app


async def echo_size(scope: Scope, receive: Receive, send: Send) -> None:
    """An application that knows nothing of exceptions with a status."""
    size, more = 0, True
    while more:
        message = await receive()
        size, more = size + len(message["body"]), message.get("more_body", False)
    await JSONResponse(size)(scope, receive, send)


async def listen_on(scope: Scope, receive: Receive, send: Send) -> None:
    """Reads all, and waits then for the client to leave, for a second."""
    while (await receive())["more_body"]:
        pass
    leaving = asyncio.create_task(cast("Coroutine[Any, Any, Message]", receive()))
    await asyncio.wait([leaving], timeout=1)
    text = "it ended" if leaving.done() else "nobody left"
    leaving.cancel()
    await PlainTextResponse(text)(scope, receive, send)


async def begin(scope: Scope, receive: Receive, send: Send) -> None:
    """Returns without waiting for anything once it has begun to answer."""
    await send({"type": "http.response.start", "status": 200, "headers": []})


async def mirror(scope: Scope, receive: Receive, send: Send) -> None:
    """Listens before it answers, and goes on to."""
    heard = asyncio.create_task(cast("Coroutine[Any, Any, Message]", receive()))
    await asyncio.sleep(0)
    await send({"type": "http.response.start", "status": 200, "headers": []})
    more = True
    while more:
        message = await heard
        more = message.get("more_body", False)
        heard = asyncio.create_task(cast("Coroutine[Any, Any, Message]", receive()))
        await send({"type": "http.response.body", "body": message["body"], "more_body": more})
    heard.cancel()


def in_pieces(size: int) -> Iterator[bytes]:
    """Of a body whose length is not said."""
    for _ in range(size // 1000):
        yield b"x" * 1000


@pytest.mark.parametrize("path", ["/raw", "/inner/raw", "/plain"])
@pytest.mark.parametrize("says_length", [True, False])
def test_a_body_that_is_too_large_is_refused(app: FastAPI, path: str, says_length: bool) -> None:
    def body(size: int) -> bytes | Iterator[bytes]:
        return b"x" * size if says_length else in_pieces(size)

    client = TestClient(app)
    fits = client.post(path, content=body(LIMIT))
    assert (fits.status_code, fits.json()) == (200, LIMIT)
    refused = client.post(path, content=body(LIMIT + 1000))
    assert refused.status_code == 413
    assert refused.json() == {"detail": f"The body may have {LIMIT} bytes"}


def test_a_body_that_says_it_is_too_large_is_not_read(app: FastAPI) -> None:
    class Unread(Asking):
        async def _receive(self) -> Message:
            raise AssertionError("it was read")

    async def refused() -> Answer:
        return await Unread(app, "/raw", "POST", headers=[(b"content-length", b"1" * 20)]).returned

    answer = asyncio.run(refused())
    assert answer.messages[0]["status"] == 413
    assert answer.error is None


@pytest.mark.attack(115)
@pytest.mark.parametrize(
    "body",
    [
        PART + b"x" * 1_048_577 + b"\r\n--bb--\r\n",
        (PART + b"x\r\n") * 1001 + b"--bb--\r\n",
        (PART.replace(b'"a"', b'"a"; filename="f"') + b"x\r\n") * 1001 + b"--bb--\r\n",
    ],
    ids=["a long field", "many fields", "many files"],
)
def test_a_form_of_too_much_is_too_large(body: bytes) -> None:
    answer = TestClient(served(FastAPI())).post("/form", content=body, headers=FORM)
    assert answer.status_code == 413, answer.text


def test_other_forms_are_answered_as_ever(app: FastAPI) -> None:
    client = TestClient(app)
    assert client.post("/form", content=b"--cc", headers=FORM).status_code == 400
    assert client.post("/form", data={"a": "1"}).json() == 1


def test_a_disk_that_is_full_is_no_fault_of_the_client(monkeypatch: pytest.MonkeyPatch) -> None:
    class Full(BytesIO):
        _rolled = False

        def write(self, data: Any) -> int:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    app = FastAPI()

    @app.post("/upload")
    async def upload(file: UploadFile) -> None:
        """Never reached."""

    backend_module("serving").serve(app)
    monkeypatch.setattr("starlette.formparsers.SpooledTemporaryFile", lambda **_: Full())
    with pytest.raises(OSError, match="No space left"):
        TestClient(app).post("/upload", files={"file": b"x"})


def test_json_without_a_bottom_is_unprocessable() -> None:
    client = TestClient(served(FastAPI()), headers={"content-type": "application/json"})
    answer = client.post("/json", content=b"[" * 100_000)
    assert answer.status_code == 422
    assert answer.json()["detail"][0]["msg"] == "JSON is nested too deeply"
    assert client.post("/json", content=b"[1, 2]").json() == 2
    assert client.post("/json", content=b"[1, 2").status_code == 422


class Slow(Asking):
    """Sends a body in pieces, with a pause before each."""

    pieces = [b"x"] * 10
    pause = 0.1

    async def _receive(self) -> Message:
        await asyncio.sleep(self.pause if self.pieces else 3600)
        piece, *self.pieces = self.pieces
        return {"type": "http.request", "body": piece, "more_body": bool(self.pieces)}


class SlowPhone(Slow):
    pieces = [b"x" * 1000] * 10


class Prompt(Slow):
    pause = 0.01


class Silent(Slow):
    pieces = [b"x"] * 2
    pause = 0.7


class Http2(Slow):
    def __init__(self, *asked: Any, **options: Any) -> None:
        super().__init__(*asked, **options)
        self._scope.update(http_version="2", headers=[])


async def answer_slowly(
    asking: type[Slow], path: str, *, says_length: bool = True, app: FastAPI | None = None
) -> Answer:
    length = (b"content-length", b"%d" % sum(map(len, asking.pieces)))
    how = length if says_length else (b"transfer-encoding", b"chunked")
    return await asking(served(app or FastAPI()), path, "POST", headers=[how]).returned


@pytest.fixture
def half_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BODY_TIMEOUT", "0.5")
    monkeypatch.setattr(backend_module("serving.bodies"), "LEAST", 1000)


@pytest.mark.usefixtures("half_a_second")
@pytest.mark.parametrize("path", ["/raw", "/json", "/inner/raw", "/plain/"])
@pytest.mark.parametrize("says_length", [True, False])
def test_a_body_that_hardly_comes_is_not_waited_for(path: str, says_length: bool) -> None:
    answer = asyncio.run(answer_slowly(Slow, path, says_length=says_length))
    start, body = answer.messages
    assert start["status"] == 408
    assert (b"connection", b"close") in start["headers"]
    assert b"no 1000 bytes in 0.5 s" in body["body"]
    assert answer.error is None


@pytest.mark.usefixtures("half_a_second")
@pytest.mark.parametrize(("asking", "status"), [(Slow, 408), (SlowPhone, 413)])
def test_middleware_that_reads_bodies_makes_no_failure_of_it(
    asking: type[Slow], status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BODY_LIMIT", "9999")

    async def read(request: Request, call_next: Callable[[Request], Awaitable[Any]]) -> Any:
        await request.body()
        return await call_next(request)

    app = FastAPI()
    app.middleware("http")(read)
    answer = asyncio.run(answer_slowly(asking, "/raw", says_length=False, app=app))
    assert [message.get("status") for message in answer.messages] == [status, None]
    assert answer.error is None


@pytest.mark.usefixtures("half_a_second")
def test_http2_has_no_header_by_which_connections_are_closed() -> None:
    start, _ = asyncio.run(answer_slowly(Http2, "/raw")).messages
    assert start["status"] == 408
    assert b"connection" not in dict(start["headers"])


@pytest.mark.usefixtures("half_a_second")
def test_a_body_that_comes_slowly_may_take_its_time() -> None:
    answer = asyncio.run(answer_slowly(SlowPhone, "/raw"))
    assert answer.body == b"10000"


def test_an_answer_that_has_begun_breaks_off_at_what_is_too_large(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("BODY_LIMIT", "9999")
    answer = asyncio.run(answer_slowly(SlowPhone, "/mirror/", says_length=False))
    assert [message.get("status") for message in answer.messages[:2]] == [200, None]
    assert len(answer.body) == 9000
    assert not answer.has_ended


def test_without_a_time_out_a_body_may_take_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BODY_TIMEOUT", "0")
    assert asyncio.run(answer_slowly(Slow, "/raw")).body == b"10"


@pytest.mark.usefixtures("half_a_second")
def test_what_the_application_takes_for_itself_is_not_counted() -> None:
    answer = asyncio.run(answer_slowly(Prompt, "/ponder"))
    assert answer.body == b"4"


@pytest.mark.usefixtures("half_a_second")
def test_whoever_is_answered_already_may_talk_slowly() -> None:
    answer = asyncio.run(answer_slowly(Silent, "/mirror/"))
    assert answer.messages[0]["status"] == 200
    assert answer.body == b"xx"


@pytest.mark.usefixtures("half_a_second")
def test_whoever_has_sent_all_may_be_listened_to_for_long() -> None:
    answer = asyncio.run(answer_slowly(Prompt, "/listens/"))
    assert answer.body == b"nobody left"


def test_handlers_of_the_application_see_what_is_refused() -> None:
    app = FastAPI()

    @app.exception_handler(StarletteHTTPException)
    def handle(request: Request, error: StarletteHTTPException) -> PlainTextResponse:
        return PlainTextResponse(f"mine: {error.status_code}", error.status_code)

    client = TestClient(served(app))
    form = (PART + b"x\r\n") * 1001 + b"--bb--\r\n"
    assert client.post("/form", content=form, headers=FORM).text == "mine: 413"
    assert client.post("/form", content=b"--cc", headers=FORM).text == "mine: 400"


def test_a_handler_of_400_is_asked_as_ever() -> None:
    app = FastAPI()

    @app.exception_handler(400)
    async def handle(request: Request, error: Exception) -> PlainTextResponse:
        return PlainTextResponse("mine", 400)

    client = TestClient(served(app))
    assert client.post("/form", content=b"--cc", headers=FORM).text == "mine"
    form = (PART + b"x\r\n") * 1001 + b"--bb--\r\n"
    assert client.post("/form", content=form, headers=FORM).status_code == 413


def listening() -> FastAPI:
    app = FastAPI()
    app.include_router(router)
    app.middleware("http")(pass_on)
    backend_module("serving").serve(app)
    return app


async def pass_on(request: Request, call_next: Callable[[Request], Awaitable[Any]]) -> Any:
    """Middleware of the kind that runs what is inside of it in a task of its own."""
    return await call_next(request)


SIGNED_IN = {"cookie": [(b"cookie", b"s=1")], "token": [(b"authorization", b"Bearer 1")]}


@pytest.mark.parametrize("kind", [kind for kind in KINDS if not kind.startswith("sync")])
@pytest.mark.parametrize("credential", SIGNED_IN)
def test_a_user_holds_so_many_streams_and_no_more(
    monkeypatch: pytest.MonkeyPatch, kind: str, credential: str
) -> None:
    monkeypatch.setenv("STREAMS_PER_USER", "2")
    path, headers = f"/{kind}?ends=never", SIGNED_IN[credential]

    async def listen() -> None:
        app = listening()
        held = [Asking(app, path, headers=headers) for _ in range(2)]
        for each in held:
            await each.until(lambda answer: bool(answer.messages))
        refused = await Asking(app, path, headers=headers).returned
        assert [message.get("status") for message in refused.messages] == [429, None]
        assert refused.has_ended
        assert refused.error is None
        assert (b"retry-after", b"10") in refused.messages[0]["headers"]
        other = Asking(app, path, headers=[(b"cookie", b"s=2")])
        nobody = [Asking(app, path) for _ in range(3)]
        for each in (other, *nobody):
            answer = await each.until(lambda answer: bool(answer.messages))
            assert answer.messages[0]["status"] == 200
        held[0].cancel()
        await held[0].returned
        again = Asking(app, path, headers=headers)
        answer = await again.until(lambda answer: bool(answer.messages))
        assert answer.messages[0]["status"] == 200
        for each in (held[1], other, *nobody, again):
            each.cancel()
            await each.returned

    asyncio.run(listen())


def test_a_stream_that_is_refused_and_over_cancels_nothing_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("STREAMS_PER_USER", "0")
    app = served(FastAPI())
    app.mount("/begins", begin)
    headers = SIGNED_IN["cookie"]

    async def asked() -> Answer:
        return await Asking(app, "/begins/", headers=headers).returned

    answer = asyncio.run(asked())
    assert [message.get("status") for message in answer.messages] == [429, None]
    assert answer.error is None


def test_nobody_is_remembered_who_has_left() -> None:
    listeners = backend_module("serving.listeners").Listeners(1)
    for host in ("203.0.113.7", "203.0.113.8"):
        assert listeners.let_in((host, b"s=1", b""))
        listeners.let_go((host, b"s=1", b""))
    assert not listeners._held


@pytest.mark.parametrize("status", [204, 304])
def test_what_is_no_stream_is_not_counted(monkeypatch: pytest.MonkeyPatch, status: int) -> None:
    monkeypatch.setenv("STREAMS_PER_USER", "0")
    app = FastAPI()
    app.get("/empty", status_code=status)(lambda: None)
    client = TestClient(served(app), cookies={"s": "1"})
    assert client.post("/raw", content=b"xx").json() == 2
    assert client.get("/empty").status_code == status
