"""Remedies: what they change, what they promise, and what they record."""

import itertools
import json
import re

import polars as pl
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from hxl_kit.disclosure.cells import cells
from hxl_kit.disclosure.remedies import (
    age_bands,
    coarser_dates,
    coarser_places,
    drop,
    mask_places,
    round_to,
    suppress,
)
from hxl_kit.disclosure.remedies.masking import Coordinates, kilometres
from hxl_kit.errors import UsageError
from hxl_kit.places.boundaries import Boundaries

SEED, OTHER = b"a seed of sixteen", b"another seed of it"


def test_drop_leaves_the_rest():
    after, record = drop(pl.DataFrame({"name": ["x", None], "n": [1, 2]}), ["name"])
    assert after.to_dict(as_series=False) == {"n": [1, 2]}
    assert (record.remedy, record.columns, record.rows) == ("drop", ("name",), 1)
    with pytest.raises(UsageError, match="no column 'nam'; did you mean 'name'"):
        drop(pl.DataFrame({"name": ["x"]}), ["nam"])


def test_rounding():
    after, record = round_to(pl.DataFrame({"n": ["2", "3", "7", "1,024", "<5", None]}), ["n"])
    assert after["n"].to_list() == ["0", "5", "5", "1025", "<5", None]
    assert (record.rows, record.parameters) == (4, {"base": 5})
    with pytest.raises(UsageError, match="rounds nothing"):
        round_to(pl.DataFrame({"n": [1]}), ["n"], 1)


@given(st.lists(st.integers(0, 10**9)), st.integers(2, 100))
def test_rounding_moves_by_half_a_base_at_most(numbers, base):
    after, _ = round_to(pl.DataFrame({"n": numbers}, schema={"n": pl.Int64}), ["n"], base)
    assert all(n % base == 0 and 2 * abs(n - was) <= base for n, was in zip(after["n"], numbers, strict=True))


def test_ages_become_bands():
    after, record = age_bands(
        pl.DataFrame({"age": ["0", "4", "5", "17.9", "60", "-1", "x", "300", None]}), "age"
    )
    assert after["age"].to_list() == ["0-4", "0-4", "5-11", "12-17", "60+", None, None, None, None]
    assert record.parameters == {"starts": (0, 5, 12, 18, 60)}
    with pytest.raises(UsageError, match="rise from 0"):
        age_bands(after, "age", (5, 18))


@given(st.lists(st.integers(0, 120), min_size=1), st.sets(st.integers(1, 90), max_size=6))
def test_bands_never_invent(ages, starts):
    after, _ = age_bands(pl.DataFrame({"age": ages}), "age", (0, *sorted(starts)))
    for age, band in zip(ages, after["age"], strict=True):
        low, high = (re.fullmatch(r"(\d+)(?:-(\d+)|\+)", band)).groups()
        assert int(low) <= age <= int(high or 200)


def test_dates_become_coarser():
    given_dates = ["2024-03-15", "2024-03-15T10:00:00Z", "2024-03", "2024", "15/03/2024", "2024-13-01", None]
    frame = pl.DataFrame({"d": given_dates})
    after, record = coarser_dates(frame, "d", "month")
    assert after["d"].to_list() == ["2024-03", "2024-03", "2024-03", "2024", None, None, None]
    assert coarser_dates(frame, "d", "year")[0]["d"].to_list() == ["2024"] * 4 + [None] * 3
    assert (record.rows, record.parameters) == (4, {"to": "month"})


@given(st.dates())
def test_a_date_is_in_its_month(day):
    after, _ = coarser_dates(pl.DataFrame({"d": [day]}), "d", "month")
    assert day.isoformat().startswith(after["d"][0])


def test_places_become_the_units_above():
    frame = pl.DataFrame({"adm3": ["SY020201", "XX", None], "name": ["a", "b", "c"]})
    after, record = coarser_places(frame, "adm3", {"SY020201": "SY0202"}, also=["name"])
    assert after.to_dict(as_series=False) == {"adm3": ["SY0202", None, None]}
    assert record.parameters == {"left_out": ("name",)}
    assert "SY020201" not in repr(record)


