"""JSON: every shape that providers send, cells exactly as written, and plain words for what is none."""

from __future__ import annotations

import gzip
import json
import tempfile
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hxl_kit.errors import InputError, UsageError
from hxl_kit.reading import json_lists, json_text, open_table

SECRET = "k3y-that-must-not-be-shown"  # noqa: S105 - looks for it in messages


@pytest.fixture
def write(tmp_path, monkeypatch):
    (tmp_path / "scratch").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "scratch"))

    def make(content, name="t.json"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    yield make
    assert list((tmp_path / "scratch").iterdir()) == []


def read(path, **options):
    with open_table(path, **options) as table:
        batches = list(table.batches())
    return table, [row for batch in batches for row in batch.frame.rows()], batches


def refusal(path, **options):
    with pytest.raises(InputError) as caught:
        read(path, **options)
    message = str(caught.value)
    assert message.startswith(f"{path}")
    assert message.isprintable()
    assert SECRET not in message
    return message.removeprefix(f"{path}: ")


def test_list_of_objects(write):
    table, rows, _ = read(write('[{"id": 1, "place": "Taizz"}, {"id": 2, "note": "x"}]'))
    assert (table.format, table.encoding, table.delimiter, table.sheet) == ("json", "utf-8", "", None)
    assert table.header == ("id", "place", "note")
    assert table.tags == (None, None, None)
    assert table.first_row == 1
    assert table.notes == ()
    assert rows == [(1, "1", "Taizz", None), (2, "2", None, "x")]


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("7", "7"),
        ("-0", "-0"),
        ("1.50", "1.50"),
        ("1E5", "1E5"),
        ("9223372036854775808", "9223372036854775808"),
        ("9" * 5000, "9" * 5000),
        ("0.1000000000000000055511151231257827", "0.1000000000000000055511151231257827"),
        ("true", "true"),
        ("false", "false"),
        ("null", None),
        ('""', None),
        ('" x "', " x "),
        (r'"\u0645\n\"\\u0000"', 'م\n"\\u0000'),
        (r'"\ud83d\ude00"', "😀"),
        ('["a", 1.0, true]', "a; 1.0; true"),
        ('["a", null, "b"]', "a; ; b"),
        ("[]", None),
        ('[{"n": 1.0, "s": "1.0"}, "é"]', '[{"n":1.0,"s":"1.0"},"é"]'),
        ("[[1, 2], [3]]", "[[1,2],[3]]"),
    ],
)
def test_cells(write, cell, text):
    for content in (f'[{{"a": {cell}, "b": 1}}]', f'[["a", "b"], [{cell}, 1]]'):
        assert [row[1:] for row in read(write(content))[1]] == [(text, "1")]


def test_objects_inside_are_flattened_together(write):
    content = '[{"a": 1, "v": {"k": 2}, "z": 3}, {"v": {"m": {"n": 4}}, "b": 5}, {"v": 6}]'
    table, rows, _ = read(write(content))
    assert table.header == ("a", "v", "v.k", "v.m.n", "z", "b")
    assert rows == [
        (1, "1", None, "2", None, "3", None),
        (2, None, None, None, "4", None, "5"),
        (3, None, "6", None, None, None, None),
    ]


def test_flattened_name_that_another_key_has_is_refused(write):
    assert "duplicate column names: a.b" in refusal(write('[{"a.b": 1, "a": {"b": 2}}]'))


def test_records_that_are_none_are_kept_as_bad(write):
    _, rows, batches = read(write('[{"a": 1}, 7, null, "x", [1], {"a": null}, {"a": 2}]'))
    assert rows == [(1, "1"), (7, "2")]
    assert [(bad.row_number, bad.reason, bad.text) for bad in batches[0].bad] == [
        (2, "is not a record", "7"),
        (3, "is not a record", "null"),
        (4, "is not a record", '"x"'),
        (5, "is not a record", "[1]"),
    ]
    assert batches[0].blank == 1


