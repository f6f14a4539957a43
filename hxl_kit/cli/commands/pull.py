"""`hxl-kit pull`."""

from __future__ import annotations

from typing import Annotated

import typer

from hxl_kit.cli.options import DebugOption, Format, FormatOption, OutOption, QuietOption
from hxl_kit.cli.output import emit, emit_json


def command(
    dataset: Annotated[
        str, typer.Argument(metavar="TARGET/DATASET", help="catalogue:DIR/NAME", show_default=False)
    ],
    out: OutOption,
    version: Annotated[
        str | None, typer.Option("--version", help="A version or version id; the one served if not given.")
    ] = None,
    form: FormatOption = Format.TEXT,
    quiet: QuietOption = False,
    debug: DebugOption = False,
) -> None:
    """Bring a published package here, every file verified."""
    from hxl_kit.pulling import pull
    from hxl_kit.targets import parse_dataset

    target, name = parse_dataset(dataset)
    done = pull(target, name, out, version)
    if form is Format.JSON:
        emit_json(done.as_json())
    else:
        emit(done.as_text())
