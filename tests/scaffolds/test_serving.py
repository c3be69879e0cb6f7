"""`serve(app)` of every workspace: what it may be called for."""

import pytest
from fastapi import FastAPI

from scaffolds.backends import backend_module


def test_an_application_is_served_once() -> None:
    serve = backend_module("serving").serve
    app = FastAPI()
    serve(app)
    serve(FastAPI())
    with pytest.raises(RuntimeError, match="was called before"):
        serve(app)
