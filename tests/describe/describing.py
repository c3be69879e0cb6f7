"""Describes the app of each case in the FastAPI of this interpreter: `describing.py FOLDER...`.

Prints one encoded `Api` a line as a JSON text, in their order, each made by a process of its own;
an empty one where an app does not import.
"""

import json
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from fluidkit_cli.api import to_json
from fluidkit_cli.describe import describe_app, load_app


def main() -> None:
    for folder in map(Path, sys.argv[1:]):
        sys.stdout.flush()
        if os.fork() == 0:
            print(json.dumps(described(folder)), flush=True)
            os._exit(0)
        os.wait()


def described(folder: Path) -> str:
    try:
        return to_json(describe_app(load_app("app:app", directory=folder), root=folder))
    except Exception as error:
        # it needs a newer FastAPI, which the test says of it
        print(f"{folder.name}: {error!r}", file=sys.stderr)
        return ""


if __name__ == "__main__":
    main()
