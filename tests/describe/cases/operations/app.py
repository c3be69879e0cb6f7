"""What a decorator says of a route."""

from fastapi import FastAPI

app = FastAPI()


@app.head("/both")
def both() -> str:
    """A declared type, but no body."""
    return ""


@app.get("/old", deprecated=True)
def old() -> int: ...


@app.get("/summary", summary="In one line")
def summary() -> int: ...


@app.get("/description", summary="In one line", description="At length.")
def description() -> int: ...


@app.get("/docstring", summary="In one line")
def docstring() -> int:
    """In the code."""


@app.get("/nullable")
def nullable(needed: int | None, limit: int | None = None) -> int: ...


@app.api_route("/traced", methods=["TRACE"])
def traced() -> None: ...
