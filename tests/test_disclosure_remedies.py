"""Remedies: what they change, what they promise, and what they record."""

import itertools
import json
import re

import numpy as np
import polars as pl
import pytest
import shapely
from hypothesis import example, given, settings
from hypothesis import strategies as st

from hxl_kit.disclosure.cells import cells
from hxl_kit.disclosure.frequencies import frequencies
from hxl_kit.disclosure.remedies import (
    age_bands,
    coarser_dates,
    coarser_places,
    drop,
    mask_places,
    rare_groups,
    round_to,
    suppress,
)
from hxl_kit.disclosure.remedies.coding import new_ids
from hxl_kit.disclosure.remedies.drawing import key_mark, kilometres
from hxl_kit.disclosure.remedies.masking import Coordinates
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


@settings(max_examples=24)
@given(st.lists(st.integers(0, 10**9)), st.integers(2, 100))
def test_rounding_moves_by_half_a_base_at_most(numbers, base):
    after, _ = round_to(pl.DataFrame({"n": numbers}, schema={"n": pl.Int64}), ["n"], base)
    assert all(n % base == 0 and 2 * abs(n - was) <= base for n, was in zip(after["n"], numbers, strict=True))


def test_ages_become_bands():
    after, record = age_bands(
        pl.DataFrame({"age": ["0", "4", "5", "17.9", "60", "-1", "x", "300", None]}), "age"
    )
    assert after["age"].to_list() == ["0-4", "0-4", "5-11", "12-17", "60+", None, None, None, None]
    assert record.parameters == {"starts": (0, 5, 12, 18, 60), "emptied": 3}
    with pytest.raises(UsageError, match="rise from 0"):
        age_bands(after, "age", (5, 18))


@settings(max_examples=25)
@given(st.sets(st.integers(1, 90), max_size=6))
def test_every_age_has_a_band_that_holds_it_and_bands_rise(starts):
    ages = range(126)
    after, _ = age_bands(pl.DataFrame({"age": ages}), "age", (0, *sorted(starts)))
    lows = []
    for age, band in zip(ages, after["age"], strict=True):
        low, high = (re.fullmatch(r"(\d+)(?:-(\d+)|\+)", band)).groups()
        assert int(low) <= age <= int(high or 200)
        lows.append(int(low))
    assert lows == sorted(lows)
    assert set(lows) == {0, *starts}


def test_dates_become_coarser():
    given_dates = ["2024-03-15", "2024-03-15T10:00:00Z", "2024-03", "2024", "15 March", "2024-13-01", None]
    frame = pl.DataFrame({"d": given_dates})
    after, record = coarser_dates(frame, "d", "month")
    assert after["d"].to_list() == ["2024-03", "2024-03", "2024-03", "2024", None, None, None]
    assert coarser_dates(frame, "d", "year")[0]["d"].to_list() == ["2024"] * 4 + [None] * 3
    assert (record.rows, record.parameters) == (4, {"to": "month", "emptied": 2})


@settings(max_examples=24)
@given(st.dates(), st.sampled_from("/.-"), st.sampled_from(["day-first", "month-first", None]))
def test_a_date_is_in_its_month_however_it_is_written(day, sign, order):
    parts = (day.month, day.day) if order == "month-first" else (day.day, day.month)
    frame = pl.DataFrame({"d": [day.isoformat(), sign.join(map(str, (*parts, f"{day.year:04}")))]})
    after, _ = coarser_dates(frame, "d", "month", order)
    plain = order is not None or day.day > 12 or day.day == day.month
    assert after["d"].to_list() == [day.isoformat()[:7], day.isoformat()[:7] if plain else None]
    assert coarser_dates(frame, "d", "year")[0]["d"].to_list() == [day.isoformat()[:4]] * 2


def test_places_become_the_units_above():
    frame = pl.DataFrame({"adm3": ["SY020201", "XX", None]})
    after, record = coarser_places(frame, "adm3", {"SY020201": "SY0202"})
    assert after["adm3"].to_list() == ["SY0202", None, None]
    assert record.parameters == {"emptied": 1}
    assert "SY020201" not in repr(record)


