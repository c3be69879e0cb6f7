"""The demo as it is served, and a visitor of it to whom everything that goes wrong is told."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from playwright.sync_api import ConsoleMessage, Locator, Page, Request, Response, expect

from fluidkit_cli.workspace import Mode
from running import answer, free_port, running, wait_for

How = Literal["dev", "start"]

BUILT: list[tuple[Mode, How]] = [("spa", "start"), ("ssr", "start")]
# Built ones first: pytest groups tests by a parameter's place, and would build again for others.
SITES: list[tuple[Mode, How]] = [*BUILT, ("spa", "dev"), ("ssr", "dev")]

_SPY = '''

@app.get("/api/generators")
def list_generators() -> list[str]:
    """The names of the asynchronous generators that have not ended."""
    import gc
    import types

    found = (each for each in gc.get_objects() if type(each) is types.AsyncGeneratorType)
    return [each.__qualname__ for each in found if each.ag_frame]

'''

_WATCH = """((name, read) => {
    const values = ((window.seen ??= {})[name] = []);
    const look = () => {
        const value = read();
        if (value !== undefined && value !== values.at(-1)) values.push(value);
        requestAnimationFrame(look);
    };
    look();
})"""


@dataclass(frozen=True, slots=True)
class Site:
    """A demo that is served at `url`."""

    root: Path
    url: str
    mode: Mode
    how: How

    def runs(self, generator: str) -> bool:
        """Whether the server has a generator of this name that has not ended."""
        found = answer(f"{self.url}/api/generators")
        assert found is not None, f"nobody answers at {self.url}"
        assert found[0] == 200, found[1]
        return any(name.split(".")[-1] == generator for name in json.loads(found[1]))


@dataclass  # without slots: Playwright keeps the callbacks in the object that they belong to
class Visit:
    """A page of a site in the browser."""

    site: Site
    page: Page
    complaints: list[str] = field(default_factory=list)
    expected: str = "\0"
    """What a complaint says that the test is about."""

    def __post_init__(self) -> None:
        self.page.on("console", self._read_console)
        self.page.on("pageerror", lambda error: self.complaints.append(f"error: {error}"))
        self.page.on("requestfailed", self._read_failure)

    @property
    def result(self) -> Locator:
        """The part of the page where things happen."""
        return self.page.get_by_role("region", name="Result")

    def open(self, path: str) -> Response:
        """Goes there and waits until the page is alive; what the server answered."""
        response = self.page.goto(self.site.url + path)
        expect(self.page.locator("#svelte-announcer")).to_be_attached()
        assert response is not None
        return response

    def watch(self, name: str, expression: str) -> None:
        """Notes each value that a JavaScript expression has in any frame, before going there."""
        self.page.add_init_script(f"{_WATCH}({json.dumps(name)}, () => {expression})")

    def seen(self, name: str) -> list[Any]:
        """The values that were watched, in their order."""
        return list(self.page.evaluate("name => window.seen[name]", name))

    def press(self, button: str) -> None:
        self.result.get_by_role("button", name=button).click()

    def assert_content(self) -> None:
        """Nothing went wrong but what was expected."""
        assert [text for text in self.complaints if self.expected not in text] == []

    def _read_console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(f"{message.type}: {message.text}")

    def _read_failure(self, request: Request) -> None:
        # a stream that the page closed
        if request.failure != "net::ERR_ABORTED":
            self.complaints.append(f"{request.url}: {request.failure}")


def lay_out(folder: Path, *, modes: tuple[Mode, ...]) -> dict[Mode, Path]:
    """New workspaces of the demo, one a mode, laid out at the same time."""
    roots = {mode: folder / mode / "shop" for mode in modes}
    commands = []
    for mode, root in roots.items():
        root.parent.mkdir()
        new = [sys.executable, "-m", "fluidkit_cli", "new", "shop", "--template", "demo"]
        commands.append(
            subprocess.Popen(
                [*new, "--mode", mode],
                cwd=root.parent,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
            )
        )
    for command in commands:
        printed, _ = command.communicate(timeout=300)
        assert command.returncode == 0, printed.decode()
    for root in roots.values():
        _prepare(root)
    return roots


@contextmanager
def served(root: Path, *, mode: Mode, how: How) -> Iterator[Site]:
    """Runs the workspace: `dev`, or `build` and then `start`."""
    log = root.parent / f"{how}.log"
    match how:
        case "dev":
            with running(root, log, "dev") as run:
                wait_for(run.ready, seconds=60)
                yield Site(root, run.url, mode, how)
        case "start":
            with running(root, log.with_name("build.log"), "build") as build:
                assert build.process.wait(timeout=180) == 0, build.output
            port = str(free_port())
            with running(root, log, "start", "--port", port) as start:
                url = f"http://127.0.0.1:{port}"
                ready = wait_for(lambda: start.process.poll() or answer(f"{url}/api/generators"))
                assert isinstance(ready, tuple), start.output
                yield Site(root, url, mode, how)


def _prepare(root: Path) -> None:
    """Adds the spy, and lets the job of the page Logs hurry."""
    main = root / "backend/main.py"
    text = main.read_text(encoding="utf-8")
    assert "\nserve(app)" in text
    text = text.replace("\nserve(app)", f"{_SPY}\nserve(app)")
    main.write_text(text, encoding="utf-8")
    job = root / "backend/data/release.py"
    text = job.read_text(encoding="utf-8")
    assert "PAUSE = 0.2" in text
    job.write_text(text.replace("PAUSE = 0.2", "PAUSE = 0.05"), encoding="utf-8")
