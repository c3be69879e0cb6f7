"""Whom the API answers while it is developed."""

import asyncio
from collections.abc import MutableMapping
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware

from fluidkit_cli.devserver.hosts import (
    FOREIGN_HOST,
    FOREIGN_ORIGIN,
    Refusal,
    allowed_origins,
    refusal,
    refuse,
)

RUN = "x-fluidkit-run"
OWN = {"host": "127.0.0.1:8000"}


def asked(*headers: dict[str, str], app: object = None) -> Refusal | None:
    pairs = [(k.encode(), v.encode()) for each in headers for k, v in each.items()]
    return refusal(pairs, run_id="mine", allows=allowed_origins(app))


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "LOCALHOST:80",
        "a.localhost.",
        "127.0.0.1",
        "127.9.9.9:1",
        "[::1]:1",
        "10.0.0.7",
    ],
)
def test_what_is_surely_this_machine_is_answered(host: str) -> None:
    assert asked({"host": host}) is None


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:8000",
        "127.0.0.1.evil.example",
        "localhost.evil.example",
        "localhost@evil.example",
        "evil.example@127.0.0.1",
        "[::1]evil.example",
        "[::1]:1:evil.example",
        "localhost:evil",
        "localhost/evil",
        "2130706433",
        "0x7f000001",
        "127.0.0.1, evil.example",
        "xlocalhost",
        "localhost..",
        "",
    ],
)
def test_any_other_name_is_not(host: str) -> None:
    assert asked({"host": host}) is FOREIGN_HOST
    assert asked(OWN, {"host": host}) is FOREIGN_HOST
    assert asked({"host": host, "x-forwarded-host": "localhost"}) is FOREIGN_HOST
    assert asked({"host": host, RUN: "other"}) is FOREIGN_HOST
    assert asked({"host": host, RUN: "mine"}) is None


@pytest.mark.parametrize(
    "origin",
    ["http://localhost:5173", "http://127.0.0.1:1", "https://[::1]", "http://a.localhost:3000"],
)
def test_a_page_of_this_machine_may_ask(origin: str) -> None:
    assert asked(OWN, {"origin": origin}) is None


@pytest.mark.parametrize(
    "origin",
    [
        "http://evil.example",
        "https://127.0.0.1.evil.example",
        "http://localhost.evil.example:5173",
        "http://localhost@evil.example",
        "http://10.0.0.8",
        "chrome-extension://abcdef",
        "file://",
        "null",
        "",
    ],
)
@pytest.mark.parametrize("way", [{}, {RUN: "mine"}, {"x-forwarded-host": "evil.example"}])
def test_a_page_of_another_origin_may_not(origin: str, way: dict[str, str]) -> None:
    assert asked(OWN, way, {"origin": origin}) is FOREIGN_ORIGIN


def test_a_page_under_the_name_that_is_asked_for_may() -> None:
    shop = {"host": "shop.test:5173", RUN: "mine"}
    assert asked(shop, {"origin": "http://Shop.test:5173"}) is None
    assert asked(shop, {"origin": "http://shop.test:9999"}) is FOREIGN_ORIGIN


def test_a_form_of_our_own_page_that_tells_no_origin_may() -> None:
    assert asked(OWN, {"origin": "null", "sec-fetch-site": "same-origin"}) is None
    assert asked(OWN, {"origin": "null", "sec-fetch-site": "cross-site"}) is FOREIGN_ORIGIN


def test_origins_that_the_app_allows_may() -> None:
    app = FastAPI()
    app.add_middleware(
        CORSMiddleware,
        allow_origins=["https://shop.example"],
        allow_origin_regex=r"https://.*\.preview\.example",
    )
    for origin in ("https://shop.example", "https://a.preview.example"):
        assert asked(OWN, {"origin": origin}, app=app) is None
    assert asked(OWN, {"origin": "https://evil.example"}, app=app) is FOREIGN_ORIGIN


def test_origins_that_the_settings_name_may(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALLOWED_ORIGINS", "https://shop.example/, https://login.example")
    for origin in ("https://shop.example", "https://login.example"):
        assert asked(OWN, {"origin": origin}) is None
    assert asked(OWN, {"origin": "https://evil.example"}) is FOREIGN_ORIGIN


@pytest.mark.parametrize(
    ("kind", "start"),
    [
        ("http", {"type": "http.response.start", "status": 403}),
        ("websocket", {"type": "websocket.close", "code": 1008}),
    ],
)
def test_a_refusal_says_no_in_the_words_of_the_protocol(kind: str, start: dict[str, Any]) -> None:
    sent: list[MutableMapping[str, Any]] = []

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    asyncio.run(refuse(FOREIGN_ORIGIN, kind=kind, send=send))
    assert start.items() <= sent[0].items()
