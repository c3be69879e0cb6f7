"""Edit to new code served, to the changed client on disk, and to the page: ours and the others'.

All serve the same backend from folders of their own and are edited in turn, so that what the
machine does besides hits all alike. Run it with `make bench`, or alone with `--edits N`. The Python
with heavy packages stays in `~/.cache/fluidkit-benchmarks`.
"""

import argparse
import os
import shutil
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Page, sync_playwright
from rich.console import Console
from rich.table import Table

sys.path.insert(0, str(Path(__file__).parents[1]))

from marked import (
    CLIENT,
    HEAVY,
    add_imports,
    heavy_python,
    marked,
    new_workspace,
    open_streams,
    set_mark,
    started,
)
from running import free_port, running, wait_for

LIMIT = 15.0
"""Seconds after which an edit counts as never served."""

STREAMS = 10
SETTLING_SECONDS = 0.4
"""An editor does not save twice at once."""

CHROMIUM_OPTIONS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
PAGE = """<script lang="ts">
	import { onMount } from 'svelte';
	import { mark } from '#lib/api/greetings.api.ts';
	let text = $state('');
	onMount(async () => (text = await mark()));
</script>

<output>{text}</output>
"""
SHOWN = """
() => {
	window.shown = {};
	const note = () => (window.shown[document.querySelector('output')?.innerText] ??= Date.now());
	new MutationObserver(note).observe(document, {
		childList: true, subtree: true, characterData: true
	});
}
"""
UVICORN = ("-m", "uvicorn", "backend.main:app", "--reload", "--reload-dir", "backend")
WITHOUT_WATCHFILES = "import sys; sys.modules['watchfiles'] = None; import uvicorn; uvicorn.main()"


@dataclass(frozen=True, slots=True)
class Contender:
    """A server that reloads, and the milliseconds that its edits took."""

    name: str
    root: Path
    url: str
    page: Page | None = None
    served: list[float] = field(default_factory=list)
    written: list[float] = field(default_factory=list)
    shown: list[float] = field(default_factory=list)

    @property
    def is_stuck(self) -> bool:
        """It has not served an edit, and would not serve the next."""
        return max(self.served, default=0) >= LIMIT * 1000

    def edit(self, number: int) -> None:
        """Saves once, and times all ways."""
        client = self.root / CLIENT
        start, at = time.perf_counter(), time.time()
        mark = set_mark(self.root, number)
        timing = threading.Thread(target=self._time_client, args=(mark, start))
        if client.exists():
            timing.start()
        self.served.append(_milliseconds_until(start, lambda: mark in marked(self.url)))
        if client.exists():
            timing.join()
        if self.page:
            seen = self.page.wait_for_function("(mark) => window.shown[mark]", arg=mark)
            self.shown.append(seen.json_value() - at * 1000)

    def _time_client(self, mark: str, start: float) -> None:
        client = self.root / CLIENT
        self.written.append(_milliseconds_until(start, lambda: mark in client.read_text("utf-8")))


