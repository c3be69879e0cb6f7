"""Whole apps, each beside what is described of them.

`FLUIDKIT_UPDATE=1` writes what is found instead of comparing it: read the difference.
"""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from fluidkit_cli.api import Api, from_json, to_json

CASES = Path(__file__).with_name("cases")


@pytest.mark.parametrize("case", sorted(path.name for path in CASES.iterdir()))
def test_an_app_is_described_as_expected(
    case: str, describe: Callable[[Path], Api], shown: Callable[[Api], str]
) -> None:
    api = describe(CASES / case)
    expected = CASES / case / "expected.txt"
    if os.environ.get("FLUIDKIT_UPDATE"):
        expected.write_text(shown(api), encoding="utf-8")
    assert shown(api) == expected.read_text(encoding="utf-8")
    assert from_json(to_json(api)) == api


def test_describing_again_gives_the_same(describe: Callable[[Path], Api]) -> None:
    case = CASES / "types"
    assert describe(case) == describe(case)
