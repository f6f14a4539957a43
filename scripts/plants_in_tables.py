"""Errors planted in the rows of a package: one of each check that looks at the tables of the standard.

Each plant has a source of its own and a month of its own, so that its rows have nothing to do with those of others.
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from plants import Copy, Specimen, Spot

from hxl_kit.standard import schemas

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    Cells = Mapping[str, str | dt.timedelta]

FIRST_DAY = dt.date(1990, 1, 1)
APART = dt.timedelta(days=40)
NO_FIELD = "the row"
"""Told of a row as a whole, as keys of several fields are."""

TABLES = ("sources", "events", "event_sources", "casualties", "displacement", "indicators", "claims")


def day(number: int) -> dt.timedelta:
    """Return a date so many days after the plant's first."""
    return dt.timedelta(days=number)


PLACE: Cells = {
    "location_code": "SYR",
    "location_name": "Syrian Arab Republic",
    "geo_precision": "country",
    "pcode_method": "none",
}
FIGURE: Cells = {
    **{"sex": "all", "age_group": "all", "unit": "person", "role": "triangulation"},
    **{"value": "12", "value_low": "12", "value_high": "12", "qualifier": "exact", "bounds_basis": "stated"},
    "date_precision": "day",
    **PLACE,
}
SOUND: dict[str, Cells] = {
    "sources": {
        **{"title": "Planted", "source_type": "dataset", "date_precision": "unknown"},
        **{"redistribution": "attribution", "access": "public"},
    },
    "events": {
        **{"event_type": "battle", "date_start": day(0), "date_end": day(0), "date_precision": "day"},
        "is_aggregate": "false",
        **PLACE,
    },
    "event_sources": {"position": "1", "source_name": "Daily"},
    "casualties": {
        **FIGURE,
        **{"harm": "killed", "person_status": "civilian", "population_group": "all", "counting": "incident"},
        **{"date_start": day(0), "date_end": day(0)},
    },
    "displacement": {
        **FIGURE,
        **{"measure": "stock", "category": "idps", "counts": "people", "as_of": day(0)},
    },
    "indicators": {**FIGURE, "indicator": "resident_population", "as_of": day(0)},
    "claims": {"claimant": "One side", "stance": "asserts", "about_table": "events", "aspect": "occurrence"},
}
"""By table, the cells of a row without any error, besides its identifiers."""

KEYS = {
    **{"events": "event_id", "claims": "claim_id"},
    **dict.fromkeys(("casualties", "displacement", "indicators"), "figure_id"),
}


@dataclass(frozen=True)
class Row:
    """A row to plant: the cells that differ from those of a sound row, and the field at which its error is told."""

    table: str
    cells: Cells
    told_at: str = ""


def _one(table: str, told_at: str, **cells: str | dt.timedelta) -> tuple[Row, ...]:
    return (Row(table, cells, told_at),)


def _source(told_at: str = "", **cells: str | dt.timedelta) -> Row:
    return Row("sources", cells, told_at)


def _event(told_at: str = "", **cells: str | dt.timedelta) -> Row:
    return Row("events", cells, told_at)


def _figure(number: int, told_at: str = "", **cells: str | dt.timedelta) -> Row:
    """Return a figure of casualties that is exactly so many."""
    bounds = dict.fromkeys(("value", "value_low", "value_high"), str(number))
    return Row("casualties", {**bounds, **cells}, told_at)


_EXACTLY = {"geo_precision": "exact"}
_RECOMMENDED = {"role": "recommended"}
_RUMOUR = "Several shells fell on the market and on the road to it"
_PERIOD = {"date_start": day(0), "date_end": day(9), "as_of": ""}
_NO_BOUNDS = {"value_low": "", "value_high": "", "bounds_basis": ""}

