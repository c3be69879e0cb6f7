"""Each case is described alike by every FastAPI that we support."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from uv import find_uv_bin

from fluidkit_cli.api import Api, from_json

HERE = Path(__file__).parent
CASES = sorted(path for path in (HERE / "cases").iterdir())

VERSIONS: dict[tuple[int, ...], str] = {
    (0, 115, 0): "pydantic==2.9.2",
    (0, 128, 0): "pydantic",
    (0, 136, 1): "pydantic",
    # included routers stay lazy from here on, and what walks them is not public yet
    (0, 137, 0): "pydantic",
    (0, 137, 1): "pydantic",
    (0, 150, 0): "pydantic",
}
"""Of FastAPI, each with the pydantic that it was released with, or today's."""

OTHERS = ("aiofiles", "python-multipart", "sse-starlette", "typing-extensions")

SINCE: dict[str, tuple[int, ...]] = {
    # `fastapi.sse`
    "channels": (0, 135),
    "dates": (0, 135),
    "labelled": (0, 135),
    "lookalikes": (0, 135),
    "native_streams": (0, 135),
    "stated": (0, 135),
    "wire_forms": (0, 135),
    # a route that is added to a router after the router was included
    "routers": (0, 137),
    # a model of query parameters that may be missing
    "newest_parameters": (0, 165),
    # pydantic 2.9 forgets that a serializer for `unless-none` leaves null
    "serializers": (0, 128),
    # pydantic 2.10 began to give dataclasses their descriptions
    "types": (0, 128),
}
"""Which FastAPI a case needs, where that is not the oldest one."""


@pytest.mark.parametrize("version", VERSIONS, ids=lambda version: ".".join(map(str, version)))
def test_every_fastapi_is_described_alike(
    version: tuple[int, ...], tmp_path: Path, shown: Callable[[Api], str]
) -> None:
    cases = [case for case in CASES if version >= SINCE.get(case.name, ())]
    assert len(cases) > len(CASES) / 2
    found = described(installed(version, tmp_path / "environment"), cases)
    for case, text in zip(cases, found, strict=True):
        assert text, f"{case.name} does not import with {version}"
        assert shown(from_json(text)) == (case / "expected.txt").read_text(encoding="utf-8")


def test_no_case_claims_to_need_more_than_it_does() -> None:
    assert SINCE.keys() <= {case.name for case in CASES}


def installed(version: tuple[int, ...], environment: Path) -> Path:
    """The interpreter of a new environment with that FastAPI."""
    uv = find_uv_bin()
    python = environment / "bin/python"
    run(uv, "venv", "--quiet", "--python", sys.executable, environment)
    fastapi = f"fastapi=={'.'.join(map(str, version))}"
    run(uv, "pip", "install", "--quiet", "--python", python, fastapi, VERSIONS[version], *OTHERS)
    return python


def described(python: Path, cases: list[Path]) -> list[str]:
    lines = run(python, HERE / "describing.py", *cases).splitlines()
    return [json.loads(line) for line in lines]


def run(*command: str | Path) -> str:
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout
