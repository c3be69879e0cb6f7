"""An `Api` survives its way through JSON."""

from dataclasses import replace
from pathlib import Path

import pytest

from fluidkit_cli import api

EVERYTHING = api.Api(
    routes=(
        api.Route(
            name="chat",
            module="backend.routes.chat",
            method="POST",
            path="/api/chat/{room}",
            answer=api.Events(
                (
                    api.Event("message", api.Reference("Token")),
                    api.Event("log", api.Unknown(), "text"),
                )
            ),
            parameters=(
                api.Parameter("room", "room", "path", api.Scalar("string"), required=True),
                api.Parameter("page", "Page", "query", api.Scalar("integer"), required=False),
            ),
            body=api.Body("request", api.Union((api.Literal(None), api.Literal(1))), required=True),
            description="Ünïcode\nand a second line",
            file="backend/routes/chat.py",
            line=12,
            errors=(
                api.DeclaredError(404, api.Reference("Token")),
                api.DeclaredError(422, api.HTTPValidationError()),
                api.DeclaredError("5XX", api.Unknown()),
            ),
        ),
    ),
    types=(
        api.Alias("Ids", api.Tuple((api.Scalar("integer"),), rest=api.Scalar("string"))),
        api.Enumeration("Color", (api.Member("RED", "red"), api.Member("ONE", 1))),
        api.Model(
            "Token",
            (api.Field("text", api.Mapping(api.Scalar("string"), api.Array(api.Unknown()))),),
            extra=api.Object((), extra=api.Scalar("null")),
        ),
    ),
    diagnostics=(api.Diagnostic("What", "How", "backend/main.py", 3),),
)


def test_an_api_comes_back_equal() -> None:
    assert api.from_json(api.to_json(EVERYTHING)) == EVERYTHING


def test_equal_apis_give_equal_text() -> None:
    assert api.to_json(EVERYTHING) == api.to_json(api.from_json(api.to_json(EVERYTHING)))


def test_half_a_surrogate_pair_passes_through_a_file(tmp_path: Path) -> None:
    odd = replace(EVERYTHING, routes=(replace(EVERYTHING.routes[0], description="\ud800"),))
    file = tmp_path / "api"
    file.write_text(api.to_json(odd), encoding="utf-8")
    assert api.from_json(file.read_text(encoding="utf-8")) == odd


def test_one_and_true_stay_apart() -> None:
    union = api.Union((api.Literal(1), api.Literal(True)))
    numbers = api.Api(types=(api.Alias("Numbers", union),))
    assert repr(api.from_json(api.to_json(numbers))) == repr(numbers)


def test_what_a_decoder_has_seen_before_changes_nothing() -> None:
    route = EVERYTHING.routes[0]
    moved = replace(EVERYTHING, routes=(replace(route, line=13), route), types=EVERYTHING.types[1:])
    decoder = api.Decoder()
    for wanted in (EVERYTHING, moved, api.Api(), EVERYTHING):
        decoded = decoder.decode(api.to_json(wanted))
        assert decoded == wanted
        assert repr(decoded) == repr(wanted)


def test_a_decoder_keeps_what_did_not_change() -> None:
    decoder = api.Decoder()
    before = decoder.decode(api.to_json(EVERYTHING))
    after = decoder.decode(api.to_json(replace(EVERYTHING, types=())))
    assert after.routes[0] is before.routes[0]


LINES = api.to_json(EVERYTHING).split("\n")


@pytest.mark.parametrize(
    "text",
    [
        *("", "1", "{}", "[1,0,0]", "[0,0,0]\n", '[1,0,0]\n["Nonsense"]', '[1,0,0]\n["Route"]'),
        *("\n".join(LINES[:-1]), "\n".join(LINES[1:]), "\n".join(LINES)[:-5]),
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(api.ApiFormatError):
        api.from_json(text)