PLANTS: dict[str, tuple[Row, ...]] = {
    # frictionless: the types, constraints and keys of the standard
    "type-error": _one("events", "fatalities", fatalities="many"),
    "constraint-error": _one("events", "fatalities", fatalities="-1"),
    "foreign-key": _one("events", NO_FIELD, source_id="none-such"),
    "primary-key": (
        _event(event_id="reported-twice"),
        Row("event_sources", {"event_id": "reported-twice"}),
        Row("event_sources", {"event_id": "reported-twice", "source_name": "Weekly"}, NO_FIELD),
    ),
    # forms: what no cell may hold
    "formula": _one("events", "event_name", event_name="=1+1"),
    "invisible": _one("events", "event_name", event_name="Mar\u200bket"),
    "unicode": _one("events", "event_name", event_name="Cafe\u0301"),
    "cell-error": _one("events", "event_name", event_name="#REF!"),
    "whitespace": _one("events", "event_name", event_name=" Market"),
    "scripts": _one("events", "event_name", event_name="M\u0430rket"),
    "mojibake": _one("events", "event_name", event_name="MarchÃ©"),
    # dates
    "date-future": _one("events", "date_start", date_start="2442-01-01", date_end="2442-01-01"),
    "date-order": _one("events", "date_end", date_end=day(-3)),
    "date-precision-span": _one("events", "date_precision", date_end=day(200), date_precision="quarter"),
    "date-precision-undated": _one("events", "date_precision", date_start="", date_end=""),
    "date-published": (
        _source(date_published=day(-5), date_precision="day", source_type="news"),
        _event("date_start"),
    ),
    "date-retrieved": (
        _source("retrieved_at", date_published=day(5), date_precision="day", retrieved_at=day(0)),
    ),
    "date-document": (
        _event(event_id="foreseen"),
        Row("event_sources", {"event_id": "foreseen", "source_date": day(-9)}, "source_date"),
    ),
    "date-claim": (
        _event(event_id="announced"),
        Row("claims", {"about_id": "announced", "claim_date": day(-9)}, "claim_date"),
    ),
    # duplicates
    "event-repeated": (
        _event(description=_RUMOUR, place_name="Market", fatalities="82"),
        _event("event_id", description=_RUMOUR, place_name="Market", fatalities="82"),
    ),
    "event-similar": (
        _event(description=_RUMOUR.upper(), place_name="Bridge", fatalities="71"),
        _event(
            "event_id",
            description=_RUMOUR.upper(),
            place_name="Bridge",
            fatalities="71",
            date_start=day(1),
            date_end=day(1),
        ),
    ),
    "event-other-source": (
        _source(source_id="one-of-two"),
        _source(source_id="two-of-two"),
        _event(source_id="one-of-two", place_name="School", fatalities="47"),
        _event("event_id", source_id="two-of-two", place_name="School", fatalities="47"),
    ),
    "figure-repeated": (_figure(83, **_RECOMMENDED), _figure(83, "figure_id", **_RECOMMENDED)),
    # figures
    "range-order": _one("events", "fatalities_low", fatalities_low="5", fatalities_high="3"),
    "range-value": _one("events", "fatalities", fatalities="9", fatalities_low="1", fatalities_high="5"),
    "quantity-words": _one(
        "casualties", "quantity_text",
        **{"quantity_text": "at least 15 civilians", "value": "51", "value_low": "51", "value_high": ""},
        qualifier="at_least",
    ),
    # arithmetic
    "harms-above-casualties": (
        _figure(10),
        _figure(20, harm="injured"),
        _figure(25, "value", harm="casualties_unspecified"),
    ),
    "harms-below-casualties": (
        _figure(10),
        _figure(20, harm="injured"),
        _figure(40, "value", harm="killed_or_injured"),
    ),
    "groups-above-total": (
        _figure(10, "value", person_status="unknown", overlap_group="of-an-attack"),
        _figure(8, overlap_group="of-an-attack"),
        _figure(7, person_status="combatant", overlap_group="of-an-attack"),
    ),
    "event-fatalities": (
        _event(event_id="of-three", fatalities="3"),
        _figure(9, "value", event_id="of-three", person_status="unknown", **_RECOMMENDED),
    ),
    # guards
    "stock-as-of": _one("displacement", "as_of", as_of="", date_precision="unknown", **_RECOMMENDED),
    "stock-undated": _one("displacement", "as_of", as_of="", date_precision="unknown"),
    "stock-period": _one("displacement", "date_start", date_start=day(0)),
    "flow-as-of": _one("displacement", "as_of", measure="flow", date_start=day(0), date_end=day(9)),
    "flow-period": _one(
        "displacement", "date_end", measure="flow", date_start=day(0), as_of="", **_RECOMMENDED
    ),
    "flow-open": _one("displacement", "date_end", measure="flow", date_start=day(0), as_of=""),
    "date-and-period": _one("indicators", "as_of", date_start=day(0), date_end=day(9)),
    "superseded-recommended": (
        _figure(14, "role", figure_id="first-count", **_RECOMMENDED),
        _figure(16, supersedes="first-count"),
    ),
    "retracted-recommended": (
        _figure(14, "role", figure_id="taken-back", **_RECOMMENDED),
        Row(
            "claims",
            {
                **{"stance": "retracts", "about_table": "casualties", "about_id": "taken-back"},
                "aspect": "count",
            },
        ),
    ),
    "overlap-recommended": (
        _figure(14, "overlap_group", overlap_group="of-a-month", **_RECOMMENDED),
        _figure(16, overlap_group="of-a-month", **_RECOMMENDED),
    ),
    "revised-down": (
        _figure(20, counting="cumulative", date_end=day(5)),
        _figure(10, "value", counting="cumulative", date_end=day(9)),
    ),
    "aggregate-recommended": (
        _event(event_id="offensive", event_type="offensive", is_aggregate="true"),
        _event(event_id="raid", parent_event_id="offensive"),
        _figure(50, "role", event_id="offensive", **_RECOMMENDED),
        _figure(20, event_id="raid", **_RECOMMENDED),
    ),
    "parent-event": _one("events", "parent_event_id", parent_event_id="none-such"),
    "category-recommended": (
        _figure(20, "role", **_RECOMMENDED),
        _figure(50, person_status="mixed", **_RECOMMENDED),
    ),
    "counts-unit": _one("displacement", "unit", unit="household"),
    "parts-above-total": (
        _figure(10, "value", overlap_group="of-a-shelter"),
        _figure(8, sex="female", overlap_group="of-a-shelter"),
        _figure(7, sex="male", overlap_group="of-a-shelter"),
    ),
    "cluster-countries": (
        _event("cluster_id", cluster_id="cluster"),
        _event(cluster_id="cluster", location_code="IRQ", location_name="Iraq"),
    ),
    "bounds-exact": _one("casualties", "qualifier", value_low="10"),
    "bounds-open": _one("casualties", "value_high", qualifier="at_least", value_high="20"),
    "bounds-above": _one(
        "casualties", "value_low", qualifier="at_most", value="10", value_low="12", value_high=""
    ),
    "bounds-range": _one("casualties", "qualifier", qualifier="range", value="", value_high=""),
    "bounds-unknown": _one("casualties", "qualifier", qualifier="unknown"),
    "bounds-basis": _one("casualties", "bounds_basis", qualifier="approximately", bounds_basis=""),
    "bounds-convention": _one(
        "casualties", "bounds_basis", qualifier="order_of_magnitude", value="", value_high=""
    ),
    "other-sources": (
        _source(source_id="one-office", publisher="One office"),
        _source(source_id="another-office", publisher="Another office"),
        _figure(31, "source_id", source_id="one-office", **_RECOMMENDED),
        _figure(33, source_id="another-office", **_RECOMMENDED),
    ),
    "claim-about": _one("claims", "about_id", about_id="none-such"),
    # places
    "coordinates-outside": _one("events", "latitude", latitude="35", longitude="50", **_EXACTLY),
    "coordinates-swapped": _one("events", "latitude", latitude="40.5", longitude="35.2", **_EXACTLY),
    "coordinates-sign": _one("events", "latitude", latitude="-35.2", longitude="38", **_EXACTLY),
    "coordinates-zero": _one("events", "latitude", latitude="0", longitude="0", **_EXACTLY),
    "coordinates-half": _one("events", "latitude", latitude="35.2", **_EXACTLY),
    "coordinates-middle": _one("events", "latitude", latitude="35.01105", longitude="38.51124", **_EXACTLY),
    "geo-precision-unit": _one("events", "geo_precision", geo_precision="admin1"),
    "geo-precision-place": _one("events", "geo_precision", **_EXACTLY),
    "geo-precision-country": _one("events", "geo_precision", admin1_code="SY02"),
    "pcode-country": _one("events", "admin1_code", admin1_code="IQ01", geo_precision="admin1"),
    "pcode-unknown": _one("events", "admin1_code", admin1_code="SY99", geo_precision="admin1"),
    "pcode-nesting": _one(
        "events", "admin2_code", admin1_code="SY07", admin2_code="SY0202", geo_precision="admin2"
    ),
    "pcode-name": _one(
        "events", "admin1_name", admin1_code="SY02", admin1_name="Idleb", geo_precision="admin1"
    ),
    # outliers: a number or name among many
    "number-far-above": (
        *(_event(fatalities=str(n), date_start=day(n), date_end=day(n)) for n in range(40, 80)),
        _event("fatalities", fatalities="100000"),
    ),
    "number-out-of-series": tuple(
        Row(
            "displacement",
            {
                **dict.fromkeys(("value", "value_low", "value_high"), str(number)),
                "as_of": day(30 * month),
            },
            "value" if number > 50_000 else "",
        )
        for month, number in enumerate((5030, 5110, 50900, 5070, 5150))
    ),
    "number-of-another-cell": (
        *(
            _event(fatalities=str(round(3 * 1.25**n)), date_start=day(n), date_end=day(n))
            for n in range(1, 32)
        ),
        _event("fatalities", fatalities="2001", date_start="2001-01-01", date_end="2001-01-01"),
    ),
    "rare-spelling": (
        _event(event_id="reported-often"),
        *(
            Row(
                "event_sources",
                {
                    "event_id": "reported-often",
                    "position": str(n),
                    "source_name": "Norhtern Gazette" if n > 20 else "Northern Gazette",
                },
                "source_name" if n > 20 else "",
            )
            for n in range(1, 22)
        ),
    ),
}
"""By check, the rows that hold its error; the first table is where it is told."""


