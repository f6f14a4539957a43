"""Diff: counts reconcile, listed changes lead from the old table to the new one, retractions are seen."""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from packages_for_tests import EVENTS, write_package

from hxl_kit.errors import InputError
from hxl_kit.package.diff import diff_packages
from hxl_kit.package.difference import PackageDiff

_ALL = 10_000
CELL = st.text(st.sampled_from('ab01 ,"\n;\té家ق#'), max_size=4)
TABLE = st.dictionaries(st.text("abc,", min_size=1, max_size=2), st.tuples(CELL, CELL), max_size=12)
CLAIM = {"claim_id": "c1", "stance": "retracts", "about_table": "events", "about_id": "e2"}
_COLUMNS = {"events": ["event_id", "x", "y"]}


def rows_of(table):
    return [{"event_id": key, "x": x, "y": y} for key, (x, y) in table.items()]


def packages(folder, old, new, **options):
    first = write_package(Path(folder, "old"), {"events": old}, columns=_COLUMNS, **options)
    return first, write_package(Path(folder, "new"), {"events": new}, columns=_COLUMNS, **options)


@settings(max_examples=36, deadline=None)
@given(old=TABLE, new=TABLE, inline=st.booleans())
def test_applying_the_diff_gives_the_new_table(old, new, inline):
    with tempfile.TemporaryDirectory() as folder:
        diff = diff_packages(*packages(folder, rows_of(old), rows_of(new), inline=inline), limit=_ALL)
    table, found = diff.tables["events"], {key: list(cells) for key, cells in old.items()}
    for change in table.rows:
        key = change.key["event_id"]
        if change.change == "removed":
            del found[key]
            continue
        cells = found.setdefault(key, ["", ""])
        for field, (before, after) in change.fields.items():
            assert (before or "") == cells["xy".index(field)]
            cells["xy".index(field)] = after or ""
    assert found == {key: list(cells) for key, cells in new.items()}
    assert len(new) == len(old) + table.added - table.removed
    assert table.counts | {"retracted": 0} == {
        **Counter(added=0, changed=0, removed=0, retracted=0),
        **Counter(c.change for c in table.rows),
    }
    assert diff.identical == (old == new and [*old] == [*new])


@settings(max_examples=24, deadline=None)
@given(old=st.lists(st.sampled_from("abcd"), max_size=8), new=st.lists(st.sampled_from("abcd"), max_size=8))
def test_a_table_without_a_key_is_compared_as_a_multiset(old, new):
    sides = [[{"event_id": value, "x": "1", "y": ""} for value in values] for values in (old, new)]
    with tempfile.TemporaryDirectory() as folder:
        table = diff_packages(*packages(folder, *sides, keys={}), limit=_ALL).tables["events"]
    assert table.added == (Counter(new) - Counter(old)).total()
    assert table.removed == (Counter(old) - Counter(new)).total()
    assert table.changed == 0
    if old != new:
        assert table.compared_by == "row"


@settings(max_examples=20, deadline=None)
@given(table=TABLE)
def test_a_package_is_identical_to_itself(table):
    with tempfile.TemporaryDirectory() as folder:
        package = write_package(Path(folder), {"events": rows_of(table)}, columns=_COLUMNS)
        diff = diff_packages(package, package)
    assert diff.identical
    assert diff.as_text() == "no differences"


def test_repeated_key_falls_back_to_whole_rows_and_says_so(tmp_path):
    row = {"event_id": "e1", "x": "1", "y": "1"}
    diff = diff_packages(*packages(tmp_path, [row, row], [row]))
    assert diff.tables["events"].compared_by == "row"
    assert diff.tables["events"].removed == 1
    assert "compared as whole rows" in diff.as_text()