def with_totals(values, rows, columns, *, across=True):
    """A long table of rows × columns counts, with totals in one or both directions."""
    places, sexes = [f"p{i}" for i in range(rows)], [f"s{j}" for j in range(columns)]
    counts = {(p, s): values[i * columns + j] for i, p in enumerate(places) for j, s in enumerate(sexes)}
    for place in places:
        counts[place, "total"] = sum(counts[place, s] for s in sexes)
    if across:
        for sex in [*sexes, "total"]:
            counts["total", sex] = sum(counts[p, sex] for p in places)
    lines = [(place, sex, number) for (place, sex), number in counts.items()]
    return pl.DataFrame(lines, schema=["place", "sex", "hiv"], orient="row")


def test_small_counts_and_what_protects_them_are_kept_back():
    after, record = suppress(with_totals([1, 14, 20, 30], 2, 2), ["hiv"], ["place", "sex"])
    assert after.filter(pl.col("hiv").is_null()).select("place", "sex").rows() == [
        ("p0", "s0"), ("p0", "s1"), ("p1", "s0"), ("p1", "s1"),
    ]  # fmt: skip
    assert record.rows == 4
    assert record.parameters == {"smallest_shown": 5, "cells_small": 1, "cells_protecting": 3}


def test_a_table_without_totals_loses_its_small_counts_only():
    frame = pl.DataFrame({"place": ["a", "b", "c"], "hiv": ["3", "0", "17"]})
    after, record = suppress(frame, ["hiv"], ["place"])
    assert after["hiv"].to_list() == [None, "0", "17"]
    assert record.parameters["cells_protecting"] == 0


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_no_kept_back_count_can_be_worked_out(data):
    rows, columns = data.draw(st.sampled_from([(1, 2), (1, 4), (2, 2), (2, 3)]))
    values = data.draw(st.lists(st.integers(0, 7), min_size=rows * columns, max_size=rows * columns))
    frame = with_totals(values, rows, columns, across=rows > 1)
    after, _ = suppress(frame, ["hiv"], ["place", "sex"])
    shown = after["hiv"].drop_nulls()
    assert not ((shown > 0) & (shown < 5)).any()
    kept = after["hiv"].is_not_null()
    assert after.filter(kept)["hiv"].to_list() == frame.filter(kept)["hiv"].to_list()
    hidden = [i for i, value in enumerate(after["hiv"]) if value is None]
    sums = cells(frame, ["hiv"], ["place", "sex"]).sums
    for cell in hidden:
        assert len(possible(after["hiv"].to_list(), sums, cell, frame["hiv"].to_list())) > 1


def possible(shown, sums, cell, truth):
    """Find two counts that a cell could have: fill the inner cells in all ways near the truth, and check the sums."""
    inner = [i for i, value in enumerate(shown) if value is None and i not in {each.total for each in sums}]
    found = set()
    for moves in itertools.product((0, -1, 1, -2, 2), repeat=len(inner)):
        filled = list(truth)
        for i, move in zip(inner, moves, strict=True):
            filled[i] += move
        for each in sorted(sums, key=lambda one: one.total):
            if shown[each.total] is None:
                filled[each.total] = sum(filled[part] for part in each.parts)
        if all(v >= 0 for v in filled) and all(
            filled[s.total] == sum(filled[p] for p in s.parts) for s in sums
        ):
            found.add(filled[cell])
        if len(found) > 1:
            break
    return found


places = st.lists(
    st.tuples(st.floats(-80, 80), st.floats(-179.9, 179.9), st.booleans()), min_size=1, max_size=20
)


def moved(rows, seed=SEED, **more):
    frame = pl.DataFrame(rows, schema=["latitude", "longitude", "urban"], orient="row")
    after, record = mask_places(frame, seed, Coordinates(urban="urban"), **more)
    to = after.select(to_latitude="latitude", to_longitude="longitude")
    return pl.concat([frame, to], how="horizontal").with_columns(km=kilometres()), record


