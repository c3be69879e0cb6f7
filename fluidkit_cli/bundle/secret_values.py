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
_ADDRESS = re.compile(r"_(URI|URL)$", re.IGNORECASE)
_ABOUT = re.compile(
    r"_(ALGORITHM|AUDIENCE|DIR|DOMAIN|EXPIRY|FILE|HEADER|HOST|ID|ISSUER|MODE|NAME|PATH|PORT|PREFIX"
    r"|PROVIDER|REGION|SCOPES?|SOCK|TTL|TYPE)$|^(OLD)?PWD$",
    re.IGNORECASE,
)
"""Where a secret lies, whose it is, or of what kind."""

_ALPHABETIC_WORD = 16
"""Letters alone are a word, as `production` and `postgres` are, unless there are this many."""

_HOST = re.compile(r"[a-z0-9.-]+:\d{1,5}")
_RANDOM = re.compile(r"[A-Za-z0-9+]{12,}")
_LONG_LINE = 24


@dataclass(frozen=True, slots=True)
class Secret:
    """A value that only the server may know, and the setting that it is of."""

    name: str
    value: str


def secrets_among(settings: Mapping[str, str], *, by_name: bool = False) -> Iterator[Secret]:
    """Those of the settings that are secrets.

    A value is one if it has at least `SHORTEST` characters and either its name says so (`TOKEN`,
    `PASSWORD` …) and it is more than one plain word or a host, or it is an address with a password
    in it, or a part of it looks random: 12 letters and digits in a row, mixed. So `eu-central-1`,
    `My shop` and `http://127.0.0.1:8000` never are. Of what has several lines, as a key, each long
    one is one too. With `by_name` only names count: an environment is full of random-looking values
    that are no secrets.
    """
    for name, value in settings.items():
        password = _password(value)
        is_secret = (
            bool(password)
            or (_is_named_so(name) and not _is_plain(value))
            or (not by_name and not _ABOUT.search(name) and _looks_random(value))
        )
        if not _is_plain(password):
            yield Secret(name, password)
        if is_secret and len(value) >= SHORTEST:
            yield Secret(name, value)
            yield from (Secret(name, line) for line in _long_lines(value))


def not_sought(settings: Mapping[str, str]) -> list[str]:
    """The names that speak of secrets whose values are so short or plain that they say nothing."""
    sought = {secret.name for secret in secrets_among(settings)}
    return [n for n, v in settings.items() if v and _is_named_so(n) and n not in sought]


def _is_named_so(name: str) -> bool:
    is_place = _ADDRESS.search(name) or _ABOUT.search(name)
    return bool(_SECRET_NAME.search(name)) and not is_place


def _is_plain(value: str) -> bool:
    """Too short, or what is found everywhere: a number, a word, a host, an address."""
    is_word = value.isdigit() or (value.isalpha() and len(value) < _ALPHABETIC_WORD)
    is_place = _HOST.fullmatch(value) or (_has_host(value) and not _looks_random(value))
    return len(value) < SHORTEST or is_word or bool(is_place)


def _password(value: str) -> str:
    """That of an address, https://www.rfc-editor.org/rfc/rfc3986#section-3.2.1"""
    try:
        return unquote(urlsplit(value).password or "")
    except ValueError:
        return ""


def _has_host(value: str) -> bool:
    try:
        return bool(urlsplit(value).hostname)
    except ValueError:
        return False


def _looks_random(value: str) -> bool:
    return any(
        re.search(r"[A-Za-z]", part) and re.search(r"\d", part) for part in _RANDOM.findall(value)
    )


def _long_lines(value: str) -> Iterator[str]:
    lines = value.splitlines()
    if len(lines) > 1:
        yield from (line for line in lines if len(line) >= _LONG_LINE and _looks_random(line))
