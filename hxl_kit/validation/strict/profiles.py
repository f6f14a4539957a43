"""Descriptors held to the profiles they name, from bundled copies (`schemas/profiles`); nothing is fetched."""

from __future__ import annotations

import csv
import json
from functools import cache
from typing import TYPE_CHECKING, Any

from hxl_kit.errors import InputError
from hxl_kit.reading.table import shown
from hxl_kit.standard import schemas
from hxl_kit.validation.report import Issue
from hxl_kit.validation.strict.bounded import UnboundedError, bounded, sentence, trusted
from hxl_kit.validation.strict.parts import own_json, resources_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hxl_kit.reading.packages import Package
    from hxl_kit.validation.strict.bounded import Judge

RULE = "datapackage-profile"
MOST = 100


def datapackage_profiles(package: Package) -> Iterator[Issue]:
    """Yield what the package, its resources, schemas and dialects lack of the profiles they name.

    The standard: Data Package, "$schema" (v2), and the Profiles specification (v1, "profile").
    """
    yield from _judged(package, "", "", package.descriptor)
    for resource in resources_of(package):
        yield from _judged(package, resource.name, resource.place, resource.descriptor)
        for part, found in (("schema", resource.schema), ("dialect", resource.dialect)):
            yield from _judged(package, resource.name, f"{resource.place}.{part}", found)


def _judged(package: Package, name: str, place: str, descriptor: dict[str, Any]) -> Iterator[Issue]:
    for key in ("$schema", "profile"):
        given = descriptor.get(key)
        if not isinstance(given, str) or not given or (key == "profile" and "$schema" in descriptor):
            continue
        try:
            judge = _judge(package, given)
            yield from _errors(judge, name, place, descriptor)
        except (UnboundedError, InputError) as error:
            message = f"{_within(place, key)}: the profile '{shown(given)}' {error}; not checked offline"
            yield Issue(RULE, "warning", name, message)


def _errors(judge: Judge, name: str, place: str, descriptor: dict[str, Any]) -> Iterator[Issue]:
    found = judge.errors(descriptor)
    found.sort(key=lambda error: [str(part) for part in error.absolute_path])
    for error in found[:MOST]:
        yield Issue(RULE, "error", name, f"{place or 'datapackage.json'}: {sentence(error)}")
    if len(found) > MOST:
        yield Issue(RULE, "error", name, f"{place or 'datapackage.json'}: {len(found) - MOST:,} errors more")


def _within(place: str, key: str) -> str:
    return f"{place}.{key}" if place else key


def _judge(package: Package, given: str) -> Judge:
    """Return the judge of a profile by its name, its address or its path in the package.

    Raises:
        InputError: it is none that is known, nor a file of the package.
        UnboundedError: the file cannot be judged within bounds.
    """
    name = given.removeprefix("https://").removeprefix("http://").rstrip("#")
    if name in _bundled():
        return _bundled_judge(_bundled()[name])
    if "://" in given:
        raise InputError("is not among the bundled ones, and none is ever fetched")
    return bounded(own_json(package, given))


@cache
def _bundled() -> dict[str, str]:
    """Return the file of each bundled profile by every name it has."""
    with schemas.path_of("profiles", "profiles.csv").open(encoding="utf-8", newline="") as file:
        return {name: row["file"] for row in csv.DictReader(file) for name in row["names"].split()}


@cache
def _bundled_judge(file: str) -> Judge:
    return trusted(json.loads(schemas.path_of("profiles", *file.split("/")).read_text(encoding="utf-8")))
