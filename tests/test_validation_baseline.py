"""Fingerprints stay when nothing about an issue changed, and a baseline lets through only what was accepted."""

import csv
import datetime as dt
import json
import re
import shutil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hxl_kit.errors import DataError, HxlKitError, UsageError
from hxl_kit.validation import baseline as module
from hxl_kit.validation.baseline import (
    COMPARED,
    Baseline,
    Scope,
    compare,
    read_baseline,
    write_baseline,
)
from hxl_kit.validation.fingerprints import named, with_fingerprints
from hxl_kit.validation.report import Collected, Issue, Report, TableFile
from hxl_kit.validation.selection import selected

DAY = dt.date(2024, 3, 1)
LATER = dt.date(2024, 4, 1)
ALL = Scope(selected(["all"]))
EVENTS = [
    {"event_id": "e1", "name": "Abla Khalil", "fatalities": "3"},
    {"event_id": "e2", "name": "Basel Darwish", "fatalities": "x"},
    {"event_id": "e3", "name": "Basel Darwish", "fatalities": "y"},
]


def package(folder, rows, *, key="event_id", name="syria-events"):
    """Write a package of one table; its descriptor, and the schema with its key."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "events.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    schema = {"fields": [{"name": column, "type": "string"} for column in rows[0]]}
    schema |= {"primaryKey": key} if key else {}
    resource = {"name": "events", "path": "events.csv", "schema": schema}
    described = ({"name": name} if name else {}) | {"resources": [resource]}
    (folder / "datapackage.json").write_text(json.dumps(described), encoding="utf-8")
    return folder


def issue(row, *, rule="type-error", message="is not of type integer", severity="error", **params):
    return Issue(rule, severity, "events", message, row, "fatalities", f"C{row}", params=params)


def report(folder, *issues):
    return Report((str(folder / "datapackage.json"),), issues, len(issues), COMPARED)


def marks(made, salt=b""):
    return [one.fingerprint for one in with_fingerprints(made, salt).issues]


def test_rows_above_moves_and_other_words_change_nothing(tmp_path):
    before = marks(report(package(tmp_path / "one", EVENTS), issue(3), issue(4)))
    shifted = [{"event_id": "e0", "name": "Dina Haddad", "fatalities": "1"}, *EVENTS]
    moved = package(tmp_path / "else" / "where", shifted)
    assert marks(report(moved, issue(4, message="ist keine Zahl"), issue(5))) == before
    assert len(set(before)) == 2
    assert all(re.fullmatch(r"[0-9a-f]{20}:1", mark) for mark in before)


@pytest.mark.parametrize(
    "change",
    [
        {"rule": "constraint-error"},
        {"resource": "claims"},
        {"field": "name"},
        {"row": 2},
    ],
)
def test_what_an_issue_is_changes_it(tmp_path, change):
    folder = package(tmp_path / "one", EVENTS)
    other = Issue(**{"rule": "type-error", "severity": "error", "resource": "events", "message": "",
                     "row": 3, "field": "fatalities", **change})  # fmt: skip
    assert marks(report(folder, issue(3))) != marks(report(folder, other))


def test_the_key_names_the_row_where_there_is_one(tmp_path):
    changed = [row | {"name": "Someone Else"} for row in EVENTS]
    keyed = marks(report(package(tmp_path / "a", EVENTS), issue(3)))
    assert marks(report(package(tmp_path / "b", changed), issue(3))) == keyed
    whole = marks(report(package(tmp_path / "c", EVENTS, key=None), issue(3)))
    assert marks(report(package(tmp_path / "d", changed, key=None), issue(3))) != whole
    turned = [dict(reversed(row.items())) for row in EVENTS]
    assert marks(report(package(tmp_path / "e", turned, key=None), issue(3))) == whole


def test_a_key_of_two_fields_and_a_schema_in_a_file_of_its_own(tmp_path):
    folder = package(tmp_path / "a", EVENTS, key=["event_id", "name"])
    described = json.loads((folder / "datapackage.json").read_text())
    before = marks(report(folder, issue(3)))
    (folder / "schema.json").write_text(json.dumps(described["resources"][0]["schema"]))
    described["resources"][0]["schema"] = "schema.json"
    (folder / "datapackage.json").write_text(json.dumps(described))
    assert marks(report(folder, issue(3))) == before


def test_an_empty_key_counts_by_the_whole_row(tmp_path):
    rows = [row | {"event_id": ""} for row in EVENTS]
    found = marks(report(package(tmp_path / "a", rows), issue(3), issue(4)))
    assert {mark.partition(":")[2] for mark in found} == {"1"}


def test_equal_issues_are_numbered(tmp_path):
    rows = [EVENTS[1], EVENTS[1], EVENTS[1]]
    found = marks(report(package(tmp_path / "a", rows, key=None), issue(2), issue(3), issue(4)))
    assert [mark.partition(":")[2] for mark in found] == ["1", "2", "3"]
    assert len({mark.partition(":")[0] for mark in found}) == 1


def test_issues_without_a_row_are_told_apart_by_the_names_in_them(tmp_path):
    folder = package(tmp_path / "a", EVENTS)
    one = Issue("profile", "error", "", "{place} is missing", params={"place": "title", "count": 3})
    same = Issue("profile", "error", "", "there is no {place}", params={"place": "title", "count": 4})
    other = Issue("profile", "error", "", "{place} is missing", params={"place": "licenses", "count": 3})
    assert marks(report(folder, one)) == marks(report(folder, same)) != marks(report(folder, other))


def test_the_salt_and_the_package_are_in_every_fingerprint(tmp_path):
    made = report(package(tmp_path / "a", EVENTS), issue(3))
    other = report(package(tmp_path / "b", EVENTS, name="else"), issue(3))
    assert len({marks(made)[0], marks(made, b"1")[0], marks(made, b"2")[0], marks(other)[0]}) == 4


def test_bare_tables_go_by_their_name_and_all_cells_or_a_known_key(tmp_path):
    path = tmp_path / "sheet.csv"
    path.write_text("a,b\n1,2\n3,4\n")
    made = Report((str(path),), (Issue("x", "error", "sheet.csv", "m", 3),), 2, 10)
    made = Report(made.paths, made.issues, 2, 10, tables={"sheet.csv": TableFile(path)})
    before = marks(made)
    path.write_text("a,b\n3,4\n1,2\n")
    assert marks(made) != before
    first = Report(made.paths, (Issue("x", "error", "sheet.csv", "m", 2),), 2, 10, tables=made.tables)
    assert marks(first) == before
    assert named(made) == "sheet.csv"


def test_a_ragged_row_and_one_that_cannot_be_read_have_fingerprints(tmp_path):
    folder = package(tmp_path / "a", EVENTS)
    (folder / "events.csv").write_text("event_id,name,fatalities\ne1,a,1,9,9\ne2,b,2\n")
    ragged = marks(report(folder, issue(2)))
    (folder / "events.csv").write_text("event_id,name,fatalities\ne2,b,2\ne1,a,1,9,9\n")
    assert marks(report(folder, issue(3))) == ragged
    (folder / "events.csv").unlink()
    assert marks(report(folder, issue(2))) != marks(report(folder, issue(3)))


def test_a_package_without_a_name_goes_by_its_folder(tmp_path):
    folder = package(tmp_path / "one", EVENTS, name=None)
    assert named(report(folder)) == "one"
    assert named(Report((str(tmp_path / "gone"),), (), 0, 1)) == "gone"


CELLS = st.text(max_size=12)


@given(st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=5), st.data())
def test_no_cell_stands_in_a_fingerprint_and_any_cell_can_be_in_a_row(tmp_path_factory, cells, data):
    rows = [{"event_id": f"e{n}", "name": a, "fatalities": b} for n, (a, b) in enumerate(cells)]
    folder = package(tmp_path_factory.mktemp("p"), rows, key=None)
    row = data.draw(st.integers(2, len(rows) + 1))
    (mark,) = marks(report(folder, issue(row)))
    assert re.fullmatch(r"[0-9a-f]{20}:1", mark)


def judged(folder, *issues, salt):
    return with_fingerprints(report(folder, *issues), salt)


def accepted(path, folder, *issues, today=DAY, old=None, scope=ALL):
    old = old or Baseline.empty()
    write_baseline(path, old, [judged(folder, *issues, salt=old.salt)], today, scope)
    return read_baseline(path)


def against(known, folder, *issues, limit=10, scope=ALL):
    return compare(known, [judged(folder, *issues, salt=known.salt)], limit, scope)


def test_accepted_issues_pass_and_new_ones_do_not(tmp_path):
    folder = package(tmp_path / "one", EVENTS)
    known = accepted(tmp_path / "baseline.json", folder, issue(3))
    shifted = package(tmp_path / "one", [EVENTS[0] | {"event_id": "e0"}, *EVENTS])
    found = against(known, shifted, issue(4), issue(5))
    assert found.accepted == 1
    assert [one.row for one in found.reports[0].issues] == [5]
    assert found.reports[0].counts["error"] == 1
    assert not found.stale
    assert str(found) == "1 accepted by the baseline"


def test_more_of_the_same_are_new(tmp_path):
    folder = package(tmp_path / "one", [EVENTS[1]] * 3, key=None)
    known = accepted(tmp_path / "baseline.json", folder, issue(2), issue(3))
    found = against(known, folder, issue(2), issue(3), issue(4))
    assert found.accepted == 2
    assert [one.row for one in found.reports[0].issues] == [4]


def test_two_packages_of_one_name_do_not_lend_each_other_their_entries(tmp_path):
    first = package(tmp_path / "a", EVENTS)
    known = accepted(tmp_path / "baseline.json", first, issue(3))
    second = package(tmp_path / "b", EVENTS)
    both = [judged(folder, issue(3), salt=known.salt) for folder in (first, second)]
    found = compare(known, both, 10, ALL)
    assert found.accepted == 1
    assert [len(one.issues) for one in found.reports] == [0, 1]


def test_entries_that_no_longer_occur_are_told(tmp_path):
    folder = package(tmp_path / "one", EVENTS)
    known = accepted(tmp_path / "baseline.json", folder, issue(3), issue(4))
    found = against(known, folder, issue(3))
    assert [(e.package, e.resource, e.rule, e.field) for e in found.stale] == [
        ("syria-events", "events", "type-error", "fatalities")
    ]
    assert "1 entry of it no longer occurs: run again with --write-baseline" in str(found)


def test_what_a_run_did_not_look_at_is_not_stale(tmp_path):
    folder = package(tmp_path / "one", EVENTS)
    other = package(tmp_path / "two", EVENTS, name="other")
    known = accepted(tmp_path / "baseline.json", folder, issue(3))
    assert not against(known, other).stale
    assert against(known, other, scope=Scope(ALL.selection, every_package=True)).stale
    assert not against(known, folder, scope=Scope(selected(["strict"]))).stale


def test_information_is_neither_accepted_nor_hidden(tmp_path):
    folder = package(tmp_path / "one", EVENTS)
    known = accepted(
        tmp_path / "baseline.json", folder, issue(3, severity="info"), issue(4, severity="warning")
    )
    assert [entry.count for entry in known.accepted.values()] == [1]
    found = against(known, folder, issue(3, severity="info"), issue(4, severity="warning"))
    assert found.reports[0].counts == {"error": 0, "warning": 0, "info": 1}


def test_what_cannot_be_read_is_never_accepted(tmp_path):
    folder = package(tmp_path / "one", EVENTS)
    unreadable = Issue("unreadable", "error", "", "is damaged")
    known = accepted(tmp_path / "baseline.json", folder, unreadable)
    assert not known.accepted
    assert not against(known, folder, unreadable).reports[0].valid


def test_the_listing_is_bounded_after_the_comparison(tmp_path):
    folder = package(tmp_path / "one", [EVENTS[1]] * 30, key=None)
    known = Baseline.empty()
    found = against(known, folder, *(issue(row) for row in range(2, 32)), limit=5)
    assert len(found.reports[0].issues) == 5
    assert found.reports[0].counts["error"] == 30


def test_nothing_slips_when_there_are_too_many_to_list(tmp_path, monkeypatch):
    folder = package(tmp_path / "one", EVENTS)
    some = Collected(1)
    some.extend(issue(3) for _ in range(9))
    with pytest.raises(DataError, match="9 issues are too many to compare"):
        compare(Baseline.empty(), [some.report((str(folder),), 9)], 10, ALL)
    monkeypatch.setattr(module, "COMPARED", 1)
    with pytest.raises(DataError, match=r"at most 1\)"):
        accepted(tmp_path / "baseline.json", folder, issue(3), issue(4))
    assert not (tmp_path / "baseline.json").exists()


def test_the_file_is_an_entry_a_line_sorted_without_cells(tmp_path):
    rows = [{"event_id": f"e{n}", "name": "Basel Darwish", "fatalities": "x"} for n in range(9)]
    folder = package(tmp_path / "one", rows)
    path = tmp_path / "baseline.json"
    accepted(path, folder, *(issue(row) for row in range(2, 8)))
    lines = path.read_text(encoding="utf-8").splitlines()
    entries = [line for line in lines if "fingerprint" in line]
    assert len(entries) == 6 == len(set(entries))
    assert entries[:-1] == sorted(entries[:-1])
    assert set(json.loads(entries[0].rstrip(","))) == {
        *("package", "resource", "rule", "field", "fingerprint", "count", "accepted_on")
    }
    text = path.read_text(encoding="utf-8")
    assert "Basel" not in text
    assert '"e1"' not in text
    again = accepted(path, folder, *(issue(row) for row in range(2, 8)), old=read_baseline(path))
    assert path.read_text(encoding="utf-8") == text
    assert len(again.accepted) == 6


def test_a_new_line_is_one_line_of_difference_and_days_and_reasons_stay(tmp_path):
    folder = package(tmp_path / "one", EVENTS)
    path = tmp_path / "baseline.json"
    accepted(path, folder, issue(3))
    path.write_text(path.read_text().replace('"2024-03-01"}', '"2024-03-01", "reason": "asked OCHA"}'))
    known = accepted(path, folder, issue(3), issue(4), today=LATER, old=read_baseline(path))
    days = {entry.accepted_on: entry.reason for entry in known.accepted.values()}
    assert days == {"2024-03-01": "asked OCHA", "2024-04-01": ""}


def test_writing_again_drops_what_is_gone_and_keeps_what_was_not_looked_at(tmp_path):
    one, two = package(tmp_path / "one", EVENTS), package(tmp_path / "two", EVENTS, name="other")
    path = tmp_path / "baseline.json"
    known = accepted(path, one, issue(3), issue(4))
    known = accepted(path, two, issue(3), old=known)
    assert len(known.accepted) == 3
    known = accepted(path, one, issue(4), old=known, today=LATER)
    assert sorted(e.package for e in known.accepted.values()) == ["other", "syria-events"]
    kept = accepted(path, one, old=known, scope=Scope(selected(["strict"])))
    assert len(kept.accepted) == 2


def test_two_files_of_one_repository_have_nothing_in_common(tmp_path):
    folder = package(tmp_path / "one", EVENTS)
    first = accepted(tmp_path / "a.json", folder, issue(3))
    second = accepted(tmp_path / "b.json", folder, issue(3))
    assert not first.accepted.keys() & second.accepted.keys()


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"version": 2}, "is a baseline of version 2"),
        ({"salt": "xyz"}, "its 'salt' is missing or damaged"),
        ({"salt": None}, "its 'salt' is missing or damaged"),
        ({"issues": {}}, "is no baseline"),
        ({"issues": [{}]}, "issue 1: 'package', 'resource'"),
        ({"issues": [1]}, "issue 1: "),
    ],
)
def test_a_file_that_is_none_is_refused_with_the_way_out(tmp_path, change, told):
    path = tmp_path / "baseline.json"
    path.write_text(json.dumps({"version": 1, "salt": "00", "issues": [], **change}))
    with pytest.raises(UsageError) as caught:
        read_baseline(path)
    assert told in str(caught.value)
    assert str(path) in str(caught.value)


@pytest.mark.parametrize("change", [{"count": 0}, {"count": True}, {"reason": 1}, {"severity": "error"}])
def test_a_wrong_entry_is_named(tmp_path, change):
    path = tmp_path / "baseline.json"
    folder = package(tmp_path / "one", EVENTS)
    accepted(path, folder, issue(3), issue(4))
    raw = json.loads(path.read_text())
    raw["issues"][1] |= change
    path.write_text(json.dumps(raw))
    with pytest.raises(UsageError, match=f"issue 2: '{next(iter(change))}'"):
        read_baseline(path)
    raw["issues"] = [raw["issues"][0]] * 2
    path.write_text(json.dumps(raw))
    with pytest.raises(UsageError, match="fingerprint twice"):
        read_baseline(path)


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-2, 2), st.text(max_size=5)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(["version", "salt", "issues", "count", "x"]), inner, max_size=4),
    ),
)


@given(JSON)
def test_no_file_crashes_it(tmp_path_factory, value):
    path = tmp_path_factory.mktemp("b") / "baseline.json"
    path.write_text(json.dumps(value))
    try:
        assert isinstance(read_baseline(path), Baseline)
    except HxlKitError as error:
        assert str(path) in str(error)  # noqa: PT017 - either ending is right


def test_a_whole_package_moves_with_what_was_accepted(tmp_path):
    folder = package(tmp_path / "one", EVENTS)
    known = accepted(tmp_path / "baseline.json", folder, issue(3), issue(4))
    moved = tmp_path / "archive" / "renamed"
    moved.parent.mkdir()
    shutil.move(folder, moved)
    assert against(known, moved, issue(3), issue(4)).accepted == 2


def test_names_of_any_script_and_half_a_character_stand_in_the_file(tmp_path):
    folder = package(tmp_path / "one", EVENTS, name="سوريا \ud800")
    path = tmp_path / "baseline.json"
    known = accepted(path, folder, issue(3))
    assert [entry.package for entry in known.accepted.values()] == ["سوريا \ud800"]
    assert "سوريا" in path.read_text(encoding="utf-8")
    assert against(known, folder, issue(3)).accepted == 1
