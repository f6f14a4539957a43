"""Any tagged table: columns by tags, roles that forbid wrong sums, ids that do not depend on the order."""

import csv
import random
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hxl_kit.describe import describe_file
from hxl_kit.errors import SourceMismatchError
from hxl_kit.normalise import Normaliser
from hxl_kit.reading import open_table
from hxl_kit.sources import source
from hxl_kit.sources.hxl_table._maps import are_disjoint
from hxl_kit.sources.hxl_table._meanings import figure_of, meanings
from hxl_kit.standard.codelists import codelist
from hxl_kit.standard.tables import table
from hxl_kit.standard.tags import parse_tag

SAMPLES = Path(__file__).parent / "data" / "sources" / "hxl_table"
SOURCE = source("hxl_table")


def normalised(path):
    with open_table(path) as text:
        layout = SOURCE.layout_of(text)
        names = layout.names_in(text.header, text.tags)
        normaliser = Normaliser(layout, "hxl_table")
        (batch,) = text.batches()
        return layout, normaliser.normalise(batch.frame.rename(names))


@pytest.fixture
def tagged(tmp_path):
    def of(tags, *rows):
        path = tmp_path / "table.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([[f"c{n}" for n, _ in enumerate(tags)], tags, *rows])
        return normalised(path)

    return of


def test_meanings_are_codes_and_fields_of_the_standard():
    lists = {
        "harm": "harm",
        "flow": "displacement_category",
        "stock": "displacement_category",
        "indicator": "indicator",
    }
    for m in meanings("figure"):
        assert m.value in codelist(lists[m.field]).values, m
        assert m.table in ("casualties", "displacement", "indicators")


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("#affected+killed", {"harm": "killed"}),
        ("#AFFECTED +f +killed", {"harm": "killed", "sex": "female"}),
        ("#affected+children+injured+m", {"harm": "injured", "sex": "male", "age_group": "child"}),
        ("#affected+idps+ind+stock+conflict", {"stock": "idps", "cause": "conflict"}),
        ("#affected+idps+ind+newdisp+disaster", {"flow": "new_displacement", "cause": "disaster"}),
        ("#affected+returned_refugees", {"flow": "refugee_returns"}),
        ("#inneed+f+v_pcode", {"indicator": "people_in_need", "sex": "female"}),
        ("#inneed+health", None),
        ("#affected+displaced", None),
        ("#affected+f+m+killed", None),
        ("#org", None),
    ],
)
def test_what_a_tag_counts(tag, expected):
    parsed = parse_tag(tag)
    assert parsed is not None
    figure = figure_of(parsed)
    assert (figure and figure.known) == expected


@given(
    st.lists(
        st.sampled_from(["killed", "f", "m", "children", "health", "idps", "min", "conflict"]), unique=True
    )
)
def test_the_order_of_attributes_does_not_matter(attributes):
    first, second = (parse_tag("+".join(("#affected", *a))) for a in (attributes, attributes[::-1]))
    assert figure_of(first) == figure_of(second)


@pytest.mark.parametrize("name", ["valid.csv", "valid.xlsx", "valid-objects.json"])
def test_one_table_in_three_formats_is_the_same(name):
    _, found = normalised(SAMPLES / name)
    _, csv_found = normalised(SAMPLES / "valid.csv")
    fields = ["indicator", "sex", "value", "location_code", "provider_admin1_name", "as_of", "role"]
    assert found.tables["indicators"].select(fields).equals(csv_found.tables["indicators"].select(fields))
    assert set(found.tables["indicators"]["sex"]) == {"female", "male"}
    assert set(found.tables["indicators"]["role"]) == {"triangulation"}  # split by sector and organisation


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        (["1,234", "7"], [1234, 7]),
        (["1.234", "3.456", "10.500"], [1234, 3456, 10500]),
        (["12.5", "1.234"], [12.5, 1.234]),
        (["1.234.567", "3,5"], [1234567, 3.5]),
        (["1,234.5", "1,000"], [1234.5, 1000]),
        (["1.234", "7"], [7]),
        (["1,234", "1.234", "5"], [5]),
        (["0.123", "2"], [0.123, 2]),
    ],
)
def test_a_point_may_group_thousands_of_people_and_is_never_guessed(tagged, cells, values):
    rows = [[f"R{n}", "2031-01-05", cell] for n, cell in enumerate(cells)]
    _, found = tagged(["#adm1+name", "#date+start", "#affected+killed"], *rows)
    assert found.tables["casualties"]["value"].to_list() == values
    assert all("may group thousands" in reason for reason in found.rejected["reason"])
    assert found.accepted + found.rejected.height == len(cells)


def test_a_number_that_stays_as_it_was_is_no_change(tagged):
    tags = ["#adm1+name", "#date+start", "#affected+killed"]
    _, found = tagged(tags, ["A", "2031-01-05", "1.234"], ["B", "2031-01-05", "12.5"])
    assert found.changes.rows() == []


def test_parts_are_recommended_only_without_their_whole(tagged):
    tags = ["#country", "#date+year", "#affected+killed", "#affected+killed+f", "#affected+killed+m"]
    _, whole = tagged(tags, ["SYR", "2031", "9", "4", "5"])
    _, parts = tagged([*tags[:2], *tags[3:]], ["SYR", "2031", "4", "5"])
    _, mixed = tagged(
        [*tags[:2], "#affected+killed+f", "#affected+killed+children"], ["SYR", "2031", "4", "5"]
    )
    roles = [dict(f.tables["casualties"].select("sex", "role").rows()) for f in (whole, parts)]
    assert roles[0] == {"all": "recommended", "female": "triangulation", "male": "triangulation"}
    assert roles[1] == {"female": "recommended", "male": "recommended"}
    assert set(mixed.tables["casualties"]["role"]) == {"triangulation"}


