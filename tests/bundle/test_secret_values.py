"""Which settings are secrets."""

import pytest

from fluidkit_cli.bundle.secret_values import not_sought, secrets_among

SECRETS = {
    "API_SECRET": "s3cr3t-canary",
    "STRIPE_API_KEY": "sk_live_51HabcDEF",
    "DB_PWD": "correct horse",
    "MYTOKEN": "abcdefgh-ijkl",
    "SESSION_SALT": "abcdefghijklmnopqrst",
    "HOOK_URL": "https://hooks.example.com/services/T000/B000/a1b2c3d4e5f6g7h8",
    "SOMETHING": "abc123def456ghi789",
    "BASIC_AUTH": "admin:12345678",
    "AUTH_TOKENS": "first:1234,second:5678",
    "AUTH_PAGE": "https://login.example.com/a1b2c3d4e5f6g7h8",
}

HARMLESS = {
    "API_SECRET": "short",
    "DB_PASSWORD": "postgres",
    "SESSION_KEY": "1234567890",
    "TITLE": "My little shop",
    "REGION": "eu-central-1",
    "MODEL": "claude-sonnet-4-20250514",
    "ORIGIN": "https://www.example.com",
    "API_URL": "http://127.0.0.1:8000",
    "TOKEN_URL": "https://auth.example.com/token",
    "SECRET_FILE": "/run/secrets/database",
    "STARTED": "2026-11-21T13:00:00",
    "BROKEN": "http://[half/address",
    "EMPTY": "",
    "AUTH_SERVER": "localhost:5432",
    "AUTH_PAGE": "https://login.example.com/",
    "AUTH_DOMAIN": "login.example.com",
    "TOKEN_TTL": "30 minutes",
    "GOOGLE_CLIENT_ID": "1234567-a1b2c3d4e5f6.apps.example.com",
}


@pytest.mark.parametrize(("name", "value"), SECRETS.items(), ids=SECRETS)
def test_a_value_is_a_secret_by_its_name_or_its_looks(name: str, value: str) -> None:
    assert [secret.value for secret in secrets_among({name: value})] == [value]


@pytest.mark.parametrize(("name", "value"), HARMLESS.items(), ids=HARMLESS)
def test_a_harmless_value_is_none(name: str, value: str) -> None:
    assert list(secrets_among({name: value})) == []


def test_an_address_and_the_password_in_it_are_both_secrets() -> None:
    address = "postgresql://app:hunter2%2Dlong@localhost/app"
    found = [secret.value for secret in secrets_among({"DATABASE_URL": address})]
    assert found == ["hunter2-long", address]


@pytest.mark.parametrize("password", ["password", "postgres", "12345678", "dev"])
def test_a_password_that_is_a_word_is_sought_with_its_address_only(password: str) -> None:
    address = f"postgresql://app:{password}@localhost/app"
    assert [secret.value for secret in secrets_among({"DATABASE_URL": address})] == [address]


def test_the_long_lines_of_a_key_are_secrets_too() -> None:
    lines = ("-----BEGIN SOMETHING-----", "MIIEowIBAAKCAQEAx5pcHn9t0mUU", "a1b2c3d4e5f6g7")
    value = "\n".join(lines)
    found = [secret.value for secret in secrets_among({"SIGNING_KEY": value})]
    assert found == [value, lines[1]]


def test_what_is_too_short_or_too_plain_to_be_sought_is_told() -> None:
    settings = {
        "API_SECRET": "s3cr3t!",
        "DB_PASSWORD": "postgres",
        "AUTH_TOKEN": "abcd-efgh-1",
        "SALT": "",
        "TITLE": "shop",
        "TOKEN_TTL": "5",
    }
    assert not_sought(settings) == ["API_SECRET", "DB_PASSWORD"]


def test_of_an_environment_names_alone_tell() -> None:
    settings = {"SESSION_ID": "abc123def456ghi789", "CI_TOKEN": "abc123def456ghi789"}
    found = [secret.name for secret in secrets_among(settings, by_name=True)]
    assert found == ["CI_TOKEN"]
