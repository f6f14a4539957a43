"""Validate: a package or a bare table, by frictionless and by the standard's own rules."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import polars as pl

from hxl_kit.checks.constraints import field_rules
from hxl_kit.checks.figures import range_rules
from hxl_kit.checks.forms import ascii_digits
from hxl_kit.checks.guards import row_rules
from hxl_kit.checks.rule import Rule
from hxl_kit.checks.words import words_rules
from hxl_kit.errors import UsageError, nearest
from hxl_kit.gate import Request, frictionless_report
from hxl_kit.mapping import tidy, typed
from hxl_kit.reading import open_table
from hxl_kit.reading.packages import Package, is_package, read_package
from hxl_kit.reading.remote import NO_REMOTE, RemotePolicy
from hxl_kit.standard.tables import Field, Table, table, table_names
from hxl_kit.validation.columns import Recognised, recognised
from hxl_kit.validation.comparing import Comparison
from hxl_kit.validation.forms import form_issues, header_issues, reading_issues, rules_for
from hxl_kit.validation.guarded import harmless_path
from hxl_kit.validation.profile import follows_profile, profile_issues
from hxl_kit.validation.report import Collected, Issue, Report, cell_address
from hxl_kit.validation.strict import strict_issues
from hxl_kit.validation.verdict import collect_verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from hxl_kit.gate import Memory
    from hxl_kit.reading import Batch, TableText

CHECKS = {
    "frictionless": "the verdict of frictionless 5.21: types, constraints, keys, references, hashes",
    "strict": "what Data Package v2 asks beyond frictionless 5.21: unique keys, categories, profiles, paths, Parquet",
    "profile": "what a package of hxl_kit must say about itself (schemas/profile.json)",
    "codelists": "codes of the standard's fields are in their code lists",
    "figures": "low ≤ high, a range contains its value, and a figure is what its words say",
    "guards": "what must hold of figures before they may be added (schemas/guards.csv)",
}
"""The sets of checks and what each one asks."""


def validate(
    path: Path,
    checks: Iterable[str],
    *,
    limit: int,
    sheet: str | None = None,
    encoding: str | None = None,
    remote: RemotePolicy = NO_REMOTE,
    memory: Memory | None = None,
) -> Report:
    """Return the report on a package (a folder or its datapackage.json) or on a bare table.

    `limit` bounds the listing, never the counts. `remote` says which addresses a package may name, and `memory`
    remembers what frictionless found clean.

    Raises:
        InputError: nothing there can be read.
        UsageError: there is no such set of checks.
    """
    chosen = set(checks)
    for name in chosen - {"all", *CHECKS}:
        raise UsageError(
            f"validate: no checks '{name}'{nearest(name, ('all', *CHECKS))}; known: all, {', '.join(CHECKS)}"
        )
    if chosen == {"frictionless"}:
        return _verdict_report(harmless_path(path, remote), limit, memory, remote)
    if is_package(path):
        every = set(CHECKS) if "all" in chosen else chosen
        return _package_report(path, every, limit, memory, remote)
    return _table_report(path, set(CHECKS) if "all" in chosen else chosen, limit, sheet, encoding)


def _package_report(
    path: Path, chosen: set[str], limit: int, memory: Memory | None, remote: RemotePolicy
) -> Report:
    package, descriptor = read_package(path, remote), harmless_path(path, remote)
    found = Collected(limit)
    said = [resource.get("rows") for resource in package.tables.values()]
    rows = sum(number for number in said if type(number) is int)
    if "frictionless" in chosen:
        rows = _rows(collect_verdict(descriptor, found, memory=memory, remote=remote))
    if "strict" in chosen:
        found.extend(strict_issues(package))
    if "profile" in chosen and follows_profile(package.descriptor):
        found.extend(profile_issues(package.descriptor))
    comparison = Comparison()
    for name in package.tables:
        found.extend(_resource_issues(package, name, chosen, comparison))
    found.extend(comparison.issues())
    return found.report((str(descriptor),), rows)


def frictionless_json(path: Path, request: Request, remote: RemotePolicy = NO_REMOTE) -> dict[str, Any]:
    """Return what `frictionless validate PATH --json` prints.

    Raises:
        InputError: the path, or what a descriptor names, is not to be opened at all.
    """
    return frictionless_report(harmless_path(path, remote), request, remote).descriptor


def _verdict_report(path: Path, limit: int, memory: Memory | None, remote: RemotePolicy) -> Report:
    """Return frictionless' word alone on a package, a resource's descriptor or a bare table."""
    found = Collected(limit)
    rows = _rows(collect_verdict(path, found, memory=memory, remote=remote))
    return found.report((str(path),), rows)


def _rows(read: dict[str, int]) -> int:
    """Return the number of data rows: a companion repeats the rows of its table, which are counted once."""
    companions = {f"{name}-hxl" for name in read}
    return sum(count for name, count in read.items() if name not in companions)


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
        if "frictionless" in chosen:
            listed = _fields_with_codes(package.tables[name])
            rules = tuple(rule for rule in rules if rule.id != "constraint-enum" or rule.field not in listed)
        for batch in text.batches():
            typed_rows = _typed(batch, fields)
            yield from _batch_issues(typed_rows, name, text, fields, rules)
            if "guards" in chosen:
                comparison.add(name, text.header, typed_rows)


def _fields_with_codes(resource: dict[str, Any]) -> set[str]:
    """Return the fields whose codes the package's own schema lists: frictionless has judged them."""
    schema = resource["schema"]
    given = schema.get("fields") if isinstance(schema, dict) else None
    fields = given if isinstance(given, list) else []
    return {
        str(field.get("name"))
        for field in fields
        if isinstance(field, dict)
        and isinstance(field.get("constraints"), dict)
        and "enum" in field["constraints"]
    }


