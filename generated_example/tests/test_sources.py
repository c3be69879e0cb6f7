from typing import get_args

import pytest
from fastapi.testclient import TestClient

from api_client import Client
from backend.main import app
from backend.routes.sources import Module


@pytest.mark.parametrize("module", get_args(Module))
def test_the_source_of_a_route_module_is_shown(client: Client, module: Module):
    source = client.sources.read_source(module)
    assert source.path == f"backend/routes/{module}.py"
    assert "@router." in source.text


@pytest.mark.parametrize("module", ["sources", "..%2Fmain", "__init__"])
def test_no_other_source_is_shown(module: str):
    assert TestClient(app).get(f"/api/sources/{module}").status_code in (404, 422)
