"""`hxl-kit history`."""

from __future__ import annotations

from typing import Annotated

import typer

from hxl_kit.cli.options import DebugOption, Format, FormatOption, QuietOption
from hxl_kit.cli.output import emit_columns, emit_json


def command(
    dataset: Annotated[
        str, typer.Argument(metavar="TARGET/DATASET", help="catalogue:DIR/NAME", show_default=False)
    ],
    form: FormatOption = Format.TEXT,
    quiet: QuietOption = False,
    debug: DebugOption = False,
) -> None:
    """List the versions of a dataset: which is served, which are kept, which were withdrawn and why."""
    from hxl_kit.publishing import history
    from hxl_kit.targets import parse_dataset

    target, name = parse_dataset(dataset)
    found = history(target, name)
    if form is Format.JSON:
        emit_json(found.as_json())
    else:
        emit_columns(found.as_rows())