@given(places)
def test_no_place_is_moved_too_far(rows):
    found, record = moved(rows)
    assert (found["km"] <= pl.Series([2.0 if urban else 10.0 for *_, urban in rows])).all()
    assert record.rows == len(rows)
    assert record.parameters["without_coordinates"] == 0


@given(places)
def test_moving_is_the_same_for_a_seed_and_another_for_another(rows):
    once, again, other = (moved(rows, seed)[0] for seed in (SEED, SEED, OTHER))
    assert once.equals(again)
    assert not once.equals(other)


def test_a_place_keeps_its_move_whatever_stands_beside_it():
    alone, _ = moved([(35.5, 36.5, False)])
    among, _ = moved([(1.0, 2.0, True), (35.5, 36.5, False), (35.5, 36.5, False)])
    assert alone.row(0) == among.row(1) == among.row(2)


def test_a_place_with_an_id_keeps_its_move_when_measured_anew():
    frame = pl.DataFrame({"latitude": [35.5, 35.51], "longitude": [36.5, 36.5], "id": ["a", "a"]})
    after, _ = mask_places(frame, SEED, place=["id"])
    moves = (after["latitude"] - frame["latitude"]).to_list()
    assert moves[0] == pytest.approx(moves[1], abs=2e-5)


def test_one_rural_place_in_a_hundred_goes_far_and_all_directions_are_taken():
    rows = [(i / 200, (i * 7 % 4000) / 100, False) for i in range(4000)]
    found, _ = moved(rows)
    far = (found["km"] > 5).mean()
    assert 0.002 < far < 0.009  # half of one per cent: of those moved by up to 10 km, half stay within 5
    assert found["km"].mean() == pytest.approx(2.5, abs=0.15)
    north = (found["to_latitude"] > found["latitude"]).mean()
    assert north == pytest.approx(0.5, abs=0.03)


@pytest.fixture
def units(tmp_path):
    features = [
        {"type": "Feature", "properties": {"admin2Pcode": code}, "geometry": shapely.geometry.mapping(shape)}
        for code, shape in {
            "SY0202": shapely.box(36, 35, 36.06, 36),
            "SY0203": shapely.box(36.06, 35, 37, 36),
        }.items()
    ]
    path = tmp_path / "syr.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    return Boundaries.read(path, country="SYR", level=2)


def test_places_stay_in_their_unit(units):
    rows = [(35.1 + i / 500, 36.005 + i % 60 / 1000, i % 3 == 0) for i in range(300)]
    found, record = moved(rows, boundaries=units)
    homes = units.locate(found.select("latitude", "longitude"))["code"]
    after = units.locate(found.select(latitude="to_latitude", longitude="to_longitude"))["code"]
    at_home = homes.is_not_null()
    assert at_home.mean() > 0.9
    assert homes.filter(at_home).to_list() == after.filter(at_home).to_list()
    assert found.filter(~at_home)["to_latitude"].null_count() == int((~at_home).sum())
    assert record.parameters["kept_inside"] == "admin2"
    assert record.parameters["without_coordinates"] == int((~at_home).sum())


def test_places_outside_all_units_lose_their_coordinates(units):
    found, record = moved([(10.0, 10.0, False)], boundaries=units)
    assert found["to_latitude"].to_list() == [None]
    assert record.parameters["without_coordinates"] == 1


def test_records_and_errors_hold_no_seed():
    _, record = moved([(35.5, 36.5, False)])
    assert "seed" not in repr(record)
    with pytest.raises(UsageError) as error:
        moved([(35.5, 36.5, False)], b"short")
    assert "short" not in str(error.value).replace("too short", "")


def test_what_is_no_place_on_earth_becomes_empty():
    frame = pl.DataFrame({"latitude": ["95", None, "north"], "longitude": ["36", "36", "36"]})
    after, record = mask_places(frame, SEED)
    assert after["latitude"].to_list() == after["longitude"].to_list() == [None] * 3
    assert (record.rows, record.parameters["without_coordinates"]) == (0, 0)
