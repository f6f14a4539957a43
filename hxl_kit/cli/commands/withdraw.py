"""`hxl-kit withdraw`."""

from __future__ import annotations

from typing import Annotated

import typer

from hxl_kit.cli.confirming import confirm
from hxl_kit.cli.options import DebugOption, Format, FormatOption, QuietOption
from hxl_kit.cli.output import emit_as, say


def command(
    dataset: Annotated[
        str, typer.Argument(metavar="TARGET/DATASET", help="catalogue:DIR/NAME", show_default=False)
    ],
    reason: Annotated[
        str, typer.Option("--reason", help="Why, in words that the public reads.", show_default=False)
    ],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do it without asking.")] = False,
    form: FormatOption = Format.TEXT,
    quiet: QuietOption = False,
    debug: DebugOption = False,
) -> None:
    """Take a dataset down with all its kept versions. Its name, and when and why it went, stay to be read.

    The files cannot be brought back from the target; keep the package. Who pulled it has it still.
    """
    from hxl_kit.publishing import plan_withdrawal, withdraw
    from hxl_kit.targets import parse_dataset

    target, name = parse_dataset(dataset)
    planned = plan_withdrawal(target, name, reason)
    if planned.versions:
        say(planned.as_text())
        confirm("withdraw", "Take this down for good?", yes=yes)
    done = withdraw(planned, target)
    emit_as(form, done)
