"""Options and arguments that several commands share."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal

import typer

from hxl_kit.cli import state


class Format(StrEnum):
    """How a command writes its data to stdout."""

    TEXT = "text"
    JSON = "json"


def _set_debug(value: bool) -> None:  # noqa: FBT001 - typer's signature for a callback
    state.debug = value


def _set_quiet(value: bool) -> None:  # noqa: FBT001 - typer's signature for a callback
    state.quiet = value


FormatOption = Annotated[Format, typer.Option("--format", help="How to write the result.")]
QuietOption = Annotated[
    bool, typer.Option("--quiet", "-q", callback=_set_quiet, help="No messages, errors aside.")
]
DebugOption = Annotated[
    bool, typer.Option("--debug", callback=_set_debug, help="Show where an error came from.")
]
OutOption = Annotated[Path, typer.Option("--output", "-o", help="The folder to write.", show_default=False)]
OrganisationOption = Annotated[
    str, typer.Option("--organisation", help="On HDX: the organisation that publishes, by its name.")
]
MaintainerOption = Annotated[
    str, typer.Option("--maintainer", help="On HDX: the user who answers for the data, by name.")
]
SheetOption = Annotated[str | None, typer.Option("--sheet", help="The sheet of a workbook.")]
EncodingOption = Annotated[
    str | None, typer.Option("--encoding", help="The encoding of a text file that is not UTF-8.")
]
DateOrderOption = Annotated[
    Literal["day-first", "month-first"] | None,
    typer.Option(
        "--date-order", help="What comes first in dates such as 3/4/2024, if the file leaves it open."
    ),
]
