"""`hxl-kit quantity`."""

from __future__ import annotations

from textwrap import shorten
from typing import Annotated

import typer

from hxl_kit.cli.options import DebugOption, Format, FormatOption, QuietOption
from hxl_kit.cli.output import emit_columns, emit_json, say
from hxl_kit.errors import ExitCode

_SHOWN = 80


def command(
    phrases: Annotated[
        list[str], typer.Argument(metavar="TEXT...", help='Phrases, each quoted: "over 80" "a dozen".')
    ],
    language: Annotated[
        str | None, typer.Option("--language", help="The language of the words: en, fr, es, ar, uk, ru.")
    ] = None,
    unit: Annotated[
        str, typer.Option("--unit", help="The unit when the words name none, e.g. person or km.")
    ] = "",
    form: FormatOption = Format.TEXT,
    quiet: QuietOption = False,
    debug: DebugOption = False,
) -> None:
    """Read phrases as quantities: value, low, high, qualifier. Exit code 1 if one could not be read."""
    from hxl_kit.figures.quantities import read_quantity

    found = [read_quantity(phrase, language=language, unit=unit) for phrase in phrases]
    described = [quantity.as_json() for quantity in found]
    if form is Format.JSON:
        emit_json(described)
    else:
        head = ("text", "value", "low", "high", "qualifier", "bounds_basis", "unit")
        emit_columns([head, *([_cell(row[column]) for column in head] for row in described)])
    unread = [shorten(q.text, _SHOWN, placeholder=" …") for q in found if q.qualifier == "unknown"]
    if unread:
        say(f"quantity: could not read {len(unread)} of {len(found)}: {'; '.join(unread)}")
        raise typer.Exit(ExitCode.DATA)


def _cell(value: object) -> str:
    return "–" if value in (None, "") else str(value)
