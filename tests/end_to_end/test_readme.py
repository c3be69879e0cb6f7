"""What the README shows, followed by copying."""

import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from readme import README, copy_snippets, section, snippets
from running import Running, answer, free_port, running, wait_for
from svelte_check import assert_svelte_check_passes

pytestmark = [pytest.mark.workspace, pytest.mark.browser]


def apply_edit(project: Path, text: str) -> None:
    """Changes the statements that a section shows changed: they begin as those in the file do."""
    [edit] = [s for s in snippets(text) if s.use == "edit"]
    file = project / edit.name
    content = file.read_text(encoding="utf-8")
    changed = [line for line in edit.text.splitlines() if re.match(r"from|for", line)]
    for line in changed:
        beginning = " ".join(line.split()[:3])
        content, count = re.subn(f"^{re.escape(beginning)} .*", line, content, flags=re.MULTILINE)
        assert count == 1, f"{file} has no line that begins with {beginning!r}"
    file.write_text(content, encoding="utf-8")


def include_routers(project: Path) -> None:
    """Lets the app know of every module in `backend/routes/`."""
    names = sorted(p.stem for p in (project / "backend/routes").glob("[a-z]*.py"))
    listed = ", ".join(names)
    main = project / "backend/main.py"
    text = main.read_text(encoding="utf-8")
    text = re.sub(r"from \.routes import .*", f"from .routes import {listed}", text)
    text = re.sub(r"for module in \(.*\):", f"for module in ({listed}):", text)
    main.write_text(text, encoding="utf-8")


def install_as_shown(home: Path) -> Path:
    """Runs the commands that install fluidkit; where its command is then."""
    [install] = [s for s in snippets() if s.use == "install"]
    cache = subprocess.run(
        [sys.executable, "-m", "pip", "cache", "dir"], capture_output=True, text=True, check=True
    ).stdout.strip()
    subprocess.run(
        ["bash", "-e", "-c", f"{install.text}\ncommand -v fluidkit"],
        cwd=README.parent,
        env={**os.environ, "HOME": str(home), "PIP_CACHE_DIR": cache},
        check=True,
        timeout=180,
    )
    return home / ".fluidkit/bin/fluidkit"


def test_the_tour_works_by_copying(tmp_path: Path, page: Page) -> None:
    fluidkit = str(install_as_shown(tmp_path))
    making, shipping = (s.text.splitlines() for s in snippets() if s.use == "tour")
    assert making == ["fluidkit new myapp", "cd myapp", "fluidkit dev"]
    assert shipping == ["fluidkit build", "fluidkit start"]
    project = tmp_path / "myapp"
    subprocess.run([fluidkit, "new", "myapp"], cwd=tmp_path, check=True, timeout=180)

    with running(project, tmp_path / "dev.log", "dev", program=[fluidkit]) as run:
        wait_for(run.ready, seconds=60)
        tour = section("Five minutes")
        copy_snippets(project, tour)
        apply_edit(project, tour)
        [shown] = [s for s in snippets(tour) if s.use == "generated"]
        client = project / "frontend/src/lib/api" / shown.name
        wait_for(client.exists)
        assert shown.text in client.read_text(encoding="utf-8")
        page.goto(f"{run.url}/countdown")
        assert_it_counts_down(page)

    with running(project, tmp_path / "build.log", "build", program=[fluidkit]) as build:
        assert build.process.wait(timeout=120) == 0, build.output
    port = str(free_port())
    log = tmp_path / "start.log"
    with running(project, log, "start", "--port", port, program=[fluidkit]):
        url = f"http://127.0.0.1:{port}/countdown"
        wait_for(lambda: answer(url))
        page.goto(url)
        assert_it_counts_down(page)


def test_make_demo_runs_a_workspace_until_it_is_interrupted(tmp_path: Path) -> None:
    shutil.copy(README.parent / "Makefile", tmp_path)
    (tmp_path / ".venv").symlink_to(sys.prefix)
    log = tmp_path / "make.log"
    with log.open("wb") as output:
        # what it depends on is what runs this test
        command = ["make", "--old-file=.venv/.installed", "demo"]
        make = subprocess.Popen(
            command, cwd=tmp_path, stdout=output, stderr=output, start_new_session=True
        )
    try:
        found = wait_for(lambda: re.search(r"http://127\S+", log.read_text("utf-8")), seconds=120)
        page = wait_for(lambda: answer(found[0]))
    finally:
        os.killpg(make.pid, signal.SIGINT)
        code = make.wait(timeout=20)
    assert page[0] == 200
    assert code == -signal.SIGINT
    assert "shutting down" in log.read_text("utf-8")


def assert_it_counts_down(page: Page) -> None:
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_have_text(re.compile(r"^\d+$"))
    expect(heading).to_have_text("Lift-off")


def test_every_kind_of_stream_works_by_copying(dev: Running, project: Path, page: Page) -> None:
    copy_snippets(project, section("Every kind") + section("Pages from the server"))
    include_routers(project)
    clients = project / "frontend/src/lib/api"
    for name in ("ask", "board", "notes", "reports", "room", "rows", "steps", "tea"):
        wait_for((clients / f"{name}.api.ts").exists)

    page.goto(f"{dev.url}/room")
    expect(page.get_by_text("2 online")).to_be_visible()
    expect(page.get_by_text("Ada: Hi, tea")).to_be_visible()

    page.goto(f"{dev.url}/rows")
    expect(page.get_by_text("500 rows")).to_be_visible()
    page.get_by_role("spinbutton").fill("20")
    expect(page.get_by_text("the last is row 19")).to_be_visible()

    page.goto(f"{dev.url}/steps")
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
    expect(page.get_by_text("No note 99")).to_be_visible()

    page.goto(f"{dev.url}/ask")
    page.get_by_role("button", name="At once").click()
    expect(page.get_by_text("good day", exact=True)).to_be_visible()
    page.get_by_role("button", name="In words").click()
    expect(page.get_by_text("good · day", exact=True)).to_be_visible()

    page.goto(f"{dev.url}/by-hand")
    expect(page.get_by_text("2 online: Hi, tea")).to_be_visible()
    expect(page.get_by_text("The sum is 4950")).to_be_visible()

    page.goto(f"{dev.url}/board")
    page.get_by_label("Post").fill("Hello, board")
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_text("Hello, board")).to_be_visible()

    page.goto(f"{dev.url}/tea")
    page.get_by_role("button", name="Brew").click()
    expect(page.get_by_text(re.compile(r"^[1-9]\d* cups$"))).to_be_visible()
    page.reload()
    expect(page.get_by_text(re.compile(r"^[1-9]\d* cups$"))).to_be_visible()
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_text("It is stopped")).to_be_visible()

    page.goto(f"{dev.url}/summary")
    expect(page.get_by_text("45", exact=True)).to_be_visible()
    assert_svelte_check_passes(project)
