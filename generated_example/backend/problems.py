"""What a route answers when it cannot do what it was asked for."""

from pydantic import BaseModel


class Problem(BaseModel):
    """The body of an `HTTPException`: declare it in `responses=`, and the client knows its type."""

    detail: str
