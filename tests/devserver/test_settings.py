"""The one `.env`, as both sides get it."""

import os
from pathlib import Path

import pytest

from fluidkit_cli.devserver.settings import MOST_BYTES, BadSettings, load_settings, settings_in

FILE = """
# one comment
PLAIN=a b # and another
export EXPORTED=yes
SINGLE='$HOME ${PLAIN}'
DOUBLE="two\\nlines"
MULTILINE="first
second"
DOLLARS=$2b$12$abc
OTHER=${PLAIN}!
EMPTY=
VALUELESS
GIVEN=file
"""
VALUES = {
    "PLAIN": "a b",
    "EXPORTED": "yes",
    "SINGLE": "$HOME a b",
    "DOUBLE": "two\nlines",
    "MULTILINE": "first\nsecond",
    "DOLLARS": "$2b$12$abc",
    "OTHER": "a b!",
    "EMPTY": "",
}


def test_both_sides_get_the_same_values(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".env").write_text(FILE, encoding="utf-8")
    monkeypatch.setattr(os, "environ", {"GIVEN": "environment"})
    assert settings_in(tmp_path) == {**VALUES, "GIVEN": "file"}  # it is laid under the environment
    assert load_settings(tmp_path) == ""
    assert os.environ == {**VALUES, "GIVEN": "environment"}


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"\xff\xfe=1", "cannot be read"),
        (b"A=a\0b\n", "A has a NUL byte"),
        (b"A=1\n" * MOST_BYTES, "too large"),
    ],
)
def test_a_file_that_is_no_environment_is_an_error_of_the_api_alone(
    tmp_path: Path, content: bytes, reason: str
) -> None:
    (tmp_path / ".env").write_bytes(content)
    with pytest.raises(BadSettings, match=reason):
        load_settings(tmp_path)
    assert settings_in(tmp_path) == {}


def test_what_is_no_file_says_nothing(tmp_path: Path) -> None:
    assert settings_in(tmp_path) == {}
    (tmp_path / ".env").mkdir()
    assert (load_settings(tmp_path), settings_in(tmp_path)) == ("", {})
