"""package.yaml: what the author of a package writes."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

from jsonschema import Draft202012Validator

from hxl_kit.checks.own import OwnCheck, column_of, own_checks, own_rules
from hxl_kit.disclosure.remedies.entries import Entry, entries
from hxl_kit.errors import UsageError, nearest
from hxl_kit.package.treatable import wrong_remedies
from hxl_kit.package.yaml_text import read_yaml
from hxl_kit.reading.table import shown
from hxl_kit.sources import source_ids
from hxl_kit.standard import schemas
from hxl_kit.standard.codelists import codelist
from hxl_kit.standard.tables import table, table_names
from hxl_kit.validation.waivers import Waiver, waivers_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from jsonschema.exceptions import ValidationError

FILE_NAME = "package.yaml"
HashtagRow = Literal["companion", "inline", "none"]


@dataclass(frozen=True)
class Input:
    """One file to read: a provider's, with its `source`, or one already in the columns of `table`."""

    path: Path
    source: str | None = None
    table: str | None = None
    release: str = ""
    retrieved_at: str = ""
    sheet: str | None = None
    encoding: str | None = None
    country: str | None = None
    date_order: Literal["day-first", "month-first"] | None = None


@dataclass(frozen=True)
class Options:
    """How a package is written."""

    hashtag_row: HashtagRow = "companion"
    parquet: bool = True
    xlsx: bool = False
    split_by: str | None = None
    protect: tuple[str, ...] = ()


@dataclass(frozen=True)
class BoundaryFile:
    """A file with the boundaries of a country's units of one level."""

    path: Path
    country: str
    level: int
    code_field: str | None = None


@dataclass(frozen=True)
class Places:
    """How rows get their P-codes: `match` by names at all, by which gazetteers besides the built-in ones, decided by whom."""

    match: bool = True
    decisions: Path | None = None
    gazetteers: tuple[str, ...] = ()
    boundaries: tuple[BoundaryFile, ...] = ()


@dataclass(frozen=True)
class Authored:
    """A package as its author describes it; `folder` holds its package.yaml, if it has one."""

    name: str
    title: str
    version: str
    licences: tuple[dict[str, str], ...]
    contributors: tuple[dict[str, Any], ...]
    inputs: tuple[Input, ...]
    description: str = ""
    homepage: str = ""
    keywords: tuple[str, ...] = ()
    caveats: str = ""
    methodology: str = ""
    options: Options = field(default_factory=Options)
    places: Places = field(default_factory=Places)
    checks: tuple[OwnCheck, ...] = ()
    sensitivity: str = ""
    waivers: tuple[Waiver, ...] = ()
    remedies: tuple[Entry, ...] = ()
    hdx: Mapping[str, Any] = field(default_factory=dict)
    folder: Path | None = None


def read_package_yaml(folder: Path) -> Authored:
    """Return what `folder`/package.yaml says.

    Raises:
        UsageError: it is missing, no YAML, or has unknown or wrong entries; all are named at once.
    """
    path = folder / FILE_NAME
    if not path.exists():
        raise UsageError(f"{folder}: has no {FILE_NAME}; `hxl-kit init FILE -o {folder}` writes a first one")
    raw = _with_days_as_text(read_yaml(path))
    problems = list(_problems(raw))
    if problems:
        raise UsageError(f"{path}: " + "; ".join(problems))
    return _authored(raw, folder)


def _authored(raw: dict[str, Any], folder: Path) -> Authored:
    inputs = tuple(Input(**{**entry, "path": folder / entry["path"]}) for entry in raw["inputs"])
    listed: dict[str, Any] = {
        key: tuple(raw[key]) for key in ("licences", "contributors", "keywords") if key in raw
    }
    options = {**raw.get("options", {})}
    options["protect"] = tuple(options.get("protect", ()))
    made = {
        "inputs": inputs,
        "options": Options(**options),
        "places": places_of(raw.get("places", {}), folder),
        "checks": own_checks(raw.get("checks", ())),
        "waivers": waivers_of(raw)[0],
        "remedies": entries(raw.get("remedies", ())),
    }
    return Authored(**{**raw, **listed, **made, "folder": folder})


def _with_days_as_text(raw: Any) -> Any:
    """Return what YAML says with the days of waivers and of HDX as text: it reads `when: 2025-01-31` as a date."""
    if not isinstance(raw, dict):
        return raw
    waivers, hdx = raw.get("waivers"), raw.get("hdx")
    changed: dict[str, Any] = {}
    if isinstance(waivers, list):
        changed["waivers"] = [_days_as_text(entry) for entry in waivers]
    if isinstance(hdx, dict) and "date" in hdx:
        changed["hdx"] = {**hdx, "date": _days_as_text(hdx["date"])}
    return {**raw, **changed}


