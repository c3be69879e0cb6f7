"""The command line: typer's options; each command imports what it needs, and calls one function."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from . import console
from .errors import BadArgument, FluidkitError
from .workspace import Mode, PackageManager

app = typer.Typer(
    name="fluidkit",
    help="FastAPI and SvelteKit as one project.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def main() -> None:
    """The console script `fluidkit`: the one place where errors become exit codes."""
    try:
        app()
    except FluidkitError as error:
        console.report_error(error)
        sys.exit(error.exit_code)


def _folder(text: str) -> Path:
    """An empty one is a variable that is not set in a script: the current folder was not meant."""
    if not text:
        raise BadArgument("A folder that is named is empty", hint="Write . for this one")
    return Path(text)


def _say_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        console.say(version("fluidkit-cli"))
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=_say_version, help="Its version.")
    ] = False,
) -> None:
    """FastAPI and SvelteKit as one project."""


@app.command()
def new(
    path: Annotated[Path, typer.Argument(help="The folder to make; its name is the project's.")],
    template: Annotated[str, typer.Option(help="What to start from.")] = "demo",
    mode: Annotated[
        Mode, typer.Option(help="A page that the browser makes, or the server first.")
    ] = "spa",
    package_manager: Annotated[
        PackageManager, typer.Option(help="What installs the front end's packages.")
    ] = "npm",
    install: Annotated[bool, typer.Option(help="Install both sides.")] = True,
    git: Annotated[bool, typer.Option(help="Make the first commit.")] = True,
    dev: Annotated[bool, typer.Option("--dev", help="Then start `fluidkit dev`.")] = False,
) -> None:
    """Lay out a workspace and install both sides, or go on where that was ended."""
    from .commands import new as command

    options = command.NewOptions(
        template=template, mode=mode, package_manager=package_manager, install=install, git=git
    )
    command.run(path, options)
    if dev:
        from .commands import dev as dev_command

        raise typer.Exit(dev_command.run(dev_command.DevOptions(directory=path)))
    command.say_what_next(path, options)


@app.command()
def dev(
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[
        int | None, typer.Option(min=1, max=65535, help="The one URL's port; 5173 or the next.")
    ] = None,
    api_port: Annotated[
        int | None, typer.Option(min=1, max=65535, help="The API's; 8000 or the next.")
    ] = None,
    open_browser: Annotated[bool, typer.Option("--open", help="Open the browser.")] = False,
    plain: Annotated[bool, typer.Option("--plain", help="Plain lines, no colours.")] = False,
    debug: Annotated[
        bool, typer.Option("--debug", help="Let a debugger attach to the API, by debugpy.")
    ] = False,
    poll: Annotated[bool, typer.Option("--poll", help="Watch by polling.")] = False,
) -> None:
    """Run FastAPI and Vite as one, and regenerate the clients on every save."""
    from .commands import dev as command

    options = command.DevOptions(
        host=host,
        port=port,
        api_port=api_port,
        open_browser=open_browser,
        plain=plain,
        debug=debug,
        poll=poll,
    )
    raise typer.Exit(command.run(options))


@app.command()
def generate(
    app: Annotated[str | None, typer.Option(help="MODULE:ATTR of the FastAPI app.")] = None,
    app_dir: Annotated[
        Path | None,
        typer.Option(parser=_folder, metavar="DIR", help="Where the module is imported."),
    ] = None,
    output: Annotated[
        Path | None, typer.Option(parser=_folder, metavar="DIR", help="Where the clients go.")
    ] = None,
    python_client: Annotated[
        Path | None,
        typer.Option(parser=_folder, metavar="DIR", help="Where a Python client goes: a package."),
    ] = None,
    check: Annotated[bool, typer.Option("--check", help="Exit 1 if a file is stale.")] = False,
    watch: Annotated[bool, typer.Option("--watch", help="Again on every save.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Say it for machines.")] = False,
) -> None:
    """Describe the app and write its typed clients."""
    from .commands import generate as command

    options = command.GenerateOptions(
        app=app,
        app_dir=app_dir,
        output=output,
        python_client=python_client,
        check=check,
        watch=watch,
        json=as_json,
    )
    raise typer.Exit(command.run(options))


@app.command()
def routes(
    app: Annotated[str | None, typer.Option(help="MODULE:ATTR of the FastAPI app.")] = None,
    app_dir: Annotated[
        Path | None,
        typer.Option(parser=_folder, metavar="DIR", help="Where the module is imported."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Say it for machines.")] = False,
) -> None:
    """List the routes, what they take and answer, and how to import their clients."""
    from .commands import routes as command

    command.run(command.RoutesOptions(app=app, app_dir=app_dir, json=as_json))


@app.command()
def build() -> None:
    """Check and build into `build/`. With `CI` set, stale clients are an error."""
    from .commands import build as command

    command.run()


@app.command()
def start(
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="The port to listen on.")] = 3000,
    workers: Annotated[int, typer.Option(min=1, help="How many processes.")] = 1,
) -> None:
    """Run what `build` made."""
    from .commands import start as command

    raise typer.Exit(command.run(command.StartOptions(host=host, port=port, workers=workers)))


@app.command()
def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="Say it for machines.")] = False,
) -> None:
    """Look at the tools and the workspace, and say how to mend what is wrong."""
    from .commands import doctor as command

    raise typer.Exit(command.run(command.DoctorOptions(json=as_json)))
