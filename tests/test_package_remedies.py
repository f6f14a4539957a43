"""Remedies in packages: what a row says of its exactness stays true, keys stay whole, and nothing tells what is gone."""

import json
import shutil
import stat
from pathlib import Path

import polars as pl
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from hxl_kit.checks.theme import Context, themes
from hxl_kit.disclosure.remedies.entries import Entry
from hxl_kit.errors import UsageError
from hxl_kit.mapping import POLARS_TYPES
from hxl_kit.package.author import read_package_yaml
from hxl_kit.package.build import build_all
from hxl_kit.package.treatments import TREATMENTS, masked
from hxl_kit.places.boundaries import Boundaries
from hxl_kit.standard.tables import table
from hxl_kit.validation.engine import validate

REFERENCE = Path(__file__).parents[1] / "datapackages"
SEED = b"a seed of sixteen"
HEAD = """name: made-up
title: Made up
version: "1"
licences: [{name: CC-BY-4.0}]
contributors: [{title: Tests}]
options: {parquet: false, hashtag_row: none%s}
"""
UNMATCHED = "places: {match: false}\n"
SOURCE = {"source_id": "s1", "source_type": "news", "redistribution": "attribution", "access": "public"}
EVENT = {
    "source_id": "s1",
    "event_type": "battle",
    "is_aggregate": "false",
    "date_start": "2024-03-17",
    "date_end": "2024-03-18",
    "date_precision": "day",
    "location_code": "SYR",
    "admin1_code": "SY02",
    "admin2_code": "SY0203",
    "pcode_method": "provider",
    "place_name": "Canary Village",
    "latitude": "36.512347",
    "longitude": "36.871239",
    "geo_precision": "exact",
}
COUNT = {
    "source_id": "s1",
    "indicator": "people_in_need",
    "unit": "person",
    "as_of": "2024-11-28",
    "date_precision": "day",
    "location_code": "SYR",
    "role": "recommended",
}
ALL = """remedies:
  - {remedy: mask-places, table: events, why: Nobody's house may be found.}
  - {remedy: coarser-dates, table: events, to: month, why: The day tells which attack.}
  - {remedy: suppress, table: indicators, why: One person is one person.}
"""


def entry(remedy, **parameters):
    return Entry(remedy, "Tests.", tuple(parameters.pop("fields", ())), "events", parameters)


def treated(rows, made, boundaries=()):
    if made.remedy == "mask-places":
        return masked(rows, made, SEED, boundaries)
    return TREATMENTS[made.remedy](rows, made)


def typed(name, *rows):
    """Rows of a table of the standard with all its fields."""
    fields = table(name).fields
    whole = pl.DataFrame(
        [{f.name: row.get(f.name) for f in fields} for row in rows],
        schema={f.name: pl.String if f.type == "date" else POLARS_TYPES[f.type] for f in fields},
    )
    return whole.with_columns(pl.col(f.name).str.to_date() for f in fields if f.type == "date")


@pytest.fixture
def folder(tmp_path, write_rows):
    """A package.yaml of events, and of people in need with totals by sex and place; `build` adds the remedies."""
    at = tmp_path / "author"
    events = [{"event_id": f"e{n}", **EVENT, "location_code": "SYR"} for n in range(3)]
    counts = []
    for unit, women, men in (("SY0200", 3, 40), ("SY0204", 7, 50), ("SY0202", 41, 60), ("", 51, 150)):
        for sex, value in (("female", women), ("male", men), ("all", women + men)):
            about = {"admin1_code": "SY02" if unit else "", "admin2_code": unit, "sex": sex}
            counts.append({"figure_id": f"{unit}{sex}", **COUNT, **about, "quantity_text": str(value)})
    for name, rows in (("sources", [SOURCE]), ("events", events), ("indicators", counts)):
        write_rows(at / f"{name}.csv", rows)
    return at


@pytest.fixture(autouse=True)
def _without_gate(monkeypatch):
    """Frictionless' verdict takes most of a small build's time; one test asks for it with `validate`."""
    monkeypatch.setattr("hxl_kit.package.build.refuse_invalid", lambda _folder: None)


def build(folder, remedies="", *, split=False, out="out", places=UNMATCHED):
    names = sorted(path.stem for path in folder.glob("*.csv"))
    inputs = "inputs:\n" + "".join(f"  - {{path: {name}.csv, table: {name}}}\n" for name in names)
    head = HEAD % (", split_by: location_code" if split else "")
    (folder / "package.yaml").write_text(head + inputs + places + remedies, encoding="utf-8")
    return build_all(read_package_yaml(folder), folder.parent / out)


