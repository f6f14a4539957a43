"""`--hxl-list`: local copies of the lists of values that an HXL schema names by address."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hxl_kit.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

HxlListOption = Annotated[
    list[str] | None,
    typer.Option(
        "--hxl-list",
        metavar="ADDRESS=FILE",
        help="A local copy of a list that the HXL schema names by address; none is fetched.",
        show_default=False,
    ),
]


def named_lists(given: Sequence[str] | None) -> dict[str, Path]:
    """Return the files by the addresses that they stand for.

    Raises:
        UsageError: one is not of the form ADDRESS=FILE.
    """
    parts = [text.rpartition("=") for text in given or ()]
    for address, _, file in parts:
        if not address or not file:
            raise UsageError("--hxl-list: write ADDRESS=FILE, e.g. https://example.org/codes.csv=codes.csv")
    return {address: Path(file) for address, _, file in parts}
