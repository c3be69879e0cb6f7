"""Looks for secrets in the files that everybody can get."""

import base64
import gzip
import html
import json
import os
import re
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from .secret_values import Secret

_PRIVATE_KEY = re.compile(
    rb"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY(?: BLOCK)?-----(?:\s|\\+[rn])+[\w+/=:, -]{20}"
)
_COMPRESSED = (".br", ".gz")
_LARGEST_KEY = 1 << 16  # bytes of a file that is looked at as a key


@dataclass(frozen=True, slots=True)
class Leak:
    """A file, and what it holds: the value of a setting, which is named, or a private key."""

    file: Path
    what: str


def leaks_in(folder: Path, secrets: Iterable[Secret]) -> Iterator[Leak]:
    """The files below `folder` that hold a secret or a private key, in whatever form, sorted."""
    forms = [(secret.name, frozenset(_forms(secret.value))) for secret in secrets]
    for file in sorted(path for path in folder.rglob("*") if path.is_file()):
        if file.suffix in _COMPRESSED and file.with_suffix("").is_file():
            continue  # it is what it was made from
        content = _content(file)
        if _PRIVATE_KEY.search(content):
            yield Leak(file, "a private key")
        names = {name for name, written in forms if any(form in content for form in written)}
        yield from (Leak(file, f"the value of {name}") for name in sorted(names))


def holds_private_key(file: Path) -> bool:
    """Whether it is one in the form PEM, not only code that speaks of them."""
    return file.stat().st_size <= _LARGEST_KEY and bool(_PRIVATE_KEY.search(file.read_bytes()))


def _content(file: Path) -> bytes:
    content = file.read_bytes()
    if file.suffix != ".gz":
        return content
    try:
        return gzip.decompress(content)
    except (OSError, EOFError, zlib.error):
        return content


def _forms(value: str) -> Iterator[bytes]:
    """As JavaScript, JSON, pages, addresses and source maps write it: also one in another."""
    raw = os.fsencode(value)
    yield raw
    yield from _in_base64(raw)
    if raw.decode(errors="ignore") != value:
        return  # an environment may hold bytes that are no text
    written = {value}
    for _ in range(2):  # a string within the source that a source map has as a string
        written |= {write(text) for text in written for write in _WRITERS}
    yield from (text.encode() for text in written)


def _json(text: str) -> str:
    return json.dumps(text)[1:-1]


def _json_of_javascript(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)[1:-1]


def _safe_json(text: str) -> str:
    """As what is put into a page, where no tag may begin."""
    return _json(text).replace("<", "\\u003C").replace(">", "\\u003E")


def _safe_json_of_javascript(text: str) -> str:
    return _json_of_javascript(text).replace("<", "\\u003C").replace(">", "\\u003E")


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n")


def _template(text: str) -> str:
    return text.replace("\\", "\\\\").replace("`", "\\`").replace("${", "\\${")


def _component(text: str) -> str:
    return quote(text, safe="!'()*~-._")


def _wholly_quoted(text: str) -> str:
    return quote(text, safe="")


def _address(text: str) -> str:
    return quote(text, safe="!#$&'()*+,/:;=?@[]~-._")


def _form(text: str) -> str:
    return quote(text, safe="*-._ ").replace(" ", "+")


_WRITERS: tuple[Callable[[str], str], ...] = (
    *(_json, _json_of_javascript, _safe_json, _safe_json_of_javascript, _quoted, _template),
    *(_component, _wholly_quoted, _address, _form, html.escape, str.strip),
)


def _in_base64(value: bytes) -> Iterator[bytes]:
    """What stands there wherever in a longer text it begins, in both alphabets."""
    for shift in range(3):
        text = base64.b64encode(bytes(shift) + value)
        # the characters at both ends also hold what is around
        first = (shift * 8 + 5) // 6
        last = (shift + len(value)) * 8 // 6
        yield text[first:last]
        yield text[first:last].translate(bytes.maketrans(b"+/", b"-_"))
