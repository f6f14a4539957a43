"""The tables of a package as the themes see them: the standard's by their fields' names, those of others by tags."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import polars as pl

from hxl_kit.checks.constraints import field_rules
from hxl_kit.checks.forms import THEME as FORMS
from hxl_kit.checks.forms import meaning_of, meaning_rules
from hxl_kit.errors import InputError, UsageError
from hxl_kit.reading import open_table
from hxl_kit.standard.messages import N_
from hxl_kit.standard.tables import table, table_names
from hxl_kit.standard.tags import parse_tag
from hxl_kit.validation.columns import recognised_as_table, recognised_loosely
from hxl_kit.validation.domain import Subject, row_issues, row_rules, subject_of
from hxl_kit.validation.forms import Forms, sums
from hxl_kit.validation.report import Issue
from hxl_kit.validation.strict.parts import resources_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from hxl_kit.checks.rule import Rule
    from hxl_kit.reading import Batch, TableText
    from hxl_kit.reading.packages import Package
    from hxl_kit.standard.tags import Tag
    from hxl_kit.validation.domain import Whole
    from hxl_kit.validation.selection import Selection
    from hxl_kit.validation.strict.parts import Resource

NOT_CHECKED = N_("cannot be read as a table by itself: places, dates, figures and text were not checked")

_AXES = ("latitude", "longitude")
_SHARE = 0.5
_DELIMITED = ("csv", "tsv", "txt")
_DATE_FORMAT = re.compile(r"(?:%[dmyYbBj]|[-/., ])+")
_LIMITS = {"constraint-minimum": "minimum", "constraint-maximum": "maximum"}


def table_issues(package: Package, chosen: Selection, whole: Whole) -> Iterator[Issue]:
    """Yield what themes find in the rows of each table; a table that they cannot see is named."""
    tables = [*package.tables.values()]
    for resource in resources_of(package):
        if any(resource.descriptor is each for each in tables):
            yield from _of_file(resource, package.path_of(resource.descriptor), chosen, whole)
        elif resource.fields and ("data" in resource.descriptor or len(resource.paths) > 1):
            yield Issue("not-checked", "info", resource.name, NOT_CHECKED)


def _of_file(resource: Resource, path: Path, chosen: Selection, whole: Whole) -> Iterator[Issue]:
    if not path.is_file():
        return
    said = resource.descriptor.get("encoding")
    encoding = said if isinstance(said, str) and resource.format in _DELIMITED else None
    try:
        with open_table(path, encoding=encoding) as text:
            yield from _of_rows(resource, text, chosen, whole)
    except (InputError, UsageError):
        yield Issue("not-checked", "info", resource.descriptor["name"], NOT_CHECKED)


def _of_rows(resource: Resource, text: TableText, chosen: Selection, whole: Whole) -> Iterator[Issue]:
    name, tags = resource.descriptor["name"], _tags(resource, text)
    subject = _subject(name, text, tags)
    plain = (*_sums(name, text, subject, chosen, tags), *_beyond_degrees(resource, text, subject, chosen))
    forms = Forms.of_text(name, text.header, chosen, plain)
    rules: Sequence[Rule] = ()
    if subject:
        whole = whole.of(subject)
        known = row_rules(subject, chosen, whole.context)
        rules = (*_without_listed(known, resource, chosen), *_beyond(resource, subject, chosen))
    for batch in text.batches():
        read = _as_written(resource, batch)
        yield from forms.issues(read)
        if subject:
            rows = subject.rows(read)
            yield from row_issues(subject, rules, rows)
            whole.add(subject, rows)


def _subject(name: str, text: TableText, tags: Sequence[Tag | None]) -> Subject | None:
    """Return a table of the standard if it is called so and has its fields, else what its tags say that it is."""
    if name in table_names():
        fields = {field.name: field for field in table(name).fields if field.name in text.header}
        if not any(tags) or len(fields) >= _SHARE * len(text.header):
            return Subject(name, text.header, table(name), fields)
    if not any(tags):
        return None
    found = recognised_as_table(text.header, tags) or recognised_loosely(text.header, tags)
    return subject_of(name, text.header, found) if found else None


def _tags(resource: Resource, text: TableText) -> list[Tag | None]:
    """Return the tags that a resource's schema gives to the columns of its file."""
    tags = {field["name"]: parse_tag(str(field.get("hxl_tag", ""))) for field in resource.fields}
    return [tags.get(column) for column in text.header]


