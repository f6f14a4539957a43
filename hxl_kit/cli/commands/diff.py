"""`hxl-kit diff`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from hxl_kit.cli.options import DebugOption, Format, FormatOption, QuietOption
from hxl_kit.cli.output import emit, emit_json


def command(
    old: Annotated[Path, typer.Argument(metavar="OLD", help="A package.", show_default=False)],
    new: Annotated[Path, typer.Argument(metavar="NEW", help="Another.", show_default=False)],
    form: FormatOption = Format.TEXT,
    quiet: QuietOption = False,
    debug: DebugOption = False,
) -> None:
    """Show what changed between two packages: rows by key, metadata and schema."""
    from hxl_kit.package.diff import diff_packages
    from hxl_kit.reading.packages import read_package

    found = diff_packages(read_package(old), read_package(new))
    if form is Format.JSON:
        emit_json(found.as_json())
    else:
        emit(found.as_text())
