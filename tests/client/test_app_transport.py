"""Calling an app in the same process: what a server would do, without one."""

import asyncio
import gc
import threading
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import Any

import httpx2
import pytest
from fastapi import BackgroundTasks, FastAPI, Request, Response
from fastapi.responses import RedirectResponse, StreamingResponse

from fluidkit_cli.client import AppTransport
from fluidkit_cli.client.lifespan import App

PATIENCE = 20
BASE = "http://test"


class Site:
    """An app, and what has happened in it."""

    def __init__(self) -> None:
        self.log: list[str] = []
        self.app = FastAPI(lifespan=self._lifespan)
        for path in (self.db, self.boom, self.later, self.ticks, self.half, self.silent, self.old):
            self.app.get(f"/{path.__name__}", response_model=None)(path)
        self.app.get("/cookie", response_model=None)(self.cookie)

    @asynccontextmanager
    async def _lifespan(self, _: FastAPI) -> AsyncIterator[dict[str, int]]:
        self.log.append("started")
        yield {"db": 7}
        self.log.append("ended")

    def db(self, request: Request) -> int:
        return int(request.state.db)

    def boom(self) -> None:
        raise ValueError("boom")

    def later(self, tasks: BackgroundTasks) -> str:
        tasks.add_task(self.log.append, "later")
        return "now"

    async def ticks(self) -> StreamingResponse:
        async def endless() -> AsyncIterator[str]:
            try:
                while True:
                    yield "tick\n"
                    await asyncio.sleep(0)
            finally:
                self.log.append("left")

        return StreamingResponse(endless())

    async def half(self) -> StreamingResponse:
        async def broken() -> AsyncIterator[str]:
            yield "half"
            raise ValueError("boom")

        return StreamingResponse(broken())

    async def silent(self) -> None:
        await asyncio.Event().wait()

    def old(self) -> RedirectResponse:
        return RedirectResponse("/db")

    def cookie(self, request: Request, response: Response) -> str:
        response.set_cookie("seen", "yes")
        return request.cookies.get("seen", "no")


@pytest.fixture
def site() -> Site:
    return Site()


def got(transport: AppTransport, path: str, **options: Any) -> httpx2.Response:
    with httpx2.Client(transport=transport, base_url=BASE, **options) as client:
        return client.get(path)


async def agot(transport: AppTransport, path: str, **options: Any) -> httpx2.Response:
    async with httpx2.AsyncClient(transport=transport, base_url=BASE, **options) as client:
        return await client.get(path)


def test_the_app_lives_as_long_as_the_outermost_who_entered_it(site: Site) -> None:
    with AppTransport(site.app) as transport:
        assert [got(transport, "/db").json() for _ in range(2)] == [7, 7]
        assert site.log == ["started"]
    assert site.log == ["started", "ended"]


def test_that_is_so_in_code_that_awaits(site: Site) -> None:
    async def scene() -> None:
        async with AppTransport(site.app) as transport:
            assert (await agot(transport, "/db")).json() == 7
            assert site.log == ["started"]

    asyncio.run(scene())
    assert site.log == ["started", "ended"]


def test_one_transport_serves_one_event_loop_after_another(site: Site) -> None:
    transport = AppTransport(site.app)
    for _ in range(2):
        assert asyncio.run(agot(transport, "/db")).json() == 7
        assert got(transport, "/db").json() == 7
    assert site.log == ["started", "ended"] * 4


def test_threads_share_one_loop(site: Site) -> None:
    client = httpx2.Client(transport=AppTransport(site.app), base_url=BASE)
    everybody = threading.Barrier(16)

    def ask() -> str:
        everybody.wait(PATIENCE)
        return str(client.get("/cookie").json())

    with ThreadPoolExecutor(16) as pool:
        answers = [pool.submit(ask) for _ in range(16)]
        assert {answer.result(PATIENCE) for answer in answers} <= {"no", "yes"}
    assert len(loop_threads()) == 1
    client.close()
    assert loop_threads() == []


def loop_threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "AppTransport"]


async def bare(scope: Any, receive: Any, send: Any) -> None:
    """As many small apps are: whatever else it is asked, it does not answer."""
    if scope["type"] == "http":
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body"})


async def unready(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "lifespan.startup.failed", "message": "no database"})


async def mute(scope: Any, receive: Any, send: Any) -> None:
    """Does not answer requests either."""


def test_an_app_that_leaves_the_lifespan_unanswered_is_up() -> None:
    with AppTransport(bare) as transport:
        assert got(transport, "/").status_code == 204


def test_an_app_that_cannot_start_says_why_and_leaves_no_thread() -> None:
    with pytest.raises(RuntimeError, match="no database"), AppTransport(unready):
        pass
    assert loop_threads() == []


def test_an_app_that_does_not_answer_is_no_silence() -> None:
    with pytest.raises(httpx2.RemoteProtocolError, match="did not answer"):
        got(AppTransport(mute), "/")


