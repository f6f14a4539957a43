"""`hxl-kit normalise`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hxl_kit.cli.options import (
    DateOrderOption,
    DebugOption,
    EncodingOption,
    Format,
    FormatOption,
    OutOption,
    QuietOption,
    SheetOption,
)
from hxl_kit.cli.output import emit, emit_json, tell_empty, tell_rejected, tell_unmatched

if TYPE_CHECKING:
    from hxl_kit.package.build import Built


def command(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE...", help="The provider's files.", show_default=False)
    ],
    source: Annotated[
        str, typer.Option("--source", help="The id of the source, or auto.", show_default=False)
    ],
    out: OutOption,
    country: Annotated[
        str | None, typer.Option("--country", help="The country (ISO3) every row must be of.")
    ] = None,
    release: Annotated[str, typer.Option("--release", help="The provider's release, e.g. 24.1.")] = "",
    sheet: SheetOption = None,
    encoding: EncodingOption = None,
    date_order: DateOrderOption = None,
    decisions: Annotated[
        Path | None,
        typer.Option("--decisions", help="A CSV of reviewed decisions on place names, which win."),
    ] = None,
    xlsx: Annotated[bool, typer.Option("--xlsx", help="Also write a workbook of all tables.")] = False,
    form: FormatOption = Format.TEXT,
    quiet: QuietOption = False,
    debug: DebugOption = False,
) -> None:
    """Turn provider files into the standard's tables: a validated data package in the folder OUTPUT."""
    from hxl_kit.describe import certain_source
    from hxl_kit.package.author import Input, Options, Places
    from hxl_kit.package.build import build_all
    from hxl_kit.package.provider import authored_by_source
    from hxl_kit.sources import source as source_of

    chosen = source_of(certain_source(files, sheet=sheet, encoding=encoding) if source == "auto" else source)
    inputs = tuple(
        Input(
            path=f,
            source=chosen.id,
            release=release,
            sheet=sheet,
            encoding=encoding,
            country=country,
            date_order=date_order,
        )
        for f in files
    )
    authored = authored_by_source(chosen, inputs, out, Options(xlsx=xlsx))
    (built,) = build_all(replace(authored, places=Places(decisions=decisions)), out)
    if form is Format.JSON:
        emit_json(_described(chosen.id, built))
    else:
        emit(_told(built))
    tell_empty(built)
    tell_unmatched(built)
    tell_rejected(built)


def _described(source_id: str, built: Built) -> dict[str, Any]:
    return {
        "source": source_id,
        "input_rows": sum(record.input_rows for record in built.inputs),
        "accepted_rows": sum(record.accepted_rows for record in built.inputs),
        "rejected_rows": built.rejected_rows,
        "tables": dict(built.rows),
        "changes": dict(built.changes),
        "warnings": dict(built.warnings),
        "reasons": dict(built.reasons),
        "totals": built.totals,
        "unmatched_places": built.unmatched,
        "package": str(built.path),
    }


def _told(built: Built) -> str:
    lines = [
        f"{record.name}: {record.input_rows:,} rows, {record.accepted_rows:,} accepted, {record.rejected_rows:,} rejected"
        for record in built.inputs
    ]
    lines += [f"  {note}" for record in built.inputs for note in record.notes]
    lines += [
        f"  {name}: {round(total['accepted'], 6):,} of {round(total['input'], 6):,}"
        for name, total in built.totals.items()
    ]
    lines += [f"  changed: {count:,} × {rule}" for rule, count in built.changes.items()]
    lines += [
        f"  warning: {count:,} × {rule} (kept as published; see {built.private / 'warnings.csv'})"
        for rule, count in built.warnings.items()
    ]
    lines += [f"{built.path}: {', '.join(f'{count:,} {name}' for name, count in built.rows.items())}"]
    return "\n".join(lines)
