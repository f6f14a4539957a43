"""Numbers and names that do not fit the others: planted slips are found, real variety is not."""

import random
import string

import polars as pl
import pytest
from checks_for_tests import issues_of, said, told
from hypothesis import given
from hypothesis import strategies as st

from hxl_kit.checks.outliers import THEME
from hxl_kit.checks.outliers.spelling import misspelt
from hxl_kit.checks.outliers.tail import far_above
from hxl_kit.standard.tables import table_names

STOCK = {
    "source_id": "s1",
    "measure": "stock",
    "category": "idps",
    "counts": "people",
    "unit": "person",
    "sex": "all",
    "age_group": "all",
    "location_code": "SYR",
    "admin1_code": "SY02",
    "qualifier": "exact",
}
EVENT = {"source_id": "s1", "event_type": "battle", "location_code": "SYR", "date_start": "2024-03-01"}
SOURCES = [{"source_id": f"s{n}", "publisher": "Monitor"} for n in range(1, 30)]


def series(*values, **fields):
    """Stocks of the same people, month by month."""
    return [
        {**STOCK, **fields, "figure_id": f"f{n}", "as_of": f"2024-{n + 1:02d}-01", "value": str(value)}
        for n, value in enumerate(values)
    ]


def found(folder, **tables):
    return told(issues_of(folder, "outliers", tables))


def number_out_of(row):
    return [("number-out-of-series", row, "value")]


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ((4100, 4200, 42500, 4300, 4400), "is about 10 times the figures before and after it: are there zeros too many?"),
        ((4100, 6200, 420000, 4300, 7400), "is about 100 times the figures before and after it: are there zeros too many?"),
        ((4100, 4200, 4, 4300, 4400), "is about a 1000th of the figures before and after it: are zeros missing?"),
        ((4123, 4187, 2411, 4226, 4251), "fits the figures before and after it only with two of its digits exchanged"),
    ],
)  # fmt: skip
def test_a_slip_in_a_series(tmp_path, values, words):
    issues = issues_of(tmp_path, "outliers", {"displacement": series(*values)})
    assert told(issues) == number_out_of(4)
    assert said(issues) == [words]


@pytest.mark.parametrize(
    "values",
    [
        (4100, 4200, 4250, 4300, 4400),
        (4100, 4200, 42500, 43000, 44000),
        (41, 4200, 42500, 300, 74),
        (4, 4, 40, 4, 4),
        (4100, 4200, 13000, 4300, 4400),
        (1000, 1000, 1400, 1000, 1000),
        (42500, 4100, 4200),
    ],
)
def test_what_may_be_so_is_not_told(tmp_path, values):
    assert found(tmp_path, displacement=series(*values)) == []


def test_the_dead_of_a_day_may_be_a_hundred_times_those_of_others(tmp_path):
    killed = {
        "harm": "killed",
        "counting": "incident",
        "person_status": "civilian",
        "population_group": "all",
    }
    days = [
        {**STOCK, **killed, "figure_id": f"f{n}", "date_start": f"2024-03-{n + 1:02d}", "date_end": f"2024-03-{n + 1:02d}", "value": str(v)}
        for n, v in enumerate((30, 60, 4500, 40, 70))
    ]  # fmt: skip
    assert found(tmp_path / "days", casualties=days) == []
    cumulative = [{**row, "date_start": "2023-11-01", "counting": "cumulative"} for row in days]
    assert found(tmp_path / "level", casualties=cumulative) == number_out_of(4)
    levels = [{**row, "date_start": "", "counting": "snapshot"} for row in days]
    assert found(tmp_path / "snapshot", casualties=levels) == number_out_of(4)


def test_series_are_of_one_publisher_and_of_one_place(tmp_path):
    rows = series(4100, 4200, 42500, 4300, 4400)
    documents = [{**row, "source_id": f"s{n + 1}"} for n, row in enumerate(rows)]
    assert found(tmp_path / "documents", displacement=documents, sources=SOURCES) == number_out_of(4)
    assert found(tmp_path / "publishers", displacement=documents) == []
    elsewhere = [{**row, "admin1_code": f"SY0{n}"} for n, row in enumerate(rows)]
    assert found(tmp_path / "places", displacement=elsewhere) == []


