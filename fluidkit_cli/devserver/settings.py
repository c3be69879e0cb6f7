"""The workspace's `.env`, which `fluidkit start` has uvicorn read."""

from pathlib import Path

NAME = ".env"


def load_settings(root: Path) -> str:
    """Adds what the file says to the environment, which counts more; what is wrong, if anything.

    Without python-dotenv, which comes with `uvicorn[standard]`, the file cannot be read.
    """
    file = root / NAME
    if not file.is_file():
        return ""
    try:
        from dotenv import load_dotenv  # noqa: PLC0415 - imports what the app's Python may lack
    except ImportError:
        return f"{NAME} is not read: the API's Python lacks python-dotenv"
    load_dotenv(file)
    return ""
