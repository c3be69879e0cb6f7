"""The mark of a workspace that is not finished."""

import subprocess
import sys
from pathlib import Path

import pytest

from fluidkit_cli.errors import BadArgument
from fluidkit_cli.layout import lay_out
from fluidkit_cli.unfinished import begun_with, held, mark, unmark
from running import wait_for


@pytest.fixture
def root(tmp_path: Path) -> Path:
    lay_out(tmp_path / "shop", [mark(["--mode", "ssr"])])
    return tmp_path / "shop"


def test_the_options_that_a_workspace_was_begun_with_are_remembered(root: Path) -> None:
    assert begun_with(root) == ["--mode", "ssr"]


@pytest.mark.parametrize("content", ["", "{", "{}"])
def test_what_is_no_mark_marks_nothing(root: Path, content: str) -> None:
    (root / ".fluidkit/new.json").write_text(content, encoding="utf-8")
    assert begun_with(root) is None


def test_a_finished_workspace_carries_no_mark_and_keeps_what_else_is_there(root: Path) -> None:
    (root / ".fluidkit/dev.json").touch()
    unmark(root)
    assert begun_with(root) is None
    assert [path.name for path in (root / ".fluidkit").iterdir()] == ["dev.json"]


def test_the_folder_of_the_mark_goes_with_it(root: Path) -> None:
    unmark(root)
    assert list(root.iterdir()) == []


def test_two_cannot_work_on_the_same_workspace(root: Path) -> None:
    with held(root), pytest.raises(BadArgument, match="at work"), held(root):
        pass
    with held(root):
        pass


def test_who_comes_when_it_has_just_been_finished_does_not_begin_again(root: Path) -> None:
    unmark(root)
    with pytest.raises(BadArgument, match="at work"), held(root):
        pass


def test_the_claim_outlives_the_move_to_its_place_but_not_its_owner(tmp_path: Path) -> None:
    root = tmp_path / "shop"
    with subprocess.Popen([sys.executable, "-c", HOLDER, str(root)]) as holder:
        wait_for(root.exists)
        with pytest.raises(BadArgument, match="at work"), held(root):
            pass
        holder.kill()
    with held(root):
        pass


HOLDER = """
import sys, time
from contextlib import ExitStack
from pathlib import Path
from fluidkit_cli.layout import lay_out
from fluidkit_cli.unfinished import held, mark

with ExitStack() as stack:
    lay_out(Path(sys.argv[1]), [mark([])], claim=lambda folder: stack.enter_context(held(folder)))
    time.sleep(60)
"""
