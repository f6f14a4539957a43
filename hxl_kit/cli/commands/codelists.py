"""`hxl-kit codelists`."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from hxl_kit.cli.options import DebugOption, Format, FormatOption, QuietOption
from hxl_kit.cli.output import emit_columns, emit_json

_SHOWN = 6


def command(
    name: Annotated[str | None, typer.Argument(help="A code list, to see its codes.")] = None,
    form: FormatOption = Format.TEXT,
    quiet: QuietOption = False,
    debug: DebugOption = False,
) -> None:
    """List the code lists, or the codes of one."""
    from hxl_kit.standard.codelists import codelist, codelist_names

    found = [codelist(n) for n in ([name] if name else codelist_names())]
    if form is Format.JSON:
        emit_json([{"name": c.name, "codes": [asdict(code) for code in c.codes]} for c in found])
    elif name:
        emit_columns([(c.code, c.title, c.description) for c in found[0].codes])
    else:
        emit_columns([(c.name, f"{len(c.codes)} codes", _first_codes(c.values)) for c in found])


def _first_codes(codes: tuple[str, ...]) -> str:
    return ", ".join(codes[:_SHOWN]) + ("…" if len(codes) > _SHOWN else "")
