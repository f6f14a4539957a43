"""`hxl-kit sources`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from hxl_kit.cli.options import DebugOption, Format, FormatOption, QuietOption
from hxl_kit.cli.output import emit, emit_columns, emit_json

if TYPE_CHECKING:
    from hxl_kit.sources.definition import Layout, Source


def command(
    source_id: Annotated[
        str | None, typer.Argument(metavar="[ID]", help="A source, to see it whole.")
    ] = None,
    form: FormatOption = Format.TEXT,
    quiet: QuietOption = False,
    debug: DebugOption = False,
) -> None:
    """List the sources that can be normalised, with provider, licence and terms."""
    from hxl_kit.sources import source, source_ids

    found = [source(name) for name in ([source_id] if source_id else source_ids())]
    if form is Format.JSON:
        emit_json([_described(s) for s in found])
    elif source_id:
        _show(found[0])
    else:
        emit_columns([(s.id, s.title, s.provider, s.licence) for s in found])


def _described(s: Source) -> dict[str, Any]:
    return {
        "id": s.id,
        "title": s.title,
        "provider": s.provider,
        "url": s.url,
        "licence": s.licence,
        "redistribution": s.redistribution,
        "access": s.access,
        "terms": s.terms,
        "tables": list(s.tables),
        "layouts": [_layout(layout) for layout in s.layouts],
    }


def _layout(layout: Layout) -> dict[str, Any]:
    return {
        "id": layout.id,
        "title": layout.title,
        "tables": list(layout.tables),
        "required_columns": sorted(layout.required),
        "optional_columns": sorted(layout.optional),
        "not_carried": dict(sorted(layout.not_carried.items())),
        "notes": list(layout.notes),
    }


def _show(s: Source) -> None:
    emit("\n".join(filter(None, (f"{s.id}: {s.title}", s.provider, s.url))))
    emit(f"Licence: {s.licence_title} ({s.licence}); {s.terms}")
    if s.recognise and not s.layouts:
        emit(
            "\nIts columns are found by their hashtags, in any order and language; `hxl-kit describe FILE` shows them."
        )
    for layout in s.layouts:
        emit(f"\n{layout.title}: fills {', '.join(layout.tables)}")
        emit(f"  needs: {', '.join(sorted(layout.required))}")
        if layout.optional:
            emit(f"  reads if there: {', '.join(sorted(layout.optional & layout.columns))}")
        for note in layout.notes:
            emit(f"  {note}")
        if layout.not_carried:
            emit("  not carried over:")
            emit_columns([(f"    {name}", why) for name, why in sorted(layout.not_carried.items())])
