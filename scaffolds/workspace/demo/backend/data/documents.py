"""The files that can be downloaded: a report, and an archive that is large enough to watch."""

import shutil
from functools import cache
from math import sin
from pathlib import Path
from tempfile import mkdtemp
from threading import Lock

REPORT = Path(__file__).parent / "files/report.pdf"

_one_at_a_time = Lock()


def stored_documents() -> dict[str, Path]:
    """All files by their ids."""
    with _one_at_a_time:
        return {"123": REPORT, "124": _archive()}


def delete_archive() -> None:
    """Deletes what was made, if it was."""
    with _one_at_a_time:
        if _archive.cache_info().currsize:
            shutil.rmtree(_archive().parent)
            _archive.cache_clear()


@cache
def _archive() -> Path:
    """Ten days of a sensor, a line a second: 28 MB, written when they are first asked for."""
    path = Path(mkdtemp(prefix="archive-")) / "measurements.csv"
    times = [f"{n // 3600:02}:{n // 60 % 60:02}:{n % 60:02}" for n in range(86_400)]
    with path.open("w", encoding="ascii", newline="\n") as file:
        file.write("time,celsius\n")
        for day in range(1, 11):
            file.writelines(
                f"2026-04-{day:02}T{time}Z,{14 - 6 * sin(number / 13_751 + 1):.3f}\n"
                for number, time in enumerate(times)
            )
    return path
