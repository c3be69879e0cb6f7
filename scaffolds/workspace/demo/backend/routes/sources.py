"""The Python source of this demo's routes, which its pages show beside the result."""

from pathlib import Path
from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel

router = APIRouter()

Module = Literal["analytics", "chat", "files", "items", "jobs", "logs", "notifications"]


class Source(BaseModel):
    path: str
    text: str


@router.get("/sources/{module}")
def read_source(module: Module) -> Source:
    """Read a route module; no other file can be named."""
    file = Path(__file__).with_name(f"{module}.py")
    return Source(path=f"backend/routes/{file.name}", text=file.read_text(encoding="utf-8"))
