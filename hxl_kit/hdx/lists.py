"""HDX's lists: approved tags, formats, licences, locations. They ship dated in `schemas/hdx`; a refreshed copy comes first.

Nothing but a refresh needs the network. Copies are kept in the user's own folder, one JSON file for each list.
"""

from __future__ import annotations

import csv
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import platformdirs

from hxl_kit.errors import InputError, TargetError, require_known
from hxl_kit.files import reason_of, write_atomically
from hxl_kit.standard import schemas
from hxl_kit.standard.codelists import codelist

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import date

VARIABLE = "HXL_KIT_HDX_LISTS"
"""The environment variable that names another folder for refreshed copies."""

VOCABULARY = "Topics"
"""The name of HDX's vocabulary of approved tags."""

CRISIS = "crisis-"
"""How tags begin that only HDX's own staff may give."""

_WORLD = {"code": "world", "title": "World"}
_PARTS = "|"


@dataclass(frozen=True)
class HdxList:
    """One of HDX's lists, where it is from and of which day.

    Attributes:
        name: what it is called here.
        rows: its rows, by column.
        retrieved: the day on which it was taken from its source, as an ISO date.
        edition: which edition it is, where that is known.
        source: where it is from.
        licence: the terms of its source.
        what: what it lists.
        refreshed: whether it is the user's own newer copy.
    """

    name: str
    rows: tuple[Mapping[str, str], ...]
    retrieved: str
    edition: str
    source: str
    licence: str
    what: str
    refreshed: bool = False

    def column(self, name: str) -> tuple[str, ...]:
        """Return one column, in the list's order."""
        return tuple(row[name] for row in self.rows)

    def pairs(self, names: str, value: str) -> dict[str, str]:
        """Return the values of a column by the names in another, which may hold several between bars."""
        return {name: row[value] for row in self.rows for name in row[names].split(_PARTS) if name}


def list_names() -> tuple[str, ...]:
    """Return the names of all lists, in their order."""
    return tuple(row["list"] for row in _shipped("about"))


def hdx_list(name: str) -> HdxList:
    """Return a list: the user's refreshed copy where there is one, else the one that ships.

    Raises:
        UsageError: there is no list of that name.
        InputError: the refreshed copy cannot be read.
    """
    require_known("list of HDX", name, list_names())
    return _own_copy(name) or shipped_list(name)


def shipped_list(name: str) -> HdxList:
    """Return a list as it ships with hxl_kit."""
    about = next(row for row in _shipped("about") if row["list"] == name)
    rows = _locations() if name == "locations" else _shipped(name)
    return HdxList(
        name, rows, about["retrieved"], about["edition"], about["source"], about["licence"], about["what"]
    )


def approved_tags() -> tuple[str, ...]:
    """Return the approved tags."""
    return hdx_list("tags").column("tag")


def tag_mapping() -> dict[str, tuple[str, ...]]:
    """Return the approved tags that HDX puts in the place of other words."""
    approved = set(approved_tags())
    mapped = {row["tag"]: row["approved"].split(_PARTS) for row in hdx_list("tag_mapping").rows}
    return {word: tuple(tags) for word, tags in mapped.items() if approved.issuperset(tags)}


def formats() -> dict[str, str]:
    """Return the approved formats by every name of each, in small letters without a dot before them."""
    listed = hdx_list("formats")
    own = {name: name for name in listed.column("format")}
    named = {**listed.pairs("other_names", "format"), **own}
    return {name.lower().lstrip("."): form for name, form in named.items()}


def format_of(path: str, said: str = "") -> str:
    """Return the approved format of a file by what is said of it, else by the ending of its name; "" where there is none.

    A file of a format that HDX does not list goes by another that says no more than is true (`other_formats`).
    """
    known = {**hdx_list("other_formats").pairs("ending", "format"), **formats()}
    ending = path.rpartition(".")[2] if "." in path else ""
    return next((known[name.lower()] for name in (said, ending) if name.lower() in known), "")


def licences() -> dict[str, str]:
    """Return HDX's licence ids by the codes of the code list licence and by themselves."""
    listed = hdx_list("licences")
    return {**listed.pairs("licences", "id"), **{name: name for name in listed.column("id")}}


def frequencies() -> dict[str, str]:
    """Return the days between updates, as text, by every name of a frequency and by themselves."""
    listed = hdx_list("frequencies")
    days = {day: day for day in listed.column("days")}
    return {**listed.pairs("other_names", "days"), **listed.pairs("title", "days"), **days}


def locations() -> tuple[str, ...]:
    """Return the codes of HDX's locations: ISO 3166-1 alpha-3 in small letters, and world."""
    return hdx_list("locations").column("code")


def methodologies() -> tuple[str, ...]:
    """Return the ways of collecting data that HDX knows."""
    return hdx_list("methodologies").column("name")


