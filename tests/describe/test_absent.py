"""What an app's own modules import in vain."""

import sys
from pathlib import Path

import pytest

from fluidkit_cli.describe.absent import absent_imports

LATER = "def later():\n    "


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that is searched, and another one with a package and two of a namespace."""
    packages = tmp_path / "packages"
    for name in ("space_x/one.py", "space_x/deep/two.py", "regular_x/__init__.py"):
        write(packages / name, "")
    root = tmp_path / "root"
    monkeypatch.syspath_prepend(str(packages))
    monkeypatch.syspath_prepend(str(root))
    return root


def write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


def absent(root: Path, **modules: str) -> list[str]:
    """`file:line module`, for modules of a package; `_` separates folders."""
    write(root / "shop_x/__init__.py", "")
    for name, text in modules.items():
        write(root / f"shop_x/{name.replace('__', '/')}.py", text)
    found = absent_imports("shop_x.main:app", root=root, missed={"away_x": "Away"})
    return [f"{each.file.removeprefix('shop_x/')}:{each.line} {each.module}" for each in found]


IN_VAIN = {
    "in a function": f"{LATER}import away_x.part",
    "in a method": "class A:\n  async def f(self):\n    from away_x import b",
    "in a branch": "import os\nif os.environ.get('A'):\n    import away_x",
    "in a with": "with open('x'):\n    import away_x",
    "in what follows a try": "try: ...\nexcept ImportError: ...\nelse:\n    import away_x",
    "in a try of something else": "try:\n    import away_x\nexcept KeyError: ...",
    "in a match": "match 1:\n    case _:\n        import away_x",
    "all of it": f"{LATER}...\nfrom away_x import *",
}


@pytest.mark.parametrize("text", IN_VAIN.values(), ids=IN_VAIN)
def test_an_import_that_would_fail_is_found_wherever_it_is(root: Path, text: str) -> None:
    line = text[: text.index("away_x")].count("\n") + 1
    assert absent(root, main=text) == [f"main.py:{line} away_x"]


HARMLESS = {
    "optional": f"{LATER}try:\n        import away_x\n    except ImportError: ...",
    "optional by a dotted name": "try:\n    import away_x\nexcept b.ImportError: ...",
    "optional as one of several": "try:\n    import away_x\nexcept (OSError, ImportError): ...",
    "optional in any case": "try:\n    import away_x\nexcept: ...",
    "instead of another": "try:\n    import json\nexcept ImportError:\n    import away_x",
    "suppressed": "from contextlib import suppress\nwith suppress(ImportError):\n    import away_x",
    "for types": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import away_x",
    "for another system": "import sys\nif sys.platform == 'win32':\n    import away_x",
    "for an older Python": "import sys\nif sys.version_info < (3, 11):\n    import away_x",
    "as a script": "if __name__ == '__main__':\n    import away_x",
    "of another system": f"{LATER}import winreg",
    "found": f"{LATER}import regular_x\n    from regular_x import whatever",
    "found in a namespace": f"{LATER}from space_x import one\n    import space_x.deep.two",
    "broken": f"{LATER}from . import wrong",
}


@pytest.mark.parametrize("text", HARMLESS.values(), ids=HARMLESS)
def test_an_import_that_may_fail_or_does_not_is_none(root: Path, text: str) -> None:
    assert absent(root, main=text, wrong="def") == []


def test_a_part_of_a_namespace_is_asked_for_by_itself(root: Path) -> None:
    text = f"{LATER}from space_x import one, three\n    import space_x.deep.four"
    assert absent(root, main=text) == ["main.py:2 space_x.three", "main.py:3 space_x.deep.four"]


def test_modules_that_are_imported_later_are_read_too_and_others_not(root: Path) -> None:
    found = absent(
        root,
        main=f"{LATER}from .jobs import nightly\n    import shop_x.reports.monthly",
        jobs__nightly="from ..data import rows",
        data="import away_x",
        reports__monthly=f"{LATER}from . import weekly",
        reports__weekly="from .missing import some",
        script="import away_x",
    )
    assert found == ["data.py:1 away_x", "reports/weekly.py:1 shop_x.reports.missing"]


def test_what_was_imported_by_its_name_in_a_string_is_read_too(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(root / "plugins_x.py", f"{LATER}import away_x")
    __import__("plugins_x")
    monkeypatch.delitem(sys.modules, "away_x", raising=False)
    found = absent_imports("shop_x.main:app", root=root, missed={"away_x": "Away"})
    assert [(each.file, each.distribution) for each in found] == [("plugins_x.py", "Away")]
    monkeypatch.delitem(sys.modules, "plugins_x")


def test_what_is_made_while_it_runs_is_found(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "made_x", type(sys)("made_x"))
    later = f"{LATER}import made_x\n    from made_x import what\n    import made_x.part"
    assert absent(root, main=later) == []


def test_deep_code_is_read(root: Path) -> None:
    deep = "".join(f"{'  ' * depth}if a:\n" for depth in range(90)) + f"{'  ' * 90}import away_x\n"
    assert absent(root, main=deep) == ["main.py:91 away_x"]
