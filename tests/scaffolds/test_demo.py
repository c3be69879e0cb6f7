"""The backend of the template `demo`, run and described in this very Python."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from fluidkit_cli.templates import render_workspace


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace of the template, with its clients and nothing installed."""
    root = tmp_path_factory.mktemp("demo")
    values = {"name": "shop", "package_manager": "npm"}
    for file in render_workspace("demo", mode="spa", values=values):
        path = root / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file.content)
    settings = root / "pyproject.toml"
    python = f'[tool.fluidkit]\npython = "{Path(sys.executable).as_posix()}"\n'
    text = settings.read_text(encoding="utf-8").replace("[tool.fluidkit]\n", python)
    settings.write_text(text, encoding="utf-8")
    run(root, "fluidkit_cli", "generate")
    return root


def run(root: Path, *arguments: str) -> str:
    """What the Python module printed; it must succeed."""
    done = subprocess.run(
        [sys.executable, "-m", *arguments],
        cwd=root,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_its_own_tests_pass_without_a_warning(demo: Path) -> None:
    assert "passed" in run(demo, "pytest", "-W", "error", "-p", "no:cacheprovider")


def test_every_kind_of_answer_is_described_as_what_it_is(demo: Path) -> None:
    described: dict[str, Any] = json.loads(run(demo, "fluidkit_cli", "routes", "--json"))
    answers = {route["function"]: (route["kind"], route["type"]) for route in described["routes"]}
    assert answers == {
        "ask": ("json", "string"),
        "create_item": ("json", "Item"),
        "delete_item": ("empty", "void"),
        "download_file": ("file", "File"),
        "follow_answer": ("sse", "{ answer: Answer; ended: Ended; token: Token; usage: Usage }"),
        "follow_export": ("sse", "{ progress: Progress; ended: Ended }"),
        "list_files": ("json", "StoredFile[]"),
        "list_items": ("json", "Item[]"),
        "read_source": ("json", "Source"),
        "read_welcome": ("json", "Welcome"),
        "send_notification": ("json", "Notification"),
        "start_export": ("json", "string"),
        "stop_answer": ("json", "Ended"),
        "stop_export": ("json", "Ended"),
        "stream_analytics_data": ("jsonl", "AnalyticsRecord"),
        "stream_logs": ("text", "string"),
        "stream_notifications": ("sse", "{ notification: Notification; gap: Missed }"),
    }
    assert described["diagnostics"] == []


def test_a_page_has_room_for_each_route_module(demo: Path) -> None:
    lengths = {
        file.name: len(file.read_text(encoding="utf-8").splitlines())
        for file in (demo / "backend/routes").glob("*.py")
    }
    assert {name for name, lines in lengths.items() if lines > 70} == set()
