"""A workspace whose pages are rendered on a server: in `dev`, and from `build` and `start`."""

import http.client
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import urllib.parse
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from fluidkit_cli.toolchain import find_node
from running import Running, answer, free_port, running, wait_for

pytestmark = [pytest.mark.workspace, pytest.mark.browser]

VISITS = """
import asyncio
import gzip
import json
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Cookie, HTTPException, Request, Response
from fastapi.responses import StreamingResponse
from fastapi.sse import EventSourceResponse
from pydantic import BaseModel

router = APIRouter()
counts = {"asked": 0, "left": 0, "late": 0}


class Visit(BaseModel):
    count: int
    theme: str
    host: str
    scheme: str
    client: str
    agent: str


@router.get("/late")
async def read_late() -> str:
    counts["late"] += 1
    await asyncio.sleep(2)
    return "late"


@router.get("/visits")
async def read_visit(
    request: Request,
    response: Response,
    visits: Annotated[int, Cookie()] = 0,
    theme: Annotated[str, Cookie()] = "none",
) -> Visit:
    counts["asked"] += 1
    response.set_cookie("visits", str(visits + 1), httponly=True, samesite="lax", max_age=3600)
    response.set_cookie("odd", 'say "hello, world"', path="/visits")
    return Visit(
        count=visits + 1,
        theme=theme,
        host=request.url.netloc,
        scheme=request.url.scheme,
        client=request.client.host if request.client else "",
        agent=request.headers.get("user-agent", ""),
    )


@router.get("/visits/{number}")
async def find_visit(number: int) -> Visit:
    raise HTTPException(404, f"No visit {number}")


@router.post("/forget")
async def forget(response: Response, visits: Annotated[int, Cookie()] = 0) -> int:
    response.delete_cookie("visits")
    return visits


@router.get("/moved/")
async def read_moved(visits: Annotated[int, Cookie()] = 0) -> int:
    return visits


@router.get("/counts")
async def read_counts() -> dict[str, int]:
    return counts


@router.get("/much")
async def read_much() -> str:
    text = gzip.compress(json.dumps("much " * 10_000).encode())
    headers = {"content-type": "application/json", "content-encoding": "gzip"}
    return Response(text, headers=headers)


@router.get("/watched")
async def watch() -> StreamingResponse:
    async def lines() -> AsyncIterator[str]:
        try:
            yield "first line\\n"
            await asyncio.sleep(3600)
        finally:
            counts["left"] += 1

    return StreamingResponse(lines(), media_type="text/plain")


@router.get("/failing/events", response_class=EventSourceResponse)
async def fail_events() -> AsyncIterator[int]:
    yield 1
    await asyncio.sleep(0.1)
    raise ValueError("the visits are out")


@router.get("/failing/records")
async def fail_records() -> AsyncIterator[int]:
    yield 1
    await asyncio.sleep(0.1)
    raise ValueError("the visits are out")
"""

LOAD = """
import clsx from 'clsx';
import { ApiError } from '#lib/api/runtime.ts';
import { find_visit, read_visit } from '#lib/api/visits.api.ts';

export async function load({ fetch, url }) {
	const visit = await read_visit({ fetch });
	const missing =
		url.searchParams.has('missing') &&
		(await find_visit(7, { fetch }).catch((error: unknown) => {
			if (error instanceof ApiError) return (error.body as { detail: string }).detail;
			throw error;
		}));
	const after = url.searchParams.has('after')
		? {
				moved: await (await fetch('/api/moved')).json(),
				forgotten: await (await fetch('/api/forget', { method: 'POST' })).json(),
				omitted: await (await fetch('/api/moved/', { credentials: 'omit' })).json(),
				left: await (await fetch('/api/moved/')).json()
			}
		: undefined;
	return { visit, missing, after, name: clsx('built', { in: true }) };
}
"""

PAGE = """
<script lang="ts">
	import { onMount } from 'svelte';

	let { data } = $props();
	let clicks = $state(0);
	let alive = $state(false);
	onMount(() => {
		alive = true;
	});
</script>

<p id="count" class={data.name}>Visit {data.visit.count} with theme {data.visit.theme}</p>
<p id="missing">{data.missing}</p>
<pre>{JSON.stringify(data)}</pre>
<button disabled={!alive} onclick={() => clicks++}>clicked {clicks} times</button>
<a href="/watch">watch</a>
"""

