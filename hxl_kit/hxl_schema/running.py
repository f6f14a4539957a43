"""An HXL schema run on a table: what each rule finds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.hxl_schema.finding import Finding
from hxl_kit.hxl_schema.part import Column, Part, columns_of, selected
from hxl_kit.reading.table import ROW_NUMBER

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from hxl_kit.hxl_schema.cell_tests import Test
    from hxl_kit.hxl_schema.schema import HxlRule, HxlSchema
    from hxl_kit.reading.table import BadRow, TableText

RAGGED = "hxl-row-shape"
UNREAD = "hxl-list-unread"


@dataclass(frozen=True)
class Run:
    """A test of a rule, and the table's columns that the rule selects."""

    rule: HxlRule
    test: Test
    selected: tuple[Column, ...]

    def findings(self, part: Part) -> Iterator[Finding]:
        """Yield what the test finds in a part of the table."""
        told = {column.number: (column.name, str(column.tag or "")) for column in part.columns}
        slug, scope, rule = self.test.slug, self.test.scope, self.rule
        severity, pattern, said, schema_row = (
            rule.severity,
            str(rule.pattern),
            rule.description,
            rule.row_number,
        )
        for row, number, message, value, suggested in self.test.found(part, self.selected).iter_rows():
            place = (row, number, *told.get(number, ("", "")))
            yield Finding(slug, severity, scope, message, pattern, said, *place, value, suggested, schema_row)


def hxl_issues(text: TableText, schema: HxlSchema) -> Iterator[Finding]:
    """Yield what a schema finds in a table: first what columns are missing, then batch by batch, then on whole columns.

    Tests of rows and cells see a batch at a time; of the columns that whole-column tests compare the text is kept
    until all is read. Records with too many or too few cells are told and not tested; blank ones are no records.

    Raises:
        InputError: the file cannot be read any further, or an expression of the schema takes too long.
    """
    columns = columns_of(text)
    runs = _runs(schema, columns)
    yield from _on_the_table(schema, runs, columns)
    at_once = [run for run in runs if not run.test.whole(run.selected)]
    whole = [run for run in runs if run.test.whole(run.selected)]
    names = _needed(whole, columns)
    kept: list[pl.DataFrame] = []
    for batch in text.batches():
        part = Part(batch.frame, columns)
        yield from (_ragged(record) for record in batch.bad)
        for run in at_once:
            yield from run.findings(part)
        if whole:
            kept.append(batch.frame.select(ROW_NUMBER, *names))
    if kept:
        everything = Part(pl.concat(kept), columns) if len(kept) > 1 else part
        for run in whole:
            yield from run.findings(everything)


def _runs(schema: HxlSchema, columns: Sequence[Column]) -> list[Run]:
    return [
        Run(rule, test, selected(columns, (rule.pattern,))) for rule in schema.rules for test in rule.tests
    ]


def _needed(runs: Iterable[Run], columns: Sequence[Column]) -> list[str]:
    needed = [column.name for run in runs for column in run.test.needs(run.selected, columns)]
    return list(dict.fromkeys(needed))


def _on_the_table(schema: HxlSchema, runs: Sequence[Run], columns: Sequence[Column]) -> Iterator[Finding]:
    """Yield the lists that could not be read and the columns that are missing."""
    for rule in schema.rules:
        if rule.unread:
            yield _of_table(rule, UNREAD, rule.unread)
    for run in runs:
        if (why := run.test.missing(run.selected, columns)) is not None:
            yield _of_table(run.rule, run.test.slug, why)


def _of_table(rule: HxlRule, slug: str, message: str) -> Finding:
    return Finding(
        slug, rule.severity, "table", message, str(rule.pattern), rule.description, schema_row=rule.row_number
    )


def _ragged(record: BadRow) -> Finding:
    return Finding(RAGGED, "error", "row", record.reason, "#*", row_number=record.row_number)
