"""The shared cases of events and JSON lines in a real browser, at every cut."""

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from browser_scripts import ROOT, served, write_scripts

pytestmark = pytest.mark.browser

CASES = ROOT / "tests/runtime/cases"
MODULES = [f"tests/runtime/{name}.ts" for name in ("bodies", "cases", "conformance")]
CHECK = """
async ([check, file]) => {
	const conformance = await import('/tests/runtime/conformance.ts');
	// Not as an argument: on its way here an own `__proto__` is lost.
	const { stream_cases: cases } = await (await fetch(file)).json();
	return conformance[check](cases);
}
"""


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("conformance")
    write_scripts(folder, *MODULES)
    shutil.copytree(CASES, folder, dirs_exist_ok=True)
    with served(folder) as url:
        yield url


@pytest.mark.parametrize(
    ("check", "file", "least"),
    [("checkEvents", "sse.json", 3_000), ("checkRecords", "jsonl.json", 600)],
    ids=["events", "records"],
)
def test_a_browser_reads_all_cases_at_every_cut(
    page: Page, url: str, check: str, file: str, least: int
) -> None:
    page.goto(url)
    tally = page.evaluate(CHECK, [check, file])
    assert tally["failures"] == []
    assert tally["readings"] > least
