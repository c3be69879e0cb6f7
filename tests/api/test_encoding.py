"""An `Api` survives its way through JSON."""

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


@pytest.mark.parametrize("text", ["", "1", "{}", '{"kind":"Nonsense"}', '{"kind":"Text"}'])
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(api.ApiFormatError):
        api.from_json(text)
