"""`hxl-kit pull`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hxl_kit.cli.options import DebugOption, Format, FormatOption, OutOption, QuietOption
from hxl_kit.cli.output import emit, emit_json

if TYPE_CHECKING:
    from hxl_kit.syncing.offers import Brought
    from hxl_kit.targets.hdx import HdxTarget


def command(
    dataset: Annotated[
        str,
        typer.Argument(
            metavar="TARGET/DATASET", help="catalogue:DIR/NAME or hdx:SITE/NAME", show_default=False
        ),
    ],
    out: OutOption,
    version: Annotated[
        str | None, typer.Option("--version", help="A version or version id; the one served if not given.")
    ] = None,
    form: FormatOption = Format.TEXT,
    quiet: QuietOption = False,
    debug: DebugOption = False,
) -> None:
    """Bring a published package here, every file verified; of HDX, also datasets that are no packages yet."""
    from hxl_kit.pulling import pull
    from hxl_kit.targets import parse_dataset

    target, name = parse_dataset(dataset)
    if target.text.startswith("hdx:") and version is None:
        brought = _of_hdx(target, name, out)
        told = brought.pulled.as_json() | {
            "kind": brought.entry.kind,
            "notes": list(brought.notes),
            "normalise": list(brought.commands),
        }
        lines = [brought.pulled.as_text(), *(f"  {note}" for note in (*brought.notes, *brought.commands))]
    else:
        done = pull(target, name, out, version)
        told, lines = done.as_json(), [done.as_text()]
    if form is Format.JSON:
        emit_json(told)
    else:
        emit("\n".join(lines))


def _of_hdx(target: HdxTarget | Any, name: str, out: Path) -> Brought:
    from hxl_kit.cli.watching import bytes_received
    from hxl_kit.syncing.hdx_supply import HdxSupply

    with bytes_received() as progress:
        return HdxSupply(target.connection, progress=progress).pull(name, out)
