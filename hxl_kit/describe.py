"""Describe: what a file is, which source it looks like, and why."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import polars as pl

from hxl_kit.errors import InputError, SourceMismatchError
from hxl_kit.hxl_schema import read_schema, table_schema
from hxl_kit.reading import TableText, open_table, open_tables
from hxl_kit.reading.hashtags import recognise
from hxl_kit.reading.masking import masked, without_persons
from hxl_kit.sources import source, source_ids
from hxl_kit.sources.own_tables import own_table
from hxl_kit.standard.tables import table, table_names

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from hxl_kit.sources.definition import Source

_TYPES = {
    "integer": r"^[+-]?[0-9]+$",
    "number": r"^[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?$",
    "date": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
    "datetime": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}",
    "boolean": r"^(?i:true|false|yes|no)$",
}
_LIKELY = 0.6


@dataclass(frozen=True)
class ColumnDescription:
    """A column: its name, its tag, what all its filled cells look like, and how many are filled."""

    name: str
    tag: str
    type: str
    filled: int


@dataclass(frozen=True)
class Candidate:
    """A source or table that a file may be, whether its layout fits without doubt, and the reason."""

    kind: str
    id: str
    certain: bool
    reason: str


@dataclass(frozen=True)
class Description:
    """What is known of a file without normalising it; `rows` counts data rows, `bad` ragged records."""

    path: str
    format: str
    encoding: str
    delimiter: str
    sheet: str | None
    first_row: int
    rows: int
    bad: int
    notes: tuple[str, ...]
    columns: tuple[ColumnDescription, ...]
    candidates: tuple[Candidate, ...]

    @property
    def column_names(self) -> list[str]:
        """The columns' names as they may be shown: numbers where the first row is a person's record, not a header."""
        return without_persons([column.name for column in self.columns])

    def as_json(self) -> dict[str, Any]:
        """Return the description with the keys of the command line's JSON."""
        return {
            "path": self.path,
            "format": self.format,
            "encoding": self.encoding,
            "delimiter": self.delimiter,
            "sheet": masked(self.sheet) if self.sheet else None,
            "first_row": self.first_row,
            "rows": self.rows,
            "ragged_rows": self.bad,
            "notes": list(self.notes),
            "columns": [vars(c) | {"name": n} for c, n in zip(self.columns, self.column_names, strict=True)],
            "candidates": [vars(c) for c in self.candidates],
        }


def describe_file(
    path: Path, *, sheet: str | None = None, encoding: str | None = None
) -> tuple[Description, ...]:
    """Return what each table of a file is: they are read whole, so that types and counts hold for every row.

    Raises:
        InputError: the file cannot be read.
    """
    with open_tables(path, encoding=encoding, sheet=sheet) as tables:
        return tuple(_described(path, text) for text in tables)


def describe_schema(
    schema: Path,
    data: Path | None = None,
    *,
    lists: Mapping[str, Path] | None = None,
    sheet: str | None = None,
    encoding: str | None = None,
) -> dict[str, Any]:
    """Return a legacy HXL schema as a Table Schema's descriptor; what that cannot say is in its `hxl_not_carried`.

    Args:
        schema: the HXL schema's file.
        data: a tagged table: the fields are its columns. Without one they are the tags that the schema names.
        lists: local files for lists of values that the schema names by address.
        sheet: the sheet of the table's workbook.
        encoding: the encoding of the table's text.

    Raises:
        InputError: a file cannot be read, the schema is none, or the table has no hashtags.
    """
    with open_table(schema) as text:
        rules = read_schema(text, lists=lists)
    if data is None:
        return table_schema(rules)
    with open_table(data, sheet=sheet, encoding=encoding) as text:
        if not any(text.tags):
            raise InputError(
                f"{data}: has no hashtag row: put one below the header, or describe the schema alone"
            )
        return table_schema(rules, text)


def _described(path: Path, text: TableText) -> Description:
    counts, rows, bad = _counted(text)
    return Description(
        path=str(path),
        format=text.format,
        encoding=text.encoding,
        delimiter=text.delimiter,
        sheet=text.sheet,
        first_row=text.first_row,
        rows=rows,
        bad=bad,
        notes=text.notes,
        columns=tuple(_column(name, tag, counts) for name, tag in zip(text.header, text.tags, strict=True)),
        candidates=candidates(text),
    )


def candidates(text: TableText) -> tuple[Candidate, ...]:
    """Return the sources and tables that the columns fit, certain ones first, generic sources last of these.

    A generic source is certain only of what no other source or table comes near to.
    """
    specific = [name for name in source_ids() if not source(name).generic]
    found = [c for name in specific if (c := _source_candidate(name, text))]
    found += [c for name in table_names() if (c := _table_candidate(name, text))]
    others = [c for name in source_ids() if name not in specific and (c := _source_candidate(name, text))]
    if found:
        others = [replace(c, certain=False) for c in others if c.certain]
    return tuple(sorted([*found, *others], key=lambda c: (not c.certain, c.kind, c.id)))


