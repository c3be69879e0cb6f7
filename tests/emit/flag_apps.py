"""Routes whose caller chooses by a flag what they answer, and forms."""

from fluidkit_cli.api import (
    Answer,
    Api,
    Array,
    Body,
    ByFlag,
    Event,
    Events,
    Field,
    Json,
    Literal,
    Model,
    Object,
    Parameter,
    Records,
    Reference,
    Scalar,
    Union,
)

from .building import FLAG, NULL, REFUSED, TEXT, route

TOKENS = Events((Event("message", Reference("Token")),), ends=("[DONE]", "it's 'over'"))
REPLY = Json(Reference("Reply"))
KINDS = Events((Event("token", Reference("Token")), Event("usage", Reference("Reply"))))


def chosen(flag: str, on: Answer, off: Answer, *, default: bool = False) -> ByFlag:
    assert not isinstance(on, ByFlag)
    assert not isinstance(off, ByFlag)
    return ByFlag(flag, False, default, on, off)


def flags() -> Api:
    question = Parameter("question", "question", "query", TEXT, True)
    stream = Parameter("stream", "stream", "query", FLAG, False, "Whether to stream.")
    as_text = Parameter("as_text", "as-text", "query", FLAG, True)
    request = Body("request", Reference("ChatRequest"), True)
    either = Body("request", Union((Reference("Odd"), Reference("Quiet"))), True)
    return Api(
        routes=(
            route(
                "ask",
                "GET /ask",
                chosen("stream", TOKENS, REPLY),
                (question, stream),
                description="Ask something.",
            ),
            route("tell", "GET /tell", chosen("stream", TOKENS, REPLY, default=True), (stream,)),
            route(
                "count",
                "GET /count",
                chosen("as-text", TOKENS, Records(Array(Reference("Token")))),
                (as_text,),
            ),
            route(
                "chat",
                "POST /chat",
                ByFlag("stream", True, False, KINDS, REPLY),
                body=request,
                errors=(REFUSED,),
                description="Reply.",
            ),
            route("odd", "POST /odd", ByFlag("as-stream", True, True, TOKENS, REPLY), body=either),
        ),
        types=(
            Model("ChatRequest", (Field("text", TEXT), Field("stream", FLAG, required=False))),
            Model("Odd", (Field("as-stream", Union((FLAG, NULL)), required=False),)),
            Model("Quiet", (Field("as-stream", FLAG),)),
            Model("Reply", (Field("text", TEXT),)),
            Model("Token", (Field("text", TEXT),)),
        ),
    )


def forms() -> Api:
    file = Scalar("string", "binary")
    upload = Object(
        (Field("file", file), Field("more", Array(file), required=False), Field("note", TEXT))
    )
    login = Object((Field("name", TEXT), Field("stay", Literal(True), required=False)))
    return Api(
        routes=(
            route(
                "upload", "POST /upload", Json(NULL), body=Body("body", upload, True, "multipart")
            ),
            route("login", "POST /login", Json(NULL), body=Body("login", login, True, "form")),
        )
    )
