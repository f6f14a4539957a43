"""Small counts on sensitive attributes: found where they are stated, worked out or differenced; never cried of others."""

import itertools
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hxl_kit.disclosure import between_releases, disclosure
from hxl_kit.disclosure.bounds import Steps, System, groups, intervals, narrow, narrow_within, outer
from hxl_kit.disclosure.cells import Cells, Sum, cells
from hxl_kit.disclosure.flows import network
from hxl_kit.reading import open_tables

HOSTILE = Path(__file__).parents[2] / "shared" / "conformance" / "hostile" / "csv"


def table(text):
    """A table from lines of cells; empty cells are null, and rows are numbered as in a file with a header."""
    header, *lines = [line.strip().split(",") for line in text.strip().splitlines()]
    rows = [[cell or None for cell in line] for line in lines]
    frame = pl.DataFrame(rows, schema=dict.fromkeys(header, pl.String), orient="row")
    return frame.with_row_index("row_number", offset=2)


def found(text, resource="table", **more):
    return {(f.slug, f.column): f for f in disclosure(table(text), resource, **more)}


HIV = """
adm3_pcode,sex,age_group,hiv_positive
YE230101,F,0-17,1
YE230101,F,18-59,14
YE230101,M,0-17,2
YE230102,F,0-17,0
YE230102,M,60+,1
"""


def test_small_counts_are_found_with_their_rows():
    finding = found(HIV)["small-count", "hiv_positive"]
    assert (finding.severity, finding.count, finding.rows, finding.kind) == ("error", 3, (2, 4, 6), "hiv")


@pytest.mark.skipif(not HOSTILE.is_dir(), reason="the collection of hostile files is not here")
def test_hostile_case():
    with open_tables(HOSTILE / "sdc-small-counts.csv") as (text,):
        frame = pl.concat(batch.frame for batch in text.batches())
    (finding,) = disclosure(frame, "sdc-small-counts")
    assert finding.rows == (2, 4, 6)


@pytest.mark.parametrize(
    ("header", "rows"),
    [
        ("adm2,GBV survivors,population", ("A,2,9000", "B,30,12000")),
        ("district,tb_cases", ("A,4", "B,16")),
        ("région,cas de VIH", ("A,3", "B,160")),
        ("المحافظة,عدد ذوي الإعاقة", ("A,3", "B,160")),
        ("район,инвалиды", ("A,3", "B,160")),
        ("область,особи з інвалідністю", ("A,3", "B,160")),
        ("departamento,personas con discapacidad", ("A,3", "B,160")),
        ("camp,Unaccompanied minors", ("A,1", "B,7")),
        ("camp,religion,individuals", ("A,Yazidi,2", "A,Muslim,700", "B,Yazidi,40")),
        ("adm2,incident_type,number of cases", ("A,Rape,1", "A,Looting,80", "B,Rape,20")),
        ("adm2,sex,disability,count", ("A,f,yes,3", "A,f,no,90")),
        ("camp,ethnicity,families", ("A,X,2", "A,Y,700")),
        ("adm2,diagnosis,n", ("A,hepatitis b,1", "B,cancer,20")),
        ("adm2,sex,hiv_positive", ("A,f,١", "A,m,١٢")),
        ("adm2,boys,girls,disabled boys", ("A,100,90,2", "B,40,50,9")),
    ],
)
def test_variants_are_found(header, rows):
    slugs = {slug for slug, _ in found("\n".join([header, *rows]))}
    assert slugs == {"small-count"}


def test_only_rows_with_the_attribute_count():
    finding = found("adm2,incident_type,cases\nA,rape,2\nA,looting,3\nB,rape,20")["small-count", "cases"]
    assert finding.rows == (2,)


def test_name_of_the_file_tells():
    text = "camp,sex,cases\nA,f,3\nB,f,40"
    assert ("small-count", "cases") in found(text, "gbv_cases_2024")
    assert found(text, "cholera_2024") == {}


