"""Lines of Vite and SvelteKit, as they write them without colours."""

import pytest

from fluidkit_cli.devserver.lines import bare
from fluidkit_cli.devserver.vite_lines import shortened


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("10:02:54 AM [vite] (client) hmr update /src/a.svelte", "hmr update /src/a.svelte"),
        ("10:02:54\u202fAM [vite] (client) page reload src/a.ts", "page reload src/a.ts"),
        ("22.02.54 [vite] server restarted.", "server restarted."),
        ("10:02:54 AM [vite] Internal server error: oh", "Internal server error: oh"),
        ("200 GET /docs?q=1", "GET /docs?q=1 200"),
        ("200 is what the user's code said", "200 is what the user's code said"),
        ("    at load (/a/src/routes/+page.ts:3:9)", "    at load (/a/src/routes/+page.ts:3:9)"),
        (
            "    at parse (/a/node_modules/zod/a.js:3:9)",
            "    at parse (/a/node_modules/zod/a.js:3:9)",
        ),
        ("  [vite] of the user's own", "  [vite] of the user's own"),
    ],
)
def test_what_tells_something_is_kept_and_short(line: str, shown: str) -> None:
    found = shortened(line)
    assert found is not None
    assert bare(found) == shown


@pytest.mark.parametrize(
    "line",
    [
        "",
        "  VITE v8.3.8  ready in 4196 ms",
        "10:02:54 AM [vite] (ssr) connected.",
        "10:02:54 AM [vite] (client) Forced re-optimization of dependencies",
        "10:02:54 AM [vite] (client) Re-optimizing dependencies because lockfile has changed",
        "10:02:54 AM [vite] (client) [optimizer] bundling dependencies...",
        "    at async startServer (file:///a/node_modules/vite/dist/node/chunks/node.js:25081:30)",
        "    at process.processTicksAndRejections (node:internal/process/task_queues:104:5)",
        "10:02:54 AM [vite] (ssr) page reload src/routes/+page.svelte",
        "10:02:54 AM [vite] (client) page reload .svelte-kit/generated/dev/client/nodes/5.js",
    ],
)
def test_what_tells_nothing_is_left_out(line: str) -> None:
    assert shortened(line) is None
