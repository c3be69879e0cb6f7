"""Routes that answer with a stream or with something else, as their caller wants."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Body, FastAPI, Form, Query
from fastapi.responses import JSONResponse, PlainTextResponse, StreamingResponse
from pydantic import BaseModel, Field, field_validator, model_validator

app = FastAPI()


class Token(BaseModel):
    text: str


class Answer(BaseModel):
    words: list[str]


class ChatRequest(BaseModel):
    question: str
    stream: bool = False


class OddRequest(BaseModel):
    wants: bool | None = Field(None, alias="wants-stream")


class CheckedRequest(BaseModel):
    streamed: bool = False

    @field_validator("streamed")
    @classmethod
    def never(cls, streamed: bool) -> bool:
        return False


class CompleteRequest(BaseModel):
    as_events: bool = True
    limit: int | None = None

    @model_validator(mode="after")
    def within_limit(self) -> "CompleteRequest":
        if self.as_events and self.limit == 0:
            raise ValueError("nothing to stream")
        return self


class SettledRequest(BaseModel):
    settled: bool = False

    def model_post_init(self, context: object) -> None:
        self.settled = True


class MovedRequest(BaseModel):
    moved: bool = False


async def tokens() -> AsyncIterator[Token]:
    yield Token(text="a")


async def frames():
    async for token in tokens():
        yield f"data: {token.model_dump_json()}\n\n"
    yield "data: [DONE]\n\n"


def events():
    return StreamingResponse(frames(), media_type="text/event-stream")


@app.get("/early")
async def early(stream: bool = False):
    if not stream:
        return Answer(words=["a"])
    return events()


@app.get("/ternary")
async def ternary(stream: bool):
    return events() if stream else {"words": 1}


@app.get("/else-branch")
async def else_branch(whole: bool = True):
    if whole:
        answer = JSONResponse({"words": 1})
    else:
        answer = events()
    answer.headers["x-by"] = "flag"
    return answer


@app.get("/renamed")
async def renamed(stream: Annotated[bool, Query(alias="as-stream")] = False):
    if stream is True:
        return events()
    return PlainTextResponse("a")


@app.get("/may-be-none")
async def may_be_none(stream: bool | None = None):
    if stream:
        return events()
    return Answer(words=["a"])


@app.post("/in-body")
async def in_body(request: ChatRequest):
    if request.stream:
        return events()
    return Answer(words=["a"])


@app.post("/odd-body")
async def odd_body(request: OddRequest):
    wants = bool(request.wants)
    if request.wants:
        return events()
    return {"words": 2, "wants": wants}


@app.post("/validated")
async def validated(request: CompleteRequest):
    if not request.as_events:
        return Answer(words=["a"])
    return events()


@app.post("/in-form")
async def in_form(question: Annotated[str, Form()], stream: Annotated[bool, Form()] = False):
    return events() if stream else {"question": question}


@app.post("/embedded")
async def embedded(question: Annotated[str, Body()], stream: Annotated[bool, Body()] = False):
    return events() if stream else {"question": question}


@app.post("/declared", response_model=Answer)
async def declared(request: ChatRequest):
    if request.stream:
        return events()
    return {"words": ["a"]}


async def respond(request: ChatRequest, *, as_stream: bool):
    if as_stream and request.stream:
        return events()
    return Answer(words=[request.question])


@app.post("/helper")
async def helper(request: ChatRequest):
    return await respond(request, as_stream=True)


@app.get("/constant")
async def constant():
    return await respond(ChatRequest(question="a", stream=True), as_stream=False)


@app.get("/among-others")
async def among_others(verbose: bool = False, stream: bool = False):
    if verbose:
        print("asked")
    try:
        if stream:
            return events()
        return Answer(words=["a"])
    except ValueError:
        return JSONResponse({"error": "odd"}, status_code=400)


# It cannot be told by one flag:


@app.get("/both")
async def both(stream: bool = False, loud: bool = False):
    if stream and loud:
        return events()
    return Answer(words=["a"])


@app.get("/rebound")
async def rebound(stream: bool = False, name: str = ""):
    if name:
        stream = not stream
    if stream:
        return events()
    return Answer(words=["a"])


@app.get("/may-fail")
async def may_fail(name: str, stream: bool = False):
    if stream and name:
        return events()
    return Answer(words=["a"])


@app.post("/checked")
async def checked(request: CheckedRequest):
    return events() if request.streamed else Answer(words=["a"])


@app.post("/moved")
async def moved(request: MovedRequest):
    request.moved = request.moved and bool(app.version)
    return events() if request.moved else Answer(words=["a"])


@app.post("/settled")
async def settled(request: SettledRequest):
    return events() if request.settled else Answer(words=["a"])


@app.get("/odd-default")
async def odd_default(stream: Annotated[bool, Query()] = 1):
    return events() if stream else Answer(words=["a"])


@app.get("/annotated-with-its-data")
async def annotated_with_its_data(stream: bool = False) -> Answer:
    if stream:
        return events()
    return eval("Answer(words=[])")


@app.get("/both-told-apart")
async def both_told_apart(stream: bool | None = None):
    is_stream = bool(stream)
    if is_stream is True:
        return events()
    elif is_stream is False:
        return Answer(words=["a"])


@app.post("/all-optional")
async def all_optional(
    question: Annotated[str, Body()] = "", stream: Annotated[bool, Body()] = False
):
    return events() if stream else Answer(words=[question])


@app.post("/all-optional-by-default")
async def all_optional_by_default(as_events: Annotated[bool, Body(embed=True, alias="as-events")] = True):
    return events() if as_events else Answer(words=["a"])
