"""Errors as frictionless writes them: the rows that have some are read once more, by frictionless' own row."""

from __future__ import annotations

from copy import copy
from itertools import islice, takewhile
from typing import TYPE_CHECKING, Any

import numpy as np
from frictionless import errors, system
from frictionless.resource.stats import ResourceStats
from frictionless.table import Row

from hxl_kit.gate.arrow import picked
from hxl_kit.gate.blocks import blocks
from hxl_kit.gate.unproven import UnprovenError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hxl_kit.gate.findings import Finding, Findings, ReadingOrder
    from hxl_kit.gate.opening import OpenTable


def rendered(table: OpenTable, findings: Findings, limit: int, block_bytes: int) -> list[Any]:
    """Return the first `limit` errors as frictionless' own objects.

    Raises:
        UnprovenError: frictionless words a row's errors otherwise than they were found.
    """
    by_row = list(findings.by_row()) if limit else []
    if not by_row:
        return []
    stats = copy(table.resource.stats)
    records = _records(table, {found[0].row for found in by_row}, block_bytes)
    table.resource.stats = stats
    told = (
        error for found in by_row for error in _of_row(table, records[found[0].row], found, findings.order)
    )
    return list(islice(told, limit))


def _of_row(table: OpenTable, cells: list[str], found: list[Finding], order: ReadingOrder) -> Iterator[Any]:
    number = found[0].row
    row = Row(cells, handlers=table.handlers, row_number=number)
    for name in order.looked_at(found):
        row[name]
    ready = iter(row.errors)
    for finding in found:
        error = _key_error(table, row, finding) or next(ready, None)
        if error is None or (error.type, error.note) != (finding.meaning.type, finding.note):
            raise UnprovenError(f"record {number}: an error of another kind than was found")
        yield error


def _key_error(table: OpenTable, row: Row, finding: Finding) -> Any:
    meaning = finding.meaning
    match meaning.type:
        case "unique-error":
            return errors.UniqueError.from_row(row, note=finding.note, field_name=meaning.field_name or "")
        case "primary-key":
            return errors.PrimaryKeyError.from_row(row, note=finding.note)
        case "foreign-key":
            key = table.foreign_keys[meaning.foreign or 0]
            return errors.ForeignKeyError.from_row(
                row,
                note=finding.note,
                field_names=list(key["fields"]),
                field_values=[row[name] for name in key["fields"]],
                reference_name=key["reference"]["resource"],
                reference_field_names=list(key["reference"]["fields"]),
            )
    return None


def _records(table: OpenTable, wanted: set[int], block_bytes: int) -> dict[int, list[str]]:
    """Return the cells of some records, by number."""
    found: dict[int, list[str]] = {}
    numbers = np.array(sorted(wanted))
    for block in blocks(table.stream(), table.form, block_bytes):
        found |= {number: cells for number, cells in block.ragged if number in wanted}
        places = np.flatnonzero(np.isin(block.numbers, numbers))
        columns = [picked(column, places).to_pylist() for column in block.columns]
        found |= zip(block.numbers[places].tolist(), map(list, zip(*columns, strict=True)), strict=True)
        if len(found) == len(wanted):
            break
    if any(not any(cells) for cells in found.values()):
        return _records_of_csv(table, wanted)
    return found


def _records_of_csv(table: OpenTable, wanted: set[int]) -> dict[int, list[str]]:
    """Return the cells of some records as Python's csv reads them, which knows an empty line from empty cells."""
    last = max(wanted)
    parser = system.create_parser(table.resource)
    parser.open()
    try:
        numbered = enumerate(parser.cell_stream, start=1)
        return {
            number: cells
            for number, cells in takewhile(lambda one: one[0] <= last, numbered)
            if number in wanted
        }
    finally:
        parser.close()


def rows_up_to(table: OpenTable, last: int) -> None:
    """Set the resource's stats to what frictionless has when it stops after record `last`."""
    resource = table.resource
    resource.stats = ResourceStats(fields=resource.stats.fields)
    count = 0
    parser = system.create_parser(resource)
    parser.open()
    try:
        for number, _ in resource.dialect.read_enumerated_content_stream(parser.cell_stream):
            count += 1
            if number >= last:
                break
    finally:
        parser.close()
    resource.stats.rows = count