def own_folder() -> Path:
    """Return the folder of refreshed copies: `$HXL_KIT_HDX_LISTS`, else the system's folder for a user's data."""
    named = os.environ.get(VARIABLE)
    return Path(named) if named else platformdirs.user_data_path("hxl-kit", appauthor=False) / "hdx"


def refreshed(read: Callable[..., Any], source: str, today: date) -> tuple[HdxList, ...]:
    """Return the lists that a server tells, newer than those that ship: tags, licences, locations.

    Formats, frequencies, methodologies and the mapping of tags are not told by any server.

    Args:
        read: `Connection.read`, which asks for an action and returns its result.
        source: the address of the server.
        today: the day that the lists are dated.

    Raises:
        TargetError: the server does not answer, or with something else than lists that are filled.
    """
    try:
        told = _told(read)
    except (KeyError, TypeError, AttributeError) as error:
        raise TargetError(
            f"{source}: answers with something else than its lists; is it a CKAN with HDX's rules?"
        ) from error
    if empty := [name for name, rows in told.items() if not rows]:
        raise TargetError(f"{source}: has no {', '.join(empty)}; the lists are left as they are")
    return tuple(_dated(name, rows, source, today) for name, rows in told.items())


def keep(lists: Iterable[HdxList]) -> None:
    """Write refreshed lists to the user's own folder; from then on they are used."""
    folder = own_folder()
    folder.mkdir(parents=True, exist_ok=True)
    for listed in lists:
        described = {"name": listed.name, "retrieved": listed.retrieved, "source": listed.source}
        text = json.dumps(
            {**described, "rows": [dict(row) for row in listed.rows]}, ensure_ascii=False, indent=1
        )
        write_atomically(folder / f"{listed.name}.json", f"{text}\n".encode())


def forget() -> tuple[str, ...]:
    """Remove the refreshed copies and return their names; from then on those that ship are used."""
    found = [path for path in (own_folder() / f"{name}.json" for name in list_names()) if path.is_file()]
    for path in found:
        path.unlink()
    return tuple(path.stem for path in found)


def _told(read: Callable[..., Any]) -> dict[str, list[dict[str, str]]]:
    tags = [str(tag["name"]) for tag in read("vocabulary_show", id=VOCABULARY)["tags"]]
    return {
        "tags": [{"tag": name} for name in sorted(tags) if not name.startswith(CRISIS)],
        "licences": list(_licences_of(read("license_list"))),
        "locations": list(_locations_of(read("group_list"))),
    }


def _dated(name: str, rows: list[dict[str, str]], source: str, today: date) -> HdxList:
    shipped = shipped_list(name)
    return HdxList(
        name, tuple(rows), today.isoformat(), "", source, shipped.licence, shipped.what, refreshed=True
    )


def _licences_of(told: list[dict[str, Any]]) -> Iterable[dict[str, str]]:
    """Yield the licences that ship, with the server's titles, then those that only the server has."""
    titles = {str(entry["id"]): str(entry.get("title") or entry["id"]) for entry in told}
    shipped = shipped_list("licences").rows
    yield from ({**row, "title": titles.get(row["id"], row["title"])} for row in shipped)
    known = {row["id"] for row in shipped}
    yield from ({"id": name, "title": titles[name], "licences": ""} for name in titles if name not in known)


def _locations_of(told: list[str]) -> Iterable[dict[str, str]]:
    titles = {row["code"]: row["title"] for row in _locations()}
    yield from ({"code": name, "title": titles.get(name, name)} for name in sorted(map(str, told)))


def _locations() -> tuple[Mapping[str, str], ...]:
    known = [code for code in codelist("location").codes if not code.deprecated]
    return (*({"code": code.code.lower(), "title": code.title} for code in known), _WORLD)


def _own_copy(name: str) -> HdxList | None:
    path = own_folder() / f"{name}.json"
    if not path.is_file():
        return None
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
        rows = [{str(key): str(value) for key, value in row.items()} for row in raw["rows"]]
        told = str(raw["retrieved"]), str(raw["source"])
    except OSError as error:
        raise InputError(f"{path}: {reason_of(error)}") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(
            f"{path}: is no list of HDX; remove it, or write it anew with `hxl-kit hdx-lists --refresh`"
        ) from error
    shipped = shipped_list(name)
    if any(row.keys() != shipped.rows[0].keys() for row in rows) or not rows:
        raise InputError(f"{path}: has other columns than the list of HDX; remove it")
    return HdxList(name, tuple(rows), told[0], "", told[1], shipped.licence, shipped.what, refreshed=True)


def _shipped(name: str) -> tuple[Mapping[str, str], ...]:
    with schemas.path_of("hdx", f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))