WATCH = """
<script lang="ts">
	import { onMount } from 'svelte';
	import { watch } from '#lib/api/visits.api.ts';

	let text = $state('nothing');
	onMount(() => {
		const stream = watch({ onChunk: (chunk) => (text = chunk) });
		return () => stream.close();
	});
</script>

<p id="text">{text}</p>
<a href="/visits">leave</a>
"""

FAILING = """
<script lang="ts">
	import { onMount } from 'svelte';
	import { fail_events, fail_records } from '#lib/api/visits.api.ts';

	let events = $state('');
	let records = $state('');
	async function read(stream: AsyncIterable<number>): Promise<string> {
		let last: unknown, at = 0;
		try {
			for await (const item of stream) [last, at] = [item, performance.now()];
		} catch (error) {
			const time = performance.now() - at < 1000 ? 'soon' : 'late';
			return `${last}, and ${time} after it ${error}`;
		}
		return `${last}, and no error`;
	}
	onMount(async () => {
		events = await read(fail_events());
		records = await read(fail_records());
	});
</script>

<p id="events">{events}</p>
<p id="records">{records}</p>
"""


LATE = """
export async function load({ fetch }: { fetch: typeof globalThis.fetch }) {
	const response = await fetch('/api/late');
	return { length: (await response.text()).length };
}
"""

LEFT_OPEN = """
import { read_much, watch } from '#lib/api/visits.api.ts';

export async function load({ fetch }) {
	watch({ fetch, onChunk: () => {} });
	const much = await read_much({ fetch });
	return { length: much.length };
}
"""

LENGTH = """
<script lang="ts">
	let { data } = $props();
</script>

<p id="length">{data.length}</p>
"""


@dataclass(frozen=True, slots=True)
class Site:
    """The site as it is served, by `dev` or by `start`."""

    url: str
    run: Running

    def get(self, path: str, **headers: str) -> tuple[int, http.client.HTTPMessage, str]:
        with closing(http.client.HTTPConnection(self.host, timeout=30)) as connection:
            connection.request("GET", path, headers=headers)
            response = connection.getresponse()
            return response.status, response.headers, response.read().decode()

    @property
    def host(self) -> str:
        return urllib.parse.urlsplit(self.url).netloc

    def counts(self) -> dict[str, int]:
        return dict(json.loads(self.get("/api/counts")[2]))


def write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text.lstrip(), encoding="utf-8")


