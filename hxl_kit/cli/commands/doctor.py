"""`hxl-kit doctor`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from hxl_kit.cli.confirming import confirm
from hxl_kit.cli.options import DebugOption, Format, FormatOption, QuietOption
from hxl_kit.cli.output import emit_as, say
from hxl_kit.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from hxl_kit.targets.target import Target


def command(
    place: Annotated[
        str,
        typer.Argument(
            metavar="TARGET[/DATASET]",
            help="catalogue:DIR, catalogue:DIR/NAME or hdx:stage/NAME",
            show_default=False,
        ),
    ],
    mend: Annotated[bool, typer.Option("--repair", help="Repair what can be repaired.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Repair without asking.")] = False,
    form: FormatOption = Format.TEXT,
    quiet: QuietOption = False,
    debug: DebugOption = False,
) -> None:
    """Look for what is not in order on a target: damaged or missing files, what stopped publishers left.

    Exit code 4: something is not in order still.
    """
    from hxl_kit.publishing import examine, repair

    target, name = _parsed(place)
    examined = examine(target, name)
    if mend and examined.can_be_repaired:
        say(examined.as_text())
        confirm("doctor", "Repair this?", yes=yes)
        examined = repair(examined, target)
    emit_as(form, examined)
    if examined.left:
        raise typer.Exit(ExitCode.TARGET)


def _parsed(place: str) -> tuple[Target, str]:
    """Return the target and the dataset; a catalogue's folder is itself meant, not a dataset above it."""
    from hxl_kit.targets import parse_dataset, parse_target
    from hxl_kit.targets.catalogue import CatalogueTarget

    try:
        whole = parse_target(place)
    except UsageError:
        return parse_dataset(place)
    if not isinstance(whole, CatalogueTarget):
        raise UsageError(f"{place}: is a whole site; name one dataset: {place}/NAME")
    if whole.exists:
        return whole, ""
    try:
        return parse_dataset(place)
    except UsageError:
        return whole, ""
