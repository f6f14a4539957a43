"""Files that mean harm: refused in a sentence, soon, without following them anywhere."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import stat
import sys
import time
import zipfile
from pathlib import Path

import hostile_for_tests as hostile
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hxl_kit.cli.output import emit_json, printable
from hxl_kit.errors import HxlKitError, InputError
from hxl_kit.reading import bearable, delimited, limits, open_tables, paths
from hxl_kit.reading.bearable import require_bearable
from hxl_kit.reading.descriptors import levels, parse_json
from hxl_kit.reading.packages import is_package, read_package
from hxl_kit.reading.patterns import SlowPatternError, check_pattern, grows_with_length, matches
from hxl_kit.reading.remote import NO_REMOTE, RemotePolicy, refusal, remote_references
from hxl_kit.validation.engine import validate

ROOT = Path(__file__).parents[1]
CASES = ROOT.parent / "shared" / "conformance" / "hostile" / "manifest.json"
posix = pytest.mark.skipif(os.name == "nt", reason="pipes and links need a POSIX system")


def refused(call, *arguments):
    with pytest.raises(InputError) as caught:
        call(*arguments)
    return str(caught.value)


def unreadable(path):
    return refused(lambda: validate(path, ["all"], limit=10))


def faults(path):
    """Return the messages of the errors in a table that can be read."""
    issues = validate(path, ["all"], limit=10).as_json()["issues"]
    return [issue["message"] for issue in issues if issue["severity"] == "error"]


# Special files, whichever command is given them.


@pytest.fixture
def pipe(tmp_path):
    path = tmp_path / "pipe.csv"
    os.mkfifo(path)
    return path


@posix
@pytest.mark.parametrize(
    "arguments",
    [
        ["validate", "PIPE"],
        ["describe", "PIPE"],
        ["normalise", "PIPE", "--source", "hxl_table", "-o", "OUT"],
        ["init", "PIPE", "-o", "OUT"],
        ["publish", "--plan", "PIPE"],
        ["gazetteers", "--add", "PIPE", "--country", "SYR", "--release", "x"],
        ["pcode", "Aleppo", "--level", "1", "--country", "SYR", "--decisions", "PIPE"],
    ],
    ids=lambda arguments: arguments[0],
)
def test_pipes_are_refused_unopened(cli, pipe, tmp_path, arguments):
    given = {"PIPE": pipe, "OUT": tmp_path / "out"}
    ran = cli(*[given.get(argument, argument) for argument in arguments])
    assert ran.code in (2, 3)
    assert "not a regular file" in ran.err
    assert not (tmp_path / "out").exists()


@posix
@pytest.mark.parametrize("command", ["validate", "diff", "plan", "publish", "summarise"])
@pytest.mark.parametrize("where", ["descriptor", "resource"])
def test_packages_with_pipes_are_refused_unopened(cli, tmp_path, command, where):
    descriptor = hostile.package(tmp_path / "package")
    path = descriptor if where == "descriptor" else descriptor.parent / "data.csv"
    path.unlink()
    os.mkfifo(path)
    more = {
        "diff": [descriptor.parent],
        "plan": ["--to", f"catalogue:{tmp_path}"],
        "publish": ["--to", f"catalogue:{tmp_path}"],
        "summarise": ["--figures", "casualties"],
    }
    ran = cli(command, descriptor.parent, *more.get(command, []))
    assert ran.code in (2, 3)
    assert "Traceback" not in ran.err


@posix
def test_package_yaml_that_is_a_pipe(cli, tmp_path):
    os.mkfifo(tmp_path / "package.yaml")
    assert "is not a regular file" in cli("build", tmp_path).err


# Descriptors.


@pytest.mark.parametrize("path", [".git/config", "./data.csv", "données/événements.csv"])
def test_paths_that_are_read(tmp_path, path):
    hostile.package(tmp_path, {"path": path})
    assert read_package(tmp_path).resources[0]["path"] == path


@pytest.mark.parametrize("path", [".git/config", "a/.b", "./a.csv", "con.csv", "../a"])
def test_paths_that_are_not_written(path):
    assert not paths.is_written_path(path)


def test_paths_that_fold_together(tmp_path):
    descriptor = hostile.package(tmp_path)
    described = json.loads(descriptor.read_text())
    described["resources"] += [{"name": "other", "path": "Data.CSV"}]
    descriptor.write_text(json.dumps(described))
    assert "differ in letter case" in refused(read_package, tmp_path)


def test_a_link_that_was_saved_as_text(tmp_path):
    hostile.package(tmp_path)
    (tmp_path / "data.csv").write_text("../../outside/secret.csv")
    assert "symbolic link that was saved as text" in refused(read_package, tmp_path)


@pytest.mark.parametrize(
    "resource",
    [{"path": "datapackage.json"}, {"path": "sub/datapackage.json"}, {"type": "package"}],
    ids=lambda resource: str(next(iter(resource.values()))),
)
def test_packages_inside_packages(tmp_path, resource):
    hostile.package(tmp_path, resource)
    assert "is a package itself" in refused(read_package, tmp_path)


@pytest.mark.parametrize(
    "resource",
    [
        {"scheme": "http"},
        {"scheme": "sqlite"},
        {"format": "gsheets"},
        {"path": "docs.google.com/spreadsheets/d/x"},
    ],
)
def test_services_are_not_asked(tmp_path, resource):
    hostile.package(tmp_path, resource)
    assert "not allowed" in refused(read_package, tmp_path)


def test_yaml_descriptors_are_not_read(tmp_path, cli):
    path = tmp_path / "datapackage.yaml"
    path.write_text('name: x\nresources: !!python/object/apply:os.system ["touch PWNED"]\n')
    ran = cli("validate", path)
    assert ran.code == 3
    assert "descriptor in YAML, whose tags can run programs" in ran.err


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"[" * 101 + b"]" * 101, "nested too deeply"),
        (b"[" * 200_000, "nested too deeply"),
        (b'{"a": NaN}', "NaN is no JSON value"),
        (b'{"a": ' + b"9" * 5000 + b"}", "is not JSON"),
        (b'{"a\x1b[2J": 1, "a\x1b[2J": 2}', "is not JSON"),
        (b'{"\\u001b[2J": 1, "\\u001b[2J": 2}', "duplicate key '\\u001b[2J'"),
    ],
    ids=["101 levels", "200,000 levels", "NaN", "5,000 digits", "raw escape", "escaped escape"],
)
def test_json_of_two_meanings_or_too_deep(content, words):
    assert words in refused(parse_json, content, "x.json")


def test_levels():
    assert [levels(value) for value in (1, [], [[1], 2], {"a": [{"b": {}}]})] == [0, 1, 2, 4]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ('{"name": "x", "resources": []}', True),
        ('[{"resources": 1}]', False),
        ('{"success": true, "result": {"resources": []}}', False),
        ('{"resources": ', False),
        ("42", False),
    ],
)
def test_what_is_a_package(tmp_path, content, expected):
    path = tmp_path / "some.json"
    path.write_text(content)
    assert is_package(path) is expected


# The network.

PUBLIC, INSIDE = "93.184.216.34", "10.0.0.7"


def resolve(host):
    return (INSIDE,) if "inside" in host or host == "localhost" else (PUBLIC,)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/a.csv",
        "http://2130706433:18765/a.csv",
        "http://0x7f000001/",
        "http://0177.0.0.1/",
        "http://127.1/",
        "http://0/",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://[::ffff:7f00:1]/",
        "http://[64:ff9b::7f00:1]/",
        "http://[2002:7f00:1::]/",
        "http://[fe80::1%25eth0]/",
        "http://169.254.169.254/latest/meta-data",
        "http://192.168.1.1/",
        "http://100.64.0.1/",
        "http://224.0.0.1/",
        "http://localhost/",
        "http://localhost./",
        "http://inside.example.org/",
        "http://user:word@example.org/",
        "http://example.org\\@127.0.0.1/",
        "http://example.org /",
        "http:///a.csv",
        "http://[::1/",
        "http://example.org:99999/",
        "ftp://example.org/a.csv",
        "file:///etc/passwd",
        "data:text/csv,a",
        "s3://bucket/a.csv",
        "//example.org/a.csv",
        "gopher://example.org",
    ],
)
def test_addresses_that_are_refused_even_with_permission(url):
    assert refusal(url, RemotePolicy(allowed=True), resolve)


def test_public_addresses_need_permission():
    url = "https://data.example.org/a.csv"
    assert "--allow-remote" in (refusal(url, NO_REMOTE, resolve) or "")
    assert refusal(url, RemotePolicy(allowed=True), resolve) is None


def test_a_host_that_is_named_may_be_inside():
    named = RemotePolicy(allowed=True, hosts=frozenset({"inside.example.org"}))
    assert refusal("http://inside.example.org/a.csv", named, resolve) is None
    assert refusal("http://127.0.0.1/a.csv", named, resolve)


def test_a_host_of_which_one_address_is_inside():
    both = RemotePolicy(allowed=True)
    assert refusal("http://example.org/", both, lambda _: (PUBLIC, INSIDE))


@pytest.mark.parametrize(
    "resource",
    [
        {"path": "http://127.0.0.1:9/x.csv"},
        {"path": ["data.csv", "http://127.0.0.1:9/x.csv"]},
        {"extrapaths": ["http://127.0.0.1:9/x.csv"]},
        {"path": None, "url": "http://127.0.0.1:9/x.csv"},
        {"schema": "http://127.0.0.1:9/x.json"},
        {"dialect": "http://127.0.0.1:9/x.json"},
        {"profile": "http://127.0.0.1:9/x.json"},
        {
            "schema": {
                "fields": [
                    {"name": "a", "constraints": {"jsonSchema": {"$ref": "http://127.0.0.1:9/x.json"}}}
                ]
            }
        },
    ],
    ids=",".join,
)
def test_nothing_in_a_descriptor_asks_the_network(tmp_path, cli, monkeypatch, resource):
    def asked(*_):
        raise AssertionError("the network was asked")

    monkeypatch.setattr(socket.socket, "connect", asked)
    monkeypatch.setattr(socket, "getaddrinfo", asked)
    ran = cli("validate", hostile.package(tmp_path, resource))
    assert ran.code == 3
    assert "not allowed" in ran.err


def test_texts_for_people_are_no_references():
    described = {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "homepage": "https://example.org",
        "licenses": [{"path": "https://creativecommons.org/licenses/by/4.0/"}],
        "resources": [
            {"path": "a.csv", "sources": [{"path": "https://example.org"}], "profile": "data-resource"}
        ],
    }
    assert list(remote_references(described)) == []


# Bombs and lies.


def test_gzip_bombs(tmp_path):
    path = hostile.gzip_bomb(tmp_path / "data.csv.gz", 128 << 20)
    hostile.package(tmp_path / "package", {"path": "data.csv.gz", "schema": None})
    shutil.copy(path, tmp_path / "package/data.csv.gz")
    assert "decompression bomb" in refused(require_bearable, path)
    with pytest.raises(InputError, match="decompression bomb"), open_tables(path):
        pass


def test_packages_with_bombs_never_reach_another_reader(tmp_path, cli):
    hostile.package(tmp_path, {"path": "data.csv.gz", "compression": "gz"})
    hostile.gzip_bomb(tmp_path / "data.csv.gz", 128 << 20)
    ran = cli("validate", tmp_path)
    assert ran.code == 3
    assert "decompression bomb" in ran.err


def test_zips_with_links_or_other_archives(tmp_path):
    path = tmp_path / "a.zip"
    link = zipfile.ZipInfo("link.csv")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    for member, content, words in (
        (link, "/etc/passwd", "is a symbolic link"),
        ("../a.csv", "a", "is not safe"),
        ("inner.zip", "PK\x03\x04", "another archive"),
    ):
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr(member, content)
        assert words in refused(require_bearable, path)


def test_zips_with_too_many_members(tmp_path, monkeypatch):
    monkeypatch.setattr(bearable, "MEMBERS", 3)
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for n in range(4):
            archive.writestr(f"{n}.csv", "a")
    assert "more than 3 members" in refused(require_bearable, path)


@pytest.mark.parametrize(
    ("change", "words"),
    [(hostile.far_cell, "reaches over 17,179,869,184 cells"), (hostile.laughing, "")],
    ids=["a far cell", "entities"],
)
def test_workbooks_that_grow(tmp_path, change, words):
    path = hostile.workbook(tmp_path / "a.xlsx", change)
    with pytest.raises(InputError) as caught, open_tables(path):
        pass
    assert words in str(caught.value)
    assert refused(require_bearable, path)


def test_sheets_that_are_tried_first(tmp_path):
    with (
        pytest.raises(InputError, match=r"(cannot be read|to load)"),
        open_tables(hostile.far_ods(tmp_path / "a.ods")),
    ):
        pass


def test_blank_and_ragged_lines_without_end(tmp_path, monkeypatch):
    monkeypatch.setattr(delimited, "RAGGED_ROWS", 1000)
    path = tmp_path / "a.csv"
    path.write_text("a,b\n" + "1\n" * 5000)
    with pytest.raises(InputError, match="do not have the header's 2 cells"), open_tables(path) as (table,):
        list(table.batches())
    path.write_text("a,b\n" + "\n" * 5000)
    with open_tables(path) as (table,):
        assert sum(batch.blank for batch in table.batches()) == 5000


def test_too_many_columns(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(",".join(f"c{n}" for n in range(16_385)) + "\n")
    with pytest.raises(InputError, match="more than 16,384 columns"), open_tables(path):
        pass


@pytest.mark.parametrize("reference", ["schema", "profile"])
def test_files_beside_a_package_that_refer_to_the_network(tmp_path, reference):
    hostile.package(tmp_path, {reference: "beside.json"})
    (tmp_path / "beside.json").write_text('{"$ref": "http://127.0.0.1:9/x.json"}')
    assert "refers to the network" in refused(read_package, tmp_path)
    hostile.package(tmp_path, {reference: "beside.yaml"})
    (tmp_path / "beside.yaml").write_text("a: 1")
    assert "is in YAML" in refused(read_package, tmp_path)


def test_resources_in_descriptors_of_their_own(tmp_path):
    (tmp_path / "datapackage.json").write_text('{"name": "x", "resources": ["http://127.0.0.1:9/r.json"]}')
    assert "not allowed" in refused(read_package, tmp_path)
    (tmp_path / "datapackage.json").write_text('{"name": "x", "resources": ["resource.json"]}')
    assert "must be a list of objects" in refused(read_package, tmp_path)


def test_a_claimed_dimension_is_not_believed(tmp_path):
    path = hostile.workbook(
        tmp_path / "a.xlsx",
        lambda sheet: re.sub(rb'<dimension ref="[^"]*"', b'<dimension ref="A1:XFD1048576"', sheet),
    )
    with open_tables(path) as (table,):
        assert sum(batch.frame.height for batch in table.batches()) == 1


def test_parquet_that_repeats_a_long_text(tmp_path):
    import pyarrow as pa
    from pyarrow import parquet

    long = pa.DictionaryArray.from_arrays(pa.array([0] * 60_000, pa.int32()), pa.array(["x" * 100_000]))
    parquet.write_table(
        pa.table({"note": long.cast(pa.dictionary(pa.int32(), pa.string()))}), tmp_path / "a.parquet"
    )
    with pytest.raises(InputError, match="decompression bomb"), open_tables(tmp_path / "a.parquet"):
        pass


def test_parquet_of_equal_values(tmp_path):
    import pyarrow as pa
    from pyarrow import parquet

    columns = {str(n): pa.repeat(pa.scalar(0, pa.int8()), 3_000_000) for n in range(20)}
    parquet.write_table(pa.table(columns), tmp_path / "a.parquet")
    assert "claims 60,000,000 cells" in refused(require_bearable, tmp_path / "a.parquet")


@given(st.binary(max_size=400), st.sampled_from([b"", b"\x1f\x8b", b"PK\x03\x04", b"PAR1"]))
@settings(max_examples=36)
def test_what_is_merely_broken_passes(tmp_path_factory, content, magic):
    path = tmp_path_factory.mktemp("broken") / "a"
    path.write_bytes(magic + content)
    require_bearable(path)


# Patterns.


@pytest.mark.parametrize(
    "pattern",
    [
        r"(a+)+$",
        r"(a|a)*b",
        r"(x+x+)+y",
        r"(a?){30}a{30}",
        "a?" * 30 + "a" * 30,
        r".*,.*,.*;",
        r"(.*)\1*",
        r"(a{1,30}){1,30}",
        r"^\w+([.-]?\w+)*@\w+$",
        "(" * 2000 + ")" * 2000,
        "a" * 6000,
    ],
    ids=lambda pattern: pattern[:20],
)
def test_patterns_that_may_take_for_ever(pattern):
    assert check_pattern(pattern)


@pytest.mark.parametrize(
    "pattern",
    [r"[A-Z]{2}[0-9]{4}", r"\d{4}-\d\d-\d\d", r"[^@]+@[^@]+", r"(?:M|F|X)", r"YE(\d{2}){1,4}", r"("],
)
def test_patterns_that_do_not(pattern):
    assert check_pattern(pattern) is None


@pytest.mark.parametrize(
    ("pattern", "expected"), [(r"[A-Z]+\d{2}", False), (r".*a.*b", True), (r"(a+)+", True), ("(", False)]
)
def test_patterns_that_grow_with_the_length(pattern, expected):
    assert grows_with_length(pattern) is expected


def test_a_slow_pattern_is_stopped():
    began = time.monotonic()
    with pytest.raises(SlowPatternError, match="is not done with 1 values"):
        matches(r"^(a+)+$", ["a" * 60 + "b"], seconds=0.5)
    assert time.monotonic() - began < 20


def test_a_long_cell_makes_a_square_slow():
    with pytest.raises(SlowPatternError):
        matches(r"^.*a.*b$", ["a" * 300_000], seconds=0.5)


def test_an_expression_that_is_none():
    with pytest.raises(re.error):
        matches("^($", ["a"])


@given(
    st.lists(st.text(max_size=12), max_size=8),
    st.sampled_from([r"^(a+)+b?", r"^[\w\s]*$", r"^(?:\d+,)*\d+$", "^a|b$"]),
)
@settings(max_examples=25)
def test_watched_and_unwatched_matching_agree(values, expression):
    assert matches(expression, values) == [re.match(expression, value) is not None for value in values]


# What is said.

RAW = re.compile("[\0-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


@given(st.text())
def test_no_text_steers_the_terminal(text):
    assert not RAW.search(printable(text))


@given(st.dictionaries(st.text(st.characters(codec="utf-8")), st.text(st.characters(codec="utf-8"))))
def test_no_json_steers_the_terminal_and_none_is_changed(data):
    from contextlib import redirect_stdout
    from io import StringIO

    held = StringIO()
    with redirect_stdout(held):
        emit_json(data)
    assert not RAW.search(held.getvalue())
    assert json.loads(held.getvalue()) == data


NASTY = "\x1b[2J\u202e\u200b\x9b"


@pytest.mark.parametrize("form", ["text", "json"])
def test_names_from_files_are_shown_escaped(tmp_path, cli, form):
    path = tmp_path / "a.csv"
    path.write_text(f"id{NASTY},event_date\n1,{NASTY}\n", encoding="utf-8")
    for command in ("validate", "describe"):
        ran = cli(command, path, "--format", form)
        assert not RAW.search(ran.out + ran.err)


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (MemoryError(), 3, "memory is not enough"),
        (RecursionError(), 3, "nested too deeply"),
        (KeyError("x"), 70, "a bug"),
    ],
    ids=["memory", "recursion", "bug"],
)
def test_every_error_is_a_sentence(cli, monkeypatch, tmp_path, error, code, words):
    from hxl_kit.validation import engine

    def fails(*_, **__):
        raise error

    monkeypatch.setattr(engine, "validate", fails)
    (tmp_path / "t.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    ran = cli("validate", tmp_path / "t.csv")
    assert ran.code == code
    assert words in ran.err
    assert "Traceback" not in ran.err


# What is no table, or says so of itself.


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:ab\nsize 12\n", "Git LFS"),
        (b"HTTP/1.1 403 Forbidden\r\nContent-Type: text/html\r\n\r\ndenied", "web server"),
        (b"{\\rtf1\\ansi hello}", "RTF"),
    ],
)
def test_what_stands_for_a_table_is_refused(tmp_path, content, says):
    path = tmp_path / "t.csv"
    path.write_bytes(content)
    assert says in unreadable(path)


@pytest.mark.parametrize("member", ["C:\\data.csv", "C:/data.csv", "c:data.csv"])
def test_a_member_on_a_drive_is_refused(tmp_path, member):
    with zipfile.ZipFile(tmp_path / "t.zip", "w") as archive:
        archive.writestr(member, hostile.CSV)
    assert "is not safe" in unreadable(tmp_path / "t.zip")


@pytest.mark.parametrize(
    "content", ['[{"\\udfff": 1}]', '[{"a": {"\\ud800": 1}}]', '{"\\ud800": 1}\n{"a": 2}']
)
def test_half_a_character_in_a_key_is_refused(tmp_path, content):
    path = tmp_path / "t.json"
    path.write_text(content, encoding="ascii")
    assert "half a character" in unreadable(path)


def test_a_schema_whose_fields_are_null_is_refused(tmp_path, cli):
    described = hostile.package(tmp_path / "p", {"name": "events", "schema": {"fields": None}})
    result = cli("validate", described)
    assert result.code in (1, 3)
    assert "bug" not in result.err


@pytest.mark.parametrize(
    ("geometry", "says"),
    [
        ({"type": "Blob", "coordinates": [44, 15]}, "type that GeoJSON does not know"),
        ({"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [0, 0]]]}, "fewer than 4 positions"),
    ],
)
def test_geometries_that_are_none(tmp_path, geometry, says):
    feature = {"type": "Feature", "properties": {"a": 1}, "geometry": geometry}
    path = tmp_path / "t.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    assert says in unreadable(path)


def test_a_hashtag_without_its_sign_is_refused(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("Code,Name,Affected\nadm2+code,#adm2+name,#affected\nYE23,Bani,5\n")
    (fault,) = faults(path)
    assert "adm2+code" in fault


def test_a_column_of_row_numbers_is_no_hashtag(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("#,Village\n1,Bani\n2,Sana\n")
    assert faults(path) == []


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/workbook.xml"])
def test_a_document_type_in_any_part_of_a_workbook_is_refused(tmp_path, part, encoding):
    def declared(content):
        text = re.sub(r"^<\?xml[^>]*\?>\s*", "", content.decode())
        kind = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
        return f'<?xml version="1.0" encoding="{encoding}"?>{kind}{text}'.encode(encoding)

    path = hostile.workbook(tmp_path / "t.xlsx", declared, part)
    assert "XML entities" in unreadable(path)


def test_old_macro_sheets_are_macros(tmp_path):
    path = hostile.workbook(tmp_path / "t.xlsx")
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/macrosheets/sheet1.xml", "<x/>")
    assert "macros" in unreadable(path)


@pytest.mark.parametrize("hides", [b'<cols><col min="2" max="2" width="0" customWidth="1"/></cols>'])
def test_a_column_without_width_is_hidden(tmp_path, hides):
    path = hostile.workbook(
        tmp_path / "t.xlsx", lambda part: part.replace(b"<sheetData>", hides + b"<sheetData>")
    )
    assert faults(path) == ["hidden columns are read too"]


def test_hidden_sheets_are_told(tmp_path):
    import xlsxwriter

    with xlsxwriter.Workbook(tmp_path / "t.xlsx") as book:
        sheet = book.add_worksheet("Data")
        sheet.write_row(0, 0, ["id", "name"])
        sheet.write_row(1, 0, [1, "a"])
        book.add_worksheet("People").very_hidden()
    (fault,) = faults(tmp_path / "t.xlsx")
    assert "hidden sheets" in fault
    assert "People" in fault


# Mutations: whatever becomes of a file, it is read or refused.


def mutated(content: bytes, cut: int, flips: list[tuple[int, int]], splice: int) -> bytes:
    changed = bytearray(content[: len(content) - cut % (len(content) // 2 + 1)])
    for place, value in flips:
        changed[place % len(changed)] ^= value
    place = splice % len(changed)
    return bytes(changed[:place] + changed[place // 2 :]) if splice else bytes(changed)


@pytest.fixture(scope="module")
def seeds(tmp_path_factory):
    import gzip

    import polars as pl

    folder = tmp_path_factory.mktemp("seeds")
    frame = pl.DataFrame(
        {"event_id": ["E1", "E2"], "event_date": ["2024-03-01", "2024-03-02"], "fatalities": [1, 2]}
    )
    frame.write_csv(folder / "a.csv")
    frame.write_parquet(folder / "a.parquet")
    (folder / "a.csv.gz").write_bytes(gzip.compress((folder / "a.csv").read_bytes(), mtime=0))
    with zipfile.ZipFile(folder / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.csv", (folder / "a.csv").read_bytes())
    (folder / "a.json").write_text(json.dumps({"result": frame.to_dicts()}))
    point = {
        "type": "Feature",
        "properties": {"id": 1},
        "geometry": {"type": "Point", "coordinates": [44, 15]},
    }
    (folder / "a.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": [point]}))
    hostile.workbook(folder / "a.xlsx")
    return sorted(folder.iterdir())


@given(
    st.integers(0, 6),
    st.integers(0, 400),
    st.lists(st.tuples(st.integers(0, 1 << 16), st.integers(1, 255)), max_size=6),
    st.integers(0, 3000),
)
@settings(max_examples=90, derandomize=True)
def test_mutated_files_are_read_or_refused(seeds, tmp_path_factory, which, cut, flips, splice):
    seed = seeds[which % len(seeds)]
    path = tmp_path_factory.mktemp("mutated") / seed.name
    path.write_bytes(mutated(seed.read_bytes(), cut, flips, splice))
    try:
        with open_tables(path) as tables:
            for table in tables:
                for batch in table.batches():
                    assert batch.frame.height >= 0
    except HxlKitError as error:
        told = str(error)
    else:
        told = str(path)
    assert str(path) in told


# The recorded cases, where they are.


@pytest.mark.skipif(not CASES.exists(), reason="the recorded cases are not here")
def test_the_recorded_cases_are_known():
    import csv

    cases = {case["id"] for case in json.loads(CASES.read_text(encoding="utf-8"))["cases"]}
    with (ROOT / "tests/data/hostile_waiting.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["id"] for row in rows} <= cases
    assert all(row["waits_for"] and row["why"] for row in rows)


@pytest.mark.skipif(sys.platform != "linux", reason="the watch reads /proc")
def test_the_watch_notices_what_must_not_be(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    import hostile_cases

    (tmp_path / "good.csv").write_text("event_id,fatalities\nE1,3\n")
    good = hostile_cases.watched(tmp_path / "good.csv")
    assert (good.code, hostile_cases.misbehaved(good)) == (0, [])
    quiet = hostile_cases.Outcome(0, "\x1b[2J", 25, 2 << 30, ("wrote /etc/x",))
    assert len(hostile_cases.misbehaved(quiet)) == 4


def test_limits_are_told():
    told = (ROOT / "docs/limits.md").read_text(encoding="utf-8")
    for number in (limits.RATIO, limits.JSON_LEVELS, limits.DESCRIPTOR_LEVELS, limits.MEMBERS):
        assert f"{number:,}" in told