def fluidkit(folder: Path, *arguments: str) -> str:
    run = subprocess.run(
        [sys.executable, "-m", "fluidkit_cli", *arguments],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    return run.stdout


@pytest.fixture(scope="module")
def rendered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace in the mode ssr, with pages that ask the API while they are rendered."""
    folder = tmp_path_factory.mktemp("ssr")
    fluidkit(folder, "new", "shop", "--template", "minimal", "--mode", "ssr", "--no-git")
    root = folder / "shop"
    main = root / "backend/main.py"
    text = main.read_text(encoding="utf-8")
    text = text.replace("import clock,", "import visits, clock,")
    write(main, text.replace("for module in (", "for module in (visits, "))
    write(root / "backend/routes/visits.py", VISITS)
    pages = root / "frontend/src/routes"
    write(pages / "visits/+page.ts", LOAD)
    write(pages / "visits/+page.svelte", PAGE)
    write(pages / "late/+page.ts", LATE)
    write(pages / "late/+page.svelte", LENGTH)
    write(pages / "watch/+page.svelte", WATCH)
    write(pages / "failing/+page.svelte", FAILING)
    write(pages / "left-open/+page.ts", LEFT_OPEN)
    write(pages / "left-open/+page.svelte", LENGTH)
    return root


@pytest.fixture(scope="module")
def built(rendered: Path) -> Path:
    fluidkit(rendered, "build")
    return rendered


@contextmanager
def started(root: Path, log: Path, *options: str) -> Iterator[Site]:
    """`fluidkit start`, when it has said its URL."""
    port = str(free_port())
    with running(root, log, "start", "--port", port, *options) as run:
        found = wait_for(lambda: re.search(r"build/ runs at (\S+)", run.output))
        assert found[1] == f"http://127.0.0.1:{port}"
        yield Site(found[1], run)


@pytest.fixture(scope="module", params=["dev", "start"])
def site(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    log = tmp_path_factory.mktemp("log") / "log"
    if request.param == "start":
        with started(request.getfixturevalue("built"), log) as site:
            yield site
        return
    with running(request.getfixturevalue("rendered"), log, "dev") as run:
        wait_for(run.ready, seconds=60)
        yield Site(run.url, run)


@pytest.fixture
def watched(page: Page) -> Iterator[Page]:
    """A page whose console stays empty, and whose requests do not fail."""
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda line: wrong.append(line.text) if line.type in NOISE else None)
    page.on("response", lambda answer: wrong.append(answer.url) if answer.status >= 400 else None)
    yield page
    assert wrong == []


NOISE = ("error", "warning")


def test_the_source_of_a_page_holds_the_apis_values(site: Site) -> None:
    status, _, text = site.get("/visits?missing", Cookie="visits=4; theme=dark")
    assert status == 200
    assert '<p id="count" class="built in">Visit 5 with theme dark</p>' in text
    assert '<p id="missing">No visit 7</p>' in text
    assert "Visit 5" not in site.get("/visits")[2]


def test_the_apis_cookies_arrive_as_it_set_them(site: Site) -> None:
    _, page, _ = site.get("/visits", Cookie="visits=4")
    _, direct, _ = site.get("/api/visits", Cookie="visits=4")
    assert page.get_all("set-cookie") == direct.get_all("set-cookie")
    assert 'odd="say \\"hello\\054 world\\""; Path=/visits; SameSite=lax' in (
        page.get_all("set-cookie") or []
    )


def test_what_the_api_sees_of_the_browser_is_the_same_through_a_page(site: Site) -> None:
    direct = json.loads(site.get("/api/visits", **{"User-Agent": "me"})[2])
    text = site.get("/visits", **{"User-Agent": "me"})[2]
    found = re.search(r"<pre>(.*?)</pre>", text)
    assert found, text
    assert json.loads(found[1])["visit"] == direct
    assert direct["host"] == site.host
    assert (direct["scheme"], direct["client"], direct["agent"]) == ("http", "127.0.0.1", "me")


def test_a_cookie_counts_for_all_that_the_page_asks_next(site: Site) -> None:
    _, headers, text = site.get("/visits?after", Cookie="visits=8")
    found = re.search(r"<pre>(.*?)</pre>", text)
    assert found, text
    after = json.loads(found[1])["after"]
    # set by the first answer, sent along a redirect, kept back on demand, deleted by a later one
    assert after == {"moved": 9, "forgotten": 9, "omitted": 0, "left": 0}
    assert [text[:9] for text in headers.get_all("set-cookie") or []][-1] == 'visits=""'


def test_users_do_not_see_each_others_cookies(site: Site) -> None:
    def visit(number: int) -> None:
        _, headers, text = site.get("/visits", Cookie=f"visits={number}; theme=t{number}")
        assert f"Visit {number + 1} with theme t{number}<" in text
        cookies = [text for text in headers.get_all("set-cookie") or [] if "visits=" in text]
        assert [text.partition(";")[0] for text in cookies] == [f"visits={number + 1}"]

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(visit, range(100, 140)))


def test_a_page_is_taken_over_by_the_browser_as_it_was_rendered(
    site: Site, watched: Page, browser: Browser
) -> None:
    asked = site.counts()["asked"]
    watched.goto(f"{site.url}/visits")
    expect(watched.locator("#count")).to_have_text("Visit 1 with theme none")
    watched.get_by_role("button").click()
    expect(watched.get_by_role("button")).to_have_text("clicked 1 times")
    assert site.counts()["asked"] == asked + 1, "the browser asked for what the page held"
    [cookie] = [each for each in watched.context.cookies() if each.get("name") == "visits"]
    assert (cookie.get("value"), cookie.get("httpOnly")) == ("1", True)

    watched.evaluate("document.cookie = 'theme=dark'")
    watched.reload()
    expect(watched.locator("#count")).to_have_text("Visit 2 with theme dark")


def test_a_stream_passes_the_front_and_ends_with_its_page(site: Site, watched: Page) -> None:
    watched.goto(f"{site.url}/visits")
    left = site.counts()["left"]
    watched.get_by_role("link", name="watch").click()
    expect(watched.locator("#text")).to_have_text("first line")
    assert site.counts()["left"] == left
    watched.get_by_role("link", name="leave").click()
    wait_for(lambda: site.counts()["left"] == left + 1)
    # asked by the browser itself this time
    expect(watched.locator("#count")).to_have_text("Visit 2 with theme none")


def test_a_stream_that_load_leaves_open_ends_with_its_page(site: Site) -> None:
    left = site.counts()["left"]
    status, _, text = site.get("/left-open")
    assert status == 200
    assert '<p id="length">50000</p>' in text  # of an answer that came compressed
    wait_for(lambda: site.counts()["left"] == left + 1)
    assert "/api/watched was still open when its page was complete" in site.run.output


def test_who_leaves_before_a_page_is_complete_leaves_no_fault(built: Path, tmp_path: Path) -> None:
    with started(built, tmp_path / "log") as site:
        address = urllib.parse.urlsplit(site.url)
        with closing(http.client.HTTPConnection(address.netloc, timeout=20)) as connection:
            connection.request("GET", "/late")
            wait_for(lambda: site.counts()["late"] == 1)
        wait_for(lambda: "GET /late unanswered" in site.run.output)
        assert "left by the client" in site.run.output
        assert "AbortError" not in site.run.output
        assert site.get("/visits")[0] == 200


def test_a_stream_that_fails_is_no_end_for_its_page(site: Site, page: Page) -> None:
    before = len(site.run.output)
    page.goto(f"{site.url}/failing")
    expect(page.locator("#records")).to_have_text(
        "1, and soon after it ConnectionError: GET /api/failing/records broke off before its end"
    )
    events = page.locator("#events").inner_text()
    failed = "1, and soon after it ServerError: GET /api/failing/events failed on the server: "
    assert events.startswith(failed)
    why = "ValueError: the visits are out"
    wait_for(lambda: site.run.output[before:].count(why) >= 2)
    logged = site.run.output[before:]
    match events.removeprefix(failed).split(" "):
        case ["error", identity]:
            assert f"The client was told: error {identity}\n" in logged
        case message:
            assert " ".join(message) == why
            assert "failures.py" not in logged
            assert logged.count("Traceback (most recent call last)") == 2
    development = site.run.state.get("state") == "ready"
    assert ("ValueError" in events) == development


def test_the_templates_page_looks_the_same_rendered_and_alive(site: Site, watched: Page) -> None:
    text = site.get("/")[2]
    assert "live on this page." in text
    assert "0 of 96 readings" in text
    watched.goto(site.url)
    expect(watched.get_by_text("live", exact=True)).to_be_visible()
    expect(watched.get_by_text("96 of 96 readings")).to_be_visible()
    expect(watched.locator("output")).to_have_text("Hello, world!")


def test_pages_are_rendered_through_every_reload(rendered: Path, tmp_path: Path) -> None:
    root = tmp_path / "shop"
    shutil.copytree(rendered, root, symlinks=True)
    route = root / "backend/routes/visits.py"
    text = route.read_text(encoding="utf-8")
    with running(root, tmp_path / "log", "dev") as run:
        wait_for(run.ready, seconds=60)
        site = Site(run.url, run)
        site.get("/visits")
        for number in range(4):
            route.write_text(text.replace("No visit", f"{number} is no visit"), encoding="utf-8")
            missing = ""
            while f">{number} is no visit" not in missing:
                status, _, missing = site.get("/visits?missing")
                assert status == 200, missing


def test_broken_python_shows_where_a_page_needed_it(
    rendered: Path, tmp_path: Path, page: Page
) -> None:
    root = tmp_path / "shop"
    shutil.copytree(rendered, root, symlinks=True)
    route = root / "backend/routes/visits.py"
    text = route.read_text(encoding="utf-8")
    route.write_text(text.replace("APIRouter()", "APIRouter("), encoding="utf-8")
    with running(root, tmp_path / "log", "dev") as run:
        wait_for(lambda: run.state.get("state") == "error", seconds=60)
        page.goto(f"{run.url}/visits")
        expect(page.locator("vite-error-overlay")).to_contain_text("visits.py")
        route.write_text(text, encoding="utf-8")
        expect(page.locator("#count")).to_have_text("Visit 1 with theme none")
        expect(page.locator("vite-error-overlay")).to_have_count(0)


def test_what_is_built_runs_elsewhere_as_its_readme_says(built: Path, tmp_path: Path) -> None:
    folder = tmp_path / "deployed"
    shutil.copytree(built / "build", folder)
    assert list(folder.rglob("node_modules")) == []
    readme = (folder / "README.md").read_text(encoding="utf-8")
    assert ".venv/bin/python -m backend.serving --port 8000 &\n" in readme
    assert "\nHOST=0.0.0.0 node frontend/server.js\n" in readme
    port, api_port = str(free_port()), str(free_port())
    settings = {"PORT": port, "FLUIDKIT_API_URL": f"http://127.0.0.1:{api_port}"}
    api = [str(built / ".venv/bin/python"), "-m", "backend.serving", "--port", api_port]
    with ExitStack() as servers:
        for command in (api, [str(find_node()), "frontend/server.js"]):
            environment = {**os.environ, **settings}
            server = subprocess.Popen(command, cwd=folder, env=environment)
            servers.enter_context(server)
            servers.callback(server.kill)
        page = wait_for(lambda: ready(f"http://127.0.0.1:{port}/visits"))
    assert '<p id="count" class="built in">Visit 1 with theme none</p>' in page


def ready(url: str) -> str | None:
    """The page, when it is no error."""
    found = answer(url)
    return found[1] if found and found[0] == 200 else None


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_both_servers_although_a_stream_is_open(
    built: Path, tmp_path: Path, number: int
) -> None:
    with started(built, tmp_path / "log", "--workers", "2") as site:
        connection = http.client.HTTPConnection(site.host, timeout=20)
        connection.request("GET", "/api/watched")
        stream = connection.getresponse()
        assert stream.readline() == b"first line\n"
        run_id = run_id_of(site.run)
        site.run.process.send_signal(number)
        assert site.run.process.wait(timeout=12) == 128 + number
        with pytest.raises((http.client.IncompleteRead, ConnectionResetError)):
            stream.read()
        connection.close()
        assert members(run_id) == []


def test_a_start_that_is_killed_leaves_no_server(built: Path, tmp_path: Path) -> None:
    with started(built, tmp_path / "log") as site:
        run_id = run_id_of(site.run)
        assert len(members(run_id)) == 3  # guard, API, Node
        site.run.process.kill()
        wait_for(lambda: members(run_id) == [], seconds=6)
        assert answer(site.url) is None


@pytest.mark.parametrize("server", ["backend.serving", "frontend/server.js"])
def test_a_server_that_dies_cuts_streams_and_is_back_at_once(
    built: Path, tmp_path: Path, server: str
) -> None:
    with started(built, tmp_path / "log") as site:
        connection = http.client.HTTPConnection(site.host, timeout=20)
        connection.request("GET", "/api/watched")
        stream = connection.getresponse()
        assert stream.readline() == b"first line\n"
        [dying] = [pid for pid, command in members(run_id_of(site.run)) if server in command]
        os.kill(dying, signal.SIGKILL)
        with pytest.raises((http.client.IncompleteRead, ConnectionResetError)):
            stream.read()
        connection.close()
        wait_for(lambda: ready(f"{site.url}/visits"))
        assert "ended by SIGKILL; it is started again in 0.5 s" in site.run.output


def run_id_of(run: Running) -> str:
    """What marks the servers of a `fluidkit start`, read from the guard that it started."""
    guards = (pid for pid, command in all_processes() if "embedded.py guard" in command)
    for pid in guards:
        with suppress(OSError):  # that of another run may just have ended
            status = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
            if int(status.rpartition(")")[2].split()[1]) == run.process.pid:
                environment = Path(f"/proc/{pid}/environ").read_text(encoding="utf-8").split("\0")
                return dict(each.split("=", 1) for each in environment if each)["FLUIDKIT_RUN"]
    raise AssertionError("it has no guard")


def members(run_id: str) -> list[tuple[int, str]]:
    mark = f"FLUIDKIT_RUN={run_id}".encode()
    found = []
    for pid, command in all_processes():
        try:
            if mark in Path(f"/proc/{pid}/environ").read_bytes().split(b"\0"):
                found.append((pid, command))
        except OSError:
            continue
    return found


def all_processes() -> list[tuple[int, str]]:
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            command = (folder / "cmdline").read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue
        found.append((int(folder.name), command.replace("\0", " ").strip()))
    return found
