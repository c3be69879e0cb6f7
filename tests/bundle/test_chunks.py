"""What people call scripts."""

from pathlib import Path

import pytest

from fluidkit_cli.bundle.chunks import shown_name

NODE = """import * as universal from "../../../../../src/routes/files/+page.ts";
export { universal };
export { default as component } from "../../../../../src/routes/files/[id]/+page.svelte";"""


@pytest.mark.parametrize(
    ("script", "shown"),
    [
        ("static/_app/immutable/nodes/5.QmRR_XCr.js", "files/[id]/+page.svelte"),
        ("frontend/build/client/_app/immutable/nodes/5.B-x.js", "files/[id]/+page.svelte"),
        ("static/_app/immutable/nodes/6.QmRR_XCr.js", "nodes/6.QmRR_XCr.js"),
        ("static/_app/immutable/chunks/5.js", "chunks/5.js"),
        ("static/worker.js", "static/worker.js"),
    ],
)
def test_a_page_goes_by_its_component(tmp_path: Path, script: str, shown: str) -> None:
    nodes = tmp_path / ".svelte-kit/generated/build/client/nodes"
    nodes.mkdir(parents=True)
    (nodes / "5.js").write_text(NODE)
    assert shown_name(script, tmp_path) == shown
