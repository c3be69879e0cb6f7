"""Wheels of packages that lie on this machine only."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from urllib.parse import unquote, urlsplit

from ..errors import FluidkitError
from .distributions import Source

_TIME_LIMIT = 600.0  # seconds; some have to be compiled
_EPOCH = "315532800"
"""1980-01-01, the first day that a wheel can name: the same sources make the same wheel."""

_SHOWN_LINES = 20


def packed(python: Path, source: Source, *, into: Path) -> str:
    """The name of the wheel or archive of a local source, which is put into a folder.

    Raises:
        FluidkitError: it cannot be built.
    """
    place = Path(unquote(urlsplit(source.url).path))
    into.mkdir(exist_ok=True)
    if place.is_file():
        shutil.copyfile(place, into / place.name)
        return place.name
    with tempfile.TemporaryDirectory(prefix="fluidkit-") as folder:
        wheel = _built(python, place / source.subdirectory, into=Path(folder))
        shutil.copyfile(wheel, into / wheel.name)
        return wheel.name


def _built(python: Path, place: Path, *, into: Path) -> Path:
    try:
        run = subprocess.run(
            _command(str(python), str(place), str(into)),
            env={**os.environ, "SOURCE_DATE_EPOCH": _EPOCH},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            timeout=_TIME_LIMIT,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise _NotBuilt(place, str(error)) from error
    made = list(into.glob("*.whl"))
    if run.returncode or not made:
        raise _NotBuilt(place, run.stdout)
    return made[0]


def _command(python: str, place: str, into: str) -> list[str]:
    if uv := shutil.which("uv"):
        # quiet, it would keep what the build said to itself
        return [uv, "build", "--wheel", "--python", python, "--out-dir", into, place]
    return [python, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", into, place]


class _NotBuilt(FluidkitError):
    def __init__(self, place: Path, output: str) -> None:
        super().__init__(
            f"No wheel can be built of the local package {place}",
            hint="Its pyproject.toml needs a [build-system], as to be installed",
            details=output.strip().splitlines()[-_SHOWN_LINES:],
        )