@settings(max_examples=24)
@given(st.lists(st.text("aäб٣- ", max_size=4), min_size=1, max_size=20))
def test_new_ids_are_one_to_one_and_the_same_wherever_an_id_stands(ids):
    frame = pl.DataFrame({"id": ids, "head": ids[::-1]})
    after, record, codes = new_ids(frame, ["id", "head"], SEED)
    plain = [text.strip() for text in ids]
    assert after["id"].to_list() == [codes.get(text) for text in plain]
    assert after["head"].to_list() == after["id"].to_list()[::-1]
    assert len(set(codes.values())) == len(codes) == len({text for text in plain if text})
    assert not set(codes.values()) & {*new_ids(frame, ["id"], OTHER)[2].values()}
    assert record.parameters["key_mark"] != key_mark(OTHER)


@settings(max_examples=24)
@given(
    st.lists(
        st.tuples(st.sampled_from("fm"), st.sampled_from("xyz"), st.integers(0, 3)), min_size=3, max_size=30
    ),
    st.integers(2, 4),
)
def test_rare_groups_are_gone_and_other_rows_whole(rows, smallest):
    frame = pl.DataFrame(rows, schema=["sex", "camp", "band"], orient="row")
    keys, shared = frame.columns, frequencies(frame, frame.columns)["sample"] >= smallest
    after, record = rare_groups(frame, keys, smallest)
    assert (frequencies(after, keys)["sample"] >= min(smallest, len(rows))).all()
    assert after.filter(shared).equals(frame.filter(shared))
    for before, now in zip(rows, after.rows(), strict=True):
        kept = [value for value in now if value is not None]
        assert now == (*before[: len(kept)], *[None] * (3 - len(kept)))
    assert record.rows == sum(None in row for row in after.rows())


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
    assert record.parameters == {"smallest_shown": 5, "cells": 4}  # how many are small is not told


def test_a_table_without_totals_loses_its_small_counts_only():
    frame = pl.DataFrame({"place": ["a", "b", "c"], "hiv": ["3", "0", "17"]})
    after, record = suppress(frame, ["hiv"], ["place"])
    assert after["hiv"].to_list() == [None, "0", "17"]
    assert record.parameters["cells"] == 1


@settings(max_examples=24)
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
    for tried in itertools.product((0, -1, 1, -2, 2), repeat=len(inner)):
        filled = list(truth)
        for i, move in zip(inner, tried, strict=True):
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


GROUPS = [*itertools.product("ab", "fm", "xy")]
SHOWN = [*itertools.product("ab-", "fm-", "xy-")]
INSIDE = np.array(
    [[all(t in ("-", k) for k, t in zip(group, row, strict=True)) for group in GROUPS] for row in SHOWN]
)
"""For each row of a table in three ways with all totals, the groups that it counts."""


@settings(max_examples=24)
@example([0, 2, 3, 0, 2, 1, 0, 2])
@given(st.lists(st.integers(0, 9), min_size=8, max_size=8))
def test_no_count_of_a_table_in_three_ways_can_be_worked_out(values):
    truth = INSIDE @ values
    rows = [tuple("total" if t == "-" else t for t in row) for row in SHOWN]
    frame = pl.DataFrame(
        [(*row, n) for row, n in zip(rows, truth, strict=True)], schema=[*"abc", "hiv"], orient="row"
    )
    after, _ = suppress(frame, ["hiv"], [*"abc"])
    assert_open(after["hiv"], INSIDE, values)


