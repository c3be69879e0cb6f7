"""The names that files are offered under, such that whoever saves them comes to no harm."""

import re
import unicodedata
from urllib.parse import quote, unquote_to_bytes

FALLBACK = "download"
LONGEST = 255
"""Bytes of a name, as most file systems take."""

_PARAMETER = re.compile(r';\s*([^\s=;]+)\s*=\s*("(?:[^"\\]|\\.)*"|[^;]*)')
_EXTENDED = re.compile(r"([\w-]+)'[^']*'(.*)", re.DOTALL)
_INVISIBLE = {"Cc", "Cf", "Cs", "Zl", "Zp"}
_REFUSED = re.compile(r'[<>:"|?*]')
_DEVICE = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)\s*(\.|$)", re.IGNORECASE)
_EXTENSION = re.compile(r"\.[^.]{1,16}$")
_NOT_PLAIN = re.compile(r"[^ !#-$&-~]|[\\]")


def attachment(name: str) -> str:
    """The header `Content-Disposition` of a file that is to be saved as `name`, whatever that is.

    Without folders, and without what cannot be seen or what Windows refuses. See
    https://www.rfc-editor.org/rfc/rfc6266 and https://www.rfc-editor.org/rfc/rfc8187
    """
    return _disposition("attachment", name)


def harmless(disposition: str) -> str:
    """The same of such a header that somebody else has written."""
    kind = disposition.partition(";")[0].strip().lower()
    kind = kind if kind == "inline" else "attachment"
    name = _suggested(disposition)
    return kind if name is None else _disposition(kind, name)


def _disposition(kind: str, name: str) -> str:
    safe = _safe(name) or FALLBACK
    plain = unicodedata.normalize("NFKD", safe).encode("ascii", "ignore").decode()
    plain = _safe(_NOT_PLAIN.sub("_", plain)) or FALLBACK
    given = f'{kind}; filename="{plain}"'
    return given if plain == safe else f"{given}; filename*=UTF-8''{quote(safe, safe='')}"


def _suggested(disposition: str) -> str | None:
    found: dict[str, str] = {}
    for name, value in _PARAMETER.findall(disposition):
        found.setdefault(name.lower(), value.strip(" \t"))
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
    base = re.split(r"[\\/]", name)[-1]
    seen = "".join(each for each in base if unicodedata.category(each) not in _INVISIBLE)
    plain = _REFUSED.sub("_", seen).strip(". ")
    return _shortened(f"_{plain}" if _DEVICE.match(plain) else plain)


def _shortened(name: str) -> str:
    extension = _EXTENSION.search(name)
    tail = extension[0] if extension else ""
    stem = name[: len(name) - len(tail)].encode()[: max(0, LONGEST - len(tail.encode()))]
    return stem.decode("utf-8", "ignore") + tail
