"""An HXL schema run on a table: what each rule finds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.hxl_schema.finding import Finding, Said
from hxl_kit.hxl_schema.part import Column, Part, columns_of, selected
from hxl_kit.hxl_schema.ragged import cells_of, shape_of, with_ragged
from hxl_kit.hxl_schema.testing import NotCheckedError
from hxl_kit.reading.table import ROW_NUMBER
from hxl_kit.standard.messages import N_

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from hxl_kit.hxl_schema.schema import HxlRule, HxlSchema
    from hxl_kit.hxl_schema.testing import Test
    from hxl_kit.reading.table import TableText

RAGGED = "hxl-row-shape"
UNREAD = "hxl-list-unread"
NOT_CHECKED = "hxl-not-checked"
NOT_BEGUN = N_("was not checked: other patterns of the schema took too long; simplify those first")
ENDED = 3
"""After so many tests that took too long no further one is begun that may."""


@dataclass(frozen=True)
class Run:
    """A test of a rule, and the table's columns that the rule selects."""

    rule: HxlRule
    test: Test
    selected: tuple[Column, ...]

    def findings(self, part: Part, *, may_be_slow: bool) -> Iterator[Finding]:
        """Yield what the test finds in a part of the table.

        Raises:
            NotCheckedError: it cannot be done, or may be slow and must not.
        """
        if self.selected and self.test.may_be_slow and not may_be_slow:
            raise NotCheckedError(Said(NOT_BEGUN), self.selected[0])
        told = {column.number: (column.name, str(column.tag or "")) for column in part.columns}
        slug, scope, rule = self.test.slug, self.test.scope, self.rule
        severity, pattern, said = rule.severity, str(rule.pattern), rule.description
        found = self.test.found(part, self.selected)
        params = {number: self.test.params(part, number) for number in found["column"].unique()}
        for row, number, message, value, suggested in found.iter_rows():
            place = (row, number, *told.get(number, ("", "")))
            yield Finding(
                slug,
                severity,
                scope,
                message,
                pattern,
                said,
                *place,
                value,
                suggested,
                rule.row_number,
                params[number],
            )

    def not_checked(self, error: NotCheckedError) -> Finding:
        """Return that the test could not be done: an error, since nobody knows what it would have found."""
        column, rule = error.column, self.rule
        return Finding(
            NOT_CHECKED,
            "error",
            "column",
            error.said.message,
            str(rule.pattern),
            rule.description,
            column=column.number,
            name=column.name,
            tag=str(column.tag or ""),
            schema_row=rule.row_number,
            params=error.said.params,
        )


def hxl_issues(text: TableText, schema: HxlSchema) -> Iterator[Finding]:
    """Yield what a schema finds in a table: first what columns are missing, then batch by batch, then on whole columns.

    Tests of rows and cells see a batch at a time; of the columns that whole-column tests compare the text is kept
    until all is read. Records with too many or too few cells are told, and tested as far as they have the table's
    columns: short ones as if filled with empty cells. Blank ones are no records. A test that takes too long is
    told and left; the others go on.

    Raises:
        InputError: the file cannot be read any further.
    """
    columns = columns_of(text)
    runs = _runs(schema, columns)
    yield from _on_the_table(schema, runs, columns)
    at_once = [run for run in runs if not run.test.whole(run.selected)]
    whole = [run for run in runs if run.test.whole(run.selected)]
    names = _needed(whole, columns)
    kept: list[pl.DataFrame] = []
    ended: list[Run] = []
    for batch in text.batches():
        ragged = cells_of(batch.bad, text)
        yield from (
            _of_row(record.row_number, shape_of(record, cells, text))
            for record, cells in zip(batch.bad, ragged, strict=True)
        )
        part = Part(with_ragged(batch, ragged, text), columns)
        yield from _found(at_once, part, ended)
        if whole:
            kept.append(part.frame.select(ROW_NUMBER, *names))
    if kept:
        yield from _found(whole, Part(pl.concat(kept), columns) if len(kept) > 1 else part, ended)


def _found(runs: list[Run], part: Part, ended: list[Run]) -> Iterator[Finding]:
    """Yield what the runs find; one that cannot be done is told and goes from them to those that were ended.

    Where many were ended, others that may be as slow are not begun: a schema must not take for ever.
    """
    for run in runs[:]:
        try:
            yield from run.findings(part, may_be_slow=len(ended) < ENDED)
        except NotCheckedError as error:
            yield run.not_checked(error)
            runs.remove(run)
            ended.append(run)


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


def _of_table(rule: HxlRule, slug: str, said: Said) -> Finding:
    return Finding(
        slug,
        rule.severity,
        "table",
        said.message,
        str(rule.pattern),
        rule.description,
        schema_row=rule.row_number,
        params=said.params,
    )


def _of_row(row_number: int, said: Said) -> Finding:
    return Finding(RAGGED, "error", "row", said.message, "#*", row_number=row_number, params=said.params)