UNITS = [("a", "a1"), ("a", "a2"), ("b", "b1"), ("b", "b2")]
PLACES = [(None, None), ("a", None), ("b", None), *UNITS]
LEAST = [*itertools.product(UNITS, "fm")]
NESTED = [*itertools.product(PLACES, ("f", "m", "all"))]
WITHIN = np.array(
    [
        [
            place[0] in (None, unit[0]) and place[1] in (None, unit[1]) and sex in (one, "all")
            for unit, one in LEAST
        ]
        for place, sex in NESTED
    ]
)
"""For each row of a table of two regions with two districts each, with all totals, the groups that it counts."""


@settings(max_examples=24)
@given(
    st.lists(st.sampled_from([0, 1, 2, 3, 4, 5, 7, 12, 30]), min_size=8, max_size=8),
    st.sampled_from([(), ("country",), ("region",)]),
    st.booleans(),
)
def test_totals_over_levels_of_places_give_nothing_away(values, missing, without_sexes):
    """Also where a level has no rows: the country's total stands beside the districts."""
    levels = ["country" if p[0] is None else "region" if p[1] is None else "district" for p, _ in NESTED]
    kept = [
        n
        for n, (_, sex) in enumerate(NESTED)
        if levels[n] not in missing and (sex == "all" or not without_sexes)
    ]
    inside = WITHIN[kept]
    rows = [("c", *NESTED[n][0], NESTED[n][1], count) for n, count in zip(kept, inside @ values, strict=True)]
    by = ["country", "region", "district"]
    frame = pl.DataFrame(rows, schema=[*by, "sex", "hiv"], orient="row")
    after, _ = suppress(frame, ["hiv"], [*by, "sex"], nested=by)
    assert_open(after["hiv"], inside, values)


def assert_open(column, inside, values):
    """Hold shown counts to be none of 1 to 4, and each hidden one to have two values at least that fit what is shown."""
    shown = np.array(column.cast(pl.Float64).fill_null(float("nan")))
    assert not ((shown > 0) & (shown < 5)).any()
    hidden = np.isnan(shown)
    # Most are open to a change by one; the few others are looked for further away.
    assert any(
        (np.ptp(fitting(shown, inside, values, reach)[:, hidden], axis=0) > 0).all() for reach in (1, 2, 3)
    )


def fitting(shown, inside, values, reach):
    """The tables that fit what is shown, of all whose groups differ from the true ones by `reach` at most."""
    changes = np.array([*itertools.product(range(-reach, reach + 1), repeat=len(values))], dtype=np.int8)
    tried = changes + np.array(values, dtype=np.int8)
    tried = tried[(tried >= 0).all(axis=1)]
    for row, count in zip(inside, shown, strict=True):
        tried = tried if np.isnan(count) else tried[tried[:, row].sum(axis=1) == count]
    return tried @ inside.T.astype(np.int64)


def test_a_record_does_not_say_how_many_counts_are_small():
    _, record = suppress(with_totals([3, 5], 1, 2, across=False), ["hiv"], ["place", "sex"])
    assert set(record.parameters) == {"smallest_shown", "cells"}


places = st.lists(
    st.tuples(st.floats(-80, 80), st.floats(-179.9, 179.9), st.booleans()), min_size=1, max_size=20
)


def moved(rows, seed=SEED, **more):
    frame = pl.DataFrame(rows, schema=["latitude", "longitude", "urban"], orient="row")
    after, record = mask_places(frame, seed, Coordinates(urban="urban"), **more)
    to = after.select(to_latitude="latitude", to_longitude="longitude")
    return pl.concat([frame, to], how="horizontal").with_columns(km=kilometres()), record


@settings(max_examples=30)
@given(places, st.sampled_from([5, 2]))
def test_no_place_is_moved_too_far(rows, digits):
    found, record = moved(rows, digits=digits)
    assert (found["km"] <= pl.Series([2.0 if urban else 10.0 for *_, urban in rows])).all()
    assert record.rows == len(rows)
    assert record.parameters["without_coordinates"] == 0
    assert (found["to_latitude"].round(digits) == found["to_latitude"]).all()