def test_several_figures_of_a_day_are_several_series(tmp_path):
    one, other = series(4100, 4200, 42500, 4300, 4400), series(41000, 42000, 42500, 43000, 44000)
    both = [
        {**row, "figure_id": f"{kind}:{row['as_of']}"}
        for kind, rows in (("a", one), ("b", other))
        for row in rows
    ]
    assert found(tmp_path, displacement=both) == number_out_of(4)


def test_a_number_that_is_its_own_year_or_code(tmp_path):
    usual = series(*range(3, 12), admin1_code="") * 4
    moved = [
        {**STOCK, "admin1_code": "", "as_of": "2024-03-01", "value": "2024"},
        {**STOCK, "admin1_code": "", "as_of": "2021-03-01", "value": "2024"},
        {
            **STOCK,
            "admin2_code": "SY0203",
            "admin3_code": "SY020304",
            "as_of": "2021-03-01",
            "value": "20304",
        },
    ]
    rows = [{**row, "figure_id": f"f{n}"} for n, row in enumerate([*usual, *moved])]
    issues = [
        i
        for i in issues_of(tmp_path, "outliers", {"displacement": rows})
        if i.rule == "number-of-another-cell"
    ]
    assert [issue.row for issue in issues] == [38, 40]
    assert [text.split(",")[0] for text in said(issues)] == [
        "is the year of its own date",
        "is the number in its own P-code",
    ]


def numbers(values):
    return pl.DataFrame({"row_number": range(2, len(values) + 2), "kind": 1, "number": values}).cast(
        {"row_number": pl.UInt32, "number": pl.Float64}
    )


@pytest.mark.parametrize("alpha", [1.2, 1.7, 2.5])
def test_the_largest_of_a_heavy_tail_is_no_outlier_and_a_slip_is(alpha):
    chance = random.Random(5)  # noqa: S311 - the same numbers in each run
    for _ in range(20):
        values = [float(int(chance.paretovariate(alpha))) for _ in range(2000)]
        assert far_above(numbers(values)).height <= 1
        slip = [*values, max(values) * 10_000]
        assert 2002 in far_above(numbers(slip))["row_number"].to_list()


def test_a_single_number_far_above_small_counts_that_repeat_is_told():
    counts = [0, 1, 1, 2, 3, 5, 8] * 40
    assert far_above(numbers([*counts, 3000]))["row_number"].to_list() == [len(counts) + 2]
    assert far_above(numbers([*counts, 90])).height == 0


def test_few_numbers_are_not_judged(tmp_path):
    rows = [{**EVENT, "event_id": f"e{n}", "fatalities": "1"} for n in range(28)]
    far = {**EVENT, "event_id": "far", "fatalities": "90000"}
    assert found(tmp_path / "few", events=[*rows, far]) == []
    varied = [{**row, "fatalities": str(n % 7 + 1)} for n, row in enumerate(rows * 4)]
    events = [{**row, "event_id": f"e{n}"} for n, row in enumerate([*varied, far])]
    assert found(tmp_path / "many", events=events) == [("number-far-above", 114, "fatalities")]


def named(folder, column, rare, frequent="Borderland Beat", count=60, **fields):
    """What is told of a column where one row of many has another spelling; the two may differ in `fields`."""
    common = {**EVENT, "latitude": "36.2", "longitude": "37.1", column: frequent}
    rows = [{**common, "event_id": f"e{n}"} for n in range(count)] + [
        {**common, "event_id": "x", column: rare, **fields}
    ]
    return [
        issue for issue in issues_of(folder, "outliers", {"events": rows}) if issue.rule == "rare-spelling"
    ]


@pytest.mark.parametrize(
    ("column", "rare", "frequent"),
    [
        ("actor1_name", "Bordeland Beat", "Borderland Beat"),
        ("actor1_name", "Borderlnad Beat", "Borderland Beat"),
        ("actor1_name", "Borderlandd Beat", "Borderland Beat"),
        ("actor1_name", "Borderland beat", "Borderland Beat"),
        ("actor1_name", "Border land Beat", "Borderland Beat"),
        ("actor1_name", "El Heraldo de Juarez", "El Heraldo de Juárez"),
        ("actor1_name", "الحكومه", "الحكومة"),
        ("provider_admin1_name", "Alepo governorate", "Aleppo governorate"),
        ("place_name", "Blau town", "Blue town"),
    ],
)
def test_a_rare_spelling_is_told(tmp_path, column, rare, frequent):
    [issue] = named(tmp_path, column, rare, frequent)
    assert (issue.row, issue.field, issue.severity) == (62, column, "warning")
    assert said([issue]) == ["is spelt almost as the name on 60 other rows, the first of them row 2"]


