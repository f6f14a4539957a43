"""`hxl-kit plan`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from hxl_kit.cli.options import (
    DebugOption,
    Format,
    FormatOption,
    MaintainerOption,
    OrganisationOption,
    QuietOption,
)
from hxl_kit.cli.output import emit_as, say
from hxl_kit.errors import ExitCode


def command(
    package: Annotated[Path, typer.Argument(metavar="PKG", help="The package.", show_default=False)],
    to: Annotated[
        str | None,
        typer.Option(
            "--to",
            help="Where to publish: catalogue:DIR, hdx:stage, or a name that hxl-kit.toml gives a target.",
        ),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--output", "-o", help="A file to save the plan in, for publish --plan.")
    ] = None,
    bundle: Annotated[
        Path | None,
        typer.Option("--bundle", help="A ZIP file for plan and package, which a colleague publishes."),
    ] = None,
    organisation: OrganisationOption = "",
    maintainer: MaintainerOption = "",
    form: FormatOption = Format.TEXT,
    quiet: QuietOption = False,
    debug: DebugOption = False,
) -> None:
    """Show what publishing a package would change and what speaks against it; the target is not touched.

    Exit code 1: the package would be refused.
    """
    from hxl_kit.files import write_atomically
    from hxl_kit.publishing import make_plan, remarks, write_bundle
    from hxl_kit.reading.packages import read_package
    from hxl_kit.settings import find_settings
    from hxl_kit.targets import Publisher, parse_target

    target = parse_target(find_settings(Path.cwd()).target(to), Publisher(organisation, maintainer))
    given = read_package(package)
    plan = make_plan(given, target)
    if out is not None:
        write_atomically(out, (json.dumps(plan.as_json(), ensure_ascii=False, indent=2) + "\n").encode())
    if bundle is not None:
        write_bundle(plan, given, bundle)
    emit_as(form, plan)
    for remark in remarks(given):
        say(remark)
    if plan.clearance.refusals:
        raise typer.Exit(ExitCode.DATA)
