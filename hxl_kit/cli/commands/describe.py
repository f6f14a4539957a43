"""`hxl-kit describe`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hxl_kit.cli.hxl_lists import HxlListOption, named_lists
from hxl_kit.cli.options import DebugOption, EncodingOption, Format, FormatOption, QuietOption, SheetOption
from hxl_kit.cli.output import emit, emit_columns, emit_json, say
from hxl_kit.errors import UsageError

if TYPE_CHECKING:
    from hxl_kit.describe import Description


def command(
    file: Annotated[
        Path | None,
        typer.Argument(metavar="FILE", help="The file to look at.", show_default=False),
    ] = None,
    schema: Annotated[
        Path | None,
        typer.Option(
            "--schema",
            metavar="FILE",
            help="An HXL schema (#valid_…) to write as a Table Schema; with a file, for its columns.",
            show_default=False,
        ),
    ] = None,
    lists: HxlListOption = None,
    out: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="The Table Schema to write.", show_default=False),
    ] = None,
    sheet: SheetOption = None,
    encoding: EncodingOption = None,
    form: FormatOption = Format.TEXT,
    quiet: QuietOption = False,
    debug: DebugOption = False,
) -> None:
    """Say what a file is: format, encoding, hashtags, columns, types, and which source it looks like and why.

    With --schema: write a legacy HXL schema as a Table Schema (JSON), which lists what it cannot say.
    """
    if schema:
        _migrate(schema, file, named_lists(lists), out, sheet, encoding)
        return
    if out or lists:
        raise UsageError("describe: --output and --hxl-list go with --schema")
    if file is None:
        raise UsageError("describe: name a FILE to look at, or an HXL schema with --schema FILE")
    from hxl_kit.describe import describe_file

    found = describe_file(file, sheet=sheet, encoding=encoding)
    if form is Format.JSON:
        emit_json(found[0].as_json() if len(found) == 1 else [sheet.as_json() for sheet in found])
    else:
        for described in found:
            _show(described)


def _migrate(
    schema: Path, file: Path | None, lists: dict[str, Path], out: Path | None, *choice: str | None
) -> None:
    """Write an HXL schema as a Table Schema; `choice` is the sheet and the encoding of the table."""
    from hxl_kit.describe import describe_schema
    from hxl_kit.hxl_schema import NOT_CARRIED

    sheet, encoding = choice
    found = describe_schema(schema, file, lists=lists, sheet=sheet, encoding=encoding)
    if out is None:
        emit_json(found)
    else:
        from hxl_kit.files import write_atomically

        if out.exists() and any(out.samefile(read) for read in (schema, file) if read):
            raise UsageError(f"{out}: is what is read; choose another name for the Table Schema")
        write_atomically(out, (json.dumps(found, ensure_ascii=False, indent=2) + "\n").encode())
        emit(str(out))
    if left := len(found.get(NOT_CARRIED, ())):
        say(f"{left:,} things the Table Schema does not say as the HXL schema does: see its {NOT_CARRIED}")


def _show(found: Description) -> None:
    from hxl_kit.reading.table import shown

    parts = [
        found.format,
        found.encoding,
        f"delimiter {found.delimiter!r}" if found.delimiter else "",
        f"sheet {shown(found.sheet)}" if found.sheet else "",
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
    named = zip(found.column_names, found.columns, strict=True)
    emit_columns([("  " + shown(name), c.tag, c.type, f"{c.filled:,} filled") for name, c in named])
