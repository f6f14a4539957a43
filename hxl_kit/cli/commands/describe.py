"""`hxl-kit describe`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hxl_kit.cli.options import DebugOption, EncodingOption, Format, FormatOption, QuietOption, SheetOption
from hxl_kit.cli.output import emit, emit_columns, emit_json

if TYPE_CHECKING:
    from hxl_kit.describe import Description


def command(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The file to look at.", show_default=False)],
    sheet: SheetOption = None,
    encoding: EncodingOption = None,
    form: FormatOption = Format.TEXT,
    quiet: QuietOption = False,
    debug: DebugOption = False,
) -> None:
    """Say what a file is: format, encoding, hashtags, columns, types, and which source it looks like and why."""
    from hxl_kit.describe import describe_file

    found = describe_file(file, sheet=sheet, encoding=encoding)
    if form is Format.JSON:
        emit_json(found[0].as_json() if len(found) == 1 else [sheet.as_json() for sheet in found])
    else:
        for described in found:
            _show(described)


def _show(found: Description) -> None:
    parts = [
        found.format,
        found.encoding,
        f"delimiter {found.delimiter!r}" if found.delimiter else "",
        f"sheet {found.sheet}" if found.sheet else "",
    ]
    emit(
        f"{found.path}: {', '.join(part for part in parts if part)}; {found.rows:,} rows, {len(found.columns)} columns"
    )
    for note in found.notes:
        emit(f"  {note}")
    if found.bad:
        emit(f"  {found.bad:,} rows do not have the header's number of cells")
    for candidate in found.candidates:
        emit(
            f"  {'is' if candidate.certain else 'looks like'} the {candidate.kind} {candidate.id}: {candidate.reason}"
        )
    if not found.candidates:
        emit("  is of no source or table that hxl-kit knows (hxl-kit sources, hxl-kit tables)")
    emit_columns([("  " + c.name, c.tag, c.type, f"{c.filled:,} filled") for c in found.columns])
