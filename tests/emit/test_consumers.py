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
CONSUMERS = sorted((HERE.parent / "describe/cases").glob("*/consumer.ts"))


def test_each_consumer_finds_the_types_that_it_expects(
    typescript: TypeScript, tmp_path: Path
) -> None:
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda consumer: generate(consumer, tmp_path), CONSUMERS))
    assert len(CONSUMERS) > 1
    assert typescript.complaints_about_types(tmp_path) == ""
    assert typescript.complaints_about_layout(tmp_path) == ""


def generate(consumer: Path, folder: Path) -> None:
    case = consumer.parent
    api = describe_remotely(Path(sys.executable), app="app:app", root=case)
    output = folder / case.name
    write_changed(output, emit_typescript(api, package="app", naming="python"))
    shutil.copy(consumer, output)
    shutil.copy(HERE / "same.ts", output)