@pytest.mark.parametrize(
    "text",
    [
        "adm2,killed,injured\nA,3,2\nB,1,4",
        "adm2,children killed,victims\nA,3,2\nB,1,4",
        "adm2,tués,blessés\nA,3,2\nB,1,4",
        "adm2,population,idps\nA,3,2\nB,1,4",
        "adm2,hiv prevalence,year\nA,3,2024\nB,1,2023",
        "adm2,hiv_percent\nA,3\nB,1",
        "adm2,number of partners GBV\nA,3\nB,1",
        "adm2,GBV centres\nA,3\nB,1",
        "adm2,sector,population\nA,Gender-Based Violence,3\nB,Gender-Based Violence,1",
        "event_id,conflict_name,deaths_civilians\n1,Government of X,2\n2,Sunni militia,1",
        "event,side_b,number_of_sources\n1,Muslim militia,2\n2,Civilians,1",
        "village,persons\nChristian Clan,2\nB,1",
        "facility,hiv_testing_available\nClinic A,1\nClinic B,0\nClinic B,1",
        "adm2,hiv_positive\nA,0\nB,5\nC,120",
    ],
)
def test_no_false_alarm(text):
    assert {slug for slug, _ in found(text)} <= {"facility-location"}


def test_known_columns_are_left_alone():
    assert found(HIV, known=("hiv_positive",)) == {}


def test_hashtags_tell():
    text = "a,b\nA,3\nB,20"
    assert found(text) == {}
    assert ("small-count", "b") in found(text, tags={"a": "#adm2+name", "b": "#affected+hiv+num"})


KEPT_BACK = """
camp,sex,hiv
A,f,<5
A,m,14
A,total,16
B,f,30
B,m,21
B,total,51
"""


def test_a_count_given_away_by_its_total_is_found():
    finding = found(KEPT_BACK)["small-count-recoverable", "hiv"]
    assert (finding.count, finding.rows, finding.params["count"]) == (1, (2,), 1)
    assert "2" not in str(finding.params.get("value", ""))


def test_a_count_that_stays_open_is_not():
    assert found(KEPT_BACK.replace("A,m,14", "A,m,<5").replace("A,total,16", "A,total,9")) == {}


def test_totals_along_rows_give_away_too():
    text = "camp,hiv_female,hiv_male,hiv_total\nA,*,14,17\nB,20,30,50"
    assert ("small-count-recoverable", "hiv_female") in found(text)


def test_coarser_units_are_totals():
    stated = cells(table("adm1,adm2,hiv\nX,A,3\nX,B,4\nX,,7\n,,7"), ["hiv"], ["adm1", "adm2"])
    assert set(stated.sums) == {Sum(2, (0, 1)), Sum(3, (2,))}


def test_columns_may_have_any_name():
    text = "total,parts,totals,hiv\nA,f,x,<5\nA,m,x,14\nA,total,x,16"
    assert ("small-count-recoverable", "hiv") in found(text)


def test_a_sum_that_does_not_hold_is_none():
    stated = cells(table("sex,hiv\nf,3\nm,4\ntotal,9"), ["hiv"], ["sex"])
    assert stated.sums == ()


def test_kept_back_now_but_published_before():
    now = table("camp,hiv\nA,<5\nB,30\nC,41")
    before = table("camp,hiv\nB,30\nA,3\nC,40")
    findings = {f.slug: f for f in between_releases(now, before, "t")}
    assert findings["small-count-published-before"].rows == (2,)
    assert findings["small-count-difference"].rows == (4,)
    assert between_releases(now, now, "t") == []


TABLE = "camp,group,hiv\nA,x,{}\nA,y,{}\nA,z,{}\nA,w,{}\nA,total,60"


def test_two_releases_that_keep_others_back_give_away_together():
    """The first keeps x and y back, the second x and z: with the total, y of one and z of the other leave x."""
    before, now = TABLE.format("<5", "<5", 20, 30), TABLE.format("<5", 7, "*", 30)
    findings = between_releases(table(now), table(before), "t")
    assert [(f.slug, f.rows) for f in findings] == [("small-count-combined", (2,))]
    assert between_releases(table(before), table(before), "t") == []


def test_corrected_figures_are_not_combined():
    before, now = TABLE.format("<5", "<5", 23, 30), TABLE.format("<5", 7, "*", 37)
    assert between_releases(table(now), table(before), "t") == []


def test_only_rows_about_the_attribute_are_compared():
    now = table("adm2,incident_type,cases\nA,rape,20\nA,looting,<5")
    before = table("adm2,incident_type,cases\nA,rape,20\nA,looting,3")
    assert between_releases(now, before, "t") == []


