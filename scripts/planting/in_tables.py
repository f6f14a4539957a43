"""Errors planted in the rows of a package: one of each check that looks at the tables of the standard."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planting.sound_rows import NO_FIELD, Row, day

if TYPE_CHECKING:
    import datetime as dt

QUANTITY = ("value", "value_low", "value_high")


def _one(table: str, told_at: str, **cells: str | dt.timedelta) -> tuple[Row, ...]:
    return (Row(table, cells, told_at),)


def _source(told_at: str = "", **cells: str | dt.timedelta) -> Row:
    return Row("sources", cells, told_at)


def _event(told_at: str = "", **cells: str | dt.timedelta) -> Row:
    return Row("events", cells, told_at)


def _document(event: str, position: int, told_at: str = "", **cells: str | dt.timedelta) -> Row:
    return Row("event_sources", {"event_id": event, "position": str(position), **cells}, told_at)


def _figure(number: int, told_at: str = "", **cells: str | dt.timedelta) -> Row:
    """Return a figure of casualties that is exactly so many."""
    return Row("casualties", {**dict.fromkeys(QUANTITY, str(number)), **cells}, told_at)


def _stock(number: int, told_at: str = "", **cells: str | dt.timedelta) -> Row:
    """Return a number of displaced people that is exactly so many."""
    return Row("displacement", {**dict.fromkeys(QUANTITY, str(number)), **cells}, told_at)


_EXACTLY = {"geo_precision": "exact"}
_RECOMMENDED = {"role": "recommended"}
_RUMOUR = "Several shells fell on the market and on the road to it"

PLANTS: dict[str, tuple[Row, ...]] = {
    # frictionless: the types, constraints and keys of the standard
    "type-error": _one("events", "fatalities", fatalities="many"),
    "constraint-error": _one("events", "fatalities", fatalities="-1"),
    "foreign-key": _one("events", NO_FIELD, source_id="none-such"),
    "primary-key": (
        _event(event_id="reported-twice"),
        _document("reported-twice", 1),
        _document("reported-twice", 1, NO_FIELD, source_name="Weekly"),
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
        _document("foreseen", 1, "source_date", source_date=day(-9)),
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
        "casualties",
        "quantity_text",
        quantity_text="at least 15 civilians",
        value="51",
        value_low="51",
        value_high="",
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
                "stance": "retracts",
                "about_table": "casualties",
                "about_id": "taken-back",
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
    "number-out-of-series": (
        *(
            _stock(number, as_of=day(30 * month))
            for month, number in ((0, 5030), (1, 5110), (3, 5070), (4, 5150))
        ),
        _stock(50900, "value", as_of=day(60)),
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
        *(_document("reported-often", n, source_name="Northern Gazette") for n in range(1, 21)),
        _document("reported-often", 21, "source_name", source_name="Norhtern Gazette"),
    ),
}
"""By check, the rows that hold its error, and the field at which it is told."""
