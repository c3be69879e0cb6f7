"""What `fluidkit dev` says of code that does not run."""

from pathlib import Path

import pytest

from fluidkit_cli.devserver.protocol import Failed
from fluidkit_cli.devserver.wording import broke


def failed(type: str, message: str) -> Failed:
    return Failed("import", type, message, file="", line=0, column=0, frame="", traceback="")


def said(failure: Failed, root: Path) -> str:
    return "".join(text for text, _ in broke(failure, root, serving=True))


def test_a_missing_package_comes_with_its_mend(tmp_path: Path) -> None:
    text = said(failed("ModuleNotFoundError", "No module named 'pandas'"), tmp_path)
    assert "uv add pandas, or .venv/bin/python -m pip install pandas" in text


@pytest.mark.parametrize(
    ("type", "message"),
    [
        ("ModuleNotFoundError", "No module named 'shop'"),
        ("ModuleNotFoundError", "No module named 'prices'"),
        ("ModuleNotFoundError", "No module named 'fastapi.nothing'"),
        ("ImportError", "cannot import name 'x' from 'y'"),
        ("ValueError", "No module named 'pandas'"),
    ],
)
def test_nobody_is_told_to_install_what_is_no_package(
    type: str, message: str, tmp_path: Path
) -> None:
    (tmp_path / "shop").mkdir()
    (tmp_path / "prices.py").touch()
    assert "install" not in said(failed(type, message), tmp_path)
