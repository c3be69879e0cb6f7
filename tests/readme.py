"""The README's sections and fenced blocks."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

README = Path(__file__).parents[1] / "README.md"
FENCE = re.compile(r"^```(\w+)(?: (\w+)(?:=(\S+))?)?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Snippet:
    """A fenced block: its language, what its info string says of it, and its text."""

    language: str
    use: str
    name: str
    text: str


def snippets(text: str | None = None) -> Iterator[Snippet]:
    """The fenced blocks of a text, or of all the README."""
    for block in FENCE.findall(README.read_text(encoding="utf-8") if text is None else text):
        yield Snippet(*block)


def section(title: str) -> str:
    """The text of one section."""
    parts = re.split(r"^## ", README.read_text(encoding="utf-8"), flags=re.MULTILINE)
    [text] = [part for part in parts if part.startswith(title)]
    return text


def copy_snippets(project: Path, text: str) -> None:
    """Saves the files that a section shows, as a reader would."""
    for snippet in snippets(text):
        if snippet.use == "file":
            file = project / snippet.name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(snippet.text, encoding="utf-8")
