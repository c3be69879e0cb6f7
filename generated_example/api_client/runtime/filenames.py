# Copied by fluidkit. Changes to this file are overwritten.
"""The name of a downloaded file: what the server suggests, made harmless."""

import re
import unicodedata
from urllib.parse import unquote, unquote_to_bytes, urlsplit

_FALLBACK = "download"
_LONGEST = 255
_PARAMETER = re.compile(r';\s*([^\s=;]+)\s*=\s*("(?:[^"\\]|\\.)*"|[^;]*)')
_EXTENDED = re.compile(r"([\w-]+)'[^']*'(.*)")
_INVISIBLE = {"Cc", "Cf", "Cs", "Zl", "Zp"}
_REFUSED = re.compile(r'[<>:"|?*]')
_DEVICE = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)
_EXTENSION = re.compile(r"\.[^.]{1,16}$")


def filename_of(disposition: str, address: str) -> str:
    """From a `Content-Disposition` header (RFC 6266, RFC 8187), else from the address."""
    suggested = _suggested(disposition)
    name = (
        unquote(urlsplit(address).path.rpartition("/")[2])
        if suggested is None
        else suggested
    )
    return _safe(name) or _FALLBACK


def _suggested(disposition: str) -> str | None:
    found: dict[str, str] = {}
    for name, value in _PARAMETER.findall(disposition):
        found.setdefault(name.lower(), value.strip())
    extended = _extended(found.get("filename*", ""))
    if extended is not None or "filename" not in found:
        return extended
    value = found["filename"]
    return re.sub(r"\\(.)", r"\1", value[1:-1]) if value.startswith('"') else value


def _extended(value: str) -> str | None:
    """`UTF-8''na%C3%AFve.txt`"""
    parts = _EXTENDED.fullmatch(value)
    if parts is None or not parts[2]:
        return None
    try:
        return unquote_to_bytes(parts[2]).decode(parts[1])
    except (LookupError, UnicodeDecodeError):
        return None


def _safe(name: str) -> str:
    """No folders, nothing that cannot be seen or that Windows refuses; at most 255 bytes."""
    base = re.split(r"[\\/]", name)[-1]
    seen = "".join(
        each for each in base if unicodedata.category(each) not in _INVISIBLE
    )
    plain = _REFUSED.sub("_", seen).strip(". ")
    return _shortened(f"_{plain}" if _DEVICE.match(plain) else plain)


def _shortened(name: str) -> str:
    extension = _EXTENSION.search(name)
    tail = extension[0] if extension else ""
    stem = name[: len(name) - len(tail)].encode()[
        : max(0, _LONGEST - len(tail.encode()))
    ]
    return stem.decode("utf-8", "ignore") + tail