def _table_report(
    path: Path, chosen: set[str], limit: int, sheet: str | None, encoding: str | None
) -> Report:
    issues, rows, keys = Collected(limit), 0, []
    with open_table(path, encoding=encoding, sheet=sheet) as text:
        found = recognised(text)
        issues.extend(reading_issues(path.name, text, found))
        issues.extend(_column_issues(path.name, text, found))
        fields = dict(found.fields) if found else {}
        rules = _rules(found.owner, fields.values(), chosen, constraints=True) if found else ()
        rules = rules if found is None or found.complete else tuple(map(_lenient, rules))
        forms = rules_for(text, found)
        for number, batch in enumerate(text.batches()):
            rows += batch.frame.height
            issues.extend(header_issues(path.name, text, batch.frame) if not number else ())
            issues.extend(
                Issue("row-cells", "error", path.name, bad.reason, row=bad.row_number) for bad in batch.bad
            )
            issues.extend(form_issues(path.name, text, batch, forms))
            issues.extend(
                _batch_issues(_typed(batch, fields), path.name, text, fields, rules, unreadable=True)
            )
            if found and found.key:
                keys.append(batch.frame.select("row_number", *found.key))
    if found and keys:
        issues.extend(_key_issues(path.name, pl.concat(keys), found.key))
    if not rows:
        issues.add(Issue("no-rows", "warning", path.name, "has a header but no data rows"))
    return issues.report((str(path),), rows)


def _lenient(rule: Rule) -> Rule:
    """Return the rule on codes as a warning: a table that is not wholly ours may have codes of its own."""
    return replace(rule, severity="warning") if rule.id == "constraint-enum" else rule


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
    numeric = [field.name for field in fields.values() if field.type in ("integer", "number")]
    named, _ = tidy(named.with_columns(ascii_digits(pl.col(name)).alias(name) for name in numeric), columns)
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
        read_as = "" if column == finding.rule.field else f" (the column is read as {finding.rule.field})"
        for row in rows:
            address = cell_address(row, text.header.index(column) + 1)
            yield Issue(
                finding.rule.id,
                finding.rule.severity,
                resource,
                finding.rule.message + read_as,
                row,
                column,
                address,
            )


def _unreadable(resource: str, field: Field) -> _Finding:
    lost = pl.col(f"@{field.name}").is_not_null() & pl.col(field.name).is_null()
    return _Finding(
        lost, Rule("type-error", resource, field.name, "error", lost, f"is not of type {field.type}")
    )
