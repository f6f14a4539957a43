"""`hxl-kit publish`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hxl_kit.cli.options import DebugOption, Format, FormatOption, QuietOption
from hxl_kit.cli.output import emit, emit_json, say
from hxl_kit.errors import UsageError

if TYPE_CHECKING:
    from hxl_kit.targets.target import Plan


def command(
    packages: Annotated[list[Path] | None, typer.Argument(metavar="PKG...", help="The packages.")] = None,
    to: Annotated[
        str | None, typer.Option("--to", help="Where to publish: catalogue:DIR, or a name of hxl-kit.toml.")
    ] = None,
    saved: Annotated[Path | None, typer.Option("--plan", help="A plan that `hxl-kit plan -o` saved.")] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Publish without asking.")] = False,
    form: FormatOption = Format.TEXT,
    quiet: QuietOption = False,
    debug: DebugOption = False,
) -> None:
    """Publish packages: show the plan, ask, apply, verify. Nothing to do means nothing is written.

    What may harm people, or breaks a source's terms, is refused before anything is written: docs/clearance.md.
    """
    from hxl_kit.publishing import apply_plan, require_all_cleared
    from hxl_kit.reading.packages import read_package
    from hxl_kit.targets import parse_target

    plans = _plans(packages or [], to, saved)
    require_all_cleared(plans)
    if any(plan.changes for plan in plans):
        for plan in plans:
            say(plan.as_text())
        _confirm(yes=yes)
    done = [apply_plan(plan, read_package(Path(plan.package)), parse_target(plan.target)) for plan in plans]
    if form is Format.JSON:
        emit_json([published.as_json() for published in done])
    else:
        for published in done:
            emit(published.as_text())


def _plans(packages: list[Path], to: str | None, saved: Path | None) -> list[Plan]:
    from hxl_kit.publishing import make_plan, read_plan
    from hxl_kit.reading.packages import read_package
    from hxl_kit.settings import find_settings
    from hxl_kit.targets import parse_target

    if saved is not None:
        if packages or to:
            raise UsageError("publish: a saved plan names its package and target; give --plan alone")
        return [read_plan(saved)]
    if not packages:
        raise UsageError("publish: give packages and --to TARGET, or --plan FILE")
    target = parse_target(find_settings(Path.cwd()).target(to))
    return [make_plan(read_package(package), target) for package in packages]


def _confirm(*, yes: bool) -> None:
    """Ask at a terminal.

    Raises:
        UsageError: the answer is no, or nobody can be asked and --yes was not given.
    """
    if yes:
        return
    if not sys.stdin.isatty():
        raise UsageError("publish: not confirmed; read the plan above and add --yes")
    if not typer.confirm("Publish this?", err=True):
        raise UsageError("publish: not confirmed; nothing was written")
