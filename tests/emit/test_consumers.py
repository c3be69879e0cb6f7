"""The clients of the describer's cases, used by TypeScript that knows their exact types."""

import shutil
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from fluidkit_cli.describe.remote import describe_remotely
from fluidkit_cli.emit import emit_typescript
from fluidkit_cli.files import write_changed
from fluidkit_cli.workspace import DateForm

from .conftest import TypeScript

HERE = Path(__file__).parent
CASES = sorted((HERE.parent / "describe/cases").iterdir())


def test_each_consumer_finds_the_types_that_it_expects(
    typescript: TypeScript, tmp_path: Path
) -> None:
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda case: generate(case, tmp_path / case.name), CASES))
    assert len(CASES) > 1
    assert typescript.complaints_about_types(tmp_path) == ""
    assert typescript.complaints_about_layout(tmp_path) == ""


def test_dates_are_where_they_are_expected(typescript: TypeScript, tmp_path: Path) -> None:
    generate(HERE.parent / "describe/cases/dates", tmp_path, dates="Date")
    assert typescript.complaints_about_types(tmp_path) == ""
    assert typescript.complaints_about_layout(tmp_path) == ""


def test_what_is_no_date_is_none_in_either_form(typescript: TypeScript, tmp_path: Path) -> None:
    case = HERE.parent / "describe/cases/dates"
    generate(case, tmp_path)
    shutil.copy(case / "consumer_of_dates.ts", tmp_path / "consumer.ts")
    complaints = typescript.complaints_about_types(tmp_path)
    assert complaints.count("error TS1360: Type 'true' does not satisfy the expected type") > 10


def generate(case: Path, output: Path, *, dates: DateForm = "string") -> None:
    api = describe_remotely(Path(sys.executable), app="app:app", root=case)
    write_changed(output, emit_typescript(api, package="app", naming="python", dates=dates))
    consumer = "consumer.ts" if dates == "string" else "consumer_of_dates.ts"
    shutil.copy(case / consumer, output / "consumer.ts")
    shutil.copy(HERE / "same.ts", output)
