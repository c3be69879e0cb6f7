"""Which settings are secrets: what must not be found in what a browser gets."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

SHORTEST = 8
"""Characters. Shorter ones are found by chance, and guessed in no time."""

_SECRET_NAME = re.compile(
    r"API_?KEY|CREDENTIAL|PASSPHRASE|PASSWD|PASSWORD|SECRET|TOKENS?($|_)"
    r"|(^|_)(AUTH|DSN|KEY|PASS|PRIVATE|PWD|SALT|SIGNATURE|WEBHOOK)S?($|_)",
    re.IGNORECASE,
)
_PLACE = re.compile(r"_(DIR|FILE|HOST|ID|NAME|PATH|PORT|REGION|SOCK|URI|URL)$|^(OLD)?PWD$", re.I)
"""Where a secret lies, or whose it is. A password within an address counts all the same."""

_ALPHABETIC_WORD = 16
"""Letters alone are a word, as `production` and `postgres` are, unless there are this many."""

_RANDOM = re.compile(r"[A-Za-z0-9+]{12,}")


@dataclass(frozen=True, slots=True)
class Secret:
    """A value that only the server may know, and the setting that it is of."""

    name: str
    value: str


def secrets_among(settings: Mapping[str, str], *, by_name: bool = False) -> Iterator[Secret]:
    """Those of the settings that are secrets.

    A value is one if it has at least `SHORTEST` characters and either its name says so (`TOKEN`,
    `PASSWORD` …) and it is more than one plain word, or it is an address with a password in it, or
    a part of it looks random: 12 letters and digits in a row, mixed. So `eu-central-1`, `My shop`
    and `http://127.0.0.1:8000` never are. With `by_name` only names count: an environment is full
    of random-looking values that are no secrets.
    """
    for name, value in settings.items():
        password = _password(value)
        if len(password) >= SHORTEST:
            yield Secret(name, password)
        if len(value) >= SHORTEST and (
            password
            or (_is_named_so(name) and not _is_word(value))
            or (not by_name and _looks_random(value))
        ):
            yield Secret(name, value)


def _is_named_so(name: str) -> bool:
    return bool(_SECRET_NAME.search(name)) and not _PLACE.search(name)


def _is_word(value: str) -> bool:
    return value.isdigit() or (value.isalpha() and len(value) < _ALPHABETIC_WORD)


def _password(value: str) -> str:
    """That of an address, https://www.rfc-editor.org/rfc/rfc3986#section-3.2.1"""
    try:
        return unquote(urlsplit(value).password or "")
    except ValueError:
        return ""


def _looks_random(value: str) -> bool:
    return any(
        re.search(r"[A-Za-z]", part) and re.search(r"\d", part) for part in _RANDOM.findall(value)
    )
