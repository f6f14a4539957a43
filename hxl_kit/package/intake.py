"""Intake: the tables of one input file become rows of the standard, counted to the last one."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.errors import SourceMismatchError, UsageError, nearest
from hxl_kit.files import require_plain_file, sha256_of
from hxl_kit.mapping import POLARS_TYPES
from hxl_kit.normalise import Conventions, Normalised, Normaliser
from hxl_kit.package.descriptor import InputRecord
from hxl_kit.package.publishable import Said, about_columns, about_reading, about_sheets, file_name
from hxl_kit.package.tables import ahead
from hxl_kit.reading import Batch, TableText, open_tables
from hxl_kit.reading.hashtags import recognise
from hxl_kit.reading.table import shown
from hxl_kit.standard.tables import table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from hxl_kit.package.author import Input
    from hxl_kit.package.placing import Placer
    from hxl_kit.package.private import ByProducts
    from hxl_kit.package.protect import Protector
    from hxl_kit.package.tables import TableFiles
    from hxl_kit.sources.definition import Layout, Source


@dataclass
class Tally:
    """The counts of one table while it is read."""

    accepted: int = 0
    rejected: int = 0
    totals: dict[str, dict[str, float]] = field(default_factory=dict)

    def add(self, normalised: Normalised, ragged: int) -> None:
        """Count a batch and its records that did not have the header's number of cells."""
        self.accepted += normalised.accepted
        self.rejected += normalised.rejected.height + ragged
        for name, (before, after) in normalised.totals.items():
            total = self.totals.setdefault(name, {"input": 0, "accepted": 0})
            total["input"] += int(before) if before.is_integer() else before
            total["accepted"] += int(after) if after.is_integer() else after


@dataclass(frozen=True)
class Intake:
    """What all inputs of a package share: the files they fill, by-products, protector, placer, the keys seen.

    `documents` holds the rows of the table `sources` so far: many rows name the same document.
    """

    files: TableFiles
    private: ByProducts
    protector: Protector
    placer: Placer
    seen: Mapping[str, list[pl.Series]]
    documents: list[pl.DataFrame] = field(default_factory=list)

    def take(self, entry: Input, found: Source, source_id: str, number: int = 1) -> list[InputRecord]:
        """Read one input, the `number`-th, into the tables; return what became of each of its tables.

        Raises:
            InputError: the file cannot be read, is not of the source, or leaves open how to read a column.
        """
        digest = sha256_of(require_plain_file(entry.path))
        with open_tables(entry.path, encoding=entry.encoding, sheet=entry.sheet) as tables, _about(entry):
            fitting, others = _fitting(tables, entry, found)
            records = []
            for sheet, (text, layout) in enumerate(fitting, 1):
                name = Said(entry.path.name, file_name(entry.path, number, found))
                if len(fitting) > 1:
                    name = name.with_sheet(str(text.sheet), sheet, found)
                tally, notes = self._read(entry, text, layout, source_id, name.here)
                about = (*about_reading(text, layout, found), *notes, *about_sheets(others))
                records.append(_record(entry, found, digest, name, tally, about))
        if entry.source:
            self._write({"sources": _source_row(found, source_id, entry, digest)})
        return records

    def _write(self, tables: Mapping[str, pl.DataFrame]) -> None:
        """Append rows to the tables; a row of `sources` that is there already is the same document."""
        if "sources" in tables:
            told = pl.concat([*self.documents, tables["sources"]]).unique(maintain_order=True)
            new = told.slice(sum(frame.height for frame in self.documents))
            self.documents.append(new)
            tables = {**tables, "sources": new}
        self.files.write(tables)

    def _read(
        self, entry: Input, text: TableText, layout: Layout, source_id: str, name: str
    ) -> tuple[Tally, tuple[Said, ...]]:
        """Normalise one table; return its counts and what is said of its columns."""
        names = _names(text, layout, entry)
        unknown = [column for column in text.header if column not in names]
        personal = [column for column, name in names.items() if name in layout.personal]
        self.files.add(layout.tables)
        label, tally = self.private.label(name.replace(": ", "-").replace("/", "-")), Tally()
        normaliser = Normaliser(
            layout,
            source_id,
            entry.country,
            self.seen[entry.source or str(entry.table)],
            Conventions(lambda: _renamed(text, names), text.date_system, entry.date_order),
            {"file": entry.path.name, "sheet": text.sheet or ""},
        )
        for batch in ahead(_without_persons(text, personal)):
            normalised = normaliser.normalise(batch.frame.rename(names, strict=False))
            tables, told = self.placer.place(normalised.tables, entry.source or "")
            safe = self.protector.protect(tables, own_keys=not entry.source)
            self._write(safe.tables)
            self.private.reject(label, batch.frame, normalised.rejected, normalised.told)
            self.private.reject_records(label, batch.bad)
            self.private.note(
                pl.concat([normalised.changes, safe.changes]),
                pl.concat([normalised.warnings, told, safe.warnings]),
            )
            if unknown and entry.source:
                self.private.keep(label, batch.frame.select("row_number", *unknown))
            tally.add(normalised, len(batch.bad))
        self.private.unexpected(name, normaliser.tally.unexpected())
        return tally, tuple(about_columns(layout, names, unknown))


@contextmanager
def _about(entry: Input) -> Iterator[None]:
    """Put the input's path before the message of a mismatch."""
    try:
        yield
    except SourceMismatchError as error:
        if str(error).startswith(str(entry.path)):
            raise
        raise SourceMismatchError(f"{entry.path}: {error}") from error