@pytest.mark.parametrize(
    ("column", "rare", "frequent"),
    [
        ("actor1_name", "Borderland Boot", "Borderland Beat"),
        ("actor1_name", "Brigade 18", "Brigade 19"),
        ("actor1_name", "Sector XIIII", "Sector XIII"),
        ("actor1_name", "UNAMIR: Police", "UNAMID: Police"),
        ("actor1_name", "Hamar", "Hamas"),
        ("actor1_name", "Government of Zambia", "Government of Gambia"),
        ("place_name", "West Farahaniah village", "East Farahaniah village"),
        ("admin1_name", "Dar'a", "Dar`a"),
    ],
)
def test_another_name_is_not(tmp_path, column, rare, frequent):
    assert named(tmp_path, column, rare, frequent) == []


def test_names_of_places_are_compared_where_they_are(tmp_path):
    assert named(tmp_path / "far", "place_name", "Blau town", "Blue town", latitude="36.9") == []
    assert named(tmp_path / "country", "provider_admin1_name", "Alepo", "Aleppo", location_code="LBN") == []
    assert named(tmp_path / "few", "actor1_name", "Bordeland Beat", count=9) == []


def test_two_units_of_the_gazetteer_may_be_called_almost_the_same(tmp_path):
    assert named(tmp_path / "slip", "provider_admin1_name", "Homz", "Homs")
    assert named(tmp_path / "unit", "provider_admin1_name", "Homs", "Homs") == []


def test_the_place_of_an_event_is_told_once(tmp_path):
    place = {"location_code": "SYR", "provider_admin1_name": "Aleppo governorate"}
    events = [{**EVENT, **place, "event_id": f"e{n}"} for n in range(40)]
    events[7]["provider_admin1_name"] = "Alepo governorate"
    figures = [
        {"figure_id": f"f{n}", "event_id": row["event_id"], "source_id": "s1", **{k: row[k] for k in place}}
        for n, row in enumerate(events)
    ]
    assert found(tmp_path / "both", events=events, casualties=figures) == [
        ("rare-spelling", 9, "provider_admin1_name")
    ]
    assert found(tmp_path / "alone", casualties=figures) == [("rare-spelling", 9, "provider_admin1_name")]


@given(st.data())
def test_one_letter_more_less_or_other_is_always_found(data):
    name = data.draw(st.text(string.ascii_lowercase, min_size=8, max_size=20))
    at = data.draw(st.integers(0, len(name) - 1))
    letter = data.draw(st.sampled_from(string.ascii_lowercase))
    slips = [name[:at] + name[at + 1 :], name[:at] + letter + name[at + 1 :], name[:at] + letter + name[at:]]
    for slip in slips:
        rows = pl.DataFrame({"name": [*[name] * 20, slip]}).with_row_index("row_number")
        found = misspelt(rows.with_columns(pl.col("name").cast(pl.Categorical)), "name", ())
        assert found["row_number"].to_list() == ([] if slip == name else [20])


@given(st.lists(st.text(max_size=12), min_size=1, max_size=6))
def test_no_text_breaks_it(names):
    rows = pl.DataFrame({"name": [*names[:1] * 20, *names]}).with_row_index("row_number")
    misspelt(rows, "name", ())


def test_the_theme_takes_tables_without_rows():
    empty = pl.DataFrame(schema={"row_number": pl.UInt32})
    tables = {name: empty.select(THEME.kept(name, ())) for name in table_names() if THEME.kept(name, ())}
    rules = [rule for name in tables for rule in THEME.table_rules(name, None)]
    assert {rule.id for rule in rules} == {check.slug for check in THEME.checks}
    assert all(rule.found(tables).is_empty() for rule in rules)
