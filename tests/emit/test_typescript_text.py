"""The encoder of strings, keys and comments."""

import pytest

from fluidkit_cli.emit.text import (
    comment_lines,
    comment_phrase,
    doc_comment,
    property_key,
    string_literal,
    value_key,
)


@pytest.mark.parametrize(
    ("text", "literal"),
    [
        ("plain", "'plain'"),
        ("it's", '"it\'s"'),
        ("'\"", "'\\'\"'"),
        ('say "hi"', "'say \"hi\"'"),
        ("C:\\temp\\", "'C:\\\\temp\\\\'"),
        ("a\nb\tc", "'a\\nb\\tc'"),
        ("`${x}`", "'`${x}`'"),
        ("\u2028\u2029", "'\\u2028\\u2029'"),
        ("\x00\x1b\x7f", "'\\u0000\\u001b\\u007f'"),
        ("\u202eabc", "'\\u202eabc'"),
        ("\ud800", "'\\ud800'"),
        ("</script>", "'\\u003c/script>'"),
        ("<!--", "'\\u003c!--'"),
        ("a < b", "'a < b'"),
        ("größe 日本 😀", "'größe 日本 😀'"),
        ("\U000e0001", "'\\u{e0001}'"),
    ],
)
def test_a_string_is_quoted_as_prettier_quotes_it(text: str, literal: str) -> None:
    assert string_literal(text) == literal


@pytest.mark.parametrize(
    ("name", "key"),
    [("name", "name"), ("$ref", "$ref"), ("größe", "größe"), ("x-y", "'x-y'"), ("2nd", "'2nd'")],
)
def test_a_key_has_quotes_only_where_it_needs_them(name: str, key: str) -> None:
    assert property_key(name) == key


def test_proto_is_a_key_of_its_own_in_an_object_and_harmless_in_a_type() -> None:
    assert value_key("__proto__") == "['__proto__']"
    assert property_key("__proto__") == "__proto__"


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("One line.", ["One line."]),
        ("\n\n  a\n\n    b  \n\n", ["  a", "", "    b"]),
        ("*/ code /*", ["*\\/ code /*"]),
        ("a\u2028b\x0bc", ["a", "b", "c"]),
        ("@param x", ["\\@param x"]),
        ("    @router.get('/')", ["    \\@router.get('/')"]),
        ("me@example.org", ["me@example.org"]),
        ("\x1b[2J", ["\\u001b[2J"]),
        ("a\tb", ["a   b"]),
        ("", []),
    ],
)
def test_lines_of_a_comment_stay_in_it(text: str, lines: list[str]) -> None:
    assert comment_lines(text) == lines


def test_a_phrase_is_one_line() -> None:
    assert comment_phrase("of several\n   lines\n") == "of several lines"


def test_a_comment_is_as_short_as_its_text() -> None:
    assert doc_comment([]) == []
    assert doc_comment(["One."]) == ["/** One. */"]
    assert doc_comment(["One.", "", "Two."]) == ["/**", " * One.", " *", " * Two.", " */"]
