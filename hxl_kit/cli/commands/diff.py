"""`hxl-kit diff`."""

from __future__ import annotations

from typing import Annotated

import typer

from hxl_kit.cli.options import DebugOption, Format, FormatOption, QuietOption
from hxl_kit.cli.output import emit_as


def command(
    old: Annotated[
        str,
        typer.Argument(
            metavar="OLD", help="A package, TARGET/DATASET or TARGET/DATASET@VERSION.", show_default=False
        ),
    ],
    new: Annotated[str, typer.Argument(metavar="NEW", help="Another.", show_default=False)],
    form: FormatOption = Format.TEXT,
    quiet: QuietOption = False,
    debug: DebugOption = False,
) -> None:
    """Show what changed between two packages, here or on a target: rows by key, metadata and schema."""
    from hxl_kit.publishing.comparing import diff_places

    emit_as(form, diff_places(old, new))
