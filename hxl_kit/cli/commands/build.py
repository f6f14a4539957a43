"""`hxl-kit build`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from hxl_kit.cli.options import DebugOption, Format, FormatOption, QuietOption
from hxl_kit.cli.output import emit, emit_json, tell_empty, tell_rejected, tell_unmatched


def command(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="The folder with package.yaml.", show_default=False)
    ],
    out: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="The folder to write; beside package.yaml if not given."),
    ] = None,
    form: FormatOption = Format.TEXT,
    quiet: QuietOption = False,
    debug: DebugOption = False,
) -> None:
    """Build the data package that DIR/package.yaml describes; the same inputs give the same bytes."""
    from hxl_kit.package.author import read_package_yaml
    from hxl_kit.package.build import build_all

    built = build_all(read_package_yaml(folder), folder if out is None else out)
    if form is Format.JSON:
        emit_json(
            [
                {
                    "package": str(b.path),
                    "tables": dict(b.rows),
                    "rejected_rows": b.rejected_rows,
                    "warnings": dict(b.warnings),
                    "unmatched_places": b.unmatched,
                }
                for b in built
            ]
        )
    else:
        for b in built:
            emit(f"{b.path}: {', '.join(f'{count:,} {name}' for name, count in b.rows.items())}")
    tell_empty(built[0])
    tell_unmatched(built[0])
    tell_rejected(max(built, key=lambda b: b.rejected_rows))
