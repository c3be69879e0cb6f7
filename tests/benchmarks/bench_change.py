"""One route of a thousand changes under `fluidkit dev`: how long until its client is on disk.

Counted from the end of the app's import, which the app itself writes down. Run it with
`make bench`, or alone with `--edits N` or `--routes N`.
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from itertools import pairwise
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from big_app import change_route, make_app
from running import running, wait_for

CLIENT = "frontend/src/lib/api/m0.api.ts"
GOAL = 0.5


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--edits", type=int, default=10)
    parser.add_argument("--routes", type=int, default=1000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="fluidkit-bench-") as folder:
        root = Path(folder) / "shop"
        imported = Path(folder) / "imported"
        _new_workspace(root, routes=options.routes, imported=imported)
        with running(root, Path(folder) / "log", "dev") as run:
            wait_for(run.ready, seconds=60)
            names = ["q", *(f"q{number}" for number in range(options.edits))]
            pairs = pairwise(names)
            seconds = [_change(root, imported, old=old, new=new) for old, new in pairs]
    print(
        f"import to client, {options.routes} routes, {options.edits} edits: median "
        f"{statistics.median(seconds):.2f} s, {min(seconds):.2f} to {max(seconds):.2f} "
        f"(goal {GOAL})"
    )


def _new_workspace(root: Path, *, routes: int, imported: Path) -> None:
    """A workspace whose app is the large one, and says when it is imported."""
    new = [sys.executable, "-m", "fluidkit_cli", "new", str(root), "--template", "minimal"]
    subprocess.run([*new, "--no-git"], check=True, stdout=subprocess.DEVNULL)
    make_app(root, routes=routes)
    with (root / "main.py").open("a", encoding="utf-8") as file:
        file.write("from pathlib import Path\nfrom time import time\n")
        file.write(f"Path({str(imported)!r}).write_text(str(time()))\n")
    pyproject = root / "pyproject.toml"
    text = pyproject.read_text(encoding="utf-8")
    pyproject.write_text(text.replace("backend.main:app", "main:app"), encoding="utf-8")


def _change(root: Path, imported: Path, *, old: str, new: str) -> float:
    client = root / CLIENT
    change_route(root, old=old, new=new)
    wait_for(lambda: f"{new}?:" in client.read_text(encoding="utf-8"), seconds=30)
    seconds = client.stat().st_mtime - float(imported.read_text(encoding="utf-8"))
    time.sleep(0.3)  # an editor does not save twice at once; let it settle
    return seconds


if __name__ == "__main__":
    main()
