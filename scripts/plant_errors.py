"""Plant one error for each check into copies of a reference package and into bare files, and see what is told.

    python scripts/plant_errors.py [--from PACKAGE] OUT

Writes the copies into OUT (a new folder), validates them and both reference packages as they are, and prints per check
where its error was planted and found. The exit code is 1 if an error is missed, told more gravely than its check says,
or if anything else is told.

A check is planted in one place: rows of the standard's tables in `planting/in_tables.py`, descriptors and files of packages
in `planting/for_frictionless.py` and `planting/in_packages.py`, bare files and HXL schemas in `planting/in_files.py`; those
that cannot be planted stand in `planting/unplanted.csv` with the reason.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections import Counter
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from planting import (
    for_frictionless,  # noqa: F401 - its plants are registered
    in_packages,  # noqa: F401 - likewise
)
from planting.in_files import file_specimens, hxl_specimens
from planting.in_tables import PLANTS
from planting.plants import Specimen, Spot
from planting.sound_rows import planted_package
from planting.spoilt_copies import package_specimens

from hxl_kit.validation.catalogue import check_sets, checks_by_slug
from hxl_kit.validation.engine import validate
from hxl_kit.validation.hxl_schemas import SchemaFile
from hxl_kit.validation.repository.running import Order, reports_on

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hxl_kit.validation.report import Issue, Report
from hxl_kit.validation.screening import SETS as PEOPLE
from hxl_kit.validation.selection import OPTIONAL

ROOT = Path(__file__).parents[1]
REFERENCES = (ROOT / "datapackages" / "nw-syria-2024", ROOT / "datapackages" / "ucdp-ged-syria")
UNPLANTED = Path(__file__).with_name("planting") / "unplanted.csv"
LIMIT = 100_000
SETS = tuple(each.name for each in check_sets() if each.name not in (*PEOPLE, *OPTIONAL))
"""All that `validate` runs of itself but the looks for people, which have labelled columns of their own."""

GRAVITY = ("info", "warning", "error")


@dataclass(frozen=True)
class Outcome:
    """What was told of a specimen.

    Attributes:
        found: the planted errors that are told, as they are.
        missed: those that are not.
        others: what is told besides, or of another gravity than its check has.
    """

    specimen: Specimen
    found: tuple[Issue, ...]
    missed: tuple[Spot, ...]
    others: tuple[Issue, ...]

    @property
    def fine(self) -> bool:
        """Whether every planted error was found, and nothing else."""
        return not self.missed and not self.others


def examined(specimen: Specimen) -> Outcome:
    """Validate a specimen by all checks (by its HXL schema alone, if it has one), and return what was told."""
    asked: dict[str, Any] = {"checks": SETS}
    if specimen.hxl_schema:
        asked = {"checks": ["hxl-schema"], "hxl_schema": SchemaFile(specimen.hxl_schema)}
    (report,) = reports_on([specimen.path], Order(partial(validate, **asked), LIMIT))
    return judged(specimen, report.issues)


def judged(specimen: Specimen, issues: tuple[Issue, ...]) -> Outcome:
    """Return which of the issues are the planted errors, and which are not."""
    awaited, usual = Counter(specimen.planted), Counter(specimen.beside)
    found, others = [], []
    for issue in issues:
        spot = Spot.of(issue)
        if awaited[spot] and not _too_grave(issue):
            awaited[spot] -= 1
            found.append(issue)
        elif usual[spot]:
            usual[spot] -= 1
        else:
            others.append(issue)
    missed = (*awaited.elements(), *usual.elements())
    return Outcome(specimen, tuple(found), missed, tuple(others))


def _too_grave(issue: Issue) -> bool:
    known = checks_by_slug().get(issue.rule)
    return known is not None and GRAVITY.index(issue.severity) > GRAVITY.index(known.severity)


def specimens(package: Path, out: Path, untouched: Report) -> Iterator[Specimen]:
    """Yield all specimens in a new folder; `untouched` is the report on the package as it is."""
    usual = tuple(map(Spot.of, untouched.issues))
    yield planted_package(package, out / "tables", PLANTS, usual)
    yield from package_specimens(package, out / "packages")
    yield from file_specimens(out / "files")
    yield from hxl_specimens(out / "hxl")


def unplanted() -> dict[str, str]:
    """Return the checks that cannot be planted, and why."""
    with UNPLANTED.open(encoding="utf-8", newline="") as text:
        return {row["check"]: row["reason"] for row in csv.DictReader(text)}


def main() -> int:
    """Plant, validate and print; return 1 if an error is missed or something else is told."""
    options = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    options.add_argument(
        "--from", dest="package", type=Path, default=REFERENCES[0], help="the package to copy"
    )
    options.add_argument("out", type=Path, help="a new folder for the copies")
    given = options.parse_args()
    if given.out.exists():
        options.error(f"{given.out} is there already; name a new folder")
    package = given.package.resolve()
    reports = {path: validate(path, SETS, limit=LIMIT) for path in {*REFERENCES, package}}
    told = [_told_untouched(path, reports[path]) for path in sorted(reports)]
    told += [_told(examined(specimen)) for specimen in specimens(package, given.out, reports[package])]
    fine = all(told)
    for check, reason in unplanted().items():
        print(f"{check}: not planted. {reason}")
    print("every planted error was found, and nothing else" if fine else "NOT as planted: see above")
    return 0 if fine else 1


def _told_untouched(path: Path, report: Report) -> bool:
    """Print what is told of a package as it is, and return whether it is valid."""
    print(f"{path.name}, untouched: {'valid' if report.valid else 'NOT valid'}")
    for (severity, check, resource), number in report.groups.items():
        print(f"    {severity} {check}: {number:,} in {resource or 'the package'}")
    return report.valid


def _told(outcome: Outcome) -> bool:
    """Print an outcome, and return whether it is as it should be."""
    name = f"{outcome.specimen.path.parent.name}/{outcome.specimen.path.name}"
    for issue in outcome.found:
        print(f"{issue.rule}: planted and found in {name}: {Spot.of(issue)} ({issue.severity})")
    for spot in outcome.missed:
        print(f"{spot.check}: planted and MISSED in {name}: {spot}")
    for issue in outcome.others:
        print(f"{issue.rule}: told BESIDES in {name}: {Spot.of(issue)} ({issue.severity}): {issue.told()}")
    return outcome.fine


if __name__ == "__main__":
    sys.exit(main())
