"""The look at one table, batch by batch: of each batch it keeps the columns and rows that could matter."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.disclosure.aggregates import Watch, aggregate
from hxl_kit.disclosure.differencing import between_periods, between_releases
from hxl_kit.disclosure.figures import Figures
from hxl_kit.disclosure.location import Locations
from hxl_kit.disclosure.people import candidates, confirmed, findings
from hxl_kit.disclosure.rows import Places, are_events, weighed
from hxl_kit.disclosure.small_counts import small_counts
from hxl_kit.reading.table import ROW_NUMBER

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from hxl_kit.disclosure.aggregates import Aggregate
    from hxl_kit.disclosure.finding import Finding
    from hxl_kit.disclosure.people import Candidates, People

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
        *,
        public_sources: Collection[str] | None = None,
    ) -> None:
        """Choose what to look for.

        Args:
            resource: the table's name, as findings have it.
            header: its columns.
            tags: hashtags by column.
            known: columns that a known source or the standard accounts for, with their fields where that is known;
                nothing is said of them but what `Figures` says of the standard's.
            about: the key variables, sensitive columns and weights that the author names; without them they are
                guessed from the names of columns, where the rows are people.
            public_sources: the source_ids whose access is public, where that is known: what they state of few people
                in a table of the standard is a warning, what others state an error.
        """
        self._resource, self._tags, self._about = resource, dict(tags or {}), about
        unknown = [name for name in header if name != ROW_NUMBER and name not in known]
        self._named = None if about else _candidates(unknown, header)
        self._places = Places(header)
        self._events = are_events(header)
        self._columns = self._chosen(unknown)
        self._locations = Locations(resource, unknown, tags)
        self._figures = Figures(resource, known, public_sources)
        self._kept = _Kept(self._columns, Watch(resource, unknown, self._tags))

    def add(self, frame: pl.DataFrame) -> None:
        """Look at the next rows of the table, as text, with row_number."""
        self._locations.add(frame)
        self._figures.add(frame)
        self._places.add(frame)
        if not self._columns:
            return
        self._kept.add(frame, whole=bool(self._about or self._named))

    def findings(
        self, *, previous: Iterable[pl.DataFrame] | None = None, kinds: Mapping[str, str] | None = None
    ) -> list[Finding]:
        """Return what the table could tell on people.

        Args:
            previous: the table as it was published before, as text, with row_number, in batches; they are read only
                if they matter.
            kinds: what else is known of columns, such as person_id or birth_date: what screening has recognised.
        """
        told = kinds or {}
        places = self._about is None and self._places.are_rows(told)
        groups = self._about is None and self._places.are_counted(told)
        if places or groups:
            self._named = None
        elif told and not (self._about or self._named or self._kept.forgotten):
            named = candidates(self._columns, told)
            self._named = named if named and named.certain else None
        found = [
            *self._of_rows(previous),
            *self._locations.findings(places=places or groups),
            *self._figures.findings(),
        ]
        return [*weighed(found, self._resource, places=places, events=self._events, tags=self._tags)]

    def _chosen(self, unknown: Sequence[str]) -> tuple[str, ...]:
        """Return the columns to keep: all that are unknown, where names do not tell what the rows are."""
        if self._about:
            return _columns_of(self._about)
        certain = self._named and self._named.certain and not self._places.possible
        return self._named.columns if self._named and certain else tuple(unknown)

    def _of_rows(self, previous: Iterable[pl.DataFrame] | None) -> list[Finding]:
        if not self._kept.frames:
            return []
        frame = pl.concat(self._kept.frames)
        about = self._about or (confirmed(frame, self._named) if self._named else None)
        if about:
            return findings(frame, self._resource, about)
        if self._named and self._named.certain:
            return []
        before = self._before(previous or ())
        counted = aggregate(frame, self._resource, (), self._tags)
        found = self._of_counts(frame, counted, before) if counted else []
        if before is None:
            return found
        return [*found, *between_releases(frame, before, self._resource, (), self._tags)]

    def _of_counts(
        self, frame: pl.DataFrame, counted: Aggregate, previous: pl.DataFrame | None
    ) -> list[Finding]:
        return [
            *small_counts(frame, self._resource, counted, whole=not self._kept.forgotten),
            *between_periods(frame, self._resource, counted, previous),
        ]

    def _before(self, previous: Iterable[pl.DataFrame]) -> pl.DataFrame | None:
        """Return an earlier release with those of the columns that it has; all rows, if all of this one are kept."""
        kept: _Kept | None = None
        for batch in previous:
            if kept is None:
                columns = [name for name in self._columns if name in batch.columns]
                kept = _Kept(columns, Watch(self._resource, columns, self._tags))
            kept.add(batch, whole=not self._kept.forgotten)
        return pl.concat(kept.frames) if kept else None


class _Kept:
    """Rows of the columns that matter of a table that passes by: the last ones, as long as nothing sensitive is seen."""

    def __init__(self, columns: Sequence[str], watch: Watch) -> None:
        self.columns, self.watch = columns, watch
        self.frames: list[pl.DataFrame] = []
        self.rows = self.forgotten = 0

    def add(self, frame: pl.DataFrame, *, whole: bool) -> None:
        """Keep the next rows, and of all no fewer than could matter; `whole` keeps every row."""
        self.frames.append(frame.select(ROW_NUMBER, *self.columns))
        self.rows += frame.height
        if whole:
            return
        self.watch.add(frame)
        while not self.watch.sensitive and self.rows - self.frames[0].height >= HARMLESS_ROWS:
            self.forgotten += self.frames[0].height
            self.rows -= self.frames.pop(0).height


def _columns_of(about: People) -> tuple[str, ...]:
    named = (*about.keys, *about.sensitive, *((about.weight,) if about.weight else ()))
    return tuple(dict.fromkeys(named))


def _candidates(unknown: Sequence[str], header: Sequence[str]) -> Candidates | None:
    """Return the columns that matter if rows are people; a table that a source knows in part needs sure signs."""
    named = candidates(unknown)
    return named if named and (named.certain or len(unknown) == len({*header} - {ROW_NUMBER})) else None