@dataclass(frozen=True, slots=True)
class Race:
    """Who is edited in turn; ratios are to the last one's median."""

    title: str
    goal: float
    contenders: Sequence[Contender]

    def table(self) -> Table:
        table = Table(title=f"{self.title}, {len(self.contenders[0].served)} edits")
        table.add_column("edit to …", no_wrap=True)
        for column in ("median ms", "worst ms", "ratio", "wanted"):
            table.add_column(column, justify="right")
        baseline = statistics.median(self.contenders[-1].served)
        for each in self.contenders:
            ours = f"{self.goal}" if each.written else ""
            for what, times, wanted in (
                (f"served: {each.name}", each.served, ours),
                ("    client on disk", each.written, "served + 30 ms"),
                ("    in the browser", each.shown, "250 ms"),
            ):
                if times:
                    table.add_row(what, *_figures(times, baseline), wanted)
        return table


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--edits", type=int, default=20)
    edits = parser.parse_args().edits
    with tempfile.TemporaryDirectory(prefix="fluidkit-bench-") as folder, ExitStack() as stack:
        template = new_workspace(Path(folder) / "template")
        page = stack.enter_context(_browser())
        small = _race(stack, template, page=page)
        add_imports(template, HEAVY)
        heavy = _race(stack, template, page=None)
        for number in range(1, edits + 1):
            for contender in (*small, *heavy):
                if not contender.is_stuck:
                    contender.edit(number)
                    time.sleep(SETTLING_SECONDS)
        print(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
        Console().print(Race("small app", 0.2, small).table())
        Console().print(Race("app that imports pandas and langchain", 0.1, heavy).table())


def _race(stack: ExitStack, template: Path, *, page: Page | None) -> list[Contender]:
    """Contenders on copies of the template, `uvicorn --reload` the last."""
    kind = "small" if page else "heavy"

    def copy(name: str, *, frontend: bool = False) -> Path:
        root = template.parent / kind / name
        ignored = shutil.ignore_patterns(*(() if frontend else ("frontend", ".venv", ".fluidkit")))
        shutil.copytree(template, root, symlinks=True, ignore=ignored)
        return root

    ours = [
        stack.enter_context(_fluidkit(copy("ours", frontend=True), page=page)),
        stack.enter_context(_fluidkit(copy("streaming", frontend=True), streams=STREAMS)),
    ]
    python = heavy_python()
    fastapi = (python, "-m", "fastapi", "dev")
    stat = (python, "-c", WITHOUT_WATCHFILES, *UVICORN[2:])
    watchfiles = (python, *UVICORN)
    streaming = _reloader(
        f"uvicorn --reload, {STREAMS} streams", watchfiles, copy("stuck"), streams=STREAMS
    )
    return [
        *ours,
        stack.enter_context(_reloader("fastapi dev", fastapi, copy("fastapi"))),
        stack.enter_context(_reloader("uvicorn --reload, stat", stat, copy("stat"))),
        stack.enter_context(streaming),
        stack.enter_context(_reloader("uvicorn --reload", watchfiles, copy("watchfiles"))),
    ]


@contextmanager
def _fluidkit(root: Path, *, streams: int = 0, page: Page | None = None) -> Iterator[Contender]:
    if page:
        route = root / "frontend/src/routes/mark/+page.svelte"
        route.parent.mkdir()
        route.write_text(PAGE, encoding="utf-8")
    with running(root, root.with_suffix(".log"), "dev") as run:
        wait_for(run.ready, seconds=60)
        url = run.state["api"]["url"]
        name = f"fluidkit dev, {streams} streams" if streams else "fluidkit dev"
        if page:
            page.goto(f"{run.url}/mark")
            page.get_by_text("mark0000").wait_for(timeout=60_000)
            page.evaluate(SHOWN)
        with open_streams(url, streams):
            yield Contender(name, root, url, page)


@contextmanager
def _reloader(
    name: str, command: Sequence[str | Path], root: Path, *, streams: int = 0
) -> Iterator[Contender]:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with started((*command, "--port", str(port)), folder=root):
        wait_for(lambda: "mark0000" in marked(url), seconds=60)
        with open_streams(url, streams):
            yield Contender(name, root, url)


@contextmanager
def _browser() -> Iterator[Page]:
    executable = shutil.which("chromium")
    assert executable, "Chromium is not installed: make browser"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=CHROMIUM_OPTIONS)
        yield browser.new_page()
        browser.close()


def _milliseconds_until(start: float, reached: Callable[[], bool]) -> float:
    while not reached():
        if time.perf_counter() - start > LIMIT:
            return LIMIT * 1000
        time.sleep(0.004)
    return (time.perf_counter() - start) * 1000


def _figures(times: Sequence[float], baseline: float) -> tuple[str, str, str]:
    median = statistics.median(times)
    if median >= LIMIT * 1000:
        return "never", f"(waited {LIMIT:.0f} s)", ""
    return f"{median:.0f}", f"{max(times):.0f}", f"{median / baseline:.2f}"


if __name__ == "__main__":
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    main()