def test_rows_without_a_key_that_begin_alike_are_told_apart(tmp_path):
    columns = {"events": ["event_id", "x", "y", "source"]}
    before, after = ({"event_id": "e1", "x": "1", "y": "2", "source": said} for said in ("Radio", ""))
    sides = [
        write_package(tmp_path / said, {"events": [row]}, columns=columns, keys={})
        for said, row in (("old", before), ("new", after))
    ]
    text = diff_packages(*sides).as_text()
    assert "  + e1, 1, 2: source: (none)\n  - e1, 1, 2: source: Radio" in text


def test_listing_is_limited_and_counts_are_complete(tmp_path):
    rows = [{"event_id": f"e{n:03}", "x": "1", "y": ""} for n in range(100)]
    changed = [{**row, "x": "2"} for row in rows[:60]]
    table = diff_packages(*packages(tmp_path, rows, changed)).tables["events"]
    assert (table.added, table.changed, table.removed) == (0, 60, 40)
    assert Counter(row.change for row in table.rows) == {"changed": 20, "removed": 20}
    assert table.rows[0].key == {"event_id": "e000"}
    assert table.rows[0].fields == {"x": ("1", "2")}


def test_rows_that_a_new_claim_retracts(tmp_path):
    old = write_package(tmp_path / "old", {"events": EVENTS})
    there = write_package(tmp_path / "there", {"events": EVENTS, "claims": [CLAIM]})
    gone = write_package(tmp_path / "gone", {"events": [EVENTS[0], EVENTS[2]], "claims": [CLAIM]})
    assert diff_packages(old, there).tables["events"].counts == {
        "added": 0,
        "changed": 0,
        "removed": 0,
        "retracted": 1,
    }
    assert diff_packages(old, gone).tables["events"].counts == {
        "added": 0,
        "changed": 0,
        "removed": 1,
        "retracted": 1,
    }
    assert diff_packages(there, gone).tables["events"].counts == {
        "added": 0,
        "changed": 0,
        "removed": 1,
        "retracted": 0,
    }
    listed = diff_packages(old, there).as_json()["tables"]["events"]["rows"]
    assert listed == [{"key": {"event_id": "e2"}, "change": "retracted", "fields": {}}]


@pytest.mark.parametrize("change", [{"stance": "denies"}, {"about_id": "e9"}, {"about_table": "casualties"}])
def test_other_claims_retract_nothing(tmp_path, change):
    old = write_package(tmp_path / "old", {"events": EVENTS})
    new = write_package(tmp_path / "new", {"events": EVENTS, "claims": [{**CLAIM, **change}]})
    assert diff_packages(old, new).tables["events"].retracted == 0


def test_metadata_is_compared_property_by_property(tmp_path):
    old = write_package(
        tmp_path / "old", temporal={"start": "2024-01-01", "end": "2024-06-30"}, caveats="few"
    )
    new = write_package(tmp_path / "new", version="1.1.0", keywords=["events"])
    assert diff_packages(old, new).as_json()["metadata"] == [
        {"field": "version", "old": "1.0.0", "new": "1.1.0"},
        {"field": "temporal.end", "old": "2024-06-30", "new": "2024-12-31"},
        {"field": "keywords", "old": None, "new": ["events"]},
        {"field": "caveats", "old": "few", "new": None},
    ]


def test_provenance_is_summarised(tmp_path):
    record = {"name": "in.csv", "hash": "sha256:" + "ab" * 32, "notes": ["long"] * 50}
    old = write_package(tmp_path / "old", provenance={"tool": "hxl_kit", "version": "1", "inputs": [record]})
    new = write_package(
        tmp_path / "new", provenance={"tool": "hxl_kit", "version": "2", "inputs": [record, record]}
    )
    assert {c.field: c.new for c in diff_packages(old, new).metadata} == {
        "provenance.version": "2",
        "provenance.inputs": "2 (abababababab, abababababab)",
    }


