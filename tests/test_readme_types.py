"""What the README says of types, and of overrides, is so."""

import re
import sys
from pathlib import Path

from fluidkit_cli.api import Json
from fluidkit_cli.describe.remote import describe_remotely
from fluidkit_cli.emit import type_printer
from fluidkit_cli.workspace import find_workspace
from readme import section, snippets

APP = """
from collections import deque
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal
from uuid import UUID

from fastapi import FastAPI
from pydantic import AnyUrl, NaiveDatetime

app = FastAPI()
"""
ROW = re.compile(r"^\| (`.*`) \| `(.*?)` \| .*\|$", re.MULTILINE)


def test_the_table_of_types_is_true(tmp_path: Path) -> None:
    rows = [
        (annotation, typescript.replace("\\|", "|"))
        for annotations, typescript in ROW.findall(section("Types"))
        for annotation in re.findall("`(.*?)`", annotations)
    ]
    assert len(rows) > 12
    routes = [
        f'@app.get("/{number}")\ndef route{number}() -> {annotation}: ...\n'
        for number, (annotation, _) in enumerate(rows)
    ]
    (tmp_path / "app.py").write_text(APP + "".join(routes), encoding="utf-8")
    api = describe_remotely(Path(sys.executable), app="app:app", root=tmp_path)
    printed = type_printer(api)
    answers = [route.answer for route in api.routes]
    types = [printed(answer.type) for answer in answers if isinstance(answer, Json)]
    assert types == [typescript for _, typescript in rows]


def test_the_overrides_are_settings_that_there_are(tmp_path: Path) -> None:
    [shown] = [s for s in snippets(section("Configuration")) if s.language == "toml"]
    (tmp_path / "pyproject.toml").write_text(f"[tool.fluidkit]\n{shown.text}", encoding="utf-8")
    workspace = find_workspace(tmp_path)
    assert set(workspace.routes["follow_job"]) == {"kind", "events", "ends"}
