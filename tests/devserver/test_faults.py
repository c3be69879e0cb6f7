"""That no fault of `tests/cases/faults.json` is forgotten: a test is marked with its number."""

import ast
import json
from collections.abc import Iterator
from pathlib import Path

TESTS = Path(__file__).parents[1]


def test_every_fault_has_a_test() -> None:
    faults = json.loads((TESTS / "cases/faults.json").read_text(encoding="utf-8"))["faults"]
    numbers = {fault["n"] for fault in faults}
    assert numbers == {number for file in TESTS.rglob("test_*.py") for number in marked(file)}


def marked(file: Path) -> Iterator[int]:
    """The numbers that the file's tests are marked with, read from its source."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        for mark in getattr(node, "decorator_list", ()):
            if ast.unparse(mark).startswith("pytest.mark.fault("):
                assert str(getattr(node, "name", "")).startswith("test_")
                yield from (ast.literal_eval(argument) for argument in mark.args)