def test_schema_changes_and_a_new_column(tmp_path):
    wider = [{**row, "note": "seen" if row["event_id"] == "e1" else ""} for row in EVENTS]
    diff = diff_packages(write_package(tmp_path / "old"), write_package(tmp_path / "new", {"events": wider}))
    assert [(c.field, c.change) for c in diff.schema] == [("note", "added"), ("", "changed")]
    table = diff.tables["events"]
    assert (table.changed, table.rows[0].fields) == (1, {"note": (None, "seen")})
    assert "schema events: field note added" in diff.as_text()


def test_first_version_adds_everything(tmp_path):
    diff = diff_packages(None, write_package(tmp_path, {"events": EVENTS, "claims": [CLAIM]}))
    assert diff.tables["events"].counts == {"added": 3, "changed": 0, "removed": 0, "retracted": 0}
    assert {c.change for c in diff.resources} == {"added"}
    assert not diff.identical


def test_a_table_that_is_gone_and_files_of_other_kinds(tmp_path):
    old = write_package(tmp_path / "old", {"events": EVENTS, "claims": [CLAIM]}, extra={"notes.txt": b"a"})
    new = write_package(tmp_path / "new", {"events": EVENTS}, extra={"notes.txt": b"bb"})
    diff = diff_packages(old, new)
    assert diff.tables["claims"].removed == 1
    files = {(c.path, c.change, c.old_bytes, c.new_bytes) for c in diff.resources}
    assert ("notes.txt", "changed", 1, 2) in files
    assert ("claims.csv", "removed") in {found[:2] for found in files}


def test_json_round_trip(tmp_path):
    wider = [{**row, "note": "x\x1b[31m"} for row in EVENTS[1:]]
    old = write_package(tmp_path / "old", {"events": EVENTS})
    diff = diff_packages(
        old, write_package(tmp_path / "new", {"events": wider, "claims": [CLAIM]}, version="2")
    )
    assert PackageDiff.from_json(json.loads(json.dumps(diff.as_json()))) == diff
    assert "\x1b" not in diff.as_text()


def test_dialects_and_tables_that_are_not_csv(tmp_path):
    folders = []
    for name, cell in (("old", "1"), ("new", "2")):
        write_package(tmp_path / name, {"events": [{"event_id": "e1", "x": "1"}]})
        described = json.loads((tmp_path / name / "datapackage.json").read_text())
        (tmp_path / name / "events.csv").write_text(f"# made by hand\nevent_id;x\n#id;#x\ne1;'{cell};'\n\n")
        described["resources"][0]["dialect"] = {
            "delimiter": ";", "quoteChar": "'", "headerRows": [2], "commentRows": [1, 3],
        }  # fmt: skip
        described["resources"].append(
            {"name": "sheet", "path": "events.hxl.csv", "format": "xlsx", "schema": {"fields": []}}
        )
        (tmp_path / name / "datapackage.json").write_text(json.dumps(described))
        folders.append(write_back(tmp_path / name))
    diff = diff_packages(*folders)
    assert diff.tables["events"].rows[0].fields == {"x": ("1;", "2;")}
    assert diff.tables["sheet"].compared_by == "file"


def write_back(folder):
    from hxl_kit.reading.packages import read_package

    return read_package(folder)


@pytest.mark.parametrize("content", [b"", b"event_id,x\ne1,1,2,3\n", b"event_id,x\ne1,\xff\n"])
def test_a_broken_table_is_an_input_error(tmp_path, content):
    old, new = write_package(tmp_path / "old"), write_package(tmp_path / "new")
    (tmp_path / "new" / "events.csv").write_bytes(content)
    with pytest.raises(InputError, match=r"cannot be read as CSV"):
        diff_packages(old, new)


def test_a_missing_file_is_an_input_error(tmp_path):
    old, new = write_package(tmp_path / "old"), write_package(tmp_path / "new")
    (tmp_path / "new" / "events.hxl.csv").unlink()
    with pytest.raises(InputError, match="no such file"):
        diff_packages(old, new)
