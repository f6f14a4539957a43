"""Verdicts: every error counted, the first ones listed in frictionless' order, whatever the limit, form and order."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import zipfile
from collections import Counter
from itertools import islice

import numpy as np
import pytest
from frictionless import Package
from gate_for_tests import cases
from hypothesis import given, settings
from hypothesis import strategies as st

from hxl_kit.gate import Memory, Request, frictionless_report, verdict
from hxl_kit.gate import memory as memory_module
from hxl_kit.gate.bulk import read_in_bulk
from hxl_kit.gate.findings import AFTER_CELLS, Errors, Finding, Findings, Meaning, ReadingOrder
from hxl_kit.gate.scope import Scope

pytestmark = pytest.mark.filterwarnings("ignore")  # frictionless' own, of files left open and of fields

FIELDS = [
    {"name": "id", "type": "integer", "constraints": {"required": True, "unique": True}},
    {"name": "kind", "type": "string", "constraints": {"enum": ["a", "b"]}},
    {"name": "day", "type": "date"},
    {"name": "n", "type": "number", "constraints": {"minimum": 0}},
]
ROWS = [
    *(
        "1,a,2024-01-01,1",
        "2,b,2024-01-02,2.5",
        "1,a,2024-01-03,3",
        "x,c,2024-1-1x,-1",
        ",a,,",
        ",,,",
        "7,a",
        "7,b,,,9",
    ),
    *(
        "02,b,2024-01-09,4",
        "8,c,2024-02-30,NaN",
        "9,a,2024-02-28,0",
        "9,zz,x,-5",
        "10,a,,1",
        '"11",b,2024-03-01,1e3',
    ),
]
TEXT = "id,kind,day,n\n" + "".join(f"{row}\n" for row in ROWS)


def package_at(folder, content=TEXT, *, name="t.csv", schema=None, **more):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)
    resource = {
        "name": "t",
        "path": name,
        "encoding": "utf-8",
        "schema": schema or {"fields": FIELDS},
        **more,
    }
    path = folder / "datapackage.json"
    path.write_text(json.dumps({"name": "p", "resources": [resource]}))
    return path


def plain(node):
    """A report without the time it took."""
    if isinstance(node, dict):
        return {key: plain(value) for key, value in node.items() if key != "seconds"}
    return [plain(value) for value in node] if isinstance(node, list) else node


def compared(path, **options):
    """The gate's report, which must be frictionless' own and be made in bulk."""
    ours, alone = (frictionless_report(path, Request(fast=fast, **options)) for fast in (True, False))
    assert plain(ours.descriptor) == plain(alone.descriptor)
    assert set(ours.lanes) == {"bulk"}
    return ours.descriptor["tasks"][0]


def essence(errors):
    return [
        (error["type"], error["note"], error.get("rowNumber"), error.get("fieldNumber")) for error in errors
    ]


def told(found):
    return [(e.type, e.note, e.row, e.column) for task in found.tasks for e in task.errors]


@pytest.mark.parametrize("block_bytes", [64, 150, 1 << 20])
def test_the_verdict_is_the_report(tmp_path, block_bytes):
    path = package_at(tmp_path)
    task = compared(path, limit_errors=0, block_bytes=block_bytes)
    found = verdict(path, block_bytes=block_bytes)
    assert told(found) == essence(task["errors"])
    assert len(task["errors"]) > 15
    kinds = {"unique-error", "constraint-error", "type-error", "blank-row", "missing-cell", "extra-cell"}
    assert {error["type"] for error in task["errors"]} == kinds
    assert (found.valid, found.tasks[0].rows) == (False, len(ROWS))


@pytest.mark.parametrize("listed", [0, 1, 3, 10, 1000])
@pytest.mark.parametrize("block_bytes", [64, 1 << 20])
def test_counts_are_complete_however_few_are_listed(tmp_path, listed, block_bytes):
    path = package_at(tmp_path)
    everything = verdict(path).tasks[0]
    some = verdict(path, listed=listed, block_bytes=block_bytes).tasks[0]
    assert some.counts == everything.counts == Counter((e.type, e.field) for e in everything.errors)
    assert some.errors == everything.errors[:listed]
    assert some.rows == everything.rows
    assert not verdict(path, listed=listed).valid


@pytest.mark.parametrize("listed", [0, 2, None])
def test_counts_are_complete_where_frictionless_reads_alone(tmp_path, listed):
    path = package_at(tmp_path, dialect={"skipInitialSpace": True})
    found, bulk = verdict(path, listed=listed).tasks[0], verdict(package_at(tmp_path / "bulk")).tasks[0]
    assert found.lane != bulk.lane == "bulk"
    assert (found.counts, found.rows, found.errors) == (bulk.counts, bulk.rows, bulk.errors[:listed])


@pytest.mark.parametrize("key", ["unique", "primary", "foreign"])
@pytest.mark.parametrize("listed", [1, 2, 5])
def test_errors_of_keys_come_before_those_of_later_cells_although_found_last(tmp_path, key, listed):
    fields = [{"name": "id", "type": "integer"}, {"name": "n", "type": "integer"}]
    schema = {"fields": fields}
    if key == "unique":
        fields[0]["constraints"] = {"unique": True}
    elif key == "primary":
        schema["primaryKey"] = "id"
    else:
        schema["foreignKeys"] = [{"fields": "id", "reference": {"resource": "", "fields": "n"}}]
    rows = ["1,1", "1,1", *(f"{n},{n}" for n in range(2, 40)), *(f"{n},x" for n in range(40, 80))]
    rows[5] = "99,5" if key == "foreign" else "1,4"
    path = package_at(tmp_path, "id,n\n" + "\n".join(rows) + "\n", schema=schema)
    task = compared(path, limit_errors=0, block_bytes=64)
    found = verdict(path, listed=listed, block_bytes=64)
    assert told(found) == essence(task["errors"])[:listed]
    assert found.tasks[0].errors[0].row in {3, 7}
    assert found.tasks[0].counts.total() == len(task["errors"]) > 40


def test_the_cells_of_a_row_with_a_broken_key_are_told_in_the_order_of_reading(tmp_path):
    """frictionless looks at the fields of keys first, and stops looking at the first key that is broken."""
    fields = [
        {"name": "a", "type": "integer"},
        {"name": "b", "type": "integer", "constraints": {"unique": True}},
        {"name": "c", "type": "integer"},
        {"name": "d", "type": "integer"},
    ]
    schema = {"fields": fields, "primaryKey": ["d", "c"]}
    rows = ["1,1,1,1", "x,1,y,z", "x,2,y,z", "x,3,y,z", "x,y,1,z", "1,5,1,1", "x,1,1,1,9", "x,2"]
    path = package_at(tmp_path, "a,b,c,d\n" + "\n".join(rows) + "\n", schema=schema)
    for block_bytes in (64, 1 << 20):
        task = compared(path, limit_errors=0, block_bytes=block_bytes)
        assert told(verdict(path, block_bytes=block_bytes)) == essence(task["errors"])


@pytest.mark.parametrize("limit", [*range(1, 9), 15, 19])
@pytest.mark.parametrize("block_bytes", [64, 1 << 20])
def test_a_limit_stops_where_frictionless_stops(tmp_path, limit, block_bytes):
    """With the stats that it has then, and without the check of the hash that it never reaches."""
    path = package_at(tmp_path, hash="md5:0", bytes=1)
    task = compared(path, limit_errors=limit, block_bytes=block_bytes)
    assert len(task["errors"]) == limit
    assert task["warnings"] == [f"reached error limit: {limit}"]
    assert task["stats"]["rows"] < len(ROWS) or limit == 19


def test_a_limit_that_the_header_reaches_stops_before_the_rows(tmp_path):
    wrong = TEXT.replace("id,kind,day,n", "ID,Kind,Day,n")
    for limit in (1, 2, 3, 4):
        compared(package_at(tmp_path, wrong), limit_errors=limit)


def test_errors_of_header_rows_and_file_come_in_this_order(tmp_path):
    path = package_at(tmp_path, TEXT.replace("kind", "sort"), hash="md5:0", bytes=1)
    types = [error["type"] for error in compared(path, limit_errors=0)["errors"]]
    assert types[0] == "incorrect-label"
    assert types[-2:] == ["hash-count", "byte-count"] or set(types[-2:]) == {"hash-count", "byte-count"}
    found = verdict(path, listed=1)
    assert [error.type for error in found.tasks[0].errors] == ["incorrect-label"]
    assert (found.tasks[0].counts["hash-count", ""], found.tasks[0].counts["byte-count", ""]) == (1, 1)


LATIN = "id,kind,day,n\n1,é,2024-01-01,1\n1,ü,x,2\n3,a,2024-01-03,-4\n"


def zipped(content):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(zipfile.ZipInfo("t.csv"), content)
    return packed.getvalue()


def members(content):
    """A gzip file of two members."""
    middle = len(content) // 2 + 1
    return gzip.compress(content[:middle], mtime=0) + gzip.compress(content[middle:], mtime=0)


FORMS = {
    "gz": ("t.csv.gz", members(LATIN.encode()), {}),
    "zip": ("t.csv.zip", zipped(LATIN.encode()), {}),
    "latin-1": ("t.csv", LATIN.encode("latin-1"), {"encoding": "latin-1"}),
    "cp1252": ("t.csv", LATIN.replace("ü", "€").encode("cp1252"), {"encoding": "cp1252"}),
    "utf-16": ("t.csv", LATIN.encode("utf-16"), {"encoding": "utf-16"}),
    "gz of utf-16": ("t.csv.gz", members(LATIN.encode("utf-16")), {"encoding": "utf-16"}),
    "tsv": ("t.tsv", LATIN.replace(",", "\t").encode(), {}),
    "BOM": ("t.csv", LATIN.encode("utf-8-sig"), {"encoding": "utf-8"}),
    "BOM said": ("t.csv", LATIN.encode("utf-8-sig"), {"encoding": "utf-8-sig"}),
    "CRLF": ("t.csv", LATIN.replace("\n", "\r\n").encode(), {}),
    "CR": ("t.csv", LATIN.replace("\n", "\r").encode(), {}),
    "no last line end": ("t.csv", LATIN.removesuffix("\n").encode(), {}),
    "semicolons": ("t.csv", LATIN.replace(",", ";").encode(), {"dialect": {"delimiter": ";"}}),
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("block_bytes", [64, 1 << 20])
def test_each_form_is_read_in_bulk_with_the_same_report(tmp_path, form, block_bytes):
    name, content, more = FORMS[form]
    path = package_at(tmp_path, content, name=name, **more)
    task = compared(path, block_bytes=block_bytes)
    assert len([error for error in task["errors"] if error.get("rowNumber")]) >= 4
    assert told(verdict(path, block_bytes=block_bytes)) == essence(task["errors"])


@pytest.mark.parametrize("form", ["gz", "latin-1", "utf-16", "BOM", "tsv"])
@pytest.mark.parametrize("right", [True, False])
def test_hash_and_size_are_those_of_the_file_as_it_lies_there(tmp_path, form, right):
    name, content, more = FORMS[form]
    said = {
        "hash": f"sha256:{hashlib.sha256(content if right else b'').hexdigest()}",
        "bytes": len(content) + (not right),
    }
    task = compared(package_at(tmp_path, content, name=name, **more, **said))
    wrong = {"hash-count", "byte-count"} & {error["type"] for error in task["errors"]}
    # Of packed files frictionless takes the sums of what it unpacked, or none: its word is compared above.
    assert (not wrong) == right or form == "gz"


@pytest.mark.parametrize("digests", [("sha256",), ("md5", "sha256"), ()])
def test_hashes_are_computed_while_the_rows_are_read(tmp_path, digests):
    content = b"id,kind,day,n\n" + b"1,a,2024-01-01,1\n" * 5000
    path = package_at(tmp_path, content)
    reading = read_in_bulk(Package(str(path)).resources[0], Scope(4096, digests=digests))
    stats = reading.table.resource.stats
    assert stats.bytes == len(content)
    for name in ("md5", "sha256"):
        assert getattr(stats, name) == (hashlib.new(name, content).hexdigest() if name in digests else None)


def test_the_memory_takes_the_hash_from_the_reading(tmp_path, monkeypatch):
    """A clean table is read once, not a second time for its hash."""
    hashed = []
    monkeypatch.setattr(memory_module, "sha256_of", lambda path: hashed.append(path) or "")
    path = package_at(tmp_path, "id,kind,day,n\n1,a,2024-01-01,1\n")
    memory = Memory(tmp_path / "memory")
    assert verdict(path, memory=memory).valid
    assert hashed == []
    digest = hashlib.sha256((tmp_path / "t.csv").read_bytes()).hexdigest()
    assert [known for _, known in memory.hashes.values()] == [digest]


@settings(max_examples=20)
@given(cases(), st.sampled_from([64, 200, 1 << 20]), st.sampled_from([1, 3, 1000]))
def test_random_packages_get_frictionless_own_report(tmp_path_factory, case, block_bytes, limit):
    path = case.write(tmp_path_factory.mktemp("case"))
    ours, alone = (
        frictionless_report(path, Request(limit_errors=limit, block_bytes=block_bytes, fast=fast)).descriptor
        for fast in (True, False)
    )
    notes = [e["note"] for e in [*alone["errors"], *(e for task in alone["tasks"] for e in task["errors"])]]
    if any("stopped with" in note for note in notes):
        assert not ours["valid"]
    else:
        assert plain(ours) == plain(alone)


@settings(max_examples=15)
@given(cases(), st.sampled_from([0, 1, 3]))
def test_random_packages_are_counted_whatever_is_listed(tmp_path_factory, case, listed):
    path = case.write(tmp_path_factory.mktemp("case"))
    everything, some = verdict(path), verdict(path, listed=listed, block_bytes=200)
    for whole, part in zip(everything.tasks, some.tasks, strict=True):
        assert whole.counts == Counter((error.type, error.field) for error in whole.errors)
        assert (part.counts, part.rows) == (whole.counts, whole.rows)
        assert part.errors == whole.errors[:listed]
    assert (
        some.valid
        == everything.valid
        == (not everything.errors and not any(t.counts for t in everything.tasks))
    )


ORDER = ReadingOrder(("k", "l"), (1, 2))
MEANINGS = [
    Meaning("type-error", "t", "a", 1),
    Meaning("constraint-error", "c", "k", 3),
    Meaning("constraint-error", "d", "l", 2),
    Meaning("unique-error", "the same as in the row at position %s", "k", 3),
    Meaning("primary-key", "p"),
]
PLACES = [2 * 16, 0, 16, AFTER_CELLS, AFTER_CELLS + 1]


def filled(blocks, limit):
    """Findings of blocks of (row, which meaning), those of keys coming last."""
    findings = Findings(ORDER, limit)
    codes = [findings.code(meaning) for meaning in MEANINGS]
    late = []
    for block in blocks:
        cells = [one for one in block if one[1] < 3]
        late += [one for one in block if one[1] >= 3]
        parts = [
            Errors(np.array([row]), np.array([PLACES[which]]), np.array([codes[which]]))
            for row, which in cells
        ]
        nothing = np.zeros(0, np.int64)
        findings.add([Errors(nothing, nothing, nothing), *parts])
    late.sort()
    rows, whiches = ([one[n] for one in late] for n in (0, 1))
    for which in (3, 4):
        mine = [row for row, other in late if other == which]
        findings.add_late(
            Errors(
                np.array(mine, np.int64), np.full(len(mine), PLACES[which]), np.full(len(mine), codes[which])
            ),
            np.array([row - 1 if which == 3 else 0 for row in mine], np.int64),
        )
    assert len(rows) == len(whiches)
    return findings


ERRORS = st.lists(
    st.lists(st.tuples(st.integers(1, 9), st.integers(0, 4)), unique=True, max_size=15), max_size=5
).map(lambda blocks: [[(row + 10 * n, which) for row, which in block] for n, block in enumerate(blocks)])


@settings(max_examples=90)
@given(ERRORS, st.sampled_from([None, 0, 1, 2, 5, 100]))
def test_findings_are_in_order_counted_and_cut(blocks, limit):
    everything = list(filled(blocks, None))
    findings = filled(blocks, limit)
    assert list(findings) == list(islice(everything, limit))
    assert findings.total == len(everything) == sum(map(len, blocks))
    assert findings.counts == Counter((f.meaning.type, f.meaning.field_name) for f in everything)
    rows = [finding.row for finding in everything]
    assert rows == sorted(rows)
    by_row = list(findings.by_row())
    assert [finding for found in by_row for finding in found][: limit or 0] == everything[: limit or 0]
    assert {len({finding.row for finding in found}) for found in by_row} <= {1}


def test_a_row_is_arranged_by_its_first_broken_key():
    cells = [Finding(5, MEANINGS[which], PLACES[which]) for which in (1, 2, 0)]
    keys = [Finding(5, MEANINGS[which], PLACES[which], earlier=3 if which == 3 else 0) for which in (3, 4)]
    assert ORDER.arranged(cells) == cells
    assert ORDER.arranged([*cells, keys[1]]) == [*cells, keys[1]]
    # The first key is broken: only its own field was looked at, the rest comes by its number.
    assert [f.meaning.field_name for f in ORDER.arranged([*cells, *keys])] == ["k", "a", "l", "k", None]
    assert [f.note for f in keys] == ["the same as in the row at position 3", "p"]


@pytest.mark.parametrize("limit", [0, 1, 50, 1000])
def test_findings_hold_little_more_than_their_limit(limit):
    """Of ten million faults as of ten: what is not to be listed is only counted."""
    findings, block = Findings(ORDER, limit), 200
    code = findings.code(MEANINGS[0])
    for start in range(0, 100_000, block):
        rows = np.arange(start, start + block)
        findings.add([Errors(rows, np.zeros(block), np.full(block, code))])
    findings.add_late(
        Errors(np.arange(5000), np.full(5000, AFTER_CELLS), np.full(5000, findings.code(MEANINGS[3]))),
        np.ones(5000, int),
    )
    held = [
        sum(map(len, arrays))
        for arrays in (findings._rows, findings._order, findings._means, findings._earlier)
    ]
    assert set(held) == {held[0]}
    assert held[0] <= 2 * limit + block
    assert findings.total == 105_000
    assert len(list(findings)) == limit


def test_an_unreadable_descriptor_is_a_verdict_and_not_a_fault(tmp_path):
    path = tmp_path / "datapackage.json"
    path.write_text("{")
    found = verdict(path)
    assert (found.valid, found.tasks) == (False, ())
    assert [error.type for error in found.errors] == [
        e["type"] for e in frictionless_report(path).descriptor["errors"]
    ]
