"""Where a Python client can go."""

import keyword
import sys
from pathlib import Path

from .errors import BadArgument

_IMPORTED = frozenset({"fastapi", "httpx2", "pydantic", "starlette", "typing_extensions"})
"""What apps and their clients cannot do without."""

_ANOTHER = "Name the folder as api_client"


def check_python_client(folder: Path, *, output: Path | None) -> None:
    """Raises BadArgument: no Python client can be in the folder."""
    if folder == output:
        raise BadArgument(
            f"{folder} cannot hold both clients",
            hint="Give the Python client a folder of its own",
        )
    if not folder.name.isidentifier() or keyword.iskeyword(folder.name):
        raise BadArgument(f"Python cannot import {folder.name}", hint=_ANOTHER)
    if folder.name in sys.stdlib_module_names | _IMPORTED:
        raise BadArgument(f"{folder.name} would hide the module of that name", hint=_ANOTHER)