def provenance(built):
    return json.loads((built.path / "datapackage.json").read_bytes())["provenance"]


def test_everything_at_once_in_a_package_that_passes_every_check(folder):
    (built,) = build(folder, ALL)
    report = validate(built.path, ["all"], limit=50)
    assert report.valid
    assert [issue.rule for issue in report.issues] == []
    content = b"".join(path.read_bytes() for path in built.path.iterdir())
    for gone in (b"Canary", b"36.512347", b"36.871239", b"2024-03-17", b"a seed"):
        assert gone not in content
    events = pl.read_csv(built.path / "events.csv")
    assert events["event_id"].to_list() == ["e0", "e1", "e2"]
    told = ("date_start", "date_end", "date_precision", "geo_precision", "admin2_code")
    assert set(events.select(told).rows()) == {("2024-03-01", "2024-03-31", "month", "near", "SY0203")}
    assert not list(folder.parent.glob(".*"))


def test_what_was_done_stands_in_the_package(folder):
    (built,) = build(folder, ALL)
    masks, dates, counts = provenance(built)["remedies"]
    assert dates == {
        "remedy": "coarser-dates",
        "table": "events",
        "columns": ["date_start", "date_end", "date_precision"],
        "rows": 3,
        "parameters": {"to": "month"},
        "why": "The day tells which attack.",
    }
    assert (masks["remedy"], masks["rows"], masks["parameters"]["rural_km"]) == ("mask-places", 3, 5)
    assert (counts["table"], counts["parameters"]) == ("indicators", {"smallest_shown": 5, "cells": 4})
    resources = json.loads((built.path / "datapackage.json").read_bytes())["resources"]
    described = {resource["name"]: resource["description"] for resource in resources}
    assert described["events"].endswith("Dates are those of the month.")
    assert "below 5" in described["indicators"]
    assert "below" not in described["sources"]
    assert [record.as_json() for record in built.remedies] == json.loads(
        json.dumps([masks, dates, counts]), object_hook=_tuples
    )


def _tuples(found):
    return {key: tuple(value) if isinstance(value, list) else value for key, value in found.items()}


def test_small_counts_are_kept_back_with_their_words_and_what_would_tell_them(folder):
    (built,) = build(folder, ALL)
    rows = pl.read_csv(built.path / "indicators.csv", infer_schema=False)
    hidden = rows.filter(pl.col("value").is_null())
    # 3 women; the men beside them, or the total would tell; and the same of another place.
    assert hidden.height == 4
    assert set(hidden["qualifier"]) == {"unknown"}
    for gone in ("value_low", "value_high", "quantity_text", "bounds_basis"):
        assert hidden[gone].null_count() == 4
    shown = rows.filter(pl.col("value").is_not_null())
    assert set(shown["qualifier"]) == {"exact"}
    assert not shown["value"].cast(pl.Float64).is_between(1, 4).any()


def test_sums_of_the_input_do_not_tell_what_is_kept_back(tmp_path, ged_folder):
    """A provider's totals before and after normalising are published, but not beside counts that are kept back."""
    shutil.copytree(ged_folder.parent / "hapi", tmp_path / "hapi")
    sample = next(path for path in sorted((tmp_path / "hapi").glob("*.csv")) if "refugees" in path.name)
    head = HEAD % "" + f"inputs: [{{path: {sample.name}, source: hapi}}]\n"
    totals = []
    for remedies in ("", "remedies: [{remedy: round, table: displacement, why: Small groups.}]\n"):
        (sample.parent / "package.yaml").write_text(head + remedies, encoding="utf-8")
        (built,) = build_all(read_package_yaml(sample.parent), tmp_path / "out")
        totals.append(["totals" in record for record in provenance(built)["inputs"]])
    assert totals == [[True], [False]]


def test_split_packages_are_treated_as_a_whole(folder, write_rows):
    write_rows(folder / "events.csv", [{**EVENT, "event_id": c, "location_code": c} for c in ("SYR", "IRQ")])
    built = build(folder, ALL, split=True)
    assert [each.path.name for each in built] == ["made-up-irq", "made-up-syr"]
    assert [len(provenance(each)["remedies"]) for each in built] == [3, 3]
    latitudes = pl.concat(pl.read_csv(each.path / "events.csv")["latitude"] for each in built)
    assert latitudes.n_unique() == 1  # one place, one move
    assert pl.read_csv(built[1].path / "indicators.csv")["value"].null_count() == 4


