"""The files that can be downloaded: a report, and an archive that is large enough to watch."""

import shutil
from functools import cache
from math import cos, tau
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
    """A greenhouse in spring, measured every second: 48 MB, written when first asked for."""
    celsius = (14 - 6 * cos(second / 86_400 * tau) for second in range(86_400))
    day = "".join(f"DATET{_clock(second)}Z,{value:.3f}\n" for second, value in enumerate(celsius))
    path = Path(mkdtemp(prefix="archive-")) / "measurements.csv"
    with path.open("w", encoding="ascii", newline="\n") as file:
        file.write("time,celsius\n")
        file.writelines(day.replace("DATE", f"2026-04-{number:02}") for number in range(1, 21))
    return path


def _clock(second: int) -> str:
    return f"{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}"