@pytest.mark.parametrize("path", ["/boom", "/half"])
def test_what_the_app_raises_is_raised_where_it_is_read(site: Site, path: str) -> None:
    with pytest.raises(ValueError, match="boom"):
        got(AppTransport(site.app), path)
    with pytest.raises(ValueError, match="boom"):
        asyncio.run(agot(AppTransport(site.app), path))


def test_of_a_far_away_app_one_sees_what_a_client_would(site: Site) -> None:
    far = AppTransport(site.app, raise_app_exceptions=False)
    assert got(far, "/boom").status_code == 500
    with pytest.raises(httpx2.RemoteProtocolError):
        got(far, "/half")


@pytest.mark.parametrize("error", [pytest.fail.Exception("no"), SystemExit(3)])
@pytest.mark.parametrize("is_late", [False, True])
def test_what_is_no_exception_is_raised_too(error: BaseException, is_late: bool) -> None:
    """As `pytest.fail` in what a test puts in the place of a dependency."""

    async def failing(scope: Any, receive: Any, send: Any) -> None:
        if is_late:
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": b"half", "more_body": True})
        raise error

    async def scene() -> None:
        async with asyncio.timeout(PATIENCE):
            await asked(failing)

    with pytest.raises(type(error)):
        asyncio.run(scene())


def test_an_app_that_cancels_itself_breaks_off() -> None:
    async def cancelled(scope: Any, receive: Any, send: Any) -> None:
        raise asyncio.CancelledError

    async def scene() -> None:
        async with asyncio.timeout(PATIENCE):
            with pytest.raises(httpx2.RemoteProtocolError):
                await asked(cancelled)

    asyncio.run(scene())


async def asked(app: App) -> bytes:
    """The answer, without a lifespan."""
    request = httpx2.Request("GET", BASE)
    response = await AppTransport(app).handle_async_request(request)
    return await response.aread()


def test_an_answer_ends_with_its_background_tasks(site: Site) -> None:
    assert got(AppTransport(site.app), "/later").json() == "now"
    assert "later" in site.log


def test_who_leaves_is_seen_by_the_generator(site: Site) -> None:
    with (
        AppTransport(site.app) as transport,
        httpx2.Client(transport=transport, base_url=BASE) as client,
    ):
        with client.stream("GET", "/ticks") as response:
            assert next(response.iter_lines()) == "tick"
        assert site.log == ["started", "left"]


def test_a_stream_that_is_left_open_ends_with_the_transport(site: Site) -> None:
    transport = AppTransport(site.app)
    client = httpx2.Client(transport=transport, base_url=BASE)
    response = client.send(client.build_request("GET", "/ticks"), stream=True)
    assert next(response.iter_lines()) == "tick"
    transport.close()
    assert site.log == ["left"]


def test_the_app_goes_no_faster_than_its_reader() -> None:
    made = 0

    async def fast(scope: Any, receive: Any, send: Any) -> None:
        nonlocal made
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for made in range(1, 100):
            await send({"type": "http.response.body", "body": b"x", "more_body": made < 99})

    async def scene() -> None:
        request = httpx2.Request("GET", BASE)
        response = await AppTransport(fast).handle_async_request(request)
        pieces = response.aiter_raw()
        for read in range(1, 50):
            assert await anext(pieces) == b"x"
            assert made <= read + 2
        assert len([piece async for piece in pieces]) == 50
        await response.aclose()

    asyncio.run(scene())


def test_a_request_arrives_as_by_a_server() -> None:
    async def echo(scope: Any, receive: Any, send: Any) -> None:
        told = [scope["path"], scope["raw_path"].decode(), scope["query_string"].decode()]
        headers = [(b"x-told", " ".join(told).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"never sent to HEAD"})

    with httpx2.Client(transport=AppTransport(echo), base_url=BASE) as client:
        answer = client.head("/a%2Fb/c%20d?e=%20f")
    assert answer.headers["x-told"] == "/a/b/c d /a%2Fb/c%20d e=%20f"
    assert answer.content == b""


def test_that_is_so_where_the_loop_ends_first(site: Site) -> None:
    async def scene() -> None:
        client = httpx2.AsyncClient(transport=AppTransport(site.app), base_url=BASE)
        response = await client.send(client.build_request("GET", "/ticks"), stream=True)
        assert await anext(response.aiter_lines()) == "tick"

    asyncio.run(scene())
    assert site.log == ["left"]


def test_an_app_that_falls_silent_is_given_up_without_a_trace(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(httpx2.ReadTimeout):
        got(AppTransport(site.app), "/silent", timeout=0.05)
    gc.collect()
    assert caplog.records == []


def test_cookies_and_redirects_are_the_clients(site: Site) -> None:
    with httpx2.Client(transport=AppTransport(site.app), base_url=BASE) as client:
        assert [client.get("/cookie").json() for _ in range(2)] == ["no", "yes"]
        assert client.get("/old").headers["location"] == "/db"
        assert client.get("/old", follow_redirects=True).json() == 7


def test_a_web_socket_is_refused_by_name(site: Site) -> None:
    with pytest.raises(httpx2.UnsupportedProtocol, match="ws://"):
        got(AppTransport(site.app), "ws://test/db")
