"""The README lists the commands, flags and settings that there are."""

import re
from dataclasses import fields

import typer

from fluidkit_cli.cli import app
from fluidkit_cli.workspace import Workspace
from readme import section, snippets


def test_the_commands_and_flags_of_the_readme_are_those_there_are() -> None:
    rows = dict(
        re.findall(r"^\| `fluidkit (\w+).*?` \| (.*) \|$", section("Commands"), re.MULTILINE)
    )
    group = typer.main.get_command(app)
    assert isinstance(group, typer.core.TyperGroup)
    assert list(rows) == list(group.commands)
    for name, text in rows.items():
        options = group.commands[name].params
        flags = {flag for option in options for flag in (*option.opts, *option.secondary_opts)}
        assert set(re.findall(r"--[a-z-]+", text)) <= flags, name
    used = re.findall(r"fluidkit (\w+)", "\n".join(s.text for s in snippets() if s.use == "tour"))
    assert set(used) <= set(rows)


def test_every_setting_is_in_the_readme() -> None:
    keys = {field.name.replace("_", "-") for field in fields(Workspace)} - {"root", "routes"}
    table = re.findall(r"^\| (`.*?`) \|", section("Configuration"), re.MULTILINE)
    assert set(re.findall(r"`([a-z-]+)`", " ".join(table))) == keys