def certain_source(paths: Sequence[Path], *, sheet: str | None = None, encoding: str | None = None) -> str:
    """Return the id of the one source that all files are of.

    Raises:
        SourceMismatchError: a file is of no known source, or may be of several, or the files differ.
    """
    found = {_certain_source(path, sheet, encoding) for path in paths}
    if len(found) > 1:
        raise SourceMismatchError(
            f"the files are of different sources ({', '.join(sorted(found))}); normalise them apart"
        )
    return found.pop()


def _certain_source(path: Path, sheet: str | None, encoding: str | None) -> str:
    with open_tables(path, encoding=encoding, sheet=sheet) as tables:
        sources = [c for text in tables for c in candidates(text) if c.kind == "source"]
    certain = {c.id for c in sources if c.certain}
    if len(certain) == 1:
        return certain.pop()
    if not sources:
        raise SourceMismatchError(
            f"{path}: is of no source that hxl-kit knows: its columns fit none of {', '.join(source_ids())} "
            "(`hxl-kit describe FILE` shows them); if it is a damaged file of one of these, name it with --source ID "
            "and read what is missing; else put a hashtag row below the header to read it as hxl_table"
        )
    reasons = "; ".join(dict.fromkeys(f"{c.id}: {c.reason}" for c in sources))
    raise SourceMismatchError(f"{path}: the source is not certain ({reasons}); name it with --source ID")


def _counted(text: TableText) -> tuple[pl.DataFrame, int, int]:
    """Return per column how many cells are filled and fit each type, and the numbers of rows and ragged records."""
    tallies, rows, bad = [], 0, 0
    for batch in text.batches():
        rows, bad = rows + batch.frame.height, bad + len(batch.bad)
        cells = {name: pl.col(name).str.strip_chars() for name in text.header}
        filled = [(cell.str.len_bytes() > 0).sum().alias(f"{name}\0filled") for name, cell in cells.items()]
        fits = [
            cell.str.contains(pattern).sum().alias(f"{name}\0{kind}")
            for name, cell in cells.items()
            for kind, pattern in _TYPES.items()
        ]
        tallies.append(batch.frame.select(*filled, *fits))
    return (pl.concat(tallies).sum() if tallies else pl.DataFrame()), rows, bad


def _column(name: str, tag: object, counts: pl.DataFrame) -> ColumnDescription:
    filled = int(counts[f"{name}\0filled"][0] or 0) if counts.height else 0
    kinds = [kind for kind in _TYPES if filled and int(counts[f"{name}\0{kind}"][0]) == filled]
    return ColumnDescription(
        name, str(tag) if tag else "", kinds[0] if kinds else "string" if filled else "empty", filled
    )


def _source_candidate(name: str, text: TableText) -> Candidate | None:
    found = source(name)
    try:
        layout = found.layout_of(text)
    except SourceMismatchError as error:
        message = str(error).removeprefix(f"{name}: ")
        return Candidate("source", name, False, message) if _is_likely(found, text) else None
    known = layout.names_in(text.header, text.tags)
    reason = f"has all {len(layout.required)} columns that {found.title}, {layout.title}, needs"
    return Candidate(
        "source", name, True, f"{reason}; {len(known)} of its {len(text.header)} columns are known"
    )


def _is_likely(found: Source, text: TableText) -> bool:
    """Whether a file that is not of a source has most of its columns, or is a known other layout."""
    shares = [
        len(layout.required & set(layout.names_in(text.header, text.tags).values())) / len(layout.required)
        for layout in found.layouts
    ]
    known_other = any(other.is_of(text.header) for other in found.lookalikes)
    return known_other or max(shares, default=0.0) >= _LIKELY or _is_refused(found, text)


def _is_refused(found: Source, text: TableText) -> bool:
    """Whether a source that finds all its columns by hashtags says what is wrong with a tagged table."""
    if found.recognise is None or found.layouts or not any(text.tags):
        return False
    try:
        found.recognise(text)
    except SourceMismatchError:
        return True
    return False


def _table_candidate(name: str, text: TableText) -> Candidate | None:
    wanted = {f.name: f.hxl_tag for f in table(name).fields}
    by_tag = {field for field, columns in recognise(text.tags, wanted).items() if len(columns) == 1}
    known = by_tag | (set(wanted) & set(text.header))
    needed = own_table(name).layout().required
    if not needed <= known or len(known) < _LIKELY * len(text.header):
        return None
    unknown = len(text.header) - len(known)
    reason = f"{len(known)} of {len(text.header)} columns are fields of the table"
    return Candidate("table", name, unknown == 0, reason)
