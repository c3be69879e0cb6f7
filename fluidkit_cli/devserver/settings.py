"""The workspace's one `.env`, read in the same way for both sides, as `fluidkit start` has it read.

What is in the environment already counts more than the file.
"""

import logging
import os
from pathlib import Path

from ..errors import FluidkitError

NAME = ".env"

MOST_BYTES = 131_072
"""What Linux takes as one variable. A larger file is none of settings."""


class BadSettings(FluidkitError):
    """The file cannot be read, or not be put into an environment."""


def load_settings(root: Path) -> str:
    """Adds what the file says to the environment; what is wrong, if anything.

    Without python-dotenv, which comes with `uvicorn[standard]`, the file cannot be read.

    Raises:
        BadSettings: it is broken.
    """
    file = root / NAME
    if not file.is_file():
        return ""
    try:
        values = _values(file)
    except ImportError:
        return f"{NAME} is not read: the API's Python lacks python-dotenv"
    for name, value in values.items():
        os.environ.setdefault(name, value)
    return ""


def read_settings(root: Path) -> dict[str, str]:
    """What the file says.

    Raises:
        BadSettings: it is broken.
    """
    return _values(root / NAME)


def settings_in(root: Path) -> dict[str, str]:
    """What the file says, for the front end; nothing where the API's side says what is wrong."""
    logger = logging.getLogger("dotenv.main")  # that side says it of single lines, too
    logger.disabled = True
    try:
        return _values(root / NAME)
    except (BadSettings, ImportError):
        return {}
    finally:
        logger.disabled = False


def _values(file: Path) -> dict[str, str]:
    if not file.is_file():
        return {}
    from dotenv.main import DotEnv  # noqa: PLC0415 - the app's Python may lack it

    if file.stat().st_size > MOST_BYTES:
        raise BadSettings(f"{file} is too large for settings", hint="Put files beside it")
    try:
        found = DotEnv(file, encoding="utf-8", override=False).dict()
    except (OSError, UnicodeDecodeError) as error:
        raise BadSettings(f"{file} cannot be read: {error}", hint="It must be UTF-8") from error
    values = {name: value for name, value in found.items() if value is not None}
    for name, value in values.items():
        if "\0" in name or "\0" in value:
            raise BadSettings(f"{file}: {name} has a NUL byte", hint="Take it out")
    return values
