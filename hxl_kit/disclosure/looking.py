"""The look at one table: people in rows, small counts, fine coordinates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hxl_kit.disclosure.differencing import between_releases
from hxl_kit.disclosure.location import precise_locations
from hxl_kit.disclosure.people import findings, people
from hxl_kit.disclosure.small_counts import small_counts

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
        frame: the whole table as text, with row_number.
        resource: its name, as findings have it.
        known: columns that a known source or the standard accounts for; nothing is said of them.
        tags: hashtags by column.
        about: the key variables, sensitive columns and weights that the author names; without them they are guessed
            from the names of columns, where the rows are people.
        previous: the table as it was published before.
    """
    rows_of = about or people(frame, known)
    found = findings(frame, resource, rows_of) if rows_of else small_counts(frame, resource, known, tags)
    if previous is not None and not rows_of:
        found = [*found, *between_releases(frame, previous, resource, known, tags)]
    return [*found, *precise_locations(frame, resource, known, tags)]