@pytest.mark.parametrize(
    ("groups", "disjoint"),
    [
        ([("female", "all"), ("male", "all")], True),
        ([("all", "child"), ("all", "adult")], True),
        ([("female", "child"), ("male", "child"), ("female", "adult")], True),
        ([("female", "all"), ("all", "child")], False),
        ([("all", "adult"), ("all", "older_person")], False),
        ([("all", "child"), ("all", "infant")], False),
    ],
)
def test_groups_that_overlap(groups, disjoint):
    assert are_disjoint(groups) is disjoint


def test_a_number_counted_on_an_unknown_day_or_since_an_unknown_one_is_not_recommended(tagged):
    _, undated = tagged(["#country", "#affected+idps"], ["SYR", "9"])
    _, reported = tagged(["#country", "#date+reported", "#affected+killed"], ["SYR", "2031-01-01", "9"])
    _, cumulative = tagged(["#country", "#date+year", "#affected+killed+cumulative"], ["SYR", "2031", "9"])
    assert undated.tables["displacement"]["date_precision"].to_list() == ["unknown"]
    for found, name in ((undated, "displacement"), (reported, "casualties"), (cumulative, "casualties")):
        assert found.tables[name]["role"].to_list() == ["triangulation"]
    assert cumulative.tables["casualties"]["counting"].to_list() == ["cumulative"]


def test_ranges_are_one_figure():
    _, found = normalised(SAMPLES / "events.csv")
    killed = found.tables["casualties"].filter(harm="killed", sex="all").row(0, named=True)
    assert [killed[f] for f in ("value", "value_low", "value_high")] == [12, 10, 15]
    assert (killed["qualifier"], killed["bounds_basis"]) == ("range", "source_range")
    assert set(found.tables["casualties"]["event_id"]) <= set(found.tables["events"]["event_id"])
    assert found.tables["events"]["event_subtype"].to_list() == [
        "Explosion or remote violence",
        "clash over water",
        "Protest",
    ]
    assert found.tables["events"]["event_type"].to_list() == ["explosion_remote_violence", "other", "protest"]


def test_totals_are_equal_and_repeats_are_kept_and_told():
    with (SAMPLES / "deaths_by_year.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))[2:]
    _, found = normalised(SAMPLES / "deaths_by_year.csv")
    casualties = found.tables["casualties"]
    assert casualties["value"].sum() == sum(int(row[2]) for row in rows)
    assert casualties["figure_id"].is_unique().all()
    assert found.warnings.height == len(rows) - len({tuple(row) for row in rows})


def test_ids_do_not_depend_on_the_order_of_rows(tagged):
    tags = ["#country", "#date+year", "#adm1+name", "#affected+killed"]
    rows = [
        ["SYR", "2031", place, n] for place, n in (("A", "1"), ("A", "3"), ("A", "1"), ("B", "1"), ("C", "2"))
    ]
    shuffled = random.Random(3).sample(rows, len(rows))  # noqa: S311 - a fixed shuffle
    first, second = (
        tagged(tags, *given)[1].tables["casualties"].sort("figure_id") for given in (rows, shuffled)
    )
    assert first.equals(second)
    # A corrected figure keeps the id of its row, unless another row says the same besides.
    _, corrected = tagged(tags, *rows[:3], ["SYR", "2031", "B", "7"], rows[4])
    of_b = [
        f.filter(provider_admin1_name="B")["figure_id"][0] for f in (first, corrected.tables["casualties"])
    ]
    assert of_b[0] == of_b[1]


def test_columns_tagged_alike_are_not_read_and_said():
    layout, found = normalised(SAMPLES / "drought.csv")
    assert set(found.tables["indicators"]["indicator"]) <= {
        "affected_population",
        "people_targeted",
        "people_reached",
    }
    told = " ".join(layout.notes)
    assert "AGRICULTURE / Affected (#inneed)" in told
    assert "HEALTH / Affected (#inneed+health)" in told
    assert set(found.tables["indicators"]["location_code"]) == {"ETH"}  # from the P-codes


def test_a_table_of_the_standard_is_read_field_by_field():
    with (SAMPLES / "own_casualties.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))[1:]
    _, found = normalised(SAMPLES / "own_casualties.csv")
    assert found.tables["casualties"]["figure_id"].to_list() == [row["figure_id"] for row in rows]
    assert found.tables["casualties"]["quantity_text"].to_list() == [row["quantity_text"] for row in rows]


@pytest.mark.parametrize(
    ("tags", "message"),
    [
        (
            ["#country", "#sector", "#org"],
            "no column holds a figure or an event: tagged are #country, #sector, #org",
        ),
        (["#country", "#population_group", "#population"], "says of whom the figures are"),
        (["#country", "#affected+displaced", "#event+name"], r"#affected\+displaced"),
        (["country", "sector", "org"], "no hashtag row"),
    ],
)
def test_what_cannot_be_read_is_refused_in_plain_words(tagged, tags, message):
    with pytest.raises(SourceMismatchError, match=message):
        tagged(tags, ["SYR", "1", "2"])


def test_a_source_that_knows_a_file_comes_first():
    ged = SAMPLES.parent / "hxl_table" / "valid.csv"
    (description,) = describe_file(ged)
    assert [(c.id, c.certain) for c in description.candidates] == [("hxl_table", True)]


def test_every_field_that_maps_fill_is_one_of_the_table(tagged):
    layout, _ = tagged(
        ["#country", "#event+id", "#date", "#affected+killed"], ["SYR", "1", "2031-01-01", "2"]
    )
    for m in layout.maps:
        assert set(m.columns) <= set(table(m.table).names)
        assert all(isinstance(e, pl.Expr) for e in m.columns.values())
