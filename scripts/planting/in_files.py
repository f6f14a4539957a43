"""Errors planted in bare CSV files: one file for each set of checks, one error in a row.

A `Sheet` says which cells a sound row has and which other ones each error; the sound rows stand above. What a file
tells about itself, such as that its columns are of no known table, is named besides.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from typing import TYPE_CHECKING

from planting.plants import Specimen, Spot

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

UNKNOWN = "unknown-table"


@dataclass(frozen=True)
class Sheet:
    """A table to plant errors into.

    Attributes:
        columns: the cell of each column in a sound row; "{n}" is the row's number among all.
        errors: by check, the column at which it is told and the cells that differ from a sound row's.
        tags: the hashtag row.
        sound: how many sound rows there are.
        beside: the checks that tell of the file as a whole.
    """

    columns: Mapping[str, str]
    errors: Mapping[str, tuple[str, Mapping[str, str]]]
    tags: tuple[str, ...] = ()
    sound: int = 2
    beside: tuple[str, ...] = ()

    def write(self, path: Path) -> tuple[Spot, ...]:
        """Write the table, and return where its errors are."""
        spoilt = [{**self.columns, **cells} for _, cells in self.errors.values()]
        rows = [*([dict(self.columns)] * self.sound), *spoilt]
        with path.open("w", encoding="utf-8", newline="") as text:
            writer = csv.writer(text, lineterminator="\n")
            writer.writerow(self.columns)
            writer.writerows([self.tags] if self.tags else [])
            writer.writerows(
                [cell.replace("{n}", str(n)) for cell in row.values()] for n, row in enumerate(rows)
            )
        first = self.sound + 2 + bool(self.tags)
        told = enumerate(self.errors.items(), start=first)
        return tuple(Spot(check, path.name, row, column) for row, (check, (column, _)) in told)


def _at(column: str, cell: str, **others: str) -> tuple[str, Mapping[str, str]]:
    """Return an error of one cell, told at its column; `others` differ too, and are sound."""
    return column, {column: cell, **others}


SHEETS = {
    "forms.csv": Sheet(
        {
            "number": "N{n}",
            "date": "2024-01-05",
            "killed": "3",
            "latitude": "35.5",
            "longitude": "38.5",
            "pcode": "SY02",
        },
        {
            "date": _at("date", "05/06/2024"),
            "count": _at("killed", "about ten"),
            "number": _at("latitude", "north"),
            "degrees": _at("latitude", "95.5"),
            "pcode": _at("pcode", "201"),
            "digits": _at("killed", "\u0663"),
        },
        beside=(UNKNOWN,),
    ),
    "sums.csv": Sheet(
        {
            "place": "Place {n}",
            "killed": "5",
            "killed_civilian": "3",
            "total": "10",
            "men": "4",
            "women": "3",
            "children": "3",
            "displaced_low": "1",
            "displaced_high": "3",
        },
        {
            "part-exceeds-total": _at("killed_civilian", "9"),
            "parts-exceed-total": ("total", {"women": "9"}),
            "parts-below-total": ("total", {"women": "1"}),
            "column-order": _at("displaced_low", "9"),
        },
        beside=(UNKNOWN,),
    ),
    "events.csv": Sheet(
        {
            "event_id": "e{n}",
            "source_id": "s",
            "event_type": "battle",
            "date_start": "2024-01-05",
            "date_precision": "day",
            "geo_precision": "unknown",
            "pcode_method": "none",
            "pcode_score": "",
            "admin1_code": "",
            "fatalities": "3",
            "is_aggregate": "false",
        },
        {
            "constraint-required": _at("pcode_method", ""),
            "constraint-minimum": _at("fatalities", "-1"),
            "constraint-maximum": _at("pcode_score", "1.5"),
            "constraint-pattern": _at("admin1_code", "sy02"),
            "constraint-enum": _at("event_type", "battel"),
        },
    ),
    "claims.csv": Sheet(
        {
            "claim_id": "c{n}",
            "source_id": "s",
            "claimant": "One side",
            "stance": "asserts",
            "about_table": "events",
            "about_id": "e",
            "aspect": "count",
            "quote": "five",
            "claim_date": "",
        },
        {"constraint-maxLength": _at("quote", "five " * 101)},
    ),
}
"""The files that are planted by the cells of a sound row, by name."""


@dataclass(frozen=True)
class Text:
    """A file that is written as it stands, and where its one error is told."""

    content: str
    row: int | None = None
    field: str = ""
    beside: tuple[str, ...] = ()
    resource: str | None = None

    def told(self, check: str, path: Path) -> Spot:
        """Return where a check tells of the error: of the file, or of a resource of another name."""
        return Spot(check, path.name if self.resource is None else self.resource, self.row, self.field)


TEXTS = {
    "unreadable": Text("", resource=""),
    "reading": Text("Figures of the week,\n,\nplace,killed\nA,3\nB,4\n", beside=(UNKNOWN,)),
    "header": Text("2024-01-05,3\n2024-01-06,4\n", 1),
    "row-cells": Text("event_id,fatalities\ne1,3\ne2,3,4\n", 3),
    "no-rows": Text("event_id,date_start\n"),
    "unknown-table": Text("colour,shape\nred,round\n"),
    "unknown-columns": Text("event_id,source_id,event_type,colour\ne1,s,battle,red\n"),
}
"""By check, the files that are of an odd form as a whole."""

HXL = Sheet(
    {
        "id": "ID{n}",
        "org": "Relief",
        "start": "2024-01-05",
        "killed": "3",
        "province": "Aleppo",
        "code": "SY02",
        "sector": "Health",
        "place": "Northern Market",
        "district code": "D1",
        "district": "First",
        "reached": "1{n}",
        "in need": "2{n}",
        "key": "K{n}",
    },
    {
        "hxl-required": _at("org", ""),
        "hxl-datatype": _at("start", "soon"),
        "hxl-range": _at("killed", "30"),
        "hxl-whitespace": _at("province", " Aleppo"),
        "hxl-regex": _at("code", "02"),
        "hxl-list": _at("sector", "Healing"),
        "hxl-spelling": _at("place", "Norhtern Market"),
        "hxl-correlation": _at("district", "Second"),
        "hxl-consistent": _at("reached", "many"),
        "hxl-outlier": _at("in need", "90000000"),
        "hxl-unique": _at("id", "ID1"),
        "hxl-unique-row": ("#meta+key", {"key": "K1"}),
    },
    tags=(
        *("#meta+id", "#org", "#date+start", "#affected+killed", "#adm1+name", "#adm1+code"),
        *("#sector", "#loc+name", "#adm2+code", "#adm2+name", "#reached", "#inneed", "#meta+key"),
    ),
    sound=40,
)
SCHEMA: dict[str, dict[str, str]] = {
    "#org": {"#valid_required": "true"},
    "#date+start": {"#valid_datatype": "date"},
    "#affected+killed": {"#valid_value+max": "9"},
    "#adm1+name": {"#valid_value+whitespace": "true", "#valid_severity": "warning"},
    "#adm1+code": {"#valid_value+regex": "^SY"},
    "#sector": {"#valid_value+list": "Health|Shelter"},
    "#loc+name": {"#valid_value+spelling": "true", "#valid_severity": "info"},
    "#adm2+name": {"#valid_correlation": "#adm2+code"},
    "#reached": {"#valid_datatype+consistent": "true", "#valid_severity": "warning"},
    "#inneed": {"#valid_value+outliers": "true", "#valid_severity": "info"},
    "#meta+id": {"#valid_unique": "true"},
    "#meta+key": {"#valid_unique+key": "#meta+key"},
}
"""The rules of the HXL schema, by the tag that each is for, no graver than those of HXL's core schema."""

