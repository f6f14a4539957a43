"""What the files of others hold, said so that any validator can read them: encoding, delimiter, sheet, columns, tags."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from pathlib import PurePosixPath
from threading import Lock
from typing import TYPE_CHECKING, Any

from hxl_kit import __version__
from hxl_kit.describe import Description, describe_file
from hxl_kit.errors import InputError, UsageError
from hxl_kit.package.descriptor import descriptor_bytes
from hxl_kit.reading.packages import DESCRIPTOR
from hxl_kit.validation.engine import validate

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from hxl_kit.describe import ColumnDescription
    from hxl_kit.hdx.listed import ListedFile
    from hxl_kit.syncing.lock_file import LockedFile
    from hxl_kit.validation.report import Report

CHECKS = ("all",)
_LIMIT = 200
_PACKED = (b"\x1f\x8b", b"PK\x03\x04")
_MISREAD = frozenset(
    {
        "blank-header",
        "blank-label",
        "dialect-error",
        "duplicate-label",
        "encoding-error",
        "extra-label",
        "format-error",
        "incorrect-label",
        "missing-label",
        "source-error",
    }
)
"""frictionless' errors on a table as a whole: other readers do not find the columns that ours found."""

_ONE_AT_A_TIME = Lock()
"""frictionless keeps what it is allowed to fetch in one place for the whole process."""


@dataclass(frozen=True)
class Described:
    """A file that came: its resources (a workbook has one per sheet), the source it is certainly of, and notes."""

    path: str
    resources: tuple[dict[str, Any], ...]
    source: str = ""
    notes: tuple[str, ...] = ()


def described_file(stage: Path, file: ListedFile, copy: LockedFile) -> Described:
    """Return what a file holds; one that is no table is named, with its hash and size."""
    path = stage / copy.path
    told = _plain(file, copy)
    try:
        found = describe_file(path)
    except (InputError, UsageError):
        return Described(copy.path, (told,))
    sources = {c.id for each in found for c in each.candidates if c.certain and c.kind == "source"}
    resources = tuple(_resource(path, told, each, first=not number) for number, each in enumerate(found))
    return Described(copy.path, resources, sources.pop() if len(sources) == 1 else "")


def normalise_commands(out: Path, described: Sequence[Described]) -> Iterator[str]:
    """Yield the command that brings the files of each known source into the standard's tables."""
    for source in dict.fromkeys(file.source for file in described if file.source):
        files = [str(out / file.path) for file in described if file.source == source]
        target = out.parent / f"{out.name}-{source}"
        yield shlex.join(["hxl-kit", "normalise", *files, "--source", source, "-o", str(target)])


def validated(stage: Path, descriptor: dict[str, Any]) -> dict[str, Any]:
    """Return a summary of what validation finds in a described dataset.

    Where frictionless does not find the columns that we found, the resource is left in the descriptor as a plain file.
    """
    with _ONE_AT_A_TIME:
        report = _report(stage, descriptor)
        misread = {rule_of[2] for rule_of in report.groups if rule_of[1] in _MISREAD}
        if misread:
            descriptor["resources"] = [
                _as_file(resource) if resource["name"] in misread else resource
                for resource in descriptor["resources"]
            ]
            report = _report(stage, descriptor)
    rules: dict[str, int] = {}
    for (severity, rule, _), times in report.groups.items():
        if severity != "info":
            rules[rule] = rules.get(rule, 0) + times
    return {
        "valid": report.valid,
        "errors": report.counts["error"],
        "warnings": report.counts["warning"],
        "rules": dict(sorted(rules.items())),
        "engine": f"hxl_kit {__version__}",
    }


def _report(stage: Path, descriptor: dict[str, Any]) -> Report:
    (stage / DESCRIPTOR).write_bytes(descriptor_bytes(descriptor))
    return validate(stage / DESCRIPTOR, CHECKS, limit=_LIMIT)


def _plain(file: ListedFile, copy: LockedFile) -> dict[str, Any]:
    """Return a resource that says of a file only what it is called, where it is from, and its hash and size."""
    path = PurePosixPath(copy.path)
    told = {
        "name": re.sub(r"[^a-z0-9]+", "-", path.stem.lower()).strip("-") or "file",
        "title": file.name,
        "type": "file",
        "path": copy.path,
        "format": path.suffix.removeprefix(".").lower(),
        "hash": f"sha256:{copy.sha256}",
        "bytes": copy.bytes,
        "hdx": {"id": file.id, "url": file.url, "last_modified": file.modified},
    }
    return {key: value for key, value in told.items() if value != ""}


def _resource(path: Path, told: dict[str, Any], found: Description, *, first: bool) -> dict[str, Any]:
    """Return a table as a resource: in a form that other tools read, as a table, else as a file with its columns."""
    name = told["name"] if first else f"{told['name']}-{_slug(found.sheet or '')}".strip("-")
    resource = {**told, "name": name, "rows": found.rows}
    if notes := [str(note) for note in found.notes]:
        resource["notes"] = notes
    fields = [_field(column, in_sheet=found.sheet is not None) for column in found.columns]
    read = (
        {"encoding": found.encoding, "dialect": _dialect(found)}
        if found.encoding
        else {"dialect": _dialect(found)}
    )
    table = {**resource, **read, "type": "table", "schema": {"fields": fields, "missingValues": [""]}}
    return table if _is_common(path, found) else _as_file(table)


def _as_file(table: dict[str, Any]) -> dict[str, Any]:
    """Return a table as a plain file; its columns are told in a property of our own."""
    kept = {key: value for key, value in table.items() if key not in ("schema", "dialect", "encoding")}
    return {**kept, "type": "file", "columns": table["schema"]["fields"]}


def _is_common(path: Path, found: Description) -> bool:
    """Whether other tools read a table in this form too: CSV that is not packed, or a sheet of an XLSX file."""
    if found.format == "xlsx":
        return path.suffix.lower() == ".xlsx"
    with path.open("rb") as file:
        return found.format == "csv" and not file.read(4).startswith(_PACKED)


def _dialect(found: Description) -> dict[str, Any]:
    """Return how a table is to be read: what separates its cells, or its sheet, and which rows are its header."""
    tagged = any(column.tag for column in found.columns)
    header = found.first_row - 1 - tagged
    rows: dict[str, Any] = {"headerRows": [header]} if header > 0 else {"header": False}
    dialect: dict[str, Any] = {"delimiter": found.delimiter} if found.delimiter else {}
    if found.sheet is not None:
        dialect["excel"] = {"sheet": found.sheet}
    return {**dialect, **rows} | ({"commentRows": [found.first_row - 1]} if tagged else {})


def _field(column: ColumnDescription, *, in_sheet: bool) -> dict[str, Any]:
    """Return a column as a field: its type by all its cells, and its tag.

    A code stays text, zeros and all. What is text to us may be a number or a date to other readers of a sheet.
    """
    kind = "string" if column.type == "empty" or "+code" in column.tag else column.type
    if in_sheet and kind in ("string", "datetime", "boolean"):
        kind = "any"
    told: dict[str, Any] = {"name": column.name, "type": kind}
    if kind == "datetime":
        told["format"] = "any"
    if kind == "boolean":
        told["trueValues"] = ["true", "True", "TRUE", "yes", "Yes", "YES"]
        told["falseValues"] = ["false", "False", "FALSE", "no", "No", "NO"]
    return told | ({"hxl_tag": column.tag} if column.tag else {})


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