def _fitting(
    tables: Sequence[TableText], entry: Input, found: Source
) -> tuple[list[tuple[TableText, Layout]], tuple[str, ...]]:
    """Return the tables that are of the source, each with its layout, and the sheets of those that are not.

    Raises:
        SourceMismatchError: none is, or several are and do not belong together.
    """
    if len(tables) == 1:
        return [(tables[0], _layout(tables[0], entry, found))], ()
    fitting, others = [], dict[str, str]()
    for text in tables:
        try:
            fitting.append((text, _layout(text, entry, found)))
        except SourceMismatchError as error:
            others[str(text.sheet)] = str(error)
    if not fitting:
        # Of a sheet that lacks a few columns the reason is short, and the one that helps.
        nearest_sheet = min(others, key=lambda name: len(others[name]))
        raise SourceMismatchError(
            f"none of {len(tables)} sheets is of the source; '{shown(nearest_sheet)}': {others[nearest_sheet]}"
        )
    together = len({layout.id for _, layout in fitting}) == 1 and fitting[0][1].every_sheet
    if len(fitting) > 1 and not together:
        named = ", ".join(f"'{shown(str(text.sheet))}' ({layout.title})" for text, layout in fitting)
        raise SourceMismatchError(
            f"{len(fitting)} sheets hold a table of {found.id}: {named}; name one: --sheet NAME"
        )
    return fitting, tuple(others)


def _layout(text: TableText, entry: Input, found: Source) -> Layout:
    if entry.source:
        return found.layout_of(text)
    named = _by_tag(text, str(entry.table))
    header = tuple(named.get(name, name) for name in text.header)
    layout = found.fitting_layout(header)
    unknown = [name for name in header if name not in layout.names_in(header)]
    if unknown:
        hints = ", ".join(f"'{shown(name)}'{nearest(name, layout.columns)}" for name in unknown)
        raise SourceMismatchError(
            f"{found.id}: not a field of this table: {hints} (see `hxl-kit tables {found.id}`)"
        )
    return layout


def _names(text: TableText, layout: Layout, entry: Input) -> dict[str, str]:
    """Return the names that the maps use for the columns that they know."""
    if entry.source:
        return layout.names_in(text.header, text.tags)
    named = _by_tag(text, str(entry.table))
    header = tuple(named.get(name, name) for name in text.header)
    known = layout.names_in(header)
    return {given: known[name] for given, name in zip(text.header, header, strict=True) if name in known}


def _by_tag(text: TableText, table_name: str) -> dict[str, str]:
    """Return the fields of an own table that columns are by their hashtags and not by their names."""
    if not any(text.tags):
        return {}
    wanted = {f.name: f.hxl_tag for f in table(table_name).fields}
    found = recognise(text.tags, wanted).items()
    return {
        text.header[columns[0]]: name
        for name, columns in found
        if len(columns) == 1 and name not in text.header
    }


def _without_persons(text: TableText, personal: Sequence[str]) -> Iterator[Batch]:
    """Yield a table's records without the columns of private persons; ragged records then without their text."""
    for batch in text.in_bulk():
        if personal:
            bad = tuple(replace(row, text="") for row in batch.bad)
            yield replace(batch, frame=batch.frame.drop(personal), bad=bad)
        else:
            yield batch


def _renamed(text: TableText, names: Mapping[str, str]) -> Iterator[pl.DataFrame]:
    for batch in text.batches():
        yield batch.frame.rename(names)


def _record(
    entry: Input, found: Source, digest: str, name: Said, tally: Tally, notes: Sequence[Said]
) -> InputRecord:
    return InputRecord(
        name=name.here,
        sha256=digest,
        bytes=entry.path.stat().st_size,
        source=found.id,
        release=entry.release,
        input_rows=tally.accepted + tally.rejected,
        accepted_rows=tally.accepted,
        rejected_rows=tally.rejected,
        totals=tally.totals,
        notes=tuple(note.here for note in notes),
        public_name=name.public,
        public_notes=tuple(note.public for note in notes if note.public),
    )


def _source_row(found: Source, source_id: str, entry: Input, digest: str) -> pl.DataFrame:
    """Return the row of the table `sources` for a provider's file.

    Raises:
        UsageError: the day on which it was retrieved is none.
    """
    known = {
        "source_id": source_id,
        "title": found.title,
        "publisher": found.provider or None,
        "source_type": found.source_type,
        "date_precision": "unknown",
        "url": found.url or None,
        "language": found.language or None,
        "licence": found.licence,
        "redistribution": found.redistribution,
        "version": entry.release or None,
        "sha256": digest,
        "retrieved_at": entry.retrieved_at or None,
        "access": found.access,
    }
    row = pl.DataFrame([known], schema=dict.fromkeys(known, pl.String))
    row = row.with_columns(pl.col("retrieved_at").str.to_date("%Y-%m-%d", strict=False))
    if entry.retrieved_at and row["retrieved_at"].has_nulls():
        raise UsageError(f"{entry.path}: retrieved_at is no day of the calendar; write it like 2024-12-31")
    fields = table("sources").fields
    return row.select(
        (pl.col(f.name) if f.name in known else pl.lit(None, pl.String).alias(f.name)).cast(
            POLARS_TYPES[f.type]
        )
        for f in fields
    )
