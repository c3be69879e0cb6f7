"""What the apps of the emitter's cases are built from."""

from fluidkit_cli.api import (
    Answer,
    Body,
    DeclaredError,
    HTTPValidationError,
    Parameter,
    Route,
    Scalar,
    Union,
)

TEXT, NUMBER, FLAG, NULL = Scalar("string"), Scalar("integer"), Scalar("boolean"), Scalar("null")
MAYBE_TEXT = Union((TEXT, NULL))
REFUSED = DeclaredError(422, HTTPValidationError())


def route(  # noqa: PLR0913 - reads like the decorator it stands for
    name: str,
    address: str,
    answer: Answer,
    parameters: tuple[Parameter, ...] = (),
    *,
    body: Body | None = None,
    errors: tuple[DeclaredError, ...] = (),
    description: str = "",
    module: str = "backend.routes.things",
) -> Route:
    method, _, path = address.partition(" ")
    return Route(
        name=name,
        module=module,
        method=method,
        path=path,
        answer=answer,
        parameters=parameters,
        body=body,
        description=description,
        errors=errors,
        file=f"{module.replace('.', '/')}.py",
    )


def path(name: str) -> Parameter:
    return Parameter(name, name, "path", TEXT, True)
