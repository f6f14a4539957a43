"""`hxl-kit init`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from hxl_kit.cli.options import DebugOption, Format, FormatOption, OutOption, QuietOption
from hxl_kit.cli.output import emit, emit_json, say


def command(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE...", help="The files of the package.", show_default=False)
    ],
    out: OutOption,
    form: FormatOption = Format.TEXT,
    quiet: QuietOption = False,
    debug: DebugOption = False,
) -> None:
    """Write a first package.yaml for files, to complete by hand."""
    from hxl_kit.package.first import write_first

    path, open_points = write_first(files, out)
    if form is Format.JSON:
        emit_json({"package_yaml": str(path), "to_complete": open_points})
    else:
        emit(str(path))
        for point in open_points:
            say(f"to complete: {point}")
        say(f"then: hxl-kit build {out}")
