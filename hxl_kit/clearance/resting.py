"""Which rows of a package rest on which source, by the `source_id` of each row or of its event."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.clearance.aggregates import is_declared
from hxl_kit.clearance.tables import tables_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from hxl_kit.reading import TableText
    from hxl_kit.reading.packages import Package

SOURCE, EVENT = "source_id", "event_id"
_TERMS = ("access", "redistribution")
FREE = ("allowed", "attribution")
_RELEASE = ("version", "date_published", "retrieved_at", "sha256")
_EVENTS = {EVENT: pl.String, SOURCE: pl.String, "declared": pl.Boolean}


@dataclass(frozen=True)
class Document:
    """A row of the table `sources`; `has_release` is whether it says which release it is."""

    source: str
    access: str = ""
    redistribution: str = ""
    licence: str = ""
    has_release: bool = False

    @property
    def is_free(self) -> bool:
        """Whether its rows may be published as they are."""
        return self.access == "public" and self.redistribution in FREE


@dataclass(frozen=True)
class Resting:
    """The rows that rest on a source, by table: all, and those that are no aggregates with a declared basis.

    `untold` are tables with rows that do not say on which source they rest.
    """

    rows: Mapping[str, int]
    single: Mapping[str, int]
    untold: tuple[str, ...] = ()

    @property
    def total(self) -> int:
        """How many rows rest on it, as far as tables say."""
        return sum(self.rows.values())

    @property
    def is_none(self) -> bool:
        """Whether certainly no row rests on it."""
        return not self.rows and not self.untold

    @property
    def told(self) -> str:
        """How many rows of which tables, in words; where none is known, which tables do not tell."""
        return _told(self.rows) or self._told_untold

    @property
    def told_single(self) -> str:
        """How many rows that are no aggregates, in words."""
        return _told(self.single) or self._told_untold

    @property
    def _told_untold(self) -> str:
        return f"perhaps rows of {', '.join(self.untold)}, without {SOURCE}" if self.untold else "no rows"


def _told(rows: Mapping[str, int]) -> str:
    return ", ".join(
        f"{count:,} {'row' if count == 1 else 'rows'} of {table}" for table, count in rows.items()
    )


def documents_of(package: Package) -> list[Document]:
    """Return the rows of every table of the package that has the columns of `sources` on access and terms."""
    return [
        document
        for _, text in tables_of(package)
        if _is_sources(text)
        for batch in text.batches()
        for document in _documents(batch.frame)
    ]


def _is_sources(text: TableText) -> bool:
    return {SOURCE, *_TERMS} <= set(text.header)


def _documents(frame: pl.DataFrame) -> Iterator[Document]:
    release = pl.any_horizontal(pl.col(name).is_not_null() for name in _RELEASE if name in frame.columns)
    licence = pl.col("licence") if "licence" in frame.columns else pl.lit(None, pl.String)
    has_release = release if set(_RELEASE) & set(frame.columns) else pl.lit(value=False)
    cells = [
        cell.str.strip_chars().fill_null("") for cell in (pl.col(SOURCE, *_TERMS), licence.alias("licence"))
    ]
    for row in frame.select(*cells, has_release.alias("has_release")).iter_rows():
        yield Document(*row)


def resting_on(package: Package, documents: Sequence[Document]) -> dict[str, Resting]:
    """Return what rests on each of these sources, and on any other that rows name; rows without one are untold.

    Where all sources are free, it does not matter which rows are untold or aggregates: these are not looked for.
    """
    free = all(document.is_free for document in documents)
    events = pl.DataFrame(schema=_EVENTS) if free else _events(package)
    counts: dict[str, dict[str, tuple[int, int]]] = {}
    for name, text in tables_of(package):
        if not _is_sources(text) and (SOURCE in text.header or not free):
            single = (
                pl.lit(value=False) if free else ~is_declared(text.header, events.filter("declared")[EVENT])
            )
            for source, rows, alone in _tallied(text, events, single).iter_rows():
                counts.setdefault(source, {})[name] = (rows, alone)
    untold, named = tuple(counts.pop("", {})), [document.source for document in documents]
    return {source: _resting(counts.get(source, {}), untold) for source in (*named, *counts)}


def _resting(counts: Mapping[str, tuple[int, int]], untold: tuple[str, ...]) -> Resting:
    rows = {table: every for table, (every, _) in counts.items()}
    single = {table: alone for table, (_, alone) in counts.items() if alone}
    return Resting(rows, single, untold)


def _events(package: Package) -> pl.DataFrame:
    """Return the events of a package: identifier, source, and whether it is an aggregate with a declared basis."""
    frames = [
        batch.frame.select(EVENT, SOURCE, declared=is_declared(text.header, pl.Series([], dtype=pl.String)))
        for _, text in tables_of(package)
        if {EVENT, SOURCE, "is_aggregate"} <= set(text.header)
        for batch in text.batches()
    ]
    return pl.concat([pl.DataFrame(schema=_EVENTS), *frames]).unique(EVENT, keep="first")


def _tallied(text: TableText, events: pl.DataFrame, single: pl.Expr) -> pl.DataFrame:
    """Return for each source how many rows of a table rest on it, and how many of these are `single`."""
    parts = [pl.DataFrame(schema={SOURCE: pl.String, "rows": pl.UInt32, "single": pl.UInt32})]
    for batch in text.batches():
        frame = _with_source(batch.frame, events)
        parts.append(
            frame.group_by(pl.col(SOURCE).str.strip_chars().fill_null("")).agg(
                rows=pl.len(), single=single.sum()
            )
        )
    return pl.concat(parts).group_by(SOURCE, maintain_order=True).agg(pl.all().sum())


def _with_source(frame: pl.DataFrame, events: pl.DataFrame) -> pl.DataFrame:
    """Return rows with their source: their own, else that of their event, else none."""
    if SOURCE in frame.columns:
        return frame
    if EVENT in frame.columns:
        return frame.join(events.select(EVENT, SOURCE), on=EVENT, how="left")
    return frame.with_columns(pl.lit(None, pl.String).alias(SOURCE))
