"""The rules of a user, run over the tables that they name: those in a package's descriptor, or in a file beside a table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from hxl_kit.checks.own import Column, OwnCheck, column_of, explained, own_checks, own_rules
from hxl_kit.errors import InputError, UsageError, nearest
from hxl_kit.mapping import typed
from hxl_kit.reading.table import ROW_NUMBER, listed, shown
from hxl_kit.standard.tables import Field
from hxl_kit.validation.profile import follows_profile
from hxl_kit.validation.report import Issue, cell_address
from hxl_kit.validation.strict.logical import SHAPING, logical
from hxl_kit.validation.strict.parts import Resource, resources_of
from hxl_kit.validation.strict.rows import not_checked, opened

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from hxl_kit.checks.rule import Rule
    from hxl_kit.reading.packages import Package

UNUSABLE = "rule-unusable"

_READ_AS = {"year": "integer", "any": "string"}
_TYPED = ("string", "integer", "number", "boolean", "date")


@dataclass(frozen=True)
class OwnRules:
    """A user's rules on one table, ready to run; `positions` has the number (from 1) of each column."""

    resource: str
    rules: tuple[Rule, ...]
    fixes: Mapping[str, str]
    positions: Mapping[str, int]

    @property
    def columns(self) -> set[str]:
        """The columns that the rules look at."""
        return {name for rule in self.rules for name in (rule.field, *rule.violated.meta.root_names())}

    def issues(self, rows: pl.DataFrame) -> Iterator[Issue]:
        """Yield the rows that break a rule, by rule; `rows` has `row_number` and the columns, typed."""
        if not self.rules or not rows.height:
            return
        broken = rows.select(rule.violated.any().alias(str(n)) for n, rule in enumerate(self.rules)).row(0)
        for rule, any_row in zip(self.rules, broken, strict=True):
            if any_row:
                yield from self._issues_of(rule, rows)

    def _issues_of(self, rule: Rule, rows: pl.DataFrame) -> Iterator[Issue]:
        column, fix = self.positions.get(rule.field), self.fixes.get(rule.id, "")
        for row in rows.filter(rule.violated)[ROW_NUMBER]:
            address = cell_address(row, column)
            yield Issue(rule.id, rule.severity, self.resource, rule.message, row, rule.field, address, fix)


def own_issues(package: Package, more: Sequence[OwnCheck] = ()) -> Iterator[Issue]:
    """Yield what the rules of a package's author find, and those of `more`; and which rules cannot be run.

    The rules stand in the descriptor under `checks`. Of a package that is not hxl_kit's, only what looks like such
    rules is taken for some.
    """
    try:
        entries = (*own_checks(_stated(package)), *more)
    except UsageError as error:
        yield Issue(UNUSABLE, "error", "", str(error))
        return
    resources = {str(resource.descriptor.get("name")): resource for resource in resources_of(package)}
    yield from _unplaced(entries, list(resources))
    for name, resource in resources.items():
        if mine := [entry for entry in entries if entry.table == name]:
            yield from _resource_issues(package, resource, mine)


def _stated(package: Package) -> Any:
    """Return what the descriptor says under `checks`, an empty list where that is nothing of ours."""
    stated = package.descriptor.get("checks", [])
    if follows_profile(package.descriptor):
        return stated
    listed = stated if isinstance(stated, list) else []
    return listed if any(isinstance(entry, dict) and "rule" in entry for entry in listed) else []


def _unplaced(entries: Sequence[OwnCheck], tables: Collection[str]) -> Iterator[Issue]:
    for entry in entries:
        if entry.table not in tables:
            known = f"the package has {listed([*tables])}"
            lost = f"there is no table '{shown(entry.table)}'{nearest(entry.table, tables)}; {known}"
            why = lost if entry.table else f"it names no table; {known}"
            yield Issue(UNUSABLE, "error", "", f"rule '{entry.name}': {why}")


def _resource_issues(package: Package, resource: Resource, entries: Sequence[OwnCheck]) -> Iterator[Issue]:
    try:
        with opened(package, resource) as rows:
            fields = {field["name"]: field for field in resource.fields if field["name"] in rows.positions}
            columns = [_column(field) for field in fields.values()]
            asked, problems = _usable(resource.name, entries, columns, rows.positions)
            yield from (Issue(UNUSABLE, "error", resource.name, problem) for problem in problems)
            needed = [fields[name] for name in fields if name in asked.columns]
            for frame in rows.frames() if asked.rules else ():
                yield from asked.issues(_values(frame, needed))
    except InputError as error:
        yield not_checked("own rules", resource, error)


def _usable(
    resource: str, entries: Sequence[OwnCheck], columns: Sequence[Column], positions: Mapping[str, int]
) -> tuple[OwnRules, list[str]]:
    """Return the rules that can be run on such columns, and what is wrong with the others."""
    rules: list[Rule] = []
    problems = []
    for entry in entries:
        try:
            rules += own_rules([entry], resource, columns)
        except UsageError as error:
            problems.append(str(error))
    return OwnRules(resource, tuple(rules), fixes_of(entries), positions), problems


def fixes_of(entries: Sequence[OwnCheck]) -> dict[str, str]:
    """Return by slug what the author says to do about a finding."""
    return {explained(entry).slug: explained(entry).fix for entry in entries if entry.fix}


def _column(field: Mapping[str, Any]) -> Column:
    """Return the column that a field of any package's schema is."""
    constraints, tag = field.get("constraints"), field.get("hxl_tag")
    enum = constraints.get("enum") if isinstance(constraints, dict) else None
    texts = [value for value in enum if isinstance(value, str)] if isinstance(enum, list) else []
    known = Field(field["name"], "", "", _type(field), {"enum": texts} if texts else {}, "", _text(tag))
    return column_of(known)


def _text(given: Any) -> str:
    return given if isinstance(given, str) else ""


def _type(field: Mapping[str, Any]) -> str:
    given = str(field.get("type", "any"))
    return _READ_AS.get(given, given)


def _values(frame: pl.DataFrame, fields: Sequence[Mapping[str, Any]]) -> pl.DataFrame:
    """Return rows of text as values, by their fields; a cell that is none of its type has none."""
    texts = frame.with_columns(logical(frame[field["name"]], field) for field in fields if _is_shaped(field))
    return texts.select(ROW_NUMBER, *(_value(field) for field in fields))


def _is_shaped(field: Mapping[str, Any]) -> bool:
    """Return whether a field is written otherwise than the standard's own."""
    return field.get("format", "default") != "default" or any(key in field for key in SHAPING)


def _value(field: Mapping[str, Any]) -> pl.Expr:
    name, kind = field["name"], _type(field)
    if kind not in _TYPED:
        return pl.col(name)
    return typed(Field(name, "", "", kind, {}, "", "")).alias(name)