def _as_written(resource: Resource, batch: Batch) -> Batch:
    """Return a batch with cells as the standard writes them, by what the schema says of how they are written."""
    columns = [
        cell.alias(field["name"])
        for field in resource.fields
        if field["name"] in batch.frame.columns and (cell := _cell(resource, field)) is not None
    ]
    return replace(batch, frame=batch.frame.with_columns(columns)) if columns else batch


def _cell(resource: Resource, field: dict[str, Any]) -> pl.Expr | None:
    """Return how a field's cells are read, None where they are as they stand."""
    given = cell = pl.col(field["name"])
    if (missing := resource.missing_values(field)) not in ([""], []):
        cell = pl.when(~cell.is_in(missing)).then(cell)
    form, kind = field.get("format"), field.get("type")
    if kind == "date" and isinstance(form, str) and _DATE_FORMAT.fullmatch(form):
        cell = cell.str.to_date(form, strict=False).dt.strftime("%Y-%m-%d")
    for key, instead in (("groupChar", ""), ("decimalChar", ".")) if kind in ("number", "integer") else ():
        if isinstance(mark := field.get(key), str) and mark != instead:
            cell = cell.str.replace_all(mark, instead, literal=True)
    return None if cell is given else cell


def _sums(
    name: str, text: TableText, subject: Subject | None, chosen: Selection, tags: Sequence[Tag | None]
) -> tuple[Rule, ...]:
    """Return the rules on totals and parts in tagged columns; the standard's tables have them in rows."""
    if name in table_names() or not any(tags):
        return ()
    return sums(text.header, tags, subject.fields if subject else (), chosen)


def _constrained(resource: Resource) -> set[tuple[str, str]]:
    """Return the columns and constraints that the package's own schema has: frictionless judges those."""
    return {
        (field["name"], key)
        for field in resource.fields
        if isinstance(field.get("constraints"), dict)
        for key in field["constraints"]
    }


def _beyond(resource: Resource, subject: Subject, chosen: Selection) -> Iterator[Rule]:
    """Yield the rules on numbers that cannot be (latitudes beyond 90, people below 0) that the schema does not have."""
    stated = _constrained(resource)
    for column, field in subject.fields.items():
        slug = "degrees" if field.name in _AXES else "count"
        for rule in field_rules(subject.owner, field) if chosen.runs(FORMS.name, slug) else ():
            key = _LIMITS.get(rule.id)
            if key and column not in subject.guessed and (column, key) not in stated:
                yield replace(rule, id=slug)


def _beyond_degrees(
    resource: Resource, text: TableText, subject: Subject | None, chosen: Selection
) -> Iterator[Rule]:
    """Yield the rules on tagged columns of degrees that are no known field of a table."""
    known = set(subject.fields) - subject.guessed if subject else set()
    bounded = {column for column, key in _constrained(resource) if key in ("minimum", "maximum")}
    today = dt.datetime.now(tz=dt.UTC).date()
    for column, tag in zip(text.header, _tags(resource, text), strict=True):
        meaning = meaning_of(column, tag) if tag and column not in known | bounded else None
        if meaning in _AXES and chosen.runs(FORMS.name, "degrees"):
            yield from (rule for rule in meaning_rules(column, meaning, today) if rule.id == "degrees")


def _without_listed(rules: Sequence[Rule], resource: Resource, chosen: Selection) -> Iterator[Rule]:
    """Yield the rules without those on codes that the package's own schema lists: frictionless has judged them."""
    listed = _constrained(resource) if chosen.any_of("frictionless") else set()
    yield from (rule for rule in rules if rule.id != "constraint-enum" or (rule.field, "enum") not in listed)
