"""`hxl-kit tables`."""

from __future__ import annotations

from typing import Annotated

import typer

from hxl_kit.cli.options import DebugOption, Format, FormatOption, QuietOption
from hxl_kit.cli.output import emit, emit_columns, emit_json


def command(
    name: Annotated[str | None, typer.Argument(help="A table, to see its fields.")] = None,
    form: FormatOption = Format.TEXT,
    quiet: QuietOption = False,
    debug: DebugOption = False,
) -> None:
    """List the standard's tables, or the fields and HXL tags of one."""
    from hxl_kit.standard.tables import table, table_names

    found = [table(n) for n in ([name] if name else table_names())]
    if form is Format.JSON:
        emit_json(
            [
                {"name": t.name, "title": t.title, "description": t.description, **t.schema(table_names())}
                for t in found
            ]
        )
    elif name:
        emit(f"{found[0].title}: {found[0].description}\nKey: {', '.join(found[0].primary_key)}")
        emit_columns(
            [
                (f.name, f.type, "required" if f.required else "", f.hxl_tag, f.description)
                for f in found[0].fields
            ]
        )
    else:
        emit_columns([(t.name, f"{len(t.fields)} fields", t.description) for t in found])
