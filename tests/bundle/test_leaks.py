"""Secrets in files that everybody can get."""

import base64
import gzip
import html
import json
import os
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest

from fluidkit_cli.bundle.leaks import holds_private_key, leaks_in
from fluidkit_cli.bundle.secret_values import Secret

VALUE = "pä\"ss'word\\ <&> `${1}`\nline two \N{KEY}"
SECRET = Secret("API_SECRET", VALUE)

FORMS = {
    "raw": VALUE,
    "json": json.dumps(VALUE),
    "json-unicode": json.dumps(VALUE, ensure_ascii=False),
    "json-in-json": json.dumps({"sourcesContent": [f"const key = {json.dumps(VALUE)};"]}),
    "javascript": "'" + VALUE.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n") + "'",
    "template": "`" + VALUE.replace("\\", "\\\\").replace("`", "\\`").replace("${", "\\${") + "`",
    "page": f"<p>{html.escape(VALUE)}</p>",
    "page-data": json.dumps(VALUE, ensure_ascii=False)
    .replace("<", "\\u003C")
    .replace(">", "\\u003E"),
    "address": f"https://x.example/?key={quote(VALUE, safe='')}",
    "form": f"key={quote_plus(VALUE)}",
    "base64": base64.b64encode(VALUE.encode()).decode(),
    "base64-later": base64.b64encode(f"user:{VALUE}; more".encode()).decode(),
    "base64-for-addresses": base64.urlsafe_b64encode(f"1{VALUE}".encode()).decode(),
    # as Svelte writes it into a page: only what could end a text or an attribute
    "svelte-text": VALUE.replace("&", "&amp;").replace("<", "&lt;"),
    "svelte-attribute": VALUE.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;"),
    "page-in-a-source-map": json.dumps(json.dumps(f"<p>{html.escape(VALUE)}</p>")),
    "numbers-of-html": "".join(
        f"&#{ord(letter)};" if letter in "<>&'" else letter for letter in VALUE
    ),
    "numbers-of-javascript": "".join(
        letter if letter.isalnum() else f"\\u{{{ord(letter):x}}}" for letter in VALUE
    ),
    "bytes-of-javascript": json.dumps(VALUE, ensure_ascii=False).replace("ä", "\\xe4"),
    "address-in-an-address": quote(quote(VALUE, safe=""), safe=""),
    "other-line-end": VALUE.replace("\n", "\r\n"),
    "hexadecimal": VALUE.encode().hex(),
    "large-hexadecimal": VALUE.encode().hex().upper(),
    "after-a-word-of-it": "word " * 999 + html.escape(VALUE),
    "impossible-character-beside": f"\\u{{110000}}{html.escape(VALUE)}",
}


@pytest.mark.parametrize("text", FORMS.values(), ids=FORMS)
def test_a_secret_is_found_in_every_form(tmp_path: Path, text: str) -> None:
    file = tmp_path / "chunk.js"
    file.write_text(f"const before = 1; {text} ;", encoding="utf-8", newline="")
    assert [(leak.file, leak.what) for leak in leaks_in(tmp_path, [SECRET])] == [
        (file, "the value of API_SECRET")
    ]


def test_a_secret_of_an_environment_need_not_be_text(tmp_path: Path) -> None:
    (tmp_path / "chunk.js").write_bytes(b"'caf\xe9-s3cr3t'")
    assert list(leaks_in(tmp_path, [Secret("API_SECRET", os.fsdecode(b"caf\xe9-s3cr3t"))]))


def test_a_secret_without_a_letter_is_found_too(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text("<p>%&amp;/()=?!&lt;-_.:,;*</p>")
    assert list(leaks_in(tmp_path, [Secret("API_SECRET", "%&/()=?!<-_.:,;*")]))


def test_a_secret_is_found_in_base64_for_addresses(tmp_path: Path) -> None:
    (tmp_path / "chunk.js").write_text("'x=Pj4-Pz8_Pj4-Pz8_'")
    assert list(leaks_in(tmp_path, [Secret("API_SECRET", ">>>???>>>???")]))


def test_space_around_a_secret_does_not_hide_it(tmp_path: Path) -> None:
    (tmp_path / "chunk.js").write_text("'s3cr3t-canary'")
    assert list(leaks_in(tmp_path, [Secret("API_SECRET", " s3cr3t-canary\r\n")]))


def test_what_is_like_a_secret_is_no_leak(tmp_path: Path) -> None:
    (tmp_path / "chunk.js").write_text(VALUE[1:] + base64.b64encode(b"password").decode())
    assert list(leaks_in(tmp_path, [SECRET])) == []


def test_a_compressed_file_is_read_whatever_lies_beside_it(tmp_path: Path) -> None:
    content = gzip.compress(VALUE.encode())
    for name in ("lone.txt.gz", "older.txt.gz"):
        (tmp_path / name).write_bytes(content)
    (tmp_path / "older.txt").write_text("mended meanwhile", encoding="utf-8")
    (tmp_path / "broken.gz").write_bytes(content[:20])
    (tmp_path / "empty.txt").touch()
    found = [leak.file.name for leak in leaks_in(tmp_path, [SECRET])]
    assert found == ["lone.txt.gz", "older.txt.gz"]


KEY = (
    "-----BEGIN RSA PRIVATE KEY-----\nMIIEowIBAAKCAQEAx5pcHn9t0mUU\n-----END RSA PRIVATE KEY-----\n"
)


@pytest.mark.parametrize("text", [KEY, json.dumps(KEY), KEY.replace("\n", "\r\n")])
def test_a_private_key_is_found_wherever_it_is(tmp_path: Path, text: str) -> None:
    file = tmp_path / "chunk.js"
    file.write_text(text, encoding="utf-8")
    assert [leak.what for leak in leaks_in(tmp_path, [])] == ["a private key"]
    assert holds_private_key(file)


def test_a_large_file_is_no_key(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text(KEY + " " * (1 << 16))
    assert not holds_private_key(tmp_path / "notes.txt")


def test_code_that_speaks_of_private_keys_holds_none(tmp_path: Path) -> None:
    file = tmp_path / "keys.py"
    file.write_text('BEGIN = "-----BEGIN PRIVATE KEY-----"\ntext = key.replace(BEGIN, "")\n')
    assert not holds_private_key(file)
    assert list(leaks_in(tmp_path, [])) == []
