"""`hxl-kit template`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from hxl_kit.cli.options import DebugOption, Format, FormatOption, QuietOption
from hxl_kit.cli.output import emit, emit_json, say
from hxl_kit.errors import UsageError


def command(
    table: Annotated[str, typer.Argument(help="The table, e.g. casualties.", show_default=False)],
    country: Annotated[
        str, typer.Option("--country", help="The country (ISO3) that is reported on.", show_default=False)
    ],
    out: Annotated[Path, typer.Option("--output", "-o", help="The workbook to write.", show_default=False)],
    language: Annotated[str, typer.Option("--lang", help="The language of the form: en, fr or ar.")] = "en",
    form: FormatOption = Format.TEXT,
    quiet: QuietOption = False,
    debug: DebugOption = False,
) -> None:
    """Write a form to fill in: a workbook with drop-downs, which `normalise --source template` reads back."""
    from hxl_kit.files import write_atomically
    from hxl_kit.package.form import write_form

    content = write_form(table, country, language)
    if out.suffix.lower() != ".xlsx":
        raise UsageError(f"{out}: a form is an Excel workbook; give it a name that ends in .xlsx")
    if out.exists():
        raise UsageError(f"{out}: is there already and may have been filled in; choose another name")
    write_atomically(out, content)
    if form is Format.JSON:
        described = {"table": table, "country": country.upper(), "language": language, "form": str(out)}
        emit_json(described)
    else:
        emit(str(out))
        say(f"when it is filled in: hxl-kit normalise {out} --source template -o FOLDER")
