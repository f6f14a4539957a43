"""Descriptors held to the profiles they name, from bundled copies (`schemas/profiles`); nothing is fetched."""

from __future__ import annotations

import csv
import json
from functools import cache
from typing import TYPE_CHECKING, Any

from hxl_kit.errors import InputError
from hxl_kit.files import require_plain_file
from hxl_kit.reading.packages import is_safe_path
from hxl_kit.reading.table import shown
from hxl_kit.standard import schemas
from hxl_kit.validation.report import Issue
from hxl_kit.validation.strict.bounded import UnboundedError, bounded, sentence, trusted
from hxl_kit.validation.strict.parts import resources_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from hxl_kit.reading.packages import Package
    from hxl_kit.validation.strict.bounded import Judge

RULE = "datapackage-profile"
LARGEST = 1 << 20
MOST = 100


def datapackage_profiles(package: Package) -> Iterator[Issue]:
    """Yield what the package, its resources, schemas and dialects lack of the profiles they name.

    The standard: Data Package, "$schema" (v2), and the Profiles specification (v1, "profile").
    """
    yield from _judged(package, "", "", package.descriptor)
    for resource in resources_of(package):
        yield from _judged(package, resource.name, resource.place, resource.descriptor)
        for part in ("schema", "dialect"):
            descriptor = resource.descriptor.get(part)
            if isinstance(descriptor, dict):
                yield from _judged(package, resource.name, f"{resource.place}.{part}", descriptor)


def _judged(package: Package, name: str, place: str, descriptor: dict[str, Any]) -> Iterator[Issue]:
    for key in ("$schema", "profile"):
        given = descriptor.get(key)
        if not isinstance(given, str) or not given or (key == "profile" and "$schema" in descriptor):
            continue
        try:
            judge = _judge(package.folder, given)
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


def _judge(folder: Path, given: str) -> Judge:
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
    return bounded(_local(folder, given))


@cache
def _bundled() -> dict[str, str]:
    """Return the file of each bundled profile by every name it has."""
    with schemas.path_of("profiles", "profiles.csv").open(encoding="utf-8", newline="") as file:
        return {name: row["file"] for row in csv.DictReader(file) for name in row["names"].split()}


@cache
def _bundled_judge(file: str) -> Judge:
    return trusted(json.loads(schemas.path_of("profiles", *file.split("/")).read_text(encoding="utf-8")))


def _local(folder: Path, given: str) -> Any:
    """Return a profile that is a file of the package.

    Raises:
        InputError: the path is not safe, or the file is not small JSON.
    """
    if not is_safe_path(given):
        raise InputError("is no safe path inside the package")
    step = folder
    for part in given.split("/"):
        step = step / part
        if step.is_symlink():
            raise InputError("goes through a symbolic link")
    file = require_plain_file(step)
    if file.stat().st_size > LARGEST:
        raise InputError(f"is larger than {LARGEST:,} bytes")
    try:
        return json.loads(file.read_bytes())
    except (ValueError, RecursionError) as error:
        raise InputError("is not JSON that can be read") from error
