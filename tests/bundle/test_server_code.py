"""What a front end of the mode spa cannot have."""

from pathlib import Path

import pytest

from fluidkit_cli.bundle.server_code import NeedsServer, check_server_code
from fluidkit_cli.workspace import Workspace, find_workspace

PRERENDERED = "export const prerender = true;\n"


@pytest.fixture
def empty(tmp_path: Path) -> Workspace:
    write(tmp_path / "pyproject.toml", "[tool.fluidkit]\n")
    write(tmp_path / "frontend/src/routes/+layout.ts", "export const ssr = false;\n")
    return find_workspace(tmp_path)


def write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


REFUSED = {
    "routes/(group)/+page.server.ts": "export const load = () => ({});",
    "routes/+layout.server.js": "",
    "routes/items/[id]/+server.ts": "export const prerender = false;",
    "routes/form/+page.server.ts": PRERENDERED + "export const actions = { default: save };",
    "hooks.server.ts": "export const handle = guard;",
    "hooks.server/index.ts": "",
    "lib/items.remote.ts": "export const items = query(async () => []);",
    "routes/data.remote.js": "export const save = command('unchecked', async () => {});",
}


@pytest.mark.parametrize(("name", "text"), REFUSED.items(), ids=REFUSED)
def test_what_runs_for_each_request_is_refused_by_name(
    empty: Workspace, name: str, text: str
) -> None:
    write(empty.frontend / "src" / name, text)
    with pytest.raises(NeedsServer, match="no JavaScript server") as caught:
        check_server_code(empty)
    place = name.removesuffix("/index.ts")
    assert caught.value.message.startswith(f"frontend/src/{place} ")


def test_all_that_is_refused_is_named_at_once(empty: Workspace) -> None:
    for name, text in REFUSED.items():
        write(empty.frontend / "src" / name, text)
    with pytest.raises(NeedsServer) as caught:
        check_server_code(empty)
    assert len(caught.value.details) == len(REFUSED) - 1


WELCOME = {
    "by itself": {"routes/+page.server.ts": PRERENDERED},
    "by its page": {"routes/a/+page.ts": PRERENDERED, "routes/a/+page.server.ts": ""},
    "by a layout": {"routes/(a)/+layout.ts": PRERENDERED, "routes/(a)/b/+page.server.ts": ""},
    "an endpoint": {"routes/feed.xml/+server.ts": PRERENDERED},
    "typed": {"routes/+page.server.ts": "export const prerender: PageOption = 'auto'"},
    "a remote function": {"lib/posts.remote.ts": "export const posts = prerender(read);"},
    "a whole site": {"routes/+layout.ts": PRERENDERED, "hooks.server.ts": ""},
    "another name": {"lib/+page.server.md": "", "routes/server.ts": ""},
}


@pytest.mark.parametrize("files", WELCOME.values(), ids=WELCOME)
def test_what_is_prerendered_is_welcome(empty: Workspace, files: dict[str, str]) -> None:
    for name, text in files.items():
        write(empty.frontend / "src" / name, text)
    check_server_code(empty)


def test_the_innermost_file_decides(empty: Workspace) -> None:
    write(empty.frontend / "src/routes/a/+layout.ts", PRERENDERED)
    write(empty.frontend / "src/routes/a/b/+layout.ts", "export const prerender = false;")
    write(empty.frontend / "src/routes/a/b/+page.server.ts", "")
    with pytest.raises(NeedsServer, match=r"a/b/\+page\.server\.ts"):
        check_server_code(empty)
