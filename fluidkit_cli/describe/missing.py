"""How to get a package that an app imports, where it is not installed."""

import re
from pathlib import Path

_NO_MODULE = re.compile(r"No module named '(\w+)'")

_DISTRIBUTIONS = {
    "bs4": "beautifulsoup4",
    "cv2": "opencv-python",
    "dateutil": "python-dateutil",
    "docx": "python-docx",
    "dotenv": "python-dotenv",
    "jose": "python-jose",
    "jwt": "pyjwt",
    "multipart": "python-multipart",
    "PIL": "pillow",
    "psycopg2": "psycopg2-binary",
    "slugify": "python-slugify",
    "skimage": "scikit-image",
    "sklearn": "scikit-learn",
    "yaml": "pyyaml",
}
"""Of much used packages, those whose modules have another name, which may be a trap."""


def how_to_mend(kind: str, message: str, *, root: Path) -> str:
    """What to do about a ModuleNotFoundError; nothing where it is a module of the app's own."""
    missing = _NO_MODULE.fullmatch(message.partition("\n")[0])
    if kind != "ModuleNotFoundError" or not missing:
        return ""
    if (root / missing[1]).exists() or (root / f"{missing[1]}.py").exists():
        return ""
    return f"If {missing[1]} is a package, install it: {how_to_install(missing[1])}"


def how_to_install(module: str) -> str:
    """The commands, with uv and with pip."""
    name = _DISTRIBUTIONS.get(module, module)
    return f"uv add {name}, or .venv/bin/python -m pip install {name} and a line in pyproject.toml"
