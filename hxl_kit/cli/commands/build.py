"""`hxl-kit build`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from hxl_kit.cli.options import DebugOption, Format, FormatOption, QuietOption
from hxl_kit.cli.output import emit, emit_json, say, tell_empty, tell_protected, tell_rejected, tell_unmatched


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
    from hxl_kit.package.private import private_folder
    from hxl_kit.package.remedies import MASK_KEY, MASKS

    authored = read_package_yaml(folder)
    built = build_all(authored, folder if out is None else out)
    if form is Format.JSON:
        emit_json(
            [
                {
                    "package": str(b.path),
                    "tables": dict(b.rows),
                    "rejected_rows": b.rejected_rows,
                    "warnings": dict(b.warnings),
                    "unmatched_places": b.unmatched,
                    "remedies": [record.as_json() for record in b.remedies],
                }
                for b in built
            ]
        )
    else:
        for b in built:
            emit(f"{b.path}: {', '.join(f'{count:,} {name}' for name, count in b.rows.items())}")
    for record in built[0].remedies:
        say(f"{record.remedy}: {record.table}, {record.rows:,} rows changed ({', '.join(record.columns)})")
    for note in built[0].may_tell:
        say(note)
    if any(record.remedy == MASKS for record in built[0].remedies):
        say(f"keep, with a copy, and never share: {private_folder(folder) / MASK_KEY}")
    tell_protected(built[0])
    tell_empty(built[0])
    tell_unmatched(built[0])
    tell_rejected(max(built, key=lambda b: b.rejected_rows))