def test_rows_with_header_and_hashtags(write):
    content = '[["Country", "Killed", "Note"], ["#country+code", "#affected+killed"], ["YEM", 3, null], [1], ["SYR", 2, "x", ""]]'
    table, rows, batches = read(write(content))
    assert table.header == ("Country", "Killed", "Note")
    assert [str(tag) for tag in table.tags] == ["#country+code", "#affected+killed", "None"]
    assert table.first_row == 3
    assert rows == [(3, "YEM", "3", None), (5, "SYR", "2", "x")]
    assert [(bad.row_number, bad.reason) for bad in batches[0].bad] == [(4, "1 cell, expected 3")]


def test_rows_with_hashtags_alone(write):
    table, rows, _ = read(write('[["#country+code", "#affected+killed"], ["YEM", 3]]'))
    assert table.header == ("#country+code", "#affected+killed")
    assert rows == [(2, "YEM", "3")]


def test_rows_without_hashtags(write):
    table, rows, _ = read(write('[["a", "b"], [1, 2]]'))
    assert (table.header, rows) == (("a", "b"), [(2, "1", "2")])


def test_rows_are_numbered_as_in_the_list(write):
    _, rows, batches = read(write('[["a", "b"], "x", [1, 2], {"a": 1}, [3, 4]]'))
    assert rows == [(3, "1", "2"), (5, "3", "4")]
    assert [bad.row_number for bad in batches[0].bad] == [2, 4]


def test_keys_that_are_hashtags(write):
    table, rows, _ = read(write('[{"#country+code": "YEM", "#affected+killed": 3, "note": ""}]'))
    assert table.header == ("#country+code", "#affected+killed", "note")
    assert [str(tag) for tag in table.tags] == ["#country+code", "#affected+killed", "None"]
    assert table.first_row == 1
    assert "the column names are the hashtags" in table.notes
    assert rows == [(1, "YEM", "3", None)]


def test_first_object_that_holds_hashtags(write):
    content = '[{"iso3": "#country+code", "n": "#affected+killed"}, {"iso3": "YEM", "n": 3}]'
    table, rows, _ = read(write(content))
    assert table.header == ("iso3", "n")
    assert [str(tag) for tag in table.tags] == ["#country+code", "#affected+killed"]
    assert table.first_row == 2
    assert rows == [(2, "YEM", "3")]


PAGES = (
    ({"count": 961, "next": SECRET, "previous": None, "results": "R"}, "results", "page: 2 of 961 records"),
    ({"TotalCount": 40, "TotalPages": 4, "Result": "R"}, "Result", "page: 2 of 40 records"),
    ({"isSuccess": True, "result": "R", "errorMessages": []}, "result", ""),
    ({"status": 200, "success": True, "count": 2, "data": "R", "error": None}, "data", ""),
    ({"page": 1, "maxPages": 3, "total": [{"n": 9}], "items": "R"}, "items", "page: one of 3"),
    ({"next": SECRET, "data": "R"}, "data", "more pages follow"),
    ({"help": SECRET, "success": True, "result": {"count": 2, "results": "R"}}, "result.results", ""),
)


@pytest.mark.parametrize(("page", "name", "says"), PAGES)
def test_pages_of_apis(write, page, name, says):
    content = json.dumps(page).replace('"R"', '[{"a": 1}, {"a": 2}]')
    table, rows, _ = read(write(content))
    assert rows == [(1, "1"), (2, "2")]
    assert table.notes[0] == f"JSON: list '{name}' of an object"
    told = " ".join(table.notes)
    assert says in told
    assert ("page" in told) == bool(says)
    assert SECRET not in told


def test_several_lists_need_a_name(write):
    path = write('{"events": [{"a": 1}], "actors": [{"b": 2}], "codes": [1, 2]}')
    assert refusal(path) == "2 lists hold records (events, actors); name one: --sheet NAME"
    table, rows, _ = read(path, sheet="actors")
    assert (table.header, rows, table.sheet) == (("b",), [(1, "2")], "actors")
    assert "other lists are not read: events, codes" in table.notes
    assert "no list 'actor'; did you mean 'actors'? (lists: events, actors, codes)" in refusal(
        path, sheet="actor"
    )
    assert "list 'codes' holds no records" in refusal(path, sheet="codes")


