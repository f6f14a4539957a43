"""The memory: clean and unchanged costs one hash; anything else is judged anew, and nothing of the data is kept."""

from __future__ import annotations

import gzip
import json
import os
import shutil

import pytest

from hxl_kit.gate import Memory, user_memory, verdict
from hxl_kit.gate import memory as memory_module
from hxl_kit.gate import verdicts as verdicts_module

REMEMBERED = "remembered"


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    """Whatever asks for the user's memory gets a folder of this test."""
    monkeypatch.setenv("HXL_KIT_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def folder(tmp_path):
    """The memory's folder."""
    return tmp_path / "memory"


ORDERS = "order,place\n1,Zzyzx\n2,Qaqortoq\n"
PLACES = "place\nZzyzx\nQaqortoq\nXai-Xai\n"


def package_at(where, orders=ORDERS, places=PLACES, **more):
    """A package of two tables, the first with references to the second."""
    where.mkdir(parents=True, exist_ok=True)
    (where / "orders.csv").write_text(orders, "utf-8")
    (where / "places.csv").write_text(places, "utf-8")
    foreign = {"fields": ["place"], "reference": {"resource": "places", "fields": ["place"]}}
    fields = [{"name": "order", "type": "integer"}, {"name": "place", "type": "string"}]
    schema = {"fields": fields, "primaryKey": ["order"], "foreignKeys": [foreign], **more}
    resources = [
        {"name": "orders", "path": "orders.csv", "encoding": "utf-8", "schema": schema},
        {
            "name": "places",
            "path": "places.csv",
            "encoding": "utf-8",
            "schema": {"fields": [{"name": "place", "type": "string"}]},
        },
    ]
    path = where / "datapackage.json"
    path.write_text(json.dumps({"name": "p", "resources": resources}))
    return path


def lanes(path, folder):
    """How each table was read; as of a new process, which has computed no hash yet."""
    return [task.lane for task in verdict(path, memory=Memory(folder)).tasks]


def entries(folder):
    return sorted(path for path in folder.rglob("*") if path.is_file())


def test_clean_tables_are_recalled_with_their_rows(tmp_path, folder):
    path = package_at(tmp_path / "p")
    first, again = (verdict(path, memory=Memory(folder)) for _ in range(2))
    assert [task.lane for task in first.tasks] == ["bulk", "bulk"]
    assert [task.lane for task in again.tasks] == [REMEMBERED, REMEMBERED]
    assert [(task.name, task.rows) for task in again.tasks] == [("orders", 2), ("places", 3)]
    assert first.valid
    assert again.valid


def test_without_memory_nothing_is_written(tmp_path, folder):
    path = package_at(tmp_path / "p")
    assert [task.lane for task in verdict(path).tasks] == ["bulk", "bulk"]
    assert not (tmp_path / "cache").exists()


@pytest.mark.parametrize("place", range(0, len(ORDERS), 3))
def test_a_flipped_byte_is_found(tmp_path, folder, place):
    """Also when the file's time and size say that nothing changed."""
    path = package_at(tmp_path / "p")
    lanes(path, folder)
    orders = tmp_path / "p/orders.csv"
    status, content = orders.stat(), bytearray(orders.read_bytes())
    content[place] ^= 1
    with orders.open("r+b") as file:
        file.write(content)
    os.utime(orders, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert lanes(path, folder)[0] != REMEMBERED


def test_a_file_changed_during_a_run_is_read_anew_by_the_same_memory(tmp_path, folder):
    path, memory = package_at(tmp_path / "p"), Memory(folder)
    verdict(path, memory=memory)
    assert [task.lane for task in verdict(path, memory=memory).tasks] == [REMEMBERED] * 2
    (tmp_path / "p/orders.csv").write_text(ORDERS + "2,Zzyzx\n", "utf-8")
    found = verdict(path, memory=memory)
    assert [error.type for error in found.tasks[0].errors] == ["primary-key"]


@pytest.mark.parametrize(
    ("keys", "value"),
    [
        (("resources", 0, "schema", "fields", 0, "constraints"), {"minimum": 2}),
        (("resources", 0, "schema", "fields", 1, "type"), "integer"),
        (("resources", 0, "schema", "missingValues"), ["1"]),
        (("resources", 0, "encoding"), "latin-1"),
        (("resources", 0, "dialect"), {"delimiter": ";"}),
        (("resources", 0, "bytes"), 1),
        (("resources", 0, "hash"), "md5:0"),
        (("resources", 1, "dialect"), {"commentChar": "Z"}),
        (("resources", 1, "schema", "missingValues"), ["Zzyzx"]),
    ],
    ids=str,
)
def test_another_descriptor_is_judged_anew(tmp_path, folder, keys, value):
    path = package_at(tmp_path / "p")
    lanes(path, folder)
    descriptor = json.loads(path.read_text())
    node = descriptor
    for key in keys[:-1]:
        node = node[key]
    node[keys[-1]] = value
    path.write_text(json.dumps(descriptor))
    assert lanes(path, folder)[0] != REMEMBERED


@pytest.mark.parametrize("changed", ["schema", "dialect"])
def test_a_schema_or_dialect_in_a_file_of_its_own_is_part_of_the_descriptor(tmp_path, folder, changed):
    path = package_at(tmp_path / "p")
    descriptor = json.loads(path.read_text())
    resource = descriptor["resources"][0]
    (tmp_path / "p/schema.json").write_text(json.dumps(resource["schema"]))
    (tmp_path / "p/dialect.json").write_text(json.dumps({"delimiter": ","}))
    resource |= {"schema": "schema.json", "dialect": "dialect.json"}
    path.write_text(json.dumps(descriptor))
    assert lanes(path, folder) == ["bulk", "bulk"]
    assert lanes(path, folder) == [REMEMBERED, REMEMBERED]
    stricter = json.loads((tmp_path / "p/schema.json").read_text())
    stricter["fields"][0]["constraints"] = {"minimum": 2}
    other = stricter if changed == "schema" else {"delimiter": ";"}
    (tmp_path / f"p/{changed}.json").write_text(json.dumps(other))
    found = verdict(path, memory=Memory(folder))
    assert found.tasks[0].lane != REMEMBERED
    assert not found.valid


def test_another_version_of_the_standard_is_judged_anew(tmp_path, folder):
    """The package's profile decides how its schemas are read, and it stands outside of them."""
    path = package_at(tmp_path / "p")
    lanes(path, folder)
    v2 = {"$schema": "https://datapackage.org/profiles/2.0/datapackage.json"}
    path.write_text(json.dumps({**v2, **json.loads(path.read_text())}))
    assert lanes(path, folder) == ["bulk", "bulk"]
    assert lanes(path, folder) == [REMEMBERED, REMEMBERED]


def test_a_changed_table_that_is_referred_to_is_found(tmp_path, folder):
    path = package_at(tmp_path / "p")
    lanes(path, folder)
    (tmp_path / "p/places.csv").write_text(PLACES.replace("Qaqortoq", "Elsewhere"), "utf-8")
    found = verdict(path, memory=Memory(folder))
    assert [error.type for error in found.tasks[0].errors] == ["foreign-key"]
    assert found.tasks[1].lane == "bulk"


def test_a_table_that_refers_to_none_is_still_known_when_others_change(tmp_path, folder):
    path = package_at(tmp_path / "p")
    lanes(path, folder)
    (tmp_path / "p/orders.csv").write_text("order,place\n7,Zzyzx\n", "utf-8")
    assert lanes(path, folder) == ["bulk", REMEMBERED]


@pytest.mark.parametrize("part", ["_engine", "LIBRARIES", "code"])
def test_another_engine_judges_anew(tmp_path, folder, monkeypatch, part):
    path = package_at(tmp_path / "p")
    lanes(path, folder)
    engine = memory_module._engine()
    if part == "_engine":
        monkeypatch.setattr(memory_module, "_engine", lambda: [*engine[:-1], "another"])
    elif part == "LIBRARIES":
        monkeypatch.setattr(memory_module, "version", lambda name: "0")
        memory_module._engine.cache_clear()
    else:
        shutil.copytree(memory_module.Path(memory_module.__file__).parent, tmp_path / "code")
        (tmp_path / "code/lanes.py").write_text("changed")
        monkeypatch.setattr(memory_module, "__file__", str(tmp_path / "code/memory.py"))
        memory_module._engine.cache_clear()
    try:
        assert lanes(path, folder) == ["bulk", "bulk"]
    finally:
        monkeypatch.undo()
        memory_module._engine.cache_clear()
    assert lanes(path, folder) == [REMEMBERED, REMEMBERED]


INVALID = {
    "a cell": (ORDERS + "x,Zzyzx\n", PLACES),
    "a key": (ORDERS + "1,Zzyzx\n", PLACES),
    "a reference": (ORDERS + "3,Nowhere\n", PLACES),
    "a header": (ORDERS.replace("order", "number"), PLACES),
    "a short record": (ORDERS + "3\n", PLACES),
}


@pytest.mark.parametrize("fault", INVALID)
def test_what_is_invalid_is_never_remembered(tmp_path, folder, fault):
    path = package_at(tmp_path / "p", *INVALID[fault])
    first, again = (verdict(path, memory=Memory(folder)) for _ in range(2))
    assert not first.valid
    assert again.tasks[0] == first.tasks[0]
    assert again.tasks[0].lane != REMEMBERED
    assert again.tasks[1].lane == REMEMBERED
    assert len(entries(folder)) == 1


def test_a_file_that_is_not_there_is_never_remembered(tmp_path, folder):
    path = package_at(tmp_path / "p")
    lanes(path, folder)
    (tmp_path / "p/places.csv").unlink()
    for _ in range(2):
        found = verdict(path, memory=Memory(folder))
        assert not found.valid
        assert REMEMBERED not in [task.lane for task in found.tasks]


def test_nothing_of_the_data_is_written(tmp_path, folder):
    lanes(package_at(tmp_path / "p"), folder)
    found = entries(folder)
    assert len(found) == 2
    for path in found:
        said = str(path.relative_to(folder)).encode() + path.read_bytes()
        for word in (b"order", b"place", b"Zzyzx", b"Qaqortoq", b"Xai", b".csv", str(tmp_path).encode()):
            assert word not in said
        assert set(json.loads(path.read_bytes())) == {"content", "rows"}


DAMAGED = [
    b"",
    b"{",
    b"\xff\xfe",
    b"[]",
    b"null",
    b"1",
    b'"x"',
    b"{}",
    b'{"content": [], "rows": 2}',
    b'{"rows": 2}',
]


@pytest.mark.parametrize("damage", [*DAMAGED, "rows", "folder"], ids=str)
def test_damaged_entries_are_ignored_and_written_anew(tmp_path, folder, damage):
    path = package_at(tmp_path / "p")
    lanes(path, folder)
    for entry in entries(folder):
        said = json.loads(entry.read_bytes())
        if damage == "rows":
            entry.write_text(json.dumps({**said, "rows": True}))
        elif damage == "folder":
            entry.unlink()
            entry.mkdir()
        else:
            entry.write_bytes(damage)
    assert lanes(path, folder) == ["bulk", "bulk"]
    expected = "bulk" if damage == "folder" else REMEMBERED
    assert lanes(path, folder) == [expected, expected]


def test_an_entry_counts_only_for_the_content_that_it_names(tmp_path, folder):
    """An entry moved to where another content's would be is not believed."""
    path = package_at(tmp_path / "p")
    lanes(path, folder)
    (tmp_path / "p/places.csv").write_text(PLACES + "Ende\n", "utf-8")
    lanes(path, folder)
    pages = {}
    for entry in entries(folder):
        pages.setdefault(entry.parent, []).append(entry)
    for one, other in pages.values():
        one_said, other_said = one.read_bytes(), other.read_bytes()
        one.write_bytes(other_said)
        other.write_bytes(one_said)
    assert lanes(path, folder) == ["bulk", "bulk"]


def touched(monkeypatch, module, name, touch):
    """Let `touch` happen while `module.name` runs."""
    inner = getattr(module, name)

    def run(*arguments, **named):
        found = inner(*arguments, **named)
        touch()
        return found

    monkeypatch.setattr(module, name, run)


@pytest.mark.parametrize("file", ["orders.csv", "places.csv"])
def test_a_file_touched_while_it_is_read_is_not_remembered(tmp_path, folder, monkeypatch, file):
    path, changed = package_at(tmp_path / "p"), tmp_path / "p" / file

    def touch():
        changed.write_bytes(changed.read_bytes() + b"\n")

    with monkeypatch.context() as patch:
        touched(patch, verdicts_module, "read_in_bulk", touch)
        verdict(path, memory=Memory(folder))
    content = changed.read_bytes()
    assert lanes(path, folder)[0] != REMEMBERED
    assert changed.read_bytes() == content


def test_a_file_replaced_by_an_older_one_while_it_is_read_is_not_remembered(tmp_path, folder, monkeypatch):
    path, old = package_at(tmp_path / "p"), tmp_path / "old.csv"
    old.write_text(ORDERS, "utf-8")
    status = (tmp_path / "p/orders.csv").stat()

    def swap():
        if old.exists():
            os.utime(old, ns=(status.st_atime_ns, status.st_mtime_ns))
            old.replace(tmp_path / "p/orders.csv")

    with monkeypatch.context() as patch:
        touched(patch, verdicts_module, "read_in_bulk", swap)
        verdict(path, memory=Memory(folder))
    assert lanes(path, folder)[0] == "bulk"


def test_no_more_contents_are_kept_than_the_bound(tmp_path, folder, monkeypatch):
    monkeypatch.setattr(memory_module, "KEPT", 3)
    for number in range(6):
        path = package_at(tmp_path / "p", f"order,place\n{number},Zzyzx\n")
        assert lanes(path, folder)[0] == "bulk"
        assert lanes(path, folder)[0] == REMEMBERED
    pages = [len([*page.iterdir()]) for page in folder.glob("*/*")]
    assert sorted(pages) == [1, 3]
    package_at(tmp_path / "p", "order,place\n4,Zzyzx\n")
    assert lanes(path, folder)[0] == REMEMBERED
    package_at(tmp_path / "p", "order,place\n0,Zzyzx\n")
    assert lanes(path, folder)[0] == "bulk"


@pytest.mark.parametrize("how", ["a file", "below a file", "read-only"])
def test_a_folder_that_cannot_be_written_does_no_harm(tmp_path, how):
    blocked = tmp_path / "blocked"
    if how == "read-only":
        blocked.mkdir(mode=0o500)
    else:
        blocked.write_text("x")
    folder = blocked / "deeper" if how == "below a file" else blocked
    path = package_at(tmp_path / "p")
    for _ in range(2):
        assert verdict(path, memory=Memory(folder)).valid
    if how != "read-only":
        assert blocked.read_text() == "x"


def test_files_of_one_schema_do_not_push_each_other_out(tmp_path, folder):
    paths = [package_at(tmp_path / f"p{n}", f"order,place\n{n},Zzyzx\n") for n in range(5)]
    assert [lanes(path, folder)[0] for path in paths] == ["bulk"] * 5
    assert [lanes(path, folder)[0] for path in paths] == [REMEMBERED] * 5


def test_a_copy_elsewhere_is_known_by_its_content(tmp_path, folder):
    lanes(package_at(tmp_path / "p"), folder)
    assert lanes(package_at(tmp_path / "copy"), folder) == [REMEMBERED, REMEMBERED]


@pytest.mark.filterwarnings("ignore")  # frictionless leaves packed files open
def test_a_packed_table_is_remembered_by_its_packed_bytes(tmp_path, folder):
    path = package_at(tmp_path / "p")
    (tmp_path / "p/places.csv.gz").write_bytes(gzip.compress(PLACES.encode(), mtime=0))
    path.write_text(path.read_text().replace("places.csv", "places.csv.gz"))
    assert lanes(path, folder) == ["bulk", "bulk"]
    assert lanes(path, folder) == [REMEMBERED, REMEMBERED]
    (tmp_path / "p/places.csv.gz").write_bytes(gzip.compress(b"place\nZzyzx\n", mtime=0))
    assert not verdict(path, memory=Memory(folder)).valid


def test_tables_that_frictionless_reads_alone_are_remembered_too(tmp_path, folder):
    path = package_at(tmp_path / "p")
    descriptor = json.loads(path.read_text())
    descriptor["resources"][1]["dialect"] = {"skipInitialSpace": True}
    path.write_text(json.dumps(descriptor))
    first = verdict(path, memory=Memory(folder))
    assert first.valid
    assert first.tasks[1].lane == "a dialect that only Python's csv reads"
    assert lanes(path, folder) == [REMEMBERED, REMEMBERED]


@pytest.mark.parametrize(
    "resource",
    [{"data": [["a"], [1]]}, {"path": ["t.csv", "u.csv"]}, {"path": "https://127.0.0.1:9/t.csv"}],
    ids=["inline", "in parts", "remote"],
)
def test_what_is_not_one_local_file_has_a_page_of_all_its_files_or_none(tmp_path, folder, resource):
    (tmp_path / "t.csv").write_text("a\n1\n")
    (tmp_path / "u.csv").write_text("a\n2\n")
    path = tmp_path / "datapackage.json"
    schema = {"fields": [{"name": "a", "type": "integer"}]}
    path.write_text(json.dumps({"name": "p", "resources": [{"name": "t", "schema": schema, **resource}]}))
    if "https" in str(resource):
        from frictionless import Package

        assert Memory(folder).page(Package(str(path)).resources[0]) is None
        return
    lanes(path, folder)
    again = lanes(path, folder)
    if isinstance(resource.get("path"), list):
        (tmp_path / "u.csv").write_text("a\nx\n")
        found = verdict(path, memory=Memory(folder))
        assert not found.valid
    else:
        assert again != [REMEMBERED]


def test_the_users_memory_is_where_the_variable_says(tmp_path, monkeypatch):
    assert user_memory().folder == tmp_path / "cache/verdicts"
    monkeypatch.delenv("HXL_KIT_CACHE")
    assert user_memory().folder.name == "verdicts"
    assert "hxl-kit" in str(user_memory().folder)
