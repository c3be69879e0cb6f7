"""`backend/serving/downloads.py` of every workspace: names of files that do nobody harm."""

import re
from email.message import Message

import pytest

from fluidkit_cli.client.filenames import filename_of
from scaffolds.backends import backend_module

downloads = backend_module("serving.downloads")

LONG = "n" * 4096 + ".txt"
NAMES = [
    ("report.pdf", "report.pdf"),
    ("Q3 report.pdf", "Q3 report.pdf"),
    ("naïve ☃.txt", "naïve ☃.txt"),
    ("日本語.txt", "日本語.txt"),
    ("50%25 off.txt", "50%25 off.txt"),
    ("a'b;c,d=e.txt", "a'b;c,d=e.txt"),
    ("a\r\nX-Evil: 1", "aX-Evil_ 1"),
    ('a"; x="', "a_; x=_"),
    ("..\\..\\x", "x"),
    ("../../x", "x"),
    ("..\\..\\x ; ../../x", "x"),
    ("/etc/passwd", "passwd"),
    ("C:\\boot.ini", "boot.ini"),
    ("C:boot.ini", "C_boot.ini"),
    ("con.txt", "_con.txt"),
    ("CON", "_CON"),
    ("aux .txt", "_aux .txt"),
    ("com1", "_com1"),
    ("com10.txt", "com10.txt"),
    ("a\u202etxt.exe", "atxt.exe"),
    ("a\u200b\u2066b\x00\x7f\x9b.txt", "ab.txt"),
    (".bashrc", "bashrc"),
    ("shell.lnk. . .", "shell.lnk"),
    ("file.txt::$DATA", "file.txt__$DATA"),
    ("..", "download"),
    ("", "download"),
    ("\x00", "download"),
    (LONG, "n" * 251 + ".txt"),
    ("☃" * 100, "☃" * 85),
    ("\ud800.txt", "txt"),
]


@pytest.mark.parametrize(("name", "saved"), NAMES)
def test_a_file_is_saved_under_a_name_that_does_no_harm(name: str, saved: str) -> None:
    header = downloads.attachment(name)
    assert filename_of(header, "/unused") == saved
    parsed = Message()
    parsed["content-disposition"] = header
    assert parsed.get_content_disposition() == "attachment"
    # clients that know RFC 2231, and those that read the plain one alone
    assert re.fullmatch(r'attachment; filename="[ !#-$&-\[\]-~]+"(; filename\*=[!-~]+)?', header)


@pytest.mark.parametrize(("name", "saved"), NAMES)
def test_what_is_harmless_stays_as_it_is(name: str, saved: str) -> None:
    header = downloads.attachment(name)
    assert downloads.harmless(header) == header


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("attachment", "attachment"),
        ("inline", "inline"),
        ("INLINE; filename=a.svg", 'inline; filename="a.svg"'),
        ("attachment; filename=report.pdf", 'attachment; filename="report.pdf"'),
        ("attachment; filename=../x; filename=y", 'attachment; filename="x"'),
        ('attachment; filename="a\r\nX-Evil: 1"', 'attachment; filename="aX-Evil_ 1"'),
        ('attachment; filename="a"; x=""', 'attachment; filename="a"'),
        ('attachment; filename="..\\..\\x"', 'attachment; filename="x"'),
        ("attachment; filename*=utf-8''..%5C..%5Cx", 'attachment; filename="x"'),
        ("attachment; filename*=utf-8''a%0D%0Ab", 'attachment; filename="ab"'),
        ("attachment; filename=\"a\"; filename*=UTF-8''b", 'attachment; filename="b"'),
        ("attachment; filename=\"a\"; filename*=nothing''%ff", 'attachment; filename="a"'),
        ("evil\r\nX: 1; filename=a", 'attachment; filename="a"'),
        ("", "attachment"),
    ],
)
def test_a_header_that_a_route_wrote_by_hand_is_mended(written: str, sent: str) -> None:
    assert downloads.harmless(written) == sent