def test_lists_without_names_take_no_name(write):
    with pytest.raises(UsageError, match="leave out --sheet"):
        read(write('[{"a": 1}]'), sheet="a")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ('{"error": {"message": "%s"}}', "is an error answer of an API, not data (keys: error)"),
        ('{"success": false, "data": [{"key": "%s"}]}', "is an error answer of an API"),
        ('{"message": "%s"}', "is one object without a list of records (keys: message)"),
        ("{}", "is one object without a list of records (keys: none)"),
        ('["%s", "x"]', "is a list of single values, not of records"),
        ("[]", "is empty"),
        ('{"count": 0, "data": []}', "is empty: list 'data' holds no records"),
        ("[{}, {}]", "is empty: no record holds a value"),
        ("[[], []]", "is empty"),
        ("  ", "is no JSON table"),
        ("%s", "is no JSON table"),
    ],
)
def test_what_holds_no_records_is_refused_without_its_values(write, content, says):
    assert says in refusal(write(content.replace("%s", SECRET)))


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ('[{"a": 1},\n {"a": NaN}]', "line 2, column 8: is broken JSON (NaN is not JSON"),
        ('[{"NaN": "NaN", "a": -Infinity}]', "line 1, column 22: is broken JSON (-Infinity is not JSON"),
        ('[{"a": 1},\n {"a": ', "line 2, column 8: is cut short"),
        ('[{"a": 1}', "line 1, column 10: is cut short"),
        ('[{"a": "%s', "line 1, column 8: is cut short (JSON: unterminated string)"),
        ('{"data": [{"a": 1}]', "line 1, column 20: is cut short"),
        ('[{"a": 1}] x', "line 1, column 12: is broken JSON (other text follows the end)"),
        ('[{"a": 1},]', "line 1, column 11: is broken JSON (expecting value)"),
        ('[{"a": 1} {"a": 2}]', "line 1, column 11: is broken JSON (expecting ',' or ']')"),
        ('{"data": [{"a": 1}],}', "line 1, column 21: is broken JSON (expecting a key"),
        ('{"data" [{"a": 1}]}', "line 1, column 9: is broken JSON (expecting ':'"),
        ("[{\"a\": 1}, {'a': 1}]", "line 1, column 13: is broken JSON (expecting property name"),
        ('[{"a": "%s\n"}]', "is broken JSON (invalid control character)"),
        ('[{"a": 1, "b": "%s", "a": 2}]', "the key 'a' stands twice in one object"),
        ('{"data": [{"a": 1}], "data": []}', "the key 'data' stands twice"),
        (r'[{"a": "\u0000"}]', "a text holds the character NUL"),
        (r'[{"a": "\ud800"}]', "half a character"),
        ('[{"a": ' + "[" * 100_000 + "]" * 100_000 + "}]", "nested too deeply"),
        ('[{"a": ' + "[" * 80 + "]" * 80 + "}]", "too deeply"),
        ('[{"a": ' + '{"a": ' * 80 + "1" + "}" * 80 + "}]", "too deeply"),
    ],
)
def test_broken_json_is_refused_with_its_place(write, content, says):
    assert says in refusal(write(content.replace("%s", SECRET)))


def test_keys_without_end_are_refused(write):
    content = json.dumps([{f"k{n}": 1 for n in range(20_000)}])
    assert "too many different keys" in refusal(write(content))


def test_encodings(write):
    text = '[{"place": "Ma\u2019rib é"}]'
    expected = [(1, "Ma\u2019rib é")]
    for encoding in ("utf-8", "utf-8-sig", "utf-16"):
        assert read(write(text.encode(encoding)))[1] == expected
    path = write(text.encode("cp1252"))
    assert "line 1, byte 14: is not UTF-8" in refusal(path)
    table, rows, _ = read(path, encoding="cp1252")
    assert (table.encoding, rows) == ("cp1252", expected)


def test_packed(write, tmp_path):
    assert read(write(gzip.compress(b'[{"a": 1}]'), "t.json.gz"))[1] == [(1, "1")]
    with zipfile.ZipFile(tmp_path / "t.zip", "w") as archive:
        archive.writestr("README.txt", "about the data")
        archive.writestr("data.geojson", '{"features": [{"a": 1}]}')
        archive.writestr("metadata.json", "{}")
    assert read(tmp_path / "t.zip")[1] == [(1, "1")]
    with zipfile.ZipFile(tmp_path / "t.zip", "a") as archive:
        archive.writestr("data.csv", "b\n2\n")
    assert read(tmp_path / "t.zip")[0].header == ("b",)


