"""What the README shows, followed by copying."""

import re
import shlex
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from running import Running, answer, free_port, running, wait_for
from svelte_check import assert_svelte_check_passes

pytestmark = [pytest.mark.workspace, pytest.mark.browser]

README = Path(__file__).parents[2] / "README.md"
FENCE = re.compile(r"^```(\w+)(?: (\w+)(?:=(\S+))?)?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Snippet:
    """A fenced block: its language, what its info string says of it, and its text."""

    language: str
    use: str
    name: str
    text: str


def snippets() -> Iterator[Snippet]:
    for language, use, name, text in FENCE.findall(README.read_text(encoding="utf-8")):
        yield Snippet(language, use, name, text)


def section(title: str) -> str:
    """The text of one section."""
    parts = re.split(r"^## ", README.read_text(encoding="utf-8"), flags=re.MULTILINE)
    [text] = [part for part in parts if part.startswith(title)]
    return text


def copy_snippets(project: Path, text: str) -> None:
    """Saves the files that a section shows, as a reader would."""
    for _, use, name, body in FENCE.findall(text):
        if use == "file":
            file = project / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(body, encoding="utf-8")


def include_routers(project: Path) -> None:
    """Lets the app know of every module in `backend/routes/`."""
    names = sorted(p.stem for p in (project / "backend/routes").glob("[a-z]*.py"))
    listed = ", ".join(names)
    main = project / "backend/main.py"
    text = main.read_text(encoding="utf-8")
    text = re.sub(r"from \.routes import .*", f"from .routes import {listed}", text)
    text = re.sub(r"for module in \(.*\):", f"for module in ({listed}):", text)
    main.write_text(text, encoding="utf-8")


def test_the_tour_works_by_copying(dev: Running, project: Path, page: Page) -> None:
    copy_snippets(project, section("Five minutes"))
    [shown] = [s for s in snippets() if s.use == "generated"]
    client = project / "frontend/src/lib/api" / shown.name
    wait_for(client.exists)
    assert shown.text in client.read_text(encoding="utf-8")
    page.goto(f"{dev.url}/countdown")
    expect(page.get_by_role("heading")).to_have_text("Lift-off")


def test_every_kind_of_stream_works_by_copying(dev: Running, project: Path, page: Page) -> None:
    copy_snippets(project, section("Every kind"))
    include_routers(project)
    clients = project / "frontend/src/lib/api"
    for name in ("logs", "notes", "notifications", "reports", "rows"):
        wait_for((clients / f"{name}.api.ts").exists)

    page.goto(f"{dev.url}/notifications")
    expect(page.get_by_text("7 online")).to_be_visible()
    expect(page.get_by_text("Ada: Hello")).to_be_visible()

    page.goto(f"{dev.url}/rows")
    page.get_by_role("button").click()
    expect(page.get_by_text("500 rows")).to_be_visible()

    page.goto(f"{dev.url}/logs")
    expect(page.locator("pre")).to_have_text("step 0 done\nstep 1 done\nstep 2 done")

    page.goto(f"{dev.url}/reports")
    page.get_by_role("button").click()
    expect(page.get_by_text("report-2026.csv 147 bytes")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link").click()
    assert download.value.suggested_filename == "report-2026.csv"

    page.goto(f"{dev.url}/notes")
    page.get_by_role("button", name="Create").click()
    expect(page.get_by_text("Buy milk, to do")).to_be_visible()
    page.get_by_role("button", name="Read").click()
    expect(page.get_by_text('404: {"detail":"There is no note 99"}')).to_be_visible()
    assert_svelte_check_passes(project)


def test_deploying_works_by_copying(project: Path, tmp_path: Path) -> None:
    with running(project, tmp_path / "build.log", "build") as build:
        assert build.process.wait(timeout=120) == 0, build.output
    deployed = tmp_path / "server"
    (project / "build").rename(deployed)
    *installing, serving = section("Deploy").split("```sh\n")[1].split("```")[0].splitlines()
    for command in installing:
        subprocess.run(shlex.split(command), cwd=deployed, check=True, timeout=120)
    port = free_port()
    local = serving.replace("0.0.0.0", "127.0.0.1").replace("8000", str(port))
    with subprocess.Popen(shlex.split(local), cwd=deployed) as server:
        try:
            page = wait_for(lambda: answer(f"http://127.0.0.1:{port}/"))
            rows = wait_for(lambda: answer(f"http://127.0.0.1:{port}/api/readings?count=2"))
        finally:
            server.terminate()
    assert page[0] == 200
    assert "<!doctype html>" in page[1]
    assert len(rows[1].splitlines()) == 2


def test_the_commands_of_the_readme_exist() -> None:
    commands = re.findall(r"^(?:\.venv/bin/)?fluidkit (\w+)", "\n".join(s.text for s in snippets()))
    table = re.findall(r"^\| `fluidkit (\w+)", README.read_text(encoding="utf-8"), re.MULTILINE)
    assert set(commands) <= set(table)
    assert table == ["new", "dev", "generate", "routes", "build", "start"]
