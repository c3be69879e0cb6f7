"""Dates on their way from a real server to `Date`s and back, and all that is to stay text."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from fluidkit_cli.describe.remote import describe_remotely
from fluidkit_cli.emit import emit_typescript
from fluidkit_cli.files import write_changed
from fluidkit_cli.toolchain import find_node

from .test_round_trip import served

HERE = Path(__file__).parent
CASE = HERE.parent / "describe/cases/dates"
AT = {"$date": "2026-11-21T04:30:00.123Z"}
NAIVE = {"$date": "2026-11-21T04:30:00.000Z"}
TEXT = "2026-01-01T00:00:00Z"
MOMENT = {
    "at": AT,
    "aware": AT,
    "naive": NAIVE,
    "east": AT,
    "maybe": None,
    "counted": AT,
    "said": TEXT,
}
PLAIN = {
    "said": TEXT,
    "claimed": TEXT,
    "day": "2026-11-21",
    "clock": "04:30:00.123456",
    "lasts": "PT1M",
    "wall": "2026-11-21T04:30:00",
    "either": "2026-11-21T04:30:00.123456Z",
    "either_day": "2026-11-21T04:30:00.123456Z",
    "known": "never",
    "days": {"2026-11-21T04:30:00.123456Z": 1},
}
PAGE = {"items": [MOMENT], "next": None, "made": AT}
LEAF = {"branch": None, "at": AT}
CASH = {"kind": "cash", "when": AT}


@pytest.fixture(scope="module")
def came(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What each call of `dating.ts` gave, by its name there."""
    folder = tmp_path_factory.mktemp("dates")
    api = describe_remotely(Path(sys.executable), app="app:app", root=CASE)
    write_changed(folder, emit_typescript(api, package="app", naming="python", dates="Date"))
    with served([CASE]) as urls:
        command: list[str | Path] = [find_node(), HERE / "dating.ts", folder, urls[CASE.name]]
        run = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert run.returncode == 0, run.stderr
    found: dict[str, Any] = json.loads(run.stdout)
    return found


def test_what_only_looks_like_a_date_stays_text(came: dict[str, Any]) -> None:
    assert came["plain"] == PLAIN


def test_dates_come_as_dates_however_deep_they_are(came: dict[str, Any]) -> None:
    assert came["nested"] == {
        "moment": MOMENT,
        "plain": PLAIN,
        "all": [AT, NAIVE],
        "by_name": {"a": AT, "__proto__": AT, "b": None},
        "pair": [TEXT, AT],
        "span": [AT],
        "moments": [MOMENT, None],
        "deep": {"a": [[1, AT]]},
        "__proto__": AT,
    }
    assert came["tree"]["children"][0]["children"] == [{"at": AT, "children": []}]
    assert came["branch"] == {"leaf": {"branch": {"leaf": LEAF}, "at": AT}}
    assert came["dates"] == {"a": AT, "constructor": NAIVE}
    assert came["none"] is None
    assert came["opened"] == {"name": TEXT, "at": AT, "later": AT}


def test_of_a_union_those_are_dates_that_can_be_told_from_the_rest(came: dict[str, Any]) -> None:
    assert came["unions"] == {
        "payment": CASH,
        "told": [{"kind": "card", "until": AT, "when": TEXT}, CASH],
        "untold": {"when": "2026-11-21T04:30:00.123456Z"},
        "mixed": AT,
        "numbers": ["2026-11-21T04:30:00.123456Z"],
    }


def test_a_generic_type_has_the_dates_of_its_argument(came: dict[str, Any]) -> None:
    assert came["pages"] == {**PAGE, "next": MOMENT}
    assert came["pages_of_dates"]["items"] == [AT]
    assert came["pages_of_text"] == {"items": [TEXT], "next": TEXT, "made": AT}
    dated, counted, nested = came["boxes"]
    assert dated == {"holds": AT, "or_text": "2026-11-21T04:30:00.123456Z"}
    assert counted == {"holds": 1, "or_text": TEXT}
    assert nested["holds"] == MOMENT
    assert nested["or_text"]["at"] == "2026-11-21T04:30:00.123456Z"


def test_streams_have_dates_too(came: dict[str, Any]) -> None:
    assert came["ticks"] == [MOMENT]
    assert came["happenings"] == [
        ["plain", PLAIN],
        ["moment", MOMENT],
        ["text", TEXT],
        ["when", AT],
    ]
    assert came["rows"] == [MOMENT, None]
    assert came["asked"] == [{**MOMENT, "at": NAIVE}] * 2
    assert came["answered"]["items"] == [{**MOMENT, "at": NAIVE}]


def test_dates_are_sent_and_come_back_the_same(came: dict[str, Any]) -> None:
    assert came["since"] == [NAIVE, AT, AT, NAIVE, AT]
    assert came["since_url"] == (
        "/since/2026-11-21T04%3A30%3A00.000Z?until=2026-11-21T04%3A30%3A00.123Z"
        "&all=2026-11-21T04%3A30%3A00.123Z"
    )
    assert came["echoed"]["moment"] == {**MOMENT, "maybe": NAIVE, "counted": 5}
    assert came["echoed"]["by_name"] == {"__proto__": NAIVE}


def test_types_that_differ_by_the_direction_stay_right(came: dict[str, Any]) -> None:
    assert came["numbered"] == {"at": 1795235400.123456}
    assert came["sent_numbered"] == [NAIVE]


def test_errors_stay_as_they_came(came: dict[str, Any]) -> None:
    assert came["late"] == {"detail": TEXT, "since": "2026-11-21T04:30:00.123456Z"}