def test_json_under_another_name(write):
    assert "rename it to end in .json" in refusal(write('[{"a": 1}]', "t.csv"))


@pytest.mark.parametrize("name", ["t.ndjson", "t.jsonl", "t.json"])
def test_one_record_on_each_line(write, name):
    table, rows, _ = read(write('{"a": 1}\n\n{"a": 2, "b": {"c": 3}}\r\n', name))
    assert table.header == ("a", "b.c")
    assert rows == [(1, "1", None), (2, "2", "3")]


def test_one_line_alone(write):
    assert read(write('{"a": 1}', "t.jsonl"))[1] == [(1, "1")]
    assert "line 2, column 7: is cut short" in refusal(write('{"a": 1}\n{"a": ', "t.jsonl"))


def collection(*features, **members):
    made = [{"type": "Feature", "properties": p, "geometry": g, **m} for p, g, m in features]
    return json.dumps({"type": "FeatureCollection", **members, "features": made})


def point(*coordinates):
    return {"type": "Point", "coordinates": coordinates}


RING = [[44.0, 15.0], [45.0, 15.0], [45.0, 16.0], [44.0, 15.0]]


def test_geojson(write):
    line = {"type": "LineString", "coordinates": [[44.0, 15.5], [45, 16]]}
    content = collection(
        ({"n": 1}, point(44.2, 15.3), {"id": "f1"}),
        ({"n": 2, "latitude": 15, "longitude": 44}, point(44.2, 15.3), {}),
        ({"n": 3}, None, {}),
        ({"n": 4}, line, {}),
        (None, {"type": "Polygon", "coordinates": [RING]}, {"id": 5}),
    )
    table, rows, _ = read(write(content, "t.geojson"))
    assert table.header == ("id", "n", "longitude", "latitude", "geometry")
    assert rows[0] == (1, "f1", "1", "44.2", "15.3", None)
    assert rows[1] == (2, None, "2", "44", "15", None)
    assert rows[2] == (3, None, "3", None, None, None)
    assert rows[3][5] == '{"type":"LineString","coordinates":[[44.0,15.5],[45,16]]}'
    assert json.loads(rows[4][5])["coordinates"] == [RING]
    assert any(note.startswith("GeoJSON: points") for note in table.notes)


def test_geojson_keeps_the_id_among_the_properties(write):
    table, rows, _ = read(write(collection(({"n": 1, "id": "p"}, None, {"id": "f"}))))
    assert (table.header, rows) == (("id", "n"), [(1, "p", "1")])


def test_places_that_are_none_are_bad(write):
    content = collection(
        ({"n": 1}, point(44.2, 15.3), {}),
        ({"n": 2}, point(15.3, 144.2), {}),
        ({"n": 3}, point(200, 15), {}),
        ({"n": 4}, point(44), {}),
        ({"n": 5}, {"type": "Polygon", "coordinates": [RING[:3]]}, {}),
        ({"n": 6}, {"type": "MultiPolygon", "coordinates": [[]]}, {}),
        ([], None, {}),
        ({"n": 8}, [44, 15], {}),
    )
    _, rows, batches = read(write(content))
    reasons = {bad.row_number: bad.reason for bad in batches[0].bad}
    assert [row[0] for row in rows] == [1, 6]
    assert batches[0].blank == 1
    assert "swapped" in reasons[2]
    assert "out of range" in reasons[3]
    assert "without two or three coordinates" in reasons[4]
    assert "not closed" in reasons[5]
    assert reasons[8] == "is not a GeoJSON feature"


def test_other_reference_systems_are_refused(write):
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::32638"}}
    content = collection(({"n": 1}, point(44, 15), {}), crs=crs)
    assert "EPSG::32638" in refusal(write(content))
    assert read(write(content.replace("EPSG::32638", "OGC:1.3:CRS84")))[1] == [(1, "1", "44", "15")]


CELL = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20),
)
RECORD = st.dictionaries(st.sampled_from(["a", "b", "c", "dé", "e f"]), CELL, min_size=1)


