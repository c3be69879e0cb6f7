"""What could not be described, as people read it."""

from pathlib import Path

from fluidkit_cli.api import Diagnostic
from fluidkit_cli.findings import findings_of, text_of


def diagnostic(file: str = "main.py", line: int = 2, route: str = "", **texts: str) -> Diagnostic:
    return Diagnostic(
        texts.get("message", "it is odd"), texts.get("hint", "Make it even"), file, line, route
    )


def text(*found: Diagnostic, root: Path) -> str:
    return "\n".join(text_of(each, root=root) for each in findings_of(found))


def test_a_finding_shows_the_line_with_its_neighbours_then_what_helps(tmp_path: Path) -> None:
    (tmp_path / "main.py").write_text("a = 1\nb = 2\nc = 3\nd = 4\n", encoding="utf-8")
    assert text(diagnostic(route="GET /"), root=tmp_path).splitlines() == [
        "main.py:2",
        "    1 | a = 1",
        "  > 2 | b = 2",
        "    3 | c = 3",
        "  GET /: it is odd",
        "  help: Make it even",
    ]


def test_findings_are_ordered_by_file_and_by_line_as_a_number() -> None:
    found = [diagnostic("b.py", 1), diagnostic("a.py", 10), diagnostic("a.py", 9)]
    assert [each.place for each in findings_of(found)] == ["a.py:9", "a.py:10", "b.py:1"]


def test_what_routes_share_is_one_finding_that_counts_them() -> None:
    found = [diagnostic(route=f"GET /{name}") for name in "edcba"]
    (finding,) = findings_of(found)
    assert finding.routes == ("GET /a", "GET /b", "GET /c", "GET /d", "GET /e")
    assert "GET /a, GET /b and 3 more routes: it is odd" in text(*found, root=Path("/nowhere"))


def test_three_routes_are_named_for_the_third_is_no_longer_than_its_count() -> None:
    found = [diagnostic(route=f"GET /{name}") for name in "abc"]
    assert "GET /a, GET /b, GET /c: it is odd" in text(*found, root=Path("/nowhere"))


def test_another_hint_is_another_finding() -> None:
    assert len(findings_of([diagnostic(), diagnostic(hint="Leave it odd")])) == 2


def test_what_has_no_place_is_about_the_app(tmp_path: Path) -> None:
    assert text(diagnostic("", 0), root=tmp_path).splitlines()[0] == "the app"


def test_a_file_that_cannot_be_read_has_a_place_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "binary.py").write_bytes(b"\xff\xfe\x00")
    for file in ("gone.py", "binary.py"):
        assert text(diagnostic(file), root=tmp_path).splitlines()[0] == f"{file}:2"


def test_a_line_beyond_the_end_shows_no_source(tmp_path: Path) -> None:
    (tmp_path / "main.py").write_text("a = 1\n", encoding="utf-8")
    assert " | " not in text(diagnostic(line=2), root=tmp_path)


def test_no_source_and_no_message_reaches_the_terminal_as_a_command(tmp_path: Path) -> None:
    (tmp_path / "main.py").write_text("\n\tx = '\x1b[2J\u202e'\n", encoding="utf-8")
    shown = text(diagnostic(message="\x1b]0;title\x07", route="GET /\x1b[1m"), root=tmp_path)
    assert "\x1b" not in shown
    assert "\u202e" not in shown
    assert "  > 2 |     x = '\\x1b[2J\\u202e'" in shown


def test_empty_lines_around_it_are_left_out(tmp_path: Path) -> None:
    (tmp_path / "main.py").write_text("\nb = 2\n  \n", encoding="utf-8")
    assert text(diagnostic(), root=tmp_path).splitlines()[:2] == ["main.py:2", "  > 2 | b = 2"]


def test_a_long_line_is_cut_and_says_so(tmp_path: Path) -> None:
    (tmp_path / "main.py").write_text(f"\nx = '{'y' * 500}'\n", encoding="utf-8")
    longest = max(text(diagnostic(), root=tmp_path).splitlines(), key=len)
    assert len(longest) < 200
    assert longest.endswith(" …")


def test_a_message_of_several_lines_keeps_them(tmp_path: Path) -> None:
    shown = text(diagnostic(message="first\nsecond", hint="one\ntwo"), root=tmp_path)
    assert shown.splitlines()[1:] == ["  first", "  second", "  help: one", "  help: two"]
