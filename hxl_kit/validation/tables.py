"""A bare table: what its columns are recognised as, and what its cells and rows break."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.checks.constraints import field_rules
from hxl_kit.checks.rule import Rule
from hxl_kit.reading import open_table
from hxl_kit.standard.messages import N_
from hxl_kit.validation.columns import recognised, recognised_loosely
from hxl_kit.validation.domain import Whole, row_issues, row_rules, subject_of
from hxl_kit.validation.forms import Forms, header_issues, missing_header, reading_issues
from hxl_kit.validation.own_tables import own_table_rules, rules_for_others
from hxl_kit.validation.report import Collected, Issue, Report, TableFile
from hxl_kit.validation.screening import Look, looks_at_people
from hxl_kit.validation.screening_files import screened_file
from hxl_kit.validation.spelling import Names

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from hxl_kit.reading import Batch, TableText
    from hxl_kit.validation.asked import Asked
    from hxl_kit.validation.columns import Recognised
    from hxl_kit.validation.selection import Selection


def table_report(
    path: Path, asked: Asked, limit: int, *, sheet: str | None = None, encoding: str | None = None
) -> Report:
    """Return the report on a table without a descriptor.

    Of a table without a header only that is told: whatever else there is to say would name columns by cells.

    Raises:
        InputError: it cannot be read.
        UsageError: a rule of the user's own cannot be run on its columns.
    """
    issues, rows = Collected(limit), 0
    issues.tables[path.name] = TableFile(path, sheet, encoding)
    with open_table(path, encoding=encoding, sheet=sheet) as text:
        batches = text.batches()
        first, found = next(batches, None), recognised(text)
        headless = missing_header(path.name, text, first.frame) if first else None
        if headless and (not found or asked.chosen.any_of("reading")):
            issues.extend([headless])
        if headless and not found:
            issues.extend(_people(path, asked, encoding))
            return issues.report((str(path),), sum(batch.frame.height for batch in text.batches()))
        looks = _Looks(path.name, text, found, asked)
        issues.extend(looks.at_start())
        issues.extend(rules_for_others(path.name, found, asked.rules))
        for batch in chain([first] if first else [], batches):
            rows += batch.frame.height
            issues.extend(looks.at_batch(batch))
    issues.extend(looks.at_end(rows))
    issues.extend(_people(path, asked, encoding))
    if asked.chosen.any_of("hxl-schema"):
        issues.extend(asked.hxl_schema.issues(path, asked.chosen, sheet=sheet, encoding=encoding))
    return issues.report((str(path),), rows)


def _people(path: Path, asked: Asked, encoding: str | None) -> Iterator[Issue]:
    """Yield what the file holds of people, in other sheets as well."""
    if looks_at_people(asked.chosen):
        yield from screened_file(path, path.name, Look(asked.chosen), encoding=encoding)


class _Looks:
    """Everything that is looked at in one table: its form, its types and keys, and what the themes ask."""

    def __init__(self, resource: str, text: TableText, found: Recognised | None, asked: Asked) -> None:
        self.resource, self.text, self.found, self.chosen = resource, text, found, asked.chosen
        meant = found or recognised_loosely(text.header, text.tags)
        placed = meant is not None and {"location_code", "latitude", "longitude"} <= meant.names
        self.forms = Forms.of(
            resource, text, found, self.chosen, zero=not (placed and "places" in self.chosen)
        )
        self.keys: list[pl.DataFrame] = []
        self.typed = _Typed(resource, text, meant, asked) if meant else None
        judged = found.fields if found else ()
        slips = self.chosen.runs("outliers", "rare-spelling")
        self.names = Names(resource, text.header, text.tags, judged) if slips else None
        self.own = own_table_rules(resource, text, found, asked.rules) if asked.rules else None

    def at_start(self) -> Iterator[Issue]:
        """Yield how the file was read and what its columns were taken for."""
        if self.chosen.any_of("reading"):
            yield from reading_issues(self.resource, self.text, self.found)
            yield from _column_issues(self.resource, self.text, self.found)
            yield from header_issues(self.resource, self.text.header)

    def at_batch(self, batch: Batch) -> Iterator[Issue]:
        """Yield what is wrong with some of the rows."""
        if self.chosen.any_of("reading"):
            yield from (
                Issue("row-cells", "error", self.resource, bad.reason, row=bad.row_number)
                for bad in batch.bad
            )
        yield from self.forms.issues(batch)
        if self.typed:
            yield from self.typed.issues(batch)
        if self.names:
            self.names.add(batch.frame)
        if self.own:
            yield from self.own(batch.frame)
        if self.found and self.found.key and self.chosen.runs("frictionless", "primary-key"):
            self.keys.append(batch.frame.select("row_number", *self.found.key))

    def at_end(self, rows: int) -> Iterator[Issue]:
        """Yield what rows break together."""
        if self.found and self.keys:
            yield from _key_issues(self.resource, pl.concat(self.keys), self.found.key)
        if self.typed:
            yield from self.typed.whole.issues()
        if self.names:
            yield from self.names.issues()
        if not rows and self.chosen.any_of("reading"):
            yield Issue("no-rows", "warning", self.resource, N_("has a header but no data rows"))


class _Typed:
    """The columns that mean a field, as typed rows under the rules of their table."""

    def __init__(self, resource: str, text: TableText, meant: Recognised, asked: Asked) -> None:
        self.meant = meant
        self.subject = subject_of(resource, text.header, meant)
        self.whole = Whole(asked.chosen, asked.context)
        self.whole.of(self.subject)
        self.rules = (
            *self._type_rules(asked.chosen),
            *row_rules(self.subject, asked.chosen, asked.context),
        )

    def issues(self, batch: Batch) -> Iterator[Issue]:
        rows = self.subject.rows(batch)
        yield from row_issues(self.subject, self.rules, rows)
        self.whole.add(self.subject, rows)

    def _type_rules(self, chosen: Selection) -> Iterator[Rule]:
        owner = self.meant.owner
        for field in self.meant.known_fields.values():
            for rule in field_rules(owner, field):
                if rule.id != "constraint-enum" and chosen.runs("frictionless", rule.id):
                    yield rule
            if chosen.runs("frictionless", "type-error"):
                lost = pl.col(f"@{field.name}").is_not_null() & pl.col(field.name).is_null()
                message, params = N_("is not of type {type}"), {"type": field.type}
                yield Rule("type-error", owner.name, field.name, "error", lost, message, params)


def _column_issues(resource: str, text: TableText, found: Recognised | None) -> Iterator[Issue]:
    """Say what the columns were taken for, and which ones nothing is known of."""
    if found is None:
        message = N_(
            "its columns are of no table or source that is known: only their form was checked, and places and dates"
        )
        yield Issue("unknown-table", "warning", resource, message)
        return
    if others := [name for name in text.header if name not in found.fields]:
        params = {"known": found.known, "others": ", ".join(others)}
        message = N_("checked as {known}, without: {others}")
        yield Issue("unknown-columns", "info", resource, message, params=params)


def _key_issues(resource: str, keys: pl.DataFrame, columns: Sequence[str]) -> Iterator[Issue]:
    repeated = keys.filter(
        ~pl.struct(columns).is_first_distinct(), pl.all_horizontal(pl.col(columns).is_not_null())
    )
    message = N_("repeats the key of a row above")
    for row in repeated["row_number"]:
        yield Issue("primary-key", "error", resource, message, row, "/".join(columns))