def table_specimen(package: Path, folder: Path, beside: tuple[Spot, ...]) -> Specimen:
    """Return a copy of a package with all plants in its tables; `beside` is what is told of the package itself.

    Companions and other copies of the tables are left out: they have specimens of their own.
    """
    copy = Copy.of(package, folder, TABLES)
    for name in TABLES:
        if name not in copy.names:
            _add_table(copy, name)
    rows: dict[str, list[Mapping[str, str]]] = {name: [] for name in TABLES}
    told: list[tuple[str, str, int, str]] = []
    for number, (check, plant) in enumerate(PLANTS.items()):
        first = FIRST_DAY + number * APART
        for row in (*_sources(plant), *plant):
            if row.told_at:
                told.append((check, row.table, len(rows[row.table]), row.told_at))
            rows[row.table].append(_cells(check, first, row, len(rows[row.table])))
    start = {name: copy.append(name, rows[name]) for name in TABLES}
    planted = tuple(
        Spot(check, name, start[name] + n, "" if field == NO_FIELD else field)
        for check, name, n, field in told
    )
    return Specimen(copy.save(), planted, beside)


def _add_table(copy: Copy, name: str) -> None:
    """Add a table of the standard that the package lacks, with its header alone."""
    schema = json.loads(schemas.path_of("tables", f"{name}.json").read_text(encoding="utf-8"))
    (copy.folder / f"{name}.csv").write_text(",".join(f["name"] for f in schema["fields"]) + "\n", "utf-8")
    kept = {key: schema[key] for key in ("fields", "primaryKey", "foreignKeys") if key in schema}
    described = {"name": name, "type": "table", "path": f"{name}.csv", "format": "csv", "rows": 0}
    copy.descriptor["resources"].append({**described, "title": name, "schema": kept})


def _sources(plant: tuple[Row, ...]) -> Iterator[Row]:
    """Yield the plant's source, if it does not bring its own."""
    if all(row.table != "sources" for row in plant):
        yield _source()


def _cells(check: str, first: dt.date, row: Row, number: int) -> dict[str, str]:
    own: dict[str, str] = {}
    if row.table != "event_sources":
        own["source_id"] = check
    if row.table == "sources":
        own["publisher"] = check
    if row.table in KEYS:
        own[KEYS[row.table]] = f"{check}-{number}"
    cells = {**SOUND[row.table], **own, **row.cells}
    return {
        name: (first + cell).isoformat() if isinstance(cell, dt.timedelta) else cell
        for name, cell in cells.items()
    }