def test_the_secret_stays_private_and_the_same_in_every_build(folder):
    (first,) = build(folder, ALL)
    once = (first.path / "events.csv").read_bytes()
    key = folder.with_name("author.private") / "mask.key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert not any(key.read_bytes() in path.read_bytes() for path in first.path.iterdir())
    build(folder, ALL)
    assert (first.path / "events.csv").read_bytes() == once


@pytest.mark.parametrize("split", [False, True])
def test_places_are_not_moved_anew_when_the_secret_is_gone_or_another(folder, split):
    built = build(folder, ALL, split=split)
    key = folder.with_name("author.private") / "mask.key"
    before = (built[0].path / "events.csv").read_bytes()
    key.unlink()
    with pytest.raises(UsageError, match=r"mask\.key: is gone"):
        build(folder, ALL, split=split)
    key.write_bytes(b"0" * 64)
    with pytest.raises(UsageError, match="is another key"):
        build(folder, ALL, split=split)
    key.write_bytes(b"short")
    with pytest.raises(UsageError, match="is cut short"):
        build(folder, ALL, split=split)
    assert (built[0].path / "events.csv").read_bytes() == before


WRONG = {
    "{remedy: suppress, table: casualties, why: x}": "casualty figures are the message",
    "{remedy: round, table: events, why: x}": "casualty figures are the message",
    "{remedy: round, table: claims, why: x}": "claims has no counts",
    "{remedy: drop, fields: [casualties.value], why: x}": "casualty figures are the message",
    "{remedy: drop, fields: [events.fatalities], why: x}": "casualty figures are the message",
    "{remedy: drop, fields: [displacement.value_low], why: x}": "is part of a figure",
    "{remedy: drop, fields: [events.event_id], why: x}": "is a key or a reference",
    "{remedy: drop, fields: [casualties.event_id], why: x}": "is a key or a reference",
    "{remedy: drop, fields: [events.parent_event_id], why: x}": "is a key or a reference",
    "{remedy: drop, fields: [claims.claimant], why: x}": "options.protect writes codes for it",
    "{remedy: drop, fields: [events.latitude], why: x}": "keep geo_precision true",
    "{remedy: drop, fields: [events.date_end], why: x}": "keeps date_precision true",
    "{remedy: drop, fields: [sources.licence], why: x}": "on which terms",
    "{remedy: drop, table: events, fields: [descripton], why: x}": "did you mean 'description'",
    "{remedy: drop, table: events, why: x}": "drop needs 'fields'",
    "{remedy: drop, fields: [description], why: x}": "drop needs a table",
    "{remedy: drop, fields: [event.description], why: x}": "did you mean 'events'",
    "{remedy: coarser-dates, table: claims, to: month, why: x}": "claims has no date_precision",
    "{remedy: coarser-dates, table: events, why: x}": "needs 'to': month or year",
    "{remedy: coarser-dates, table: events, to: admin1, why: x}": "needs 'to': month or year",
    "{remedy: coarser-dates, table: events, to: year, fields: [date_start], why: x}": "takes no 'fields'",
    "{remedy: coarser-places, table: claims, to: admin1, why: x}": "claims has no places",
    "{remedy: mask-places, table: events, urban: setting, why: x}": "no field 'setting'",
    "{remedy: mask-places, table: events, base: 5, why: x}": "takes no 'base'",
    "{remedy: age-bands, table: casualties, why: x}": "hxl-kit deidentify",
    "{remedy: mask, table: events, why: x}": "no remedy 'mask'",
    "{remedy: mask-places, table: events}": "'why' is missing",
    "{remedy: mask-places, table: events, why: ' '}": "'why' is empty",
    "{remedy: mask-places, table: events, why: x, seed: 3}": "unknown key 'seed'",
}


@pytest.mark.parametrize("wrong", WRONG)
def test_what_would_do_harm_or_cannot_be_is_refused(folder, wrong):
    with pytest.raises(UsageError, match=r"package\.yaml: .*remedies\[0\]") as caught:
        build(folder, f"remedies:\n  - {wrong}\n")
    assert WRONG[wrong] in str(caught.value)


def test_a_table_that_the_package_does_not_hold_is_named(folder):
    with pytest.raises(UsageError, match="has no table displacement; it has sources, events, indicators"):
        build(folder, "remedies: [{remedy: coarser-dates, table: displacement, to: year, why: x}]\n")


