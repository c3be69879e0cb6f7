"""`backend/serving/failures.py` of every workspace: streams that end honestly, in-process."""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from types import ModuleType
from typing import Any

import pytest
from fastapi import BackgroundTasks, Depends, FastAPI, HTTPException, WebSocket
from fastapi.responses import PlainTextResponse, StreamingResponse
from fastapi.sse import EventSourceResponse
from fastapi.testclient import TestClient
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import ClientDisconnect
from starlette.types import Message, Receive, Scope, Send

from scaffolds import failing_app
from scaffolds.asking import END, START, Application, Asking, ask, chunk
from scaffolds.backends import backend_module
from scaffolds.failing_app import EVENTS, KINDS, router

PATIENCE = backend_module("serving.answers").PATIENCE
MIDDLEWARE = ("none", "before", "after", "twice", "gzip")


@pytest.fixture(scope="module")
def failures() -> ModuleType:
    return backend_module("serving.failures")


def honest(failures: ModuleType, *, middleware: str = "none") -> FastAPI:
    """The app with all its failing routes, and middleware that would end what has failed."""
    app = FastAPI()
    app.include_router(router)

    async def pass_on(request: Any, call_next: Any) -> Any:
        return await call_next(request)

    if middleware in {"before", "twice"}:
        app.middleware("http")(pass_on)
    failures.report_failures(app)
    if middleware in {"after", "twice"}:
        app.middleware("http")(pass_on)
    if middleware == "gzip":
        app.add_middleware(GZipMiddleware, minimum_size=0)
    return app


@pytest.mark.parametrize("middleware", MIDDLEWARE)
@pytest.mark.parametrize("kind", KINDS)
def test_a_stream_that_fails_has_no_end(failures: ModuleType, kind: str, middleware: str) -> None:
    answer = asyncio.run(ask(honest(failures, middleware=middleware), f"/{kind}"))
    assert answer.messages[0]["status"] == 200
    assert not answer.has_ended
    assert answer.error, "the server has nothing to log"
    events = answer.body.count(b"event: fluidkit.error")
    assert events == (1 if kind in EVENTS else 0)


@pytest.mark.parametrize("middleware", MIDDLEWARE)
@pytest.mark.parametrize("kind", KINDS)
def test_a_good_stream_is_what_it_would_be_without(
    failures: ModuleType, kind: str, middleware: str
) -> None:
    plain = FastAPI()
    plain.include_router(router)
    if middleware == "gzip":
        plain.add_middleware(GZipMiddleware, minimum_size=0)
    expected = asyncio.run(ask(plain, f"/{kind}?ends=well"))
    answer = asyncio.run(ask(honest(failures, middleware=middleware), f"/{kind}?ends=well"))
    assert (answer.body, answer.has_ended, answer.error) == (expected.body, True, None)


