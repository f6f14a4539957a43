"""`hxl-kit rollback`."""

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
    to: Annotated[
        str | None,
        typer.Option("--to", help="A version or version id of `history`; else the one served before."),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do it without asking.")] = False,
    form: FormatOption = Format.TEXT,
    quiet: QuietOption = False,
    debug: DebugOption = False,
) -> None:
    """Serve a kept version again, files and metadata: show what changes, ask, do it in one step, verify.

    A rollback is undone by another one. What may not be published any more is refused: docs/clearance.md.
    """
    from hxl_kit.publishing import plan_rollback, rollback
    from hxl_kit.targets import parse_dataset

    target, name = parse_dataset(dataset)
    planned = plan_rollback(target, name, to)
    if planned.changes:
        say(planned.as_text())
        planned.require_cleared()
        confirm("rollback", "Serve this version again?", yes=yes)
    done = rollback(planned, target)
    emit_as(form, done)
