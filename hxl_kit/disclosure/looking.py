"""The look at one table: people in rows, small counts, fine coordinates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hxl_kit.disclosure.watching import Disclosing

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    import polars as pl

    from hxl_kit.disclosure.finding import Finding
    from hxl_kit.disclosure.people import People


def disclosure(
    frame: pl.DataFrame,
    resource: str,
    *,
    known: Collection[str] = (),
    tags: Mapping[str, str] | None = None,
    about: People | None = None,
    previous: pl.DataFrame | None = None,
) -> list[Finding]:
    """Return what a table could tell on people.

    Args:
        frame: the whole table as text, with row_number; `Disclosing` takes it batch by batch.
        resource: its name, as findings have it.
        known: columns that a known source or the standard accounts for; nothing is said of them.
        tags: hashtags by column.
        about: the key variables, sensitive columns and weights that the author names; without them they are guessed
            from the names of columns, where the rows are people.
        previous: the table as it was published before.
    """
    look = Disclosing(resource, frame.columns, tags, known, about)
    look.add(frame)
    return look.findings(previous=None if previous is None else (previous,))