@pytest.mark.parametrize("kind", EVENTS)
def test_in_development_the_last_event_says_what_failed(
    failures: ModuleType, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FASTAPI_ENV", "development")
    answer = asyncio.run(ask(honest(failures), f"/{kind}"))
    failure = ("fluidkit.error", {"message": "ValueError: the numbers are out"})
    assert answer.events[-1] == failure
    assert set(answer.events[:-1]) <= {("message", 1), ("message", 2)}


@pytest.mark.parametrize("kind", EVENTS)
def test_in_production_it_has_an_id_that_the_log_has_too(
    failures: ModuleType, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("FASTAPI_ENV", raising=False)
    answer = asyncio.run(ask(honest(failures), f"/{kind}"))
    name, said = answer.events[-1]
    assert (name, list(said)) == ("fluidkit.error", ["id"])
    assert re.fullmatch("[0-9a-f]{8}", said["id"])
    assert b"numbers are out" not in answer.body
    assert answer.error
    assert answer.error.__notes__ == [f"The client was told: error {said['id']}"]


async def fails_in_the_midst(send: Send) -> None:
    await send(START)
    await send(chunk(b"data: half"))
    raise ExceptionGroup("several", [ValueError("one"), ExceptionGroup("two", [KeyError("two")])])


def raw(failures: ModuleType, act: Callable[[Send], Awaitable[None]]) -> Application:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await act(send)

    ends: Application = failures.HonestEnds(app)
    return ends


def test_half_an_event_becomes_part_of_the_failure(
    failures: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FASTAPI_ENV", "development")
    answer = asyncio.run(ask(raw(failures, fails_in_the_midst)))
    message = '{"message": "ExceptionGroup: several (2 sub-exceptions)"}'
    assert answer.body.decode() == f"data: half:\nevent: fluidkit.error\ndata: {message}\n\n"


def test_an_exception_whose_message_raises_is_told_all_the_same(
    failures: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Odd(Exception):
        def __str__(self) -> str:
            raise SystemExit

    async def act(send: Send) -> None:
        await send(START)
        raise Odd

    monkeypatch.setenv("FASTAPI_ENV", "development")
    answer = asyncio.run(ask(raw(failures, act)))
    assert isinstance(answer.error, Odd)
    [(name, said)] = answer.events
    assert name == "fluidkit.error"
    assert "Odd: <exception str() failed>" in said["message"]


def test_what_is_sent_is_passed_on_before_more_is(failures: ModuleType) -> None:
    async def scenario() -> None:
        going_on = asyncio.Event()

        async def act(send: Send) -> None:
            for message in (START, chunk(b"data: 1\n\n"), chunk(b"data: 2\n\n")):
                await send(message)
            await going_on.wait()
            await send({**END, "body": b"data: 3\n\n"})
            await asyncio.sleep(0)

        asking = Asking(raw(failures, act))
        answer = await asking.until(lambda answer: len(answer.messages) == 3)
        assert answer.body == b"data: 1\n\ndata: 2\n\n"
        going_on.set()
        answer = await asking.returned
        assert answer.messages[3:] == [chunk(b"data: 3\n\n"), END]

    asyncio.run(scenario())


def background_app(failures: ModuleType, work: Callable[[], Awaitable[None]]) -> FastAPI:
    app = FastAPI()

    @app.get("/whole")
    async def whole(tasks: BackgroundTasks) -> int:
        tasks.add_task(work)
        return 1

    @app.get("/records")
    async def records(tasks: BackgroundTasks) -> AsyncIterator[int]:
        tasks.add_task(work)
        yield 1

    @app.get("/events", response_class=EventSourceResponse)
    async def events(tasks: BackgroundTasks) -> AsyncIterator[int]:
        tasks.add_task(work)
        yield 1

    failures.report_failures(app)
    return app


@pytest.mark.parametrize("path", ["/whole", "/records", "/events"])
def test_nobody_waits_for_a_background_task_to_end(failures: ModuleType, path: str) -> None:
    async def scenario() -> None:
        going_on = asyncio.Event()

        async def work() -> None:
            await going_on.wait()
            raise ValueError("after the end")

        asking = Asking(background_app(failures, work), path)
        ended = await asking.until(lambda answer: answer.has_ended)
        sent = len(ended.messages)
        assert not asking.returned.done()
        going_on.set()
        answer = await asking.returned
        assert answer.error
        assert len(answer.messages) == sent, "it was told of what is not the stream's"

    asyncio.run(scenario())


@pytest.mark.parametrize("middleware", MIDDLEWARE)
def test_a_cleanup_that_takes_long_hides_no_failure(failures: ModuleType, middleware: str) -> None:
    async def slow_to_leave() -> AsyncIterator[None]:
        try:
            yield
        finally:
            await asyncio.sleep(4 * PATIENCE)

    app = honest(failures, middleware=middleware)

    for path, endpoint in (("/slow", failing_app.events), ("/sync_slow", failing_app.sync_events)):
        depends = [Depends(slow_to_leave)]
        app.add_api_route(path, endpoint, response_class=EventSourceResponse, dependencies=depends)
        answer = asyncio.run(ask(app, path))
        assert not answer.has_ended
        assert answer.events[-1][0] == "fluidkit.error"


@pytest.mark.parametrize("middleware", MIDDLEWARE)
@pytest.mark.parametrize("kind", [kind for kind in KINDS if not kind.startswith("sync")])
def test_a_generator_that_swallows_its_cancellation_makes_no_end(
    failures: ModuleType, kind: str, middleware: str
) -> None:
    async def scenario() -> None:
        asking = Asking(honest(failures, middleware=middleware), f"/{kind}?ends=never")
        await asking.until(lambda answer: len(answer.messages) > 2)
        asking.cancel()
        answer = await asking.returned
        assert not answer.has_ended
        assert b"fluidkit.error" not in answer.body

    asyncio.run(scenario())


def test_nor_does_an_application_that_swallows_it_itself(failures: ModuleType) -> None:
    async def act(send: Send) -> None:
        await send(START)
        try:
            await asyncio.sleep(3600)
        except asyncio.CancelledError:
            await send(chunk(b"data: farewell\n\n"))
        await send(END)

    async def scenario() -> None:
        asking = Asking(raw(failures, act))
        await asking.until(lambda answer: bool(answer.messages))
        asking.cancel()
        answer = await asking.returned
        assert (answer.body, answer.has_ended) == (b"data: farewell\n\n", False)

    asyncio.run(scenario())


@pytest.mark.parametrize("middleware", MIDDLEWARE)
def test_a_stream_that_is_left_without_an_end_gets_none(
    failures: ModuleType, middleware: str
) -> None:
    async def left(scope: Scope, receive: Receive, send: Send) -> None:
        """As sse_starlette leaves a stream when the server is told to end."""
        await send(START)
        await send(chunk(b"data: 1\n\n"))

    app = honest(failures, middleware=middleware)
    app.mount("/left", left)
    answer = asyncio.run(ask(app, "/left/"))
    assert (answer.body, answer.has_ended, answer.error) == (b"data: 1\n\n", False, None)


def test_an_end_before_the_exception_is_none(failures: ModuleType) -> None:
    async def act(send: Send) -> None:
        for message in (START, chunk(b"data: 1\n\n"), END):
            await send(message)
        raise ValueError("out")

    async def scenario() -> None:
        answer = await ask(raw(failures, act))
        await asyncio.sleep(0)  # cancelled tasks go
        assert asyncio.all_tasks() == {asyncio.current_task()}, "an end may follow"
        assert not answer.has_ended
        assert answer.events[-1][0] == "fluidkit.error"

    asyncio.run(scenario())


def test_a_compressed_stream_takes_no_further_event(failures: ModuleType) -> None:
    async def act(send: Send) -> None:
        compressed = [(b"content-encoding", b"gzip"), *START["headers"]]
        await send({**START, "headers": compressed})
        await send(chunk(b"compressed"))
        raise ValueError("out")

    answer = asyncio.run(ask(raw(failures, act)))
    assert (answer.body, answer.has_ended) == (b"compressed", False)


def test_a_timeout_inside_of_the_stream_is_no_cut(failures: ModuleType) -> None:
    async def act(send: Send) -> None:
        await send(START)
        try:
            async with asyncio.timeout(0.01):
                await asyncio.sleep(3600)
        except TimeoutError:
            await send(chunk(b"data: late\n\n"))
        await send(END)

    answer = asyncio.run(ask(raw(failures, act)))
    assert (answer.has_ended, answer.error) == (True, None)


@pytest.mark.parametrize("middleware", ["none", "twice"])
def test_an_exception_before_the_first_byte_is_a_plain_500(
    failures: ModuleType, middleware: str
) -> None:
    app = honest(failures, middleware=middleware)

    @app.get("/early")
    async def early() -> StreamingResponse:
        raise ValueError("out")

    answer = asyncio.run(ask(app, "/early"))
    assert (answer.messages[0]["status"], answer.body) == (500, b"Internal Server Error")
    assert (answer.has_ended, type(answer.error)) == (True, ValueError)


def test_an_answer_with_a_status_of_its_own_stays_one(failures: ModuleType) -> None:
    def refuse() -> None:
        raise HTTPException(404, "nothing here")

    app = honest(failures)

    @app.get("/refused", response_class=EventSourceResponse, dependencies=[Depends(refuse)])
    async def refused() -> AsyncIterator[int]:
        yield 1

    client = TestClient(app)
    assert client.get("/refused").json() == {"detail": "nothing here"}


@pytest.mark.parametrize("leave", [ClientDisconnect(), asyncio.CancelledError()])
def test_a_client_that_has_gone_is_told_nothing(failures: ModuleType, leave: BaseException) -> None:
    async def act(send: Send) -> None:
        await send(START)
        raise leave

    answer = asyncio.run(ask(raw(failures, act)))
    assert answer.messages == [START]
    assert not hasattr(leave, "__notes__")


def test_a_server_that_cannot_send_any_more_hides_no_exception(failures: ModuleType) -> None:
    async def act(send: Send) -> None:
        await send(START)
        raise ValueError("out")

    async def refuse(message: Message) -> None:
        if message["type"] != "http.response.start":
            raise OSError("gone")

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    app = raw(failures, act)
    with pytest.raises(ValueError, match="out"):
        asyncio.run(app({"type": "http", "method": "GET"}, receive, refuse))  # type: ignore[arg-type]


@pytest.mark.parametrize("method", ["HEAD", "GET"])
@pytest.mark.parametrize("status", [200, 204, 304])
def test_an_answer_without_a_body_is_passed_on_at_once(
    failures: ModuleType, method: str, status: int
) -> None:
    start = {**START, "status": status, "headers": [(b"content-length", b"0")]}
    if status != 200 or method == "HEAD":
        start["headers"] = []

    async def scenario() -> None:
        going_on = asyncio.Event()

        async def act(send: Send) -> None:
            await send(start)
            await send(END)
            await going_on.wait()

        asking = Asking(raw(failures, act), method=method)
        began = asyncio.get_running_loop().time()
        answer = await asking.until(lambda answer: answer.has_ended)
        assert asyncio.get_running_loop().time() - began < PATIENCE
        assert answer.messages == [start, END]
        going_on.set()
        await asking.returned

    asyncio.run(scenario())


def test_an_answer_that_no_route_gave_ends_as_it_did(failures: ModuleType) -> None:
    app = honest(failures)

    @app.middleware("http")
    async def answer_all(request: Any, call_next: Any) -> Any:
        return StreamingResponse(iter(["mine"]))

    answer = asyncio.run(ask(app, "/anything"))
    assert (answer.body, answer.has_ended, answer.error) == (b"mine", True, None)


@pytest.mark.parametrize("inner", ["plain", "honest"])
def test_a_mounted_app_that_fails_is_told_of_once(failures: ModuleType, inner: str) -> None:
    mounted = honest(failures, middleware="twice") if inner == "honest" else FastAPI()
    if inner == "plain":
        mounted.include_router(router)
        mounted.middleware("http")(lambda request, call_next: call_next(request))
    app = honest(failures, middleware="twice")
    app.mount("/mounted", mounted)
    for kind in KINDS:
        answer = asyncio.run(ask(app, f"/mounted/{kind}"))
        assert not answer.has_ended, kind
        assert answer.body.count(b"fluidkit.error") == (kind in EVENTS)
        assert asyncio.run(ask(app, f"/mounted/{kind}?ends=well")).has_ended


def test_websockets_and_the_lifespan_are_left_alone(failures: ModuleType) -> None:
    app = honest(failures, middleware="twice")

    @app.websocket("/socket")
    async def socket(websocket: WebSocket) -> None:
        await websocket.accept()
        await websocket.send_text(await websocket.receive_text())
        await websocket.close()

    @app.get("/")
    async def root() -> PlainTextResponse:
        return PlainTextResponse("ready")

    with TestClient(app) as client, client.websocket_connect("/socket") as connection:
        connection.send_text("echo")
        assert connection.receive_text() == "echo"
        assert client.get("/").text == "ready"


async def stalled(failures: ModuleType, *, pauses: list[float], patience: float) -> list[str]:
    """What an app sees whose server takes each of its messages so late, and whose task it is."""
    seen: list[str] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        failures.cut_off_after(patience)
        await send(START)
        try:
            for _ in pauses:
                await send(chunk(b"data: 1\n\n"))
                seen.append("sent")
        except ClientDisconnect:
            seen.append("gone")
            await asyncio.sleep(0)  # it has not been cancelled
            raise

    async def take(message: Message) -> None:
        if message["type"] == "http.response.body":
            await asyncio.sleep(pauses[len(seen)])

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    await failures.HonestEnds(app)({"type": "http", "method": "GET"}, receive, take)
    return seen


def test_a_reader_that_takes_nothing_for_too_long_is_cut_off(failures: ModuleType) -> None:
    seen = asyncio.run(stalled(failures, pauses=[0, 0.05, 3600], patience=0.2))
    assert seen == ["sent", "sent", "gone"]


def test_a_slow_reader_has_that_long_for_each_message(failures: ModuleType) -> None:
    seen = asyncio.run(stalled(failures, pauses=[0.15] * 4, patience=0.25))
    assert seen == ["sent"] * 4


def test_who_reads_is_not_cut_off_where_nothing_was_sent_for_long(failures: ModuleType) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        failures.cut_off_after(0.05)
        await send(START)
        await asyncio.sleep(0.2)
        await send(chunk(b"data: 1\n\n"))
        await send(END)

    answer = asyncio.run(ask(failures.HonestEnds(app)))
    assert (answer.has_ended, answer.error) == (True, None)


def test_a_cancellation_while_a_message_waits_stays_one(failures: ModuleType) -> None:
    async def scenario() -> None:
        request = asyncio.create_task(stalled(failures, pauses=[3600], patience=3600))
        await asyncio.sleep(0.05)
        request.cancel()
        with pytest.raises(asyncio.CancelledError):
            await request

    asyncio.run(scenario())


def test_without_other_middleware_there_is_one_layer_of_ours(failures: ModuleType) -> None:
    def layers(app: FastAPI) -> int:
        count = 0
        layer: Any = app.build_middleware_stack()
        while layer:
            count += type(layer).__name__ == "HonestEnds"
            layer = getattr(layer, "app", None)
        return count

    assert layers(honest(failures)) == layers(honest(failures)) == 1
    assert layers(honest(failures, middleware="gzip")) == 2


def test_a_test_of_a_route_sees_the_exception_itself(failures: ModuleType) -> None:
    client = TestClient(honest(failures))
    with pytest.raises(ValueError, match="the numbers are out"):
        client.get("/text")