HXL_TEXTS: dict[str, tuple[Text, dict[str, str]]] = {
    "hxl-date-order": (
        Text("#org,#date\nRelief,2024-01-05\nAid,05/06/2024\n", None, "#date"),
        {"#valid_tag": "#date", "#valid_datatype": "date"},
    ),
    "hxl-list-unread": (
        Text("#org,#status\nRelief,open\n", None, "#status"),
        {"#valid_tag": "#status", "#valid_value+url": "none-such.csv"},
    ),
    "hxl-row-shape": (
        Text("#org,#status\nRelief,open\nRelief,open,more\n", 3, "#*"),
        {"#valid_tag": "#org", "#valid_required": "true"},
    ),
    "hxl-untagged": (
        Text("org,status\nRelief,open\n"),
        {"#valid_tag": "#org", "#valid_required": "true"},
    ),
}
"""By check, a file that an HXL schema of one rule finds fault with as a whole, and the rule."""


def file_specimens(folder: Path) -> Iterator[Specimen]:
    """Yield the bare files with their errors."""
    folder.mkdir(parents=True)
    for name, sheet in SHEETS.items():
        planted = sheet.write(folder / name)
        yield Specimen(folder / name, planted, tuple(Spot(check, name) for check in sheet.beside))
    for check, text in TEXTS.items():
        path = folder / f"{check}.csv"
        path.write_text(text.content, "utf-8")
        yield Specimen(
            path, (text.told(check, path),), tuple(Spot(other, path.name) for other in text.beside)
        )


def hxl_specimens(folder: Path) -> Iterator[Specimen]:
    """Yield tagged files with errors that HXL schemas find."""
    folder.mkdir(parents=True)
    data = folder / "tagged.csv"
    schema = _schema(
        folder / "tagged.schema.csv", [{"#valid_tag": tag, **asked} for tag, asked in SCHEMA.items()]
    )
    yield Specimen(data, HXL.write(data), hxl_schema=schema)
    for check, (text, rule) in HXL_TEXTS.items():
        path = folder / f"{check}.csv"
        path.write_text(text.content, "utf-8")
        schema = _schema(folder / f"{check}.schema.csv", [rule])
        yield Specimen(path, (text.told(check, path),), hxl_schema=schema)


def _schema(path: Path, rules: Sequence[Mapping[str, str]]) -> Path:
    """Write an HXL schema, and return its file."""
    heads = list(dict.fromkeys(head for rule in rules for head in rule))
    with path.open("w", encoding="utf-8", newline="") as text:
        writer = csv.DictWriter(text, heads, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rules)
    return path
