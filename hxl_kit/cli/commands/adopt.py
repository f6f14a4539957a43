"""`hxl-kit adopt`."""

from __future__ import annotations

from typing import Annotated

import typer

from hxl_kit.cli.options import DebugOption, Format, FormatOption, OutOption, QuietOption
from hxl_kit.cli.output import emit_as, say
from hxl_kit.errors import ExitCode


def command(
    dataset: Annotated[
        str,
        typer.Argument(
            metavar="TARGET/DATASET", help="hdx:prod/NAME or catalogue:DIR/NAME", show_default=False
        ),
    ],
    out: OutOption,
    form: FormatOption = Format.TEXT,
    quiet: QuietOption = False,
    debug: DebugOption = False,
) -> None:
    """Make a folder to build from of a dataset that is published already: its files, and a package.yaml with its ids.

    Exit code 4: the folder is there, but a file did not come.
    """
    from hxl_kit.adopting import adopt
    from hxl_kit.targets import parse_dataset

    target, name = parse_dataset(dataset)
    adopted = adopt(target, name, out)
    emit_as(form, adopted)
    for point in adopted.points:
        say(f"to complete: {point}")
    say(f"then: hxl-kit build {out}")
    if adopted.failed:
        raise typer.Exit(ExitCode.TARGET)
