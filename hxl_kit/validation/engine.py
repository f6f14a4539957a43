"""Validate: a package or a bare table, by frictionless and by the standard's own rules."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.checks.constraints import field_rules
from hxl_kit.checks.figures import range_rules
from hxl_kit.checks.guards import row_rules
from hxl_kit.checks.rule import Rule
from hxl_kit.checks.words import words_rules
from hxl_kit.errors import UsageError, nearest
from hxl_kit.mapping import tidy, typed
from hxl_kit.reading import open_table
from hxl_kit.reading.packages import DESCRIPTOR, Package, read_package
from hxl_kit.standard.tables import Field, Table, table, table_names
from hxl_kit.validation.columns import Recognised, recognised
from hxl_kit.validation.comparing import Comparison
from hxl_kit.validation.oracle import package_issues
from hxl_kit.validation.profile import follows_profile, profile_issues
from hxl_kit.validation.report import Issue, Report, cell_address

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from hxl_kit.reading import Batch, TableText

CHECKS = {
    "frictionless": "the verdict of frictionless 5.21: types, constraints, keys, references, hashes",
    "profile": "what a package of hxl_kit must say about itself (schemas/profile.json)",
    "codelists": "codes of the standard's fields are in their code lists",
    "figures": "low ≤ high, a range contains its value, and a figure is what its words say",
    "guards": "what must hold of figures before they may be added (schemas/guards.csv)",
}
"""The sets of checks and what each one asks."""


def validate(
    path: Path, checks: Iterable[str], *, limit: int, sheet: str | None = None, encoding: str | None = None
) -> Report:
    """Return the report on a package (a folder or its datapackage.json) or on a bare table.

    Raises:
        InputError: nothing there can be read.
        UsageError: there is no such set of checks.
    """
    chosen = set(checks)
    for name in chosen - {"all", *CHECKS}:
        raise UsageError(
            f"validate: no checks '{name}'{nearest(name, ('all', *CHECKS))}; known: all, {', '.join(CHECKS)}"
        )
    chosen = set(CHECKS) if "all" in chosen else chosen
    if path.is_dir() or path.name == DESCRIPTOR or path.suffix == ".json":
        return _package_report(read_package(path), chosen, limit)
    return _table_report(path, chosen, limit, sheet, encoding)


def _package_report(package: Package, chosen: set[str], limit: int) -> Report:
    issues: list[Issue] = []
    said = [resource.get("rows") for resource in package.tables.values()]
    rows = sum(number for number in said if type(number) is int)
    if "frictionless" in chosen:
        issues, read = package_issues(package.descriptor, package.folder)
        # A companion repeats the rows of its table: they are read, and counted once.
        companions = {f"{name}-hxl" for name in read}
        rows = sum(count for name, count in read.items() if name not in companions)
    if "profile" in chosen and follows_profile(package.descriptor):
        issues += profile_issues(package.descriptor)
    known = {(issue.resource, issue.row, issue.field) for issue in issues}
    comparison = Comparison()
    for name in package.tables:
        found = _resource_issues(package, name, chosen, comparison)
        issues += [issue for issue in found if (issue.resource, issue.row, issue.field) not in known]
    issues += comparison.issues()
    return Report((str(package.folder / DESCRIPTOR),), tuple(issues), rows, limit)


def _resource_issues(
    package: Package, name: str, chosen: set[str], comparison: Comparison
) -> Iterator[Issue]:
    """Yield what the standard's rules find in a clean table of its own; other tables have no such rules."""
    path = package.path_of(package.tables[name])
    if name not in table_names() or not path.is_file():
        return
    owner = table(name)
    with open_table(path) as text:
        fields = {f.name: f for f in owner.fields if f.name in text.header}
        rules = _rules(owner, fields.values(), chosen)
        for batch in text.batches():
            typed_rows = _typed(batch, fields)
            yield from _batch_issues(typed_rows, name, text, fields, rules)
            if "guards" in chosen:
                comparison.add(name, text.header, typed_rows)