def test_fields_of_several_tables_are_dropped_and_what_may_still_tell_is_named(folder, write_rows):
    write_rows(
        folder / "events.csv",
        [{"event_id": "e1", **EVENT, "description": "Secret words", "actor1_name": "A"}],
    )
    event = {"event_id": "e1", "position": "1", "headline": "Secret words", "source_date": "2024-03-18"}
    write_rows(folder / "event_sources.csv", [event])
    dates = "  - {remedy: coarser-dates, table: events, to: month, why: x}\n"
    (built,) = build(folder, f"remedies:\n{dates}")
    (note,) = built.may_tell
    assert note.endswith("events.description, event_sources.source_date, event_sources.headline")
    fields = "events.description, event_sources.headline, event_sources.source_date, events.actor1_name"
    dropped = f"  - {{remedy: drop, fields: [{fields}], why: x}}\n"
    (built,) = build(folder, f"remedies:\n{dates}{dropped}")
    assert built.may_tell == ()
    assert not [path for path in built.path.iterdir() if b"Secret words" in path.read_bytes()]
    assert [r["table"] for r in provenance(built)["remedies"]] == ["events", "events", "event_sources"]


def broken(name, rows):
    """How many rows break each rule of the checks on single rows."""
    rules = [rule for theme in themes() for rule in theme.row_rules(name, Context())]
    text = rows.with_columns(pl.col(n).cast(pl.String).alias(f"@{n}") for n in rows.columns)
    counts = text.select(r.violated.fill_null(value=False).sum().alias(str(n)) for n, r in enumerate(rules))
    return {(r.id, r.field, r.message): counts[str(n)].item() for n, r in enumerate(rules)}


KINDS = (
    entry("coarser-dates", to="month"),
    entry("coarser-dates", to="year"),
    entry("coarser-places", to="admin1"),
    entry("coarser-places", to="admin2"),
    entry("mask-places"),
    entry("round", base=5),
    entry("suppress"),
)


@pytest.mark.parametrize(
    ("package", "name"),
    [
        ("ucdp-ged-syria", "events"),
        ("ucdp-ged-syria", "casualties"),
        ("nw-syria-2024", "events"),
        ("nw-syria-2024", "casualties"),
        ("nw-syria-2024", "displacement"),
        ("nw-syria-2024", "indicators"),
    ],
)
def test_real_rows_break_no_more_rules_than_before(package, name):
    rows = pl.read_parquet(REFERENCE / package / f"{name}.parquet")
    before = broken(name, rows)
    for made in KINDS:
        if made.remedy in ("round", "suppress") and name not in ("displacement", "indicators"):
            continue
        after, _ = treated(rows, made)
        assert after.schema == rows.schema
        assert after[table(name).primary_key[0]].equals(rows[table(name).primary_key[0]])
        assert {k: n for k, n in broken(name, after).items() if n > before[k]} == {}


PRECISIONS = ("day", "week", "month", "quarter", "year", "multi_year", "unknown")


@settings(max_examples=24)
@given(
    st.dates(
        min_value=pl.Series(["1990-01-01"]).str.to_date()[0],
        max_value=pl.Series(["2024-12-01"]).str.to_date()[0],
    ),
    st.integers(0, 800),
    st.sampled_from(PRECISIONS),
    st.sampled_from(["month", "year"]),
)
def test_coarser_dates_hold_the_days_and_say_how_coarse_they_are(first, days, precision, to):
    row = {"date_start": str(first), "date_precision": precision}
    rows = typed("events", row).with_columns(date_end=pl.col("date_start") + pl.duration(days=days))
    after, _ = treated(rows, entry("coarser-dates", to=to))
    start, end, told = after.select("date_start", "date_end", "date_precision").row(0)
    assert start <= rows["date_start"][0]
    assert end >= rows["date_end"][0]
    assert (start.day, after["date_end"].dt.offset_by("1d")[0].day) == (1, 1)
    assert to == "month" or (start.month, end.month) == (1, 12)
    known = PRECISIONS[:-1]
    assert (
        told == "unknown"
        if precision == "unknown"
        else known.index(told) >= max(map(known.index, (to, precision)))
    )
    assert not [
        rule
        for (rule, *_), n in broken("events", after).items()
        if rule == "date-precision-span" and n and told != precision
    ]


def place(**more):
    return {**EVENT, "event_id": "e", **more}