def _days_as_text(entry: Any) -> Any:
    if not isinstance(entry, dict):
        return entry
    return {key: value.isoformat() if isinstance(value, date) else value for key, value in entry.items()}


def places_of(raw: dict[str, Any], folder: Path) -> Places:
    """Return what the `places` of a package.yaml in a folder say."""
    boundaries = tuple(
        BoundaryFile(**{**entry, "path": folder / entry["path"]}) for entry in raw.get("boundaries", ())
    )
    decisions = folder / raw["decisions"] if "decisions" in raw else None
    return Places(raw.get("match", True), decisions, tuple(raw.get("gazetteers", ())), boundaries)


@cache
def _schema() -> dict[str, Any]:
    schema: dict[str, Any] = json.loads(schemas.path_of("package.schema.json").read_text(encoding="utf-8"))
    return schema


def part_problems(raw: Any, required: str, *others: str) -> list[str]:
    """Return a sentence for each thing that is wrong with a file that holds some parts of a package.yaml alone."""
    parts = {name: _schema()["properties"][name] for name in (required, *others)}
    return _form_problems(
        raw,
        {"type": "object", "additionalProperties": False, "required": [required], "properties": parts},
    )


def _form_problems(raw: Any, schema: dict[str, Any]) -> list[str]:
    errors = sorted(Draft202012Validator(schema).iter_errors(raw), key=lambda e: [str(p) for p in e.path])
    return list(dict.fromkeys(_sentence(error) for error in errors))


def _problems(raw: Any) -> Iterable[str]:
    """Yield a sentence for each thing that is wrong, or nothing."""
    errors = _form_problems(raw, _schema())
    yield from errors
    if not errors:
        yield from _unknown_names(raw)
        yield from _unusable_rules(raw.get("checks", ()))
        yield from waivers_of(raw)[1]
        yield from wrong_remedies(raw.get("remedies", ()))


def _unknown_names(raw: dict[str, Any]) -> Iterable[str]:
    known = {"source": source_ids(), "table": table_names()}
    for number, entry in enumerate(raw["inputs"]):
        for key, names in known.items():
            if key in entry and entry[key] not in names:
                yield f"inputs[{number}].{key}: no {key} '{shown(entry[key])}'{nearest(entry[key], names)}"
    licences = codelist("licence").values
    for number, entry in enumerate(raw["licences"]):
        if entry["name"] not in licences:
            yield f"licences[{number}].name: no licence '{shown(entry['name'])}'{nearest(entry['name'], licences)}"
    classes = codelist("sensitivity").values
    if raw.get("sensitivity", "low") not in classes:
        yield (
            f"sensitivity: no class '{shown(raw['sensitivity'])}'{nearest(raw['sensitivity'], classes)}; "
            f"the classes are {', '.join(classes)} (`hxl-kit codelists sensitivity`)"
        )


def _unusable_rules(raw: Any) -> Iterable[str]:
    """Yield what keeps the author's rules from being run on the tables of the standard that they name."""
    try:
        entries = own_checks(raw)
    except UsageError as error:
        yield str(error)
        return
    for number, entry in enumerate(entries):
        try:
            own_rules([entry], entry.table, [column_of(field) for field in table(entry.table).fields])
        except UsageError as error:
            yield f"checks[{number}]: {error}"


_SENTENCES = {
    "maxLength": "is longer than {:,} characters",
    "oneOf": "give either 'source' or 'table'",
    "pattern": "does not have the form {}",
    "type": "must be of type {} (quote a number or date that is text)",
}


def _sentence(error: ValidationError) -> str:
    place = "".join(f"[{p}]" if isinstance(p, int) else f".{p}" for p in error.path).lstrip(".")
    where = f"{place}: " if place else ""
    if error.validator == "additionalProperties":
        known = list(error.schema["properties"])
        unknown = sorted(set(error.instance) - set(known), key=str)
        return where + ", ".join(
            f"unknown key '{shown(str(key))}'{nearest(str(key), known)}" for key in unknown
        )
    if error.validator == "required":
        missing = [key for key in error.validator_value if key not in error.instance]
        return where + ", ".join(f"'{key}' is missing" for key in missing)
    if error.validator in _SENTENCES:
        return where + _SENTENCES[error.validator].format(error.validator_value)
    return where + str(error.message)