def _table_report(
    path: Path, chosen: set[str], limit: int, sheet: str | None, encoding: str | None
) -> Report:
    issues: list[Issue] = []
    rows, keys = 0, []
    with open_table(path, encoding=encoding, sheet=sheet) as text:
        found = recognised(text)
        issues += [Issue("reading", "info", path.name, note) for note in text.notes]
        issues += _column_issues(path.name, text, found)
        fields = dict(found.fields) if found else {}
        rules = _rules(found.owner, fields.values(), chosen, constraints=True) if found else ()
        for batch in text.batches():
            rows += batch.frame.height
            issues += [
                Issue("row-cells", "error", path.name, bad.reason, row=bad.row_number) for bad in batch.bad
            ]
            issues += _batch_issues(_typed(batch, fields), path.name, text, fields, rules, unreadable=True)
            if found and found.key:
                keys.append(batch.frame.select("row_number", *found.key))
    if found and keys:
        issues += _key_issues(path.name, pl.concat(keys), found.key)
    if not rows:
        issues.append(Issue("no-rows", "warning", path.name, "has a header but no data rows"))
    return Report((str(path),), tuple(issues), rows, limit)


def _column_issues(resource: str, text: TableText, found: Recognised | None) -> Iterator[Issue]:
    """Say what the columns were taken for, and which ones nothing is known of."""
    if found is None:
        message = "its columns are of no table or source that is known: only its form was checked"
        yield Issue("unknown-table", "warning", resource, message)
        return
    others = [name for name in text.header if name not in found.fields]
    if others:
        yield Issue(
            "unknown-columns", "info", resource, f"checked as {found.known}, without: {', '.join(others)}"
        )


def _key_issues(resource: str, keys: pl.DataFrame, columns: Sequence[str]) -> Iterator[Issue]:
    repeated = keys.filter(
        ~pl.struct(columns).is_first_distinct(), pl.all_horizontal(pl.col(columns).is_not_null())
    )
    for row in repeated["row_number"]:
        yield Issue(
            "primary-key", "error", resource, "repeats the key of a row above", row, "/".join(columns)
        )


def _rules(
    owner: Table, fields: Iterable[Field], chosen: set[str], *, constraints: bool = False
) -> tuple[Rule, ...]:
    """Return the rules to run; frictionless holds packages to the constraints, here they serve bare tables."""
    named = list(fields)
    rules = [rule for field in named for rule in field_rules(owner, field)]
    kept = [rule for rule in rules if constraints or (rule.id == "constraint-enum" and "codelists" in chosen)]
    names = {field.name for field in named}
    sets = {"figures": (*range_rules(owner.name), *words_rules(owner.name)), "guards": row_rules(owner.name)}
    figures = [rule for name in ("figures", "guards") if name in chosen for rule in sets[name]]
    return (*kept, *(rule for rule in figures if set(rule.violated.meta.root_names()) <= names))


@dataclass(frozen=True)
class _Finding:
    """A condition on the typed rows of a batch, and what it means."""

    condition: pl.Expr
    rule: Rule


def _typed(batch: Batch, fields: dict[str, Field]) -> pl.DataFrame:
    """Return a batch's cells as the fields' types, and as given beside them (`@name`)."""
    columns = {field.name: column for column, field in fields.items()}
    named = batch.frame.select(
        "row_number", *(pl.col(column).alias(name) for name, column in columns.items())
    )
    named, _ = tidy(named, columns)
    given = [pl.col(name).alias(f"@{name}") for name in columns]
    return named.select("row_number", *(typed(f).alias(f.name) for f in fields.values()), *given)


def _batch_issues(
    frame: pl.DataFrame,
    resource: str,
    text: TableText,
    fields: dict[str, Field],
    rules: Sequence[Rule],
    *,
    unreadable: bool = False,
) -> Iterator[Issue]:
    """Yield the issues of typed rows, by rule; `fields` tells which column is read as which field."""
    if not fields or not frame.height:
        return
    columns = {field.name: column for column, field in fields.items()}
    findings = [_Finding(rule.violated, rule) for rule in rules]
    if unreadable:
        findings += [_unreadable(resource, field) for field in fields.values()]
    for finding in findings:
        rows = frame.filter(finding.condition)["row_number"]
        column = columns[finding.rule.field]
        for row in rows:
            address = cell_address(row, text.header.index(column) + 1)
            yield Issue(
                finding.rule.id, finding.rule.severity, resource, finding.rule.message, row, column, address
            )


def _unreadable(resource: str, field: Field) -> _Finding:
    lost = pl.col(f"@{field.name}").is_not_null() & pl.col(field.name).is_null()
    return _Finding(
        lost, Rule("type-error", resource, field.name, "error", lost, f"is not of type {field.type}")
    )