@pytest.mark.parametrize(
    ("said", "to", "told"),
    [
        ({}, "admin2", "admin2"),
        ({}, "admin1", "admin1"),
        ({"admin2_code": None}, "admin2", "admin1"),
        ({"admin2_code": None, "provider_admin2_name": "Afrin"}, "admin2", "admin2"),
        ({"admin2_code": None, "admin1_code": None}, "admin2", "country"),
        ({"admin2_code": None, "admin1_code": None, "location_code": None}, "admin2", "unknown"),
        ({"geo_precision": "admin1"}, "admin2", "admin1"),
        ({"geo_precision": "country"}, "admin2", "country"),
        ({"geo_precision": "vague_area"}, "admin2", "vague_area"),
        ({"geo_precision": "international"}, "admin1", "international"),
    ],
)
def test_coarser_places_say_how_coarse_they_are(said, to, told):
    row = {
        **place(),
        "latitude": 36.5,
        "longitude": 36.9,
        "admin3_code": "SY020300",
        "is_aggregate": False,
        **said,
    }
    after, _ = treated(typed("events", row), entry("coarser-places", to=to))
    assert after["geo_precision"].to_list() == [told]
    assert after.select("latitude", "longitude", "admin3_code").null_count().row(0) == (1, 1, 1)
    assert after["place_name"].to_list() == ["Canary Village" if told == "vague_area" else None]
    coded = after["admin1_code"][0] or after["admin2_code"][0]
    assert after["pcode_method"].to_list() == ["provider" if coded else "none"]
    assert to == "admin2" or after["admin2_code"][0] is None


@pytest.fixture
def district(tmp_path):
    """The boundaries of Afrin as a square, and of the district beside it."""
    shapes = {"SY0203": shapely.box(36.5, 36.4, 36.9, 36.6), "SY0202": shapely.box(36.9, 36.4, 37.3, 36.6)}
    features = [
        {"type": "Feature", "properties": {"ADM2_PCODE": code}, "geometry": shapely.geometry.mapping(shape)}
        for code, shape in shapes.items()
    ]
    path = tmp_path / "author" / "syr.geojson"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    return path


def test_places_stay_in_the_district_whose_boundaries_package_yaml_names(folder, district, write_rows):
    rows = [{**EVENT, "event_id": f"e{n}", "longitude": f"{36.89 + n / 10_000:.4f}"} for n in range(60)]
    write_rows(folder / "events.csv", rows)
    places = f"places:\n  boundaries: [{{path: {district.name}, country: SYR, level: 2}}]\n"
    (built,) = build(folder, ALL, places=places)
    moved = pl.read_csv(built.path / "events.csv")
    units = Boundaries.read(district, country="SYR", level=2)
    assert set(units.locate(moved.select("latitude", "longitude"))["code"]) == {"SY0203"}
    (record, *_) = provenance(built)["remedies"]
    assert record["parameters"]["kept_inside"] == ["admin2 of SYR"]


ROUNDED = {
    "exact": (13, 13, 13, "stated", (15, None, None, None, "approximately")),
    "approximately": (13, None, None, None, (15, None, None, None, "approximately")),
    "at_least": (13, 13, None, "stated", (10, 10, None, "stated", "at_least")),
    "more_than": (13, 14, None, "stated", (10, 10, None, "stated", "more_than")),
    "at_most": (13, None, 13, "stated", (15, None, 15, "stated", "at_most")),
    "less_than": (13, None, 12, "stated", (15, None, 15, "stated", "less_than")),
    "range": (None, 11, 14, "source_range", (None, 10, 15, "source_range", "range")),
    "unknown": (13, None, None, None, (15, None, None, None, "unknown")),
}
FIGURE = ("value", "value_low", "value_high", "bounds_basis")


@pytest.mark.parametrize("qualifier", ROUNDED)
def test_rounding_keeps_true_what_is_said_of_a_figure(qualifier):
    *given_figure, expected = ROUNDED[qualifier]
    row = {
        **dict(zip(FIGURE, given_figure, strict=True)),
        "qualifier": qualifier,
        "quantity_text": "thirteen",
    }
    rows = typed("displacement", {**row, "unit": "person"}, {**row, "unit": "building"})
    after, record = treated(rows, entry("round", base=5))
    assert after.select(*FIGURE, "qualifier").row(0) == expected
    assert after["quantity_text"].to_list() == [None, "thirteen"]
    assert after.row(1) == rows.row(1)
    assert record.rows == 1
