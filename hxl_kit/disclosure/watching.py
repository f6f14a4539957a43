"""The look at one table, batch by batch: of each batch it keeps the columns and rows that could matter."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.disclosure.differencing import between_releases
from hxl_kit.disclosure.location import Locations
from hxl_kit.disclosure.people import candidates, confirmed, findings
from hxl_kit.disclosure.small_counts import Watch, small_counts
from hxl_kit.reading.table import ROW_NUMBER

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from hxl_kit.disclosure.finding import Finding
    from hxl_kit.disclosure.people import People

HARMLESS_ROWS = 100_000
"""Rows of a table in which nothing sensitive was seen yet that are remembered, for the sums they may be part of."""


class Disclosing:
    """What a table could tell on people, looked for while its batches pass.

    Of people in rows it keeps the columns that others could know, the sensitive ones and the weights; of tables of
    counts all that no source accounts for, and of those without a sensitive word the last rows; where a source or
    the standard accounts for every column, nothing.
    """

    def __init__(
        self,
        resource: str,
        header: Sequence[str],
        tags: Mapping[str, str] | None = None,
        known: Collection[str] = (),
        about: People | None = None,
    ) -> None:
        """Choose what to look for.

        Args:
            resource: the table's name, as findings have it.
            header: its columns.
            tags: hashtags by column.
            known: columns that a known source or the standard accounts for, perhaps with their fields; nothing is
                said of them.
            about: the key variables, sensitive columns and weights that the author names; without them they are
                guessed from the names of columns, where the rows are people.
        """
        self._resource, self._tags, self._about = resource, dict(tags or {}), about
        unknown = [name for name in header if name != ROW_NUMBER and name not in known]
        self._named = None if about else candidates(unknown)
        self._columns = (
            _columns_of(about) if about else self._named.columns if self._named else tuple(unknown)
        )
        self._locations = Locations(resource, unknown, tags)
        self._watch = Watch(resource, unknown, self._tags)
        self._frames: list[pl.DataFrame] = []
        self._rows = self._forgotten = 0

    def add(self, frame: pl.DataFrame) -> None:
        """Look at the next rows of the table, as text, with row_number."""
        self._locations.add(frame)
        if not self._columns:
            return
        self._frames.append(frame.select(ROW_NUMBER, *self._columns))
        self._rows += frame.height
        if not self._of_people:
            self._watch.add(frame)
            self._forget()

    def findings(self, *, previous: pl.DataFrame | None = None) -> list[Finding]:
        """Return what the table could tell on people.

        Args:
            previous: the table as it was published before, as text, with row_number.
        """
        return [*self._of_rows(previous), *self._locations.findings()]

    @property
    def _of_people(self) -> bool:
        return bool(self._about or self._named)

    def _forget(self) -> None:
        """Let go of the first batches, as long as nothing sensitive was seen: no row of theirs is about it."""
        while not self._watch.sensitive and self._rows - self._frames[0].height >= HARMLESS_ROWS:
            self._forgotten += self._frames[0].height
            self._rows -= self._frames.pop(0).height

    def _of_rows(self, previous: pl.DataFrame | None) -> list[Finding]:
        if not self._frames:
            return []
        frame = pl.concat(self._frames)
        if self._of_people:
            about = self._about or (confirmed(frame, self._named) if self._named else None)
            return findings(frame, self._resource, about) if about else []
        found = small_counts(frame, self._resource, (), self._tags, whole=not self._forgotten)
        if previous is None:
            return found
        return [*found, *between_releases(frame, previous, self._resource, (), self._tags)]


def _columns_of(about: People) -> tuple[str, ...]:
    named = (*about.keys, *about.sensitive, *((about.weight,) if about.weight else ()))
    return tuple(dict.fromkeys(named))
