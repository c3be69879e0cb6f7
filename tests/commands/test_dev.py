"""What the command line makes of `fluidkit dev`'s options."""

import pytest
from typer.testing import CliRunner

from fluidkit_cli.cli import app
from fluidkit_cli.commands import dev
from fluidkit_cli.commands.dev import DevOptions


@pytest.mark.parametrize(
    ("arguments", "options"),
    [
        ([], DevOptions()),
        (["--debug"], DevOptions(debug=True)),
        (["--poll", "--plain"], DevOptions(poll=True, plain=True)),
        (["--open", "--host", "0.0.0.0"], DevOptions(open_browser=True, host="0.0.0.0")),
        (["--port", "5000", "--api-port", "9000"], DevOptions(port=5000, api_port=9000)),
    ],
)
def test_each_option_reaches_the_command(
    arguments: list[str], options: DevOptions, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[DevOptions] = []

    def run(given: DevOptions) -> int:
        asked.append(given)
        return 0

    monkeypatch.setattr(dev, "run", run)
    assert CliRunner().invoke(app, ["dev", *arguments]).exit_code == 0
    assert asked == [options]
