"""The page of `end_to_end/live`, as a test reads it."""

from pathlib import Path

from playwright.sync_api import Locator

from running import wait_for


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text, f"{file.name} has no {old!r}"
    file.write_text(text.replace(old, new), encoding="utf-8")


def visits(project: Path, room: str) -> list[str]:
    """What the server has noted of the room: `open 0`, `close`."""
    file = project / "visits"
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    return [line.removeprefix(f"{room} ") for line in lines if line.startswith(f"{room} ")]


def numbers(reader: Locator) -> list[int]:
    return [int(text) for text in reader.locator("li").all_inner_texts()]


def wait_for_more(reader: Locator, count: int = 5) -> list[int]:
    """The reader's numbers when there are some more; none is missing and none came twice."""
    goal = len(numbers(reader)) + count
    seen = wait_for(lambda: (found := numbers(reader)) and len(found) >= goal and found)
    assert seen == list(range(len(seen))), "an event is missing, came twice, or was forgotten"
    return list(seen)
