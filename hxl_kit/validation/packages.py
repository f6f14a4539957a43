"""A package: frictionless' verdict, the standard, the profile, and the themes over every table that is understood."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hxl_kit.errors import InputError
from hxl_kit.reading import open_table
from hxl_kit.reading.packages import read_package
from hxl_kit.standard.messages import N_
from hxl_kit.standard.tables import table, table_names
from hxl_kit.standard.tags import parse_tag
from hxl_kit.validation.columns import recognised_as_table, recognised_loosely
from hxl_kit.validation.domain import Subject, Whole, row_issues, row_rules, subject_of
from hxl_kit.validation.forms import Forms, sums
from hxl_kit.validation.guarded import harmless_path
from hxl_kit.validation.hashtags import hashtag_issues
from hxl_kit.validation.own import own_issues
from hxl_kit.validation.profile import follows_profile, profile_issues
from hxl_kit.validation.report import Collected, Issue, Report, TableFile
from hxl_kit.validation.strict import strict_issues
from hxl_kit.validation.verdict import collect_verdict

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from hxl_kit.checks.rule import Rule
    from hxl_kit.gate import Memory
    from hxl_kit.reading import TableText
    from hxl_kit.reading.packages import Package
    from hxl_kit.reading.remote import RemotePolicy
    from hxl_kit.standard.tags import Tag
    from hxl_kit.validation.asked import Asked
    from hxl_kit.validation.selection import Selection


def package_report(
    path: Path, asked: Asked, limit: int, *, memory: Memory | None, remote: RemotePolicy
) -> Report:
    """Return the report on a package.

    Raises:
        InputError: there is none that can be read.
    """
    chosen = asked.chosen
    package, descriptor = read_package(path, remote), harmless_path(path, remote)
    found = Collected(limit)
    found.tables.update({n: TableFile(package.path_of(r)) for n, r in package.tables.items()})
    said = [resource.get("rows") for resource in package.tables.values()]
    rows = sum(number for number in said if type(number) is int)
    if chosen.any_of("frictionless"):
        rows = rows_read(collect_verdict(descriptor, found, memory=memory, remote=remote))
    if chosen.any_of("strict"):
        found.extend(i for i in strict_issues(package) if chosen.runs("strict", i.rule))
    if "profile" in chosen and follows_profile(package.descriptor):
        found.extend(profile_issues(package.descriptor))
    whole = Whole(chosen, asked.context)
    for name in package.tables:
        found.extend(_table_issues(package, name, chosen, whole))
    found.extend(whole.issues())
    if chosen.any_of("hashtags"):
        found.extend(i for i in hashtag_issues(package) if chosen.runs("hashtags", i.rule))
    if "own" in chosen or asked.rules:
        found.extend(own_issues(package, asked.rules))
    if chosen.any_of("hxl-schema"):
        found.extend(asked.hxl_schema.package_issues(package, chosen))
    return found.report((str(descriptor),), rows)


def verdict_report(path: Path, limit: int, memory: Memory | None, remote: RemotePolicy) -> Report:
    """Return frictionless' word alone on a package, a resource's descriptor or a bare table."""
    found = Collected(limit)
    rows = rows_read(collect_verdict(path, found, memory=memory, remote=remote))
    return found.report((str(path),), rows)


def rows_read(read: dict[str, int]) -> int:
    """Return the number of data rows: a companion repeats the rows of its table, which are counted once."""
    companions = {f"{name}-hxl" for name in read}
    return sum(count for name, count in read.items() if name not in companions)


def _table_issues(package: Package, name: str, chosen: Selection, whole: Whole) -> Iterator[Issue]:
    """Yield what themes find in a table, by its fields' names if it is the standard's own, else by their tags."""
    resource = package.tables[name]
    path = package.path_of(resource)
    if not path.is_file():
        return
    try:
        with open_table(path) as text:
            yield from _rows_issues(resource, text, chosen, whole)
    except InputError:
        message = N_("cannot be read as a table by itself: places, dates, figures and text were not checked")
        yield Issue("not-checked", "info", name, message)


def _rows_issues(
    resource: dict[str, Any], text: TableText, chosen: Selection, whole: Whole
) -> Iterator[Issue]:
    name = resource["name"]
    subject = _subject(resource, text)
    forms = Forms.of_text(name, text.header, chosen, _sums(resource, text, subject, chosen))
    rules: Sequence[Rule] = ()
    if subject:
        whole = whole.of(subject)
        rules = _without_listed(row_rules(subject, chosen, whole.context), resource, chosen)
    for batch in text.batches():
        yield from forms.issues(batch)
        if subject:
            rows = subject.rows(batch)
            yield from row_issues(subject, rules, rows)
            whole.add(subject, rows)


def _subject(resource: dict[str, Any], text: TableText) -> Subject | None:
    name = resource["name"]
    if name in table_names():
        owner = table(name)
        return Subject(name, text.header, owner, {f.name: f for f in owner.fields if f.name in text.header})
    tags = _tags(resource, text)
    if not any(tags):
        return None
    found = recognised_as_table(text.header, tags) or recognised_loosely(text.header, tags)
    return subject_of(name, text.header, found) if found else None


def _sums(
    resource: dict[str, Any], text: TableText, subject: Subject | None, chosen: Selection
) -> tuple[Rule, ...]:
    """Return the rules on totals and parts in tagged columns; the standard's tables have them in rows."""
    tags = _tags(resource, text)
    if resource["name"] in table_names() or not any(tags):
        return ()
    return sums(text.header, tags, subject.fields if subject else (), chosen)


def _tags(resource: dict[str, Any], text: TableText) -> list[Tag | None]:
    """Return the tags that a resource's schema gives to the columns of its file."""
    tags = {str(field.get("name")): parse_tag(str(field.get("hxl_tag", ""))) for field in _fields(resource)}
    return [tags.get(column) for column in text.header]


def _without_listed(rules: Sequence[Rule], resource: dict[str, Any], chosen: Selection) -> tuple[Rule, ...]:
    """Return the rules without those on codes that the package's own schema lists: frictionless has judged them."""
    if not chosen.any_of("frictionless"):
        return tuple(rules)
    listed = {
        str(field.get("name"))
        for field in _fields(resource)
        if isinstance(field.get("constraints"), dict) and "enum" in field["constraints"]
    }
    return tuple(rule for rule in rules if rule.id != "constraint-enum" or rule.field not in listed)


def _fields(resource: dict[str, Any]) -> list[dict[str, Any]]:
    schema = resource["schema"]
    given = schema.get("fields") if isinstance(schema, dict) else None
    return [field for field in given if isinstance(field, dict)] if isinstance(given, list) else []
