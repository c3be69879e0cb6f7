"""`backend/serving/settings.py` of every workspace: what cannot be is said in one line."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from scaffolds.backends import backend_module
from scaffolds.launching import lay_out

SECONDS = "a number of seconds below 1000000"
NUMBER = "a whole number from 0 on"
ADDRESSES = "addresses and networks such as 10.0.0.0/8, with commas between, or *"
ORIGINS = "origins such as https://login.example.com, with commas between"

OF_THE_APPLICATION = [
    ("SHUTDOWN_TIMEOUT", "x", SECONDS),
    ("SHUTDOWN_TIMEOUT", "inf", SECONDS),
    ("SHUTDOWN_TIMEOUT", "1000000", SECONDS),
    ("SHUTDOWN_DELAY", "-1", SECONDS),
    ("BODY_TIMEOUT", "nan", SECONDS),
    ("BODY_LIMIT", "abc", NUMBER),
    ("BODY_LIMIT", "", NUMBER),
    ("STREAMS_PER_USER", "1.5", NUMBER),
    ("FORWARDED_ALLOW_IPS", "nonsense", ADDRESSES),
    ("FORWARDED_ALLOW_IPS", "10.0.0.1/8", ADDRESSES),
    ("FORWARDED_ALLOW_IPS", "127.0.0.1,*", ADDRESSES),
    ("ALLOWED_ORIGINS", "login.example.com", ORIGINS),
    ("ALLOWED_ORIGINS", "https://login.example.com/path", ORIGINS),
]
OF_THE_LAUNCHER = [
    ("WEB_CONCURRENCY", "0", "a whole number from 1 on"),
    ("WEB_CONCURRENCY", "many", "a whole number from 1 on"),
    ("PORT", "99999", "a whole number from 0 to 65535"),
    ("PORT", "-1", "a whole number from 0 to 65535"),
    ("LOG_LEVEL", "loud", "DEBUG, INFO, WARNING, ERROR, CRITICAL"),
    ("LOG_FORMAT", "xml", "text, json"),
]


@pytest.mark.parametrize(("name", "value", "allowed"), OF_THE_APPLICATION)
def test_a_setting_that_cannot_be_ends_whoever_serves(
    name: str, value: str, allowed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SystemExit) as caught:
        backend_module("serving.settings").read_settings()
    assert caught.value.code == f'{name} cannot be "{value}": it may be {allowed}'


@pytest.mark.parametrize(("name", "value", "allowed"), [OF_THE_APPLICATION[0], *OF_THE_LAUNCHER])
def test_the_launcher_says_it_in_one_line(
    tmp_path: Path, name: str, value: str, allowed: str
) -> None:
    said = ended(tmp_path, "backend.serving", **{"PORT": "0", name: value})
    assert said == f'{name} cannot be "{value}": it may be {allowed}\n'


@pytest.mark.parametrize(("name", "value", "allowed"), OF_THE_APPLICATION[:1])
def test_uvicorn_does_too(tmp_path: Path, name: str, value: str, allowed: str) -> None:
    said = ended(tmp_path, "uvicorn", "backend.main:app", "--port", "0", **{name: value})
    assert said == f'{name} cannot be "{value}": it may be {allowed}\n'


def ended(folder: Path, module: str, *arguments: str, **variables: str) -> str:
    """What it says before it ends."""
    lay_out(folder)
    run = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=folder,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert run.returncode == 1
    return run.stderr


def test_what_is_not_set_is_as_documented(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, _, _ in OF_THE_APPLICATION:
        monkeypatch.delenv(name, raising=False)
    found = backend_module("serving.settings").read_settings()
    assert (found.shutdown_timeout, found.shutdown_delay, found.body_timeout) == (5, 0.2, 30)
    assert (found.body_limit, found.streams_per_user) == (104_857_600, 50)
    assert (found.allowed_origins, found.proxies) == (frozenset(), "127.0.0.1,::1")


@pytest.mark.parametrize("proxies", ["*", "", "10.0.0.0/8, ::1", "fd00::/8"])
def test_proxies_are_addresses_and_networks(proxies: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORWARDED_ALLOW_IPS", proxies)
    assert backend_module("serving.settings").read_settings().proxies == proxies


def test_names_are_read_in_whatever_case(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOG_LEVEL", "wArning")
    choice = backend_module("serving.settings").choice
    assert choice("LOG_LEVEL", "INFO", of=("INFO", "WARNING")) == "WARNING"
