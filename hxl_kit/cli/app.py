"""The application: every module of `commands/` is a command of its own name, with hyphens between words."""

from __future__ import annotations

import pkgutil
from importlib import import_module
from typing import Annotated

import typer

from hxl_kit import __version__
from hxl_kit.cli import commands

_EPILOGUE = "Exit codes: 0 fine, 1 the data have errors, 2 usage, 3 unreadable input, 4 the target, 70 a bug."


def make_app() -> typer.Typer:
    """Return the application with all commands; the libraries that do the work are imported by them."""
    app = typer.Typer(
        name="hxl-kit",
        help="Provider files to validated, HXL-tagged data packages, published and synced.",
        epilog=_EPILOGUE,
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )
    app.callback()(_common)
    for name in command_names():
        app.command(name)(import_module(f"{commands.__name__}.{name.replace('-', '_')}").command)
    return app


def command_names() -> tuple[str, ...]:
    """Return the names of all commands, sorted."""
    return tuple(sorted(module.name.replace("_", "-") for module in pkgutil.iter_modules(commands.__path__)))


def _show_version(value: bool) -> None:  # noqa: FBT001 - typer's signature for a callback
    if value:
        typer.echo(f"hxl-kit {__version__}")
        raise typer.Exit


def _common(
    *,
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Provider files to validated, HXL-tagged data packages, published and synced."""
