"""From what HDX says of a dataset to the entries of package.yaml: `hdx.fields` turned round.

Nothing is made up: what package.yaml has no place for, or HDX leaves open, is a remark.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from hxl_kit.hdx import lists
from hxl_kit.hdx.answers import RefusedError
from hxl_kit.hdx.comparing import comparable
from hxl_kit.reading.table import listed, shown
from hxl_kit.standard.codelists import codelist
from hxl_kit.targets.hdx.served import COMPUTED

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from hxl_kit.hdx.connection import Connection

Found = tuple[dict[str, Any], dict[str, Any], list[str]]
"""Entries of package.yaml, entries of its `hdx`, and remarks."""

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{1,98}[a-z0-9]")
_RANGE = re.compile(r"\[\s*(\d{4}-\d\d-\d\d)\S* TO (?:(\d{4}-\d\d-\d\d)\S*|\*)\s*\]")
_LIVE = "0"
_OTHER, _OTHER_LICENCE = "Other", "hdx-other"
_SEEN = frozenset(
    {
        *("name", "title", "notes", "caveats", "dataset_source", "owner_org", "maintainer", "license_id"),
        *("license_other", "methodology", "methodology_other", "dataset_date", "data_update_frequency"),
        *("groups", "tags", "subnational", "private", "is_requestdata_type", "archived", "dataset_preview"),
        *("field_names", "file_types", "num_of_rows", "updated_by_script", "batch"),
    }
)
"""The fields that are read here, or that every publication writes anew."""


def metadata_of(raw: Mapping[str, Any], connection: Connection) -> Found:
    """Return what a dataset's metadata (`package_show`) say, in the words of package.yaml.

    Raises:
        InputError: a refreshed list of HDX cannot be read.
        TargetError: the site does not answer.
    """
    values: dict[str, Any] = {}
    hdx: dict[str, Any] = {}
    remarks: list[str] = []
    for part in (_naming, _licence, _people(connection), _method, _time, _place, _tags, _access, _rest):
        entries, section, told = part(raw)
        values |= entries
        hdx |= section
        remarks += told
    return _without_empty(values), _without_empty(hdx), remarks


def _without_empty(values: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value not in ("", [], None)}


def _text(raw: Mapping[str, Any], field: str) -> str:
    value = raw.get(field)
    return value.replace("\r\n", "\n").replace("\r", "\n").strip() if isinstance(value, str) else ""


def _naming(raw: Mapping[str, Any]) -> Found:
    name = _text(raw, "name")
    remarks = []
    if not _NAME.fullmatch(name):
        remarks.append(
            f"name: a package cannot be called '{shown(name)}' as on HDX; published under another name it is another dataset"
        )
        name = re.sub("[^a-z0-9]+", "-", name.lower()).strip("-").ljust(3, "0")
    version = (_text(raw, "last_modified") or _text(raw, "metadata_modified"))[:10]
    values = {
        "name": name,
        "title": _text(raw, "title"),
        "description": _text(raw, "notes"),
        "version": version,
    }
    return values, {"dataset_id": _text(raw, "id")}, remarks


def _licence(raw: Mapping[str, Any]) -> Found:
    chosen, terms = _text(raw, "license_id"), _text(raw, "license_other")
    if chosen == _OTHER_LICENCE and terms:
        return {"licences": [{"name": "other", "title": terms}]}, {}, []
    known = codelist("licence").values
    named = next(
        (row["licences"].split("|") for row in lists.hdx_list("licences").rows if row["id"] == chosen), []
    )
    # Of several codes the last says no more than HDX's licence does: it may be any dedication to the public domain.
    code = next((name for name in reversed(named) if name in known), "")
    if code and chosen != _OTHER_LICENCE:
        return {"licences": [{"name": code}]}, {}, []
    return {}, {}, [f"licences: HDX's licence '{shown(chosen)}' is none that is known here; name the terms"]


def _people(connection: Connection) -> Callable[[Mapping[str, Any]], Found]:
    def people(raw: Mapping[str, Any]) -> Found:
        organisation = raw.get("organization")
        organisation = organisation if isinstance(organisation, dict) else {}
        title = _text(organisation, "title") or _text(organisation, "name")
        maintainer = _user(connection, _text(raw, "maintainer"))
        missing = (
            [] if maintainer else ["hdx.maintainer: the site does not tell the user name; name a member"]
        )
        hdx = {
            "organisation": _text(organisation, "name"),
            "maintainer": maintainer,
            "source": _text(raw, "dataset_source"),
        }
        return {"contributors": [{"title": title, "roles": ["publisher"]}] if title else []}, hdx, missing

    return people


def _user(connection: Connection, user: str) -> str:
    try:
        return str(connection.read("user_show", id=user)["name"]) if user else ""
    except (RefusedError, KeyError, TypeError):
        return ""


def _method(raw: Mapping[str, Any]) -> Found:
    chosen, words = _text(raw, "methodology"), _text(raw, "methodology_other")
    values = {"methodology": words, "caveats": _text(raw, "caveats")}
    hdx = {"methodology": chosen} if chosen in lists.methodologies() and chosen != _OTHER else {}
    return (
        values,
        hdx,
        [] if words or hdx else ["methodology: HDX does not tell it; say how the data were made"],
    )


def _time(raw: Mapping[str, Any]) -> Found:
    hdx: dict[str, Any] = {}
    remarks = []
    if found := _RANGE.fullmatch(_text(raw, "dataset_date")):
        hdx["date"] = {"start": found[1], "end": found[2] or "ongoing"}
    else:
        remarks.append(
            "hdx.date: HDX tells no period of the data; give start and end, or leave it to the data"
        )
    days = str(raw.get("data_update_frequency") or "")
    names = {row["days"]: row["title"] for row in lists.hdx_list("frequencies").rows}
    if days in names and days != _LIVE:
        hdx["frequency"] = names[days]
    else:
        remarks.append(
            f"hdx.frequency: {names.get(days) or 'HDX tells none'}; say how often the files are updated"
        )
    return {}, hdx, remarks


def _place(raw: Mapping[str, Any]) -> Found:
    names = [name.lower() for name in _names(raw, "groups")]
    known = set(lists.locations())
    unknown = [name for name in names if name not in known]
    codes = [name if name == "world" else name.upper() for name in names if name in known]
    remarks = [f"hdx.locations: no locations here: {listed(unknown)}"] if unknown else []
    subnational = (
        comparable("subnational", raw.get("subnational")) if raw.get("subnational") is not None else None
    )
    return {}, {"locations": codes, "subnational": subnational}, remarks


def _tags(raw: Mapping[str, Any]) -> Found:
    names, approved = _names(raw, "tags"), set(lists.approved_tags())
    others = [name for name in names if name not in approved]
    remarks = (
        [f"keywords: tags that a publisher cannot give are left out: {listed(others)}"] if others else []
    )
    return {"keywords": [name for name in names if name in approved]}, {}, remarks


def _names(raw: Mapping[str, Any], field: str) -> list[str]:
    entries = raw.get(field)
    return (
        [_text(entry, "name") for entry in entries or () if isinstance(entry, dict)]
        if isinstance(entries, list)
        else []
    )


def _access(raw: Mapping[str, Any]) -> Found:
    hdx: dict[str, Any] = {}
    if comparable("is_requestdata_type", raw.get("is_requestdata_type")):
        hdx["access"] = "by-request"
    elif comparable("private", raw.get("private")):
        hdx["access"] = "private"
    if comparable("archived", raw.get("archived")):
        hdx["archived"] = True
    preview = _text(raw, "dataset_preview")
    if preview == "first_resource":
        hdx["preview"] = "first"
    remarks = (
        ["hdx.preview: the page shows one of the files; name the package's"]
        if preview == "resource_id"
        else []
    )
    return {}, hdx, remarks


def _rest(raw: Mapping[str, Any]) -> Found:
    """Tell which other fields HDX has; publishing leaves them as they are."""
    left = [
        key
        for key, value in raw.items()
        if key not in _SEEN | COMPUTED and value not in ("", [], {}, None, False)
    ]
    return {}, {}, [f"fields of HDX's that stay as they are there: {listed(sorted(left))}"] if left else []
