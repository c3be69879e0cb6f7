"""The Python client of an app with many routes: printed whole, and again after one was changed.

The ratio is what `dev` saves after each save of a file, in CPU seconds of its thread.
"""

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from rich.console import Console

sys.path.insert(0, str(Path(__file__).parents[1]))

from big_app import change_route, make_app
from fluidkit_cli.api import Api, Decoder, to_json
from fluidkit_cli.describe.remote import describe_remotely
from fluidkit_cli.emit import Memory, emit_python


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--routes", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    texts = described(arguments.routes)
    decoder, memory = Decoder(), Memory()
    emit_python(decoder.decode(texts[0]), package="main", memory=memory)
    whole, again = [], []
    for round_ in range(arguments.rounds):
        api = decoder.decode(texts[(round_ + 1) % 2])
        whole.append(seconds(partial(emit_python, api, package="main")))
        again.append(seconds(partial(emit_python, api, package="main", memory=memory)))
    first, later = statistics.median(whole), statistics.median(again)
    Console().print(
        f"{arguments.routes} routes: whole {first:.2f} s, "
        f"after a change {later:.2f} s, {later / first:.2f} of it"
    )


def described(routes: int) -> tuple[str, str]:
    """The app before and after one of its routes was changed."""
    with tempfile.TemporaryDirectory(prefix="fluidkit-bench-") as name:
        folder = Path(name)
        make_app(folder, routes=routes)
        before = to_json(api_of(folder))
        change_route(folder, new="other")
        return before, to_json(api_of(folder))


def api_of(folder: Path) -> Api:
    return describe_remotely(Path(sys.executable), app="main:app", root=folder)


def seconds(work: Callable[[], object]) -> float:
    started = time.thread_time()
    work()
    return time.thread_time() - started


if __name__ == "__main__":
    main()
