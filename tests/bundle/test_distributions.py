"""What is installed, and what of it is asked for."""

import sys
from importlib.metadata import version
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from fluidkit_cli.bundle.distributions import Distribution, Installed, installed_for, needed
from fluidkit_cli.errors import FluidkitError


def installed(*distributions: Distribution) -> Installed:
    environment = {"python_version": "3.12", "sys_platform": "linux"}
    return Installed({each.name: each for each in distributions}, environment)


def names(found: Installed, *requirements: str) -> list[str]:
    return list(needed(found, map(Requirement, requirements)))


def test_a_python_tells_what_it_has() -> None:
    found = installed_for(Path(sys.executable))
    assert found.distributions["fastapi"].version == version("fastapi")
    assert found.distributions["fluidkit-cli"].source is not None
    assert found.environment["python_version"] == ".".join(map(str, sys.version_info[:2]))


def test_a_python_that_does_not_tell_is_an_error(tmp_path: Path) -> None:
    python = tmp_path / "python"
    python.write_text("#!/bin/sh\necho no metadata >&2\nexit 1\n")
    python.chmod(0o755)
    with pytest.raises(FluidkitError, match="could not be listed") as caught:
        installed_for(python)
    assert caught.value.hint == "no metadata"


def test_what_is_needed_comes_with_what_it_needs_in_turn() -> None:
    found = installed(
        Distribution("shop-parts", "1", ("A_b>1", "of >< old")),
        Distribution("a-b", "2", ("shop.parts",)),
        Distribution("other", "1"),
    )
    assert names(found, "Shop_Parts") == ["a-b", "shop-parts"]


def test_extras_bring_theirs_and_those_of_their_extras() -> None:
    found = installed(
        Distribution(
            "a", "1", ("a[inner]; extra == 'all'", "b; extra == 'inner'", "c; extra == 'x'")
        ),
        Distribution("b", "1"),
        Distribution("c", "1"),
    )
    assert names(found, "a") == ["a"]
    assert names(found, "a[all]") == ["a", "b"]


def test_markers_are_of_the_python_that_owns_the_app() -> None:
    found = installed(Distribution("old", "1"), Distribution("new", "1"))
    wanted = ("old; python_version < '3.12'", "new; sys_platform == 'linux'", "away")
    assert names(found, *wanted) == ["new"]