def test_rows_that_are_told_apart_more_finely_now_are_others():
    now = table("camp,sex,hiv\nA,f,12\nA,m,21\nB,f,9")
    before = table("camp,hiv\nA,20\nB,9")
    assert between_releases(now, before, "t") == []


def grid(rows, columns, values):
    """A table with totals in both directions: all values, and its sums."""
    width = columns + 1
    inner = [values[i * columns : (i + 1) * columns] for i in range(rows)]
    lines = [[*line, sum(line)] for line in inner]
    lines.append([sum(line[j] for line in lines) for j in range(width)])
    across = [Sum(i * width + columns, tuple(range(i * width, i * width + columns))) for i in range(rows + 1)]
    down = [Sum(rows * width + j, tuple(i * width + j for i in range(rows))) for j in range(width)]
    return [value for line in lines for value in line], (*across, *down)


@settings(max_examples=24)
@given(st.data())
def test_intervals_agree_with_trying_all(data):
    rows, columns = data.draw(st.sampled_from([(2, 2), (2, 3)]))
    values, sums = grid(rows, columns, data.draw(st.lists(st.integers(0, 2), min_size=6, max_size=6)))
    hidden = data.draw(st.sets(st.integers(0, len(values) - 1), min_size=1, max_size=4))
    limits = intervals(Cells(("n",), tuple(None if i in hidden else v for i, v in enumerate(values)), sums))
    possible = solutions(values, sums, sorted(hidden))
    for cell in hidden:
        tried = {solution[cell] for solution in possible}
        low, high = limits[cell]
        assert low == min(tried)
        assert high == max(tried) or high is None or high > max(values)


def solutions(values, sums, hidden):
    """Every filling of the hidden cells, up to one above the greatest value, in which all sums hold."""
    found = []
    for numbers in itertools.product(range(max(values) + 2), repeat=len(hidden)):
        filled = {**dict(enumerate(values)), **dict(zip(hidden, numbers, strict=True))}
        if all(filled[each.total] == sum(filled[part] for part in each.parts) for each in sums):
            found.append(filled)
    return found


def test_sums_that_contradict_one_another_say_nothing():
    stated = Cells(("n",), (None, 5, 3, 9), (Sum(1, (0,)), Sum(3, (0, 2))))
    assert narrow(stated) == {}
    assert intervals(stated) == {}


@settings(max_examples=20)
@given(
    st.lists(
        st.lists(
            st.one_of(st.none(), st.text(max_size=4), st.sampled_from(["<5", "3", "total", "hiv"])),
            min_size=3,
            max_size=3,
        ),
        max_size=6,
    )
)
def test_any_table_can_be_looked_at(rows):
    schema = {"sex": pl.String, "hiv": pl.String, "lat": pl.String}
    frame = pl.DataFrame(rows, schema=schema, orient="row").with_row_index("row_number", offset=2)
    for finding in disclosure(frame, "t", previous=frame):
        assert finding.count >= len(finding.rows)


@settings(max_examples=25)
@given(st.data())
def test_within_a_limit_of_steps_nothing_untrue_is_said(data):
    """What is found in few steps is what is found in many, or in part; cells that were given up are named."""
    rows, columns = data.draw(st.sampled_from([(2, 3), (3, 3), (4, 2)]))
    values, sums = grid(rows, columns, data.draw(st.lists(st.integers(0, 9), min_size=9, max_size=9)))
    hidden = data.draw(st.sets(st.integers(0, len(values) - 1), max_size=7))
    stated = Cells(("n",), tuple(None if i in hidden else v for i, v in enumerate(values)), sums)
    steps, width = data.draw(st.integers(0, 60)), data.draw(st.sampled_from([1, 4]))
    whole, part = narrow(stated, width), narrow_within(stated, width, steps)
    assert whole.keys() - part.open == part.intervals.keys()
    for cell, (low, high) in part.intervals.items():
        assert low <= values[cell] <= high
        assert whole[cell][0] >= low
        assert whole[cell][1] <= high


