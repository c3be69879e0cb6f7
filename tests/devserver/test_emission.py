"""The clients that `fluidkit dev` writes, of one Api after another."""

import sys
from pathlib import Path

from emit.building import route
from fluidkit_cli.api import Api, Json, Model, Reference, to_json
from fluidkit_cli.devserver.emission import Emission
from fluidkit_cli.workspace import Workspace

NOTIFIED = "backend.routes.notifications:Missed"
BOARD = "backend.routes.board:Missed"
FIRST = (Model("Missed", (), origin=NOTIFIED),)
BOTH = (
    Model("BoardMissed", (), origin=BOARD),
    Model("NotificationsMissed", (), origin=NOTIFIED),
)
KEPT = "# From backend.routes.notifications\n\n\nclass Missed(Model):"
NEW = "# From backend.routes.board\n\n\n# Python: Missed\nclass BoardMissed(Model):"


def test_a_model_of_an_equal_name_elsewhere_renames_none_in_python(tmp_path: Path) -> None:
    emission = Emission()
    assert KEPT in models_of(emission, FIRST, tmp_path)
    text = models_of(emission, BOTH, tmp_path)
    assert KEPT in text
    assert NEW in text
    assert models_of(emission, BOTH, tmp_path) == text
    assert models_of(Emission(), BOTH, tmp_path) == text


def test_the_names_of_another_branch_are_kept_though_the_app_is_the_same(tmp_path: Path) -> None:
    emission = Emission()
    there = models_of(emission, BOTH, tmp_path).replace("BoardMissed", "Lost")
    (tmp_path / "api_client/models.py").write_text(there, encoding="utf-8")
    assert models_of(emission, BOTH, tmp_path) == there


def models_of(emission: Emission, types: tuple[Model, ...], root: Path) -> str:
    """What is in `models.py` once an app of these types was saved."""
    workspace = Workspace(
        root,
        app="backend.main:app",
        frontend=root,
        output=root / "clients",
        python=Path(sys.executable),
        python_client=root / "api_client",
    )
    routes = (route(each.name, f"GET /{each.name}", Json(Reference(each.name))) for each in types)
    emission.write(1, to_json(Api(tuple(routes), types)), workspace=workspace)
    emission.write_python(workspace=workspace)
    return (root / "api_client/models.py").read_text(encoding="utf-8")