@settings(max_examples=20)
@given(places, st.randoms(use_true_random=False))
def test_moving_is_the_same_in_every_release_and_another_with_another_seed(rows, random):
    """A release has the rows in another order, some twice, and others beside them."""
    once = moved(rows)[0]
    mixed = [*rows, *rows[:3], (1.5, 2.5, False)]
    random.shuffle(mixed)
    again = moved(mixed)[0]
    assert set(once.iter_rows()) <= set(again.iter_rows())
    assert not once.equals(moved(rows, OTHER)[0])


def test_a_place_keeps_its_move_whatever_stands_beside_it():
    alone, _ = moved([(35.5, 36.5, False)])
    among, _ = moved([(1.0, 2.0, True), (35.5, 36.5, False), (35.5, 36.5, False)])
    assert alone.row(0) == among.row(1) == among.row(2)


def test_a_place_with_an_id_keeps_its_move_when_measured_anew():
    frame = pl.DataFrame({"latitude": [35.5, 35.51], "longitude": [36.5, 36.5], "id": ["a", "a"]})
    after, _ = mask_places(frame, SEED, place=["id"])
    moves = (after["latitude"] - frame["latitude"]).to_list()
    assert moves[0] == pytest.approx(moves[1], abs=2e-5)


def test_a_place_called_urban_and_rural_is_not_moved_along_one_line():
    """On one line, two distances of known proportion would lead back to the place."""
    found, _ = moved([(35.5, 36.5, True), (35.5, 36.5, False)])
    north, east = (found[f"to_{axis}"] - found[axis] for axis in ("latitude", "longitude"))
    assert abs(north[0] * east[1] - north[1] * east[0]) > 1e-6


def test_places_without_an_id_do_not_share_a_move():
    frame = pl.DataFrame({"latitude": [35.5, 36.5], "longitude": [36.5, 37.5], "id": [None, ""]})
    after, _ = mask_places(frame, SEED, place=["id"])
    assert abs((after["latitude"] - frame["latitude"]).diff()[1]) > 1e-4


def test_urban_is_said_in_words_and_decimal_commas_are_read():
    frame = pl.DataFrame(
        {"latitude": ["35,5"] * 4, "longitude": ["36.5"] * 4, "setting": ["Urban", "حضري", "rural", None]}
    )
    after, _ = mask_places(frame, SEED, Coordinates(urban="setting"))
    assert after.row(0)[:2] == after.row(1)[:2] != after.row(2)[:2] == after.row(3)[:2]
    own, _ = mask_places(frame, SEED, Coordinates(urban="setting", urban_words=("RURAL",)))
    assert own.row(2)[:2] == after.row(0)[:2]


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
    found, record = moved(rows, boundaries=[units])
    homes = units.locate(found.select("latitude", "longitude"))["code"]
    after = units.locate(found.select(latitude="to_latitude", longitude="to_longitude"))["code"]
    at_home = homes.is_not_null()
    assert at_home.mean() > 0.9
    assert homes.filter(at_home).to_list() == after.filter(at_home).to_list()
    assert found.filter(~at_home)["to_latitude"].null_count() == int((~at_home).sum())
    assert record.parameters["kept_inside"] == ("admin2 of SYR",)
    assert record.parameters["without_coordinates"] == int((~at_home).sum())


def test_places_of_a_country_without_boundaries_are_moved_freely(units):
    frame = pl.DataFrame(
        {"latitude": [35.5, 33.5, 33.5], "longitude": [36.03, 44.5, 44.5], "country": ["SYR", "IRQ", "SYR"]}
    )
    after, record = mask_places(frame, SEED, Coordinates(country="country"), boundaries=[units])
    assert [value is None for value in after["latitude"]] == [False, False, True]
    assert units.locate(after.head(1))["code"].to_list() == ["SY0202"]
    assert record.parameters["without_coordinates"] == 1


def test_places_outside_all_units_lose_their_coordinates(units):
    found, record = moved([(10.0, 10.0, False)], boundaries=[units])
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
    assert (record.rows, record.parameters["without_coordinates"]) == (3, 3)