@settings(max_examples=24)
@given(st.data())
def test_networks_and_the_simplex_method_agree(data):
    """Tables with totals two ways are networks; both methods find the same cells, with the same limits."""
    rows, columns = data.draw(st.sampled_from([(2, 3), (3, 4), (5, 2)]))
    size = rows * columns
    values, sums = grid(rows, columns, data.draw(st.lists(st.integers(0, 9), min_size=size, max_size=size)))
    hidden = data.draw(st.sets(st.integers(0, len(values) - 1)))
    stated = Cells(("n",), tuple(None if i in hidden else v for i, v in enumerate(values)), sums)
    for equations in groups(stated):
        found, system = network(equations, Steps(None)), System(equations)
        assert found is not None
        assert found.solvable
        assert system.solvable
        for width in (1, 4):
            assert network(equations, Steps(None)).narrow(width) == system.narrow(width)


def test_sums_three_ways_are_no_network():
    assert network([({1: 1, 2: 1}, 5), ({1: 1, 3: 1}, 5), ({1: 1, 4: 1}, 5)], Steps(None)) is None
    assert network([({1: 1, 2: 1}, 5), ({2: 1, 3: 1}, 5), ({1: 1, 3: 1}, 5)], Steps(None)) is None


def test_networks_that_contradict_themselves_have_no_filling():
    assert not network([({1: 1, 2: 1}, 5), ({1: 1, 2: 1}, 6)], Steps(None)).solvable
    assert not network([({1: 1}, -5)], Steps(None)).solvable


def test_sums_by_themselves():
    lonely = [({1: 1, 2: 1}, 5), ({2: 1}, 3)]
    assert outer(lonely) == {1: (2, 2), 2: (3, 3)}
    assert outer([({1: 1, 9: -1}, -4)]) == {1: (0, None), 9: (4, None)}
    assert outer([({1: 1}, 5), ({1: 1}, 6)]) == {}


def many_kept_back(places):
    """A table with totals and too many counts kept back to try all that its sums say."""
    lines = [f"c{place},g{group},<5" for place in range(places) for group in range(12)]
    across = [f"c{place},total,24" for place in range(places)]
    down = [f"total,g{group},{2 * places}" for group in range(12)]
    return "\n".join(["camp,group,hiv", *lines, *across, *down])


def test_what_was_not_worked_out_is_told(monkeypatch):
    monkeypatch.setattr("hxl_kit.disclosure.small_counts.MOST_CELLS", 100)
    finding = found(many_kept_back(10))["small-count-unchecked", "hiv"]
    assert (finding.severity, finding.count, finding.rows[:2]) == ("warning", 120, (2, 3))


def test_too_many_steps_are_told(monkeypatch):
    monkeypatch.setattr(narrow_within, "__defaults__", (1, 1000))
    assert ("small-count-unchecked", "hiv") in found(many_kept_back(20))


def test_tables_without_totals_need_no_working_out(monkeypatch):
    monkeypatch.setattr("hxl_kit.disclosure.small_counts.MOST_CELLS", 1)
    assert found("camp,hiv\nA,<5\nB,30") == {}


@pytest.mark.parametrize(
    ("now", "before", "rows"),
    [
        (
            "camp,month,cumulative hiv\nA,2024-01,20\nA,2024-02,22\nA,2024-03,40\nB,2024-01,7\nB,2024-02,7",
            None,
            (3,),
        ),
        ("camp,year,month,hiv running total\nA,2024,10,22\nA,2024,9,20", None, (2,)),
        ("camp,as of,vih cumul\nA,2024-10-01,22", "camp,as of,vih cumul\nA,2024-09-01,20", (2,)),
        ("month,cumulative hiv\n2024-01,20\n2024-02,22", None, (3,)),
    ],
)
def test_running_totals_tell_who_was_added(now, before, rows):
    previous = table(before) if before else None
    (finding,) = disclosure(table(now), "t", previous=previous)
    assert (finding.slug, finding.severity, finding.rows) == ("small-count-growth", "warning", rows)


def test_counts_of_single_months_are_not_compared():
    assert found("camp,month,hiv\nA,2024-01,20\nA,2024-02,22") == {}
    before = table("camp,month,hiv\nA,2024-01,20")
    assert disclosure(table("camp,month,hiv\nA,2024-02,22"), "t", previous=before) == []
