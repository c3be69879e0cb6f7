"""The clients of the describer's cases, used by TypeScript that knows their exact types."""

import shutil
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from fluidkit_cli.describe.remote import describe_remotely
from fluidkit_cli.emit import emit_typescript
from fluidkit_cli.files import write_changed

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


def generate(case: Path, output: Path) -> None:
    api = describe_remotely(Path(sys.executable), app="app:app", root=case)
    write_changed(output, emit_typescript(api, package="app", naming="python"))
    shutil.copy(case / "consumer.ts", output)
    shutil.copy(HERE / "same.ts", output)