def cell_text(value):
    if value is None or value == "":
        return None
    return value if isinstance(value, str) else json.dumps(value)


@given(
    records=st.lists(RECORD, min_size=1, max_size=30),
    chunk=st.integers(1, 40),
    part=st.integers(1, 200),
    lines=st.booleans(),
    ascii_only=st.booleans(),
)
def test_parts_of_any_size_make_the_same_table(records, chunk, part, lines, ascii_only):
    texts = [json.dumps(record, ensure_ascii=ascii_only) for record in records]
    content = "\n".join(texts) if lines else f"[{', '.join(texts)}]"
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_text, "CHUNK_BYTES", chunk)
        patch.setattr(json_lists, "PART_CHARACTERS", part)
        path = Path(folder) / ("t.jsonl" if lines else "t.json")
        path.write_text(content, encoding="utf-8", newline="")
        table, rows, batches = read(path)
    assert table.header == tuple(dict.fromkeys(key for record in records for key in record))
    expected = [
        (number, *(cell_text(record.get(name)) for name in table.header))
        for number, record in enumerate(records, 1)
    ]
    assert rows == [row for row in expected if any(cell is not None for cell in row[1:])]
    assert len(rows) + sum(batch.blank for batch in batches) == len(records)


def flattened(records):
    """The columns of nested records, one value at a time: the order is that of first appearance, level by level."""
    found = {}
    for name in dict.fromkeys(key for record in records for key in record):
        values = [record.get(name) for record in records]
        if any(value is not None and not isinstance(value, dict) for value in values):
            found[name] = [None if isinstance(value, dict) else cell_text(value) for value in values]
        if any(isinstance(value, dict) for value in values):
            inside = flattened([value if isinstance(value, dict) else {} for value in values])
            found |= {f"{name}.{key}": cells for key, cells in inside.items()}
    return found


NESTED = st.recursive(
    st.integers(), lambda inner: st.dictionaries(st.sampled_from("xyz"), inner, min_size=1), max_leaves=4
)


@given(
    records=st.lists(st.dictionaries(st.sampled_from("abcd"), NESTED, min_size=1), min_size=1, max_size=20),
    part=st.integers(1, 100),
)
def test_nested_records_are_the_same_in_parts_of_any_size(records, part):
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_lists, "PART_CHARACTERS", part)
        path = Path(folder) / "t.json"
        path.write_text(json.dumps(records), encoding="utf-8")
        table, rows, _ = read(path)
    expected = flattened(records)
    assert table.header == tuple(expected)
    assert rows == list(zip(range(1, len(records) + 1), *expected.values(), strict=True))


@given(st.data())
def test_cut_or_changed_anywhere_is_read_or_refused_in_plain_words(data):
    whole = '{"count": 2, "data": [{"a": 1.5, "b": {"c": [1, {"d": null}]}}, {"a": "é\\u00e9"}]}'.encode()
    place = data.draw(st.integers(0, len(whole) - 1))
    byte = data.draw(st.one_of(st.none(), st.binary(min_size=0, max_size=2)))
    content = whole[:place] if byte is None else whole[:place] + byte + whole[place + 1 :]
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_text, "CHUNK_BYTES", 16)
        path = Path(folder) / "t.json"
        path.write_bytes(content)
        try:
            table, _, _ = read(path)
        except InputError as error:
            assert str(error).startswith(str(path))  # noqa: PT017 - both ends are right
        else:
            assert table.header


def test_values_before_the_records_are_not_forgotten(write, monkeypatch):
    path = write('["x", 2, 3, {"a": 1}]')
    assert [bad.row_number for bad in read(path)[2][0].bad] == [1, 2, 3]
    monkeypatch.setattr(json_lists, "PART_CHARACTERS", 1)
    assert "its first 3 values are not records" in refusal(path)


def test_text_that_never_ends_is_refused(write, monkeypatch):
    monkeypatch.setattr(json_text, "CHUNK_BYTES", 64)
    monkeypatch.setattr(json_text, "VALUE_CHARACTERS", 1000)
    path = write('[{"a": 1}, {"a": "' + SECRET * 1000 + '"}]')
    assert "line 1, column 12: is broken JSON (a value is longer than" in refusal(path)
