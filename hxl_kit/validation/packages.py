"""A package: frictionless' verdict, the standard, the profile, and the themes over every table that is understood."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hxl_kit.reading.packages import read_package
from hxl_kit.validation.domain import Whole
from hxl_kit.validation.guarded import harmless_path
from hxl_kit.validation.hashtags import hashtag_issues
from hxl_kit.validation.own import own_issues
from hxl_kit.validation.package_tables import table_issues
from hxl_kit.validation.profile import follows_profile, profile_issues
from hxl_kit.validation.report import Collected, Report, TableFile
from hxl_kit.validation.screening import looks_at_people
from hxl_kit.validation.screening_files import screened_package
from hxl_kit.validation.strict import strict_issues
from hxl_kit.validation.verdict import collect_verdict
from hxl_kit.validation.waivers import waived_issues

if TYPE_CHECKING:
    from pathlib import Path

    from hxl_kit.gate import Memory
    from hxl_kit.reading.remote import RemotePolicy
    from hxl_kit.validation.asked import Asked


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
    found.extend(table_issues(package, chosen, whole))
    found.extend(whole.issues())
    if chosen.any_of("hashtags"):
        found.extend(i for i in hashtag_issues(package) if chosen.runs("hashtags", i.rule))
    if looks_at_people(chosen):
        found.extend(waived_issues(screened_package(package, chosen), package.descriptor))
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
