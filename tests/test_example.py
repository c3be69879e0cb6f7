"""`generated_example/` is what `fluidkit new` makes today."""

import filecmp
from pathlib import Path

from example import NAME, make_example

EXAMPLE = Path(__file__).parents[1] / NAME
LEFT_BEHIND = {"__pycache__", ".pytest_cache", ".fluidkit"}


def contents(root: Path) -> set[str]:
    files = (p.relative_to(root) for p in root.rglob("*") if p.is_file())
    return {f.as_posix() for f in files if not LEFT_BEHIND & set(f.parts)}


def test_the_example_is_up_to_date(tmp_path: Path) -> None:
    fresh = make_example(tmp_path)
    names = contents(fresh)
    assert contents(EXAMPLE) == names
    _, different, unreadable = filecmp.cmpfiles(EXAMPLE, fresh, names, shallow=False)
    assert (different, unreadable) == ([], []), "make example brings it up to date"


def test_the_example_is_committed_with_all_that_belongs_to_it() -> None:
    assert {"backend/main.py", "frontend/package.json", ".gitignore"} <= contents(EXAMPLE)
    clients = {p.name for p in (EXAMPLE / "frontend/src/lib/api").glob("*.api.ts")}
    routes = {p.stem for p in (EXAMPLE / "backend/routes").glob("[a-z]*.py")}
    assert clients == {f"{route}.api.ts" for route in routes}
    assert "chat" in routes
