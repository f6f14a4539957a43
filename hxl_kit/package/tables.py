"""The tables of a package while it is written: typed rows in, files and their facts out."""

from __future__ import annotations

from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self, TypeVar

import polars as pl

from hxl_kit.errors import DataError
from hxl_kit.package.outputs.delimited import CsvFile, CsvWriter
from hxl_kit.package.outputs.parquet import ParquetWriter
from hxl_kit.standard.tables import Table, table, table_names

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path
    from types import TracebackType

    from hxl_kit.package.author import HashtagRow

T = TypeVar("T")
_DATES = ("date_start", "date_end", "as_of")
_BATCHES_UNDER_WAY = 2


@dataclass
class _Files:
    """The open files of one table."""

    table: Table
    csv: CsvWriter
    parquet: ParquetWriter
    rows: int = 0


def ahead(items: Iterator[T]) -> Iterator[T]:
    """Yield the items of an iterator while a thread makes the next one."""
    with ThreadPoolExecutor(1) as pool:
        coming = pool.submit(next, items, None)
        while (item := coming.result()) is not None:
            coming = pool.submit(next, items, None)
            yield item


class TableFiles:
    """Writes the tables of a package into a folder: `<table>.csv`, `<table>.parquet` and the tagged CSV.

    The hashtag row goes into the companion `<table>.hxl.csv`, into the CSV itself (inline) or nowhere (none).
    CSV and Parquet are written by a thread each while the next batch is read; at most two batches wait.
    `hashes` has the SHA-256 of the finished CSV files.
    """

    def __init__(self, folder: Path, names: tuple[str, ...], hashtag_row: HashtagRow = "companion") -> None:
        self.folder = folder
        self.hashes: dict[Path, str] = {}
        self._hashtag_row = hashtag_row
        self._open: dict[str, _Files] = {}
        self.add(names)
        self._pools = (ThreadPoolExecutor(1), ThreadPoolExecutor(1))
        self._under_way: deque[list[Future[None]]] = deque()

    @property
    def names(self) -> tuple[str, ...]:
        """The tables of the package, in the standard's order."""
        return tuple(self._open)

    def add(self, names: tuple[str, ...]) -> None:
        """Begin the tables that are not there yet."""
        new = {name: self._files(table(name)) for name in names if name not in self._open}
        self._open = {name: (self._open | new)[name] for name in table_names() if name in self._open | new}

    def _files(self, owner: Table) -> _Files:
        tagged = (owner.names, owner.tags)
        heading = tagged if self._hashtag_row == "inline" else (owner.names,)
        files = [CsvFile(self.csv_path(owner.name), heading)]
        if self._hashtag_row == "companion":
            files.append(CsvFile(self.companion_path(owner.name), tagged))
        return _Files(owner, CsvWriter(owner, files), ParquetWriter(self.parquet_path(owner.name), owner))

    def csv_path(self, name: str) -> Path:
        """Return the path of a table's clean CSV."""
        return self.folder / f"{name}.csv"

    def companion_path(self, name: str) -> Path:
        """Return the path of a table's HXL-tagged companion."""
        return self.folder / f"{name}.hxl.csv"

    def parquet_path(self, name: str) -> Path:
        """Return the path of a table's Parquet file."""
        return self.folder / f"{name}.parquet"

    @property
    def rows(self) -> dict[str, int]:
        """The number of rows written so far, by table."""
        return {name: files.rows for name, files in self._open.items()}

    def write(self, tables: Mapping[str, pl.DataFrame]) -> None:
        """Append rows (typed, in field order) to the tables; a failure shows here or on leaving."""
        while len(self._under_way) >= _BATCHES_UNDER_WAY:
            self._finish_oldest()
        tasks = []
        for name, frame in tables.items():
            files = self._open[name]
            files.rows += frame.height
            if frame.height:
                tasks += [
                    self._pools[0].submit(files.csv.write, frame),
                    self._pools[1].submit(files.parquet.write, frame),
                ]
        self._under_way.append(tasks)

    def _finish_oldest(self) -> None:
        for task in self._under_way.popleft():
            task.result()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for pool in self._pools:
            pool.shutdown(wait=True, cancel_futures=kind is not None)
        try:
            while self._under_way and kind is None:
                self._finish_oldest()
            for files in self._open.values():
                self.hashes |= files.csv.close()
                files.parquet.close()
        finally:
            for files in self._open.values():
                files.csv.abandon()
                files.parquet.abandon()

    def check_keys(self) -> None:
        """Hold the finished tables to their keys.

        Raises:
            DataError: a primary key is there twice, or a row refers to a row that is not there.
        """
        problems = [
            p for name in self.names for p in (*self._key_problems(name), *self._reference_problems(name))
        ]
        if problems:
            raise DataError("; ".join(problems))

    def _key_problems(self, name: str) -> list[str]:
        key = list(table(name).primary_key)
        hashes = self.scan(name).select(pl.struct(key).hash().n_unique())
        # Different hashes prove different keys, at eight bytes each; equal ones are looked at in full.
        if hashes.collect(engine="streaming").item() == self.rows[name]:
            return []
        repeated = self.scan(name).select(key).group_by(key).len().filter(pl.col("len") > 1).select(key)
        found = repeated.sort(key).collect(engine="streaming")
        if not found.height:
            return []
        shown = ", ".join("/".join(map(str, row)) for row in found.head(3).rows())
        return [f"{name}: {'/'.join(key)} is not unique: {shown} ({found.height:,} in all)"]

    def _reference_problems(self, name: str) -> list[str]:
        problems = []
        for key in table(name).foreign_keys:
            if key.table not in self.names:
                continue
            ours = self.scan(name).select(list(key.fields)).drop_nulls().unique()
            theirs = self.scan(key.table).select(list(key.reference))
            lost = ours.join(theirs, left_on=list(key.fields), right_on=list(key.reference), how="anti")
            found = lost.sort(list(key.fields)).collect(engine="streaming")
            if found.height:
                shown = ", ".join("/".join(map(str, row)) for row in found.head(3).rows())
                problems.append(
                    f"{name}: {'/'.join(key.fields)} not in {key.table}: {shown} ({found.height:,} in all)"
                )
        return problems

    def scan(self, name: str) -> pl.LazyFrame:
        """Return a finished table as a lazy frame."""
        return pl.scan_parquet(self.parquet_path(name), glob=False)

    def period(self) -> tuple[str, str] | None:
        """Return the first and last day that any table speaks of (ISO dates), or None."""
        bounds = []
        for name in self.names:
            if days := [f for f in _DATES if f in table(name).names]:
                row = self.scan(name).select(
                    pl.min_horizontal(pl.col(days).min()).alias("first"),
                    pl.max_horizontal(pl.col(days).max()).alias("last"),
                )
                bounds += [day for day in row.collect().row(0) if day is not None]
        return (min(bounds).isoformat(), max(bounds).isoformat()) if bounds else None

    def locations(self) -> list[str]:
        """Return the country codes (ISO 3166-1 alpha-3) of all tables, sorted."""
        found: set[str] = set()
        for name in self.names:
            if "location_code" in table(name).names:
                found.update(
                    self.scan(name).select("location_code").drop_nulls().unique().collect()["location_code"]
                )
        return sorted(found)

    def pcode_methods(self) -> dict[str, dict[str, int]]:
        """Return by table how many rows got their P-codes in which way; "none" counts the rows without."""
        found = {}
        for name in self.names:
            if "pcode_method" in table(name).names and self.rows[name]:
                counts = self.scan(name).group_by("pcode_method").len().sort("pcode_method").collect()
                found[name] = {method: int(count) for method, count in counts.iter_rows()}
        return found

    def pcode_releases(self) -> list[str]:
        """Return the gazetteer releases that rows name, sorted."""
        named: set[str] = set()
        for name in self.names:
            if "pcode_release" in table(name).names:
                named.update(
                    self.scan(name).select("pcode_release").drop_nulls().unique().collect().to_series()
                )
        return sorted(named)

    def bounding_box(self) -> list[float] | None:
        """Return [west, south, east, north] in degrees of all coordinates, or None."""
        boxes = []
        for name in self.names:
            if "latitude" in table(name).names:
                lon, lat = pl.col("longitude"), pl.col("latitude")
                box = self.scan(name).select(
                    lon.min().alias("w"), lat.min().alias("s"), lon.max().alias("e"), lat.max().alias("n")
                )
                boxes += [row for row in box.collect().rows() if None not in row]
        if not boxes:
            return None
        west, south, east, north = zip(*boxes, strict=True)
        return [min(west), min(south), max(east), max(north)]
