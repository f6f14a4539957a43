"""The rules beyond frictionless 5.21: each finds what it is for, and leaves alone what is right."""

from __future__ import annotations

import csv
import hashlib
import json
import re
from pathlib import Path

import pytest
from jsonschema.validators import validator_for

from hxl_kit.reading.packages import Package, read_package
from hxl_kit.standard import schemas
from hxl_kit.validation.strict import strict_issues

ROOT = Path(__file__).parents[1]
UNFOLDING = {f"d{n}": {"allOf": [{"$ref": f"#/definitions/d{n + 1}"}] * 2} for n in range(30)} | {"d30": {}}
V2 = "https://datapackage.org/profiles/2.0/datapackage.json"


def package_of(folder, text="id,kind\n1,a\n2,b\n", *, schema=None, descriptor=None, **resource):
    """Write a package of one table and return it; `resource` adds to its only resource."""
    folder.mkdir(parents=True, exist_ok=True)
    fields = [{"name": "id", "type": "integer"}, {"name": "kind", "type": "string"}]
    found = {"name": "t", "path": "t.csv", "schema": {"fields": fields, **(schema or {})}, **resource}
    found = {key: value for key, value in found.items() if value is not None}
    if isinstance(found.get("path"), str):
        (folder / found["path"]).write_bytes(text.encode() if isinstance(text, str) else text)
    content = {"name": "p", **(descriptor or {}), "resources": [found]}
    (folder / "datapackage.json").write_text(json.dumps(content))
    return Package(folder, content)


def found(package):
    return [(i.rule, i.severity, i.row, i.field) for i in strict_issues(package)]


def messages(package):
    return " | ".join(i.message for i in strict_issues(package))


def test_plain_package_has_no_issue(tmp_path):
    digest = hashlib.sha256(b"id,kind\n1,a\n2,b\n").hexdigest()
    package = package_of(tmp_path, hash=f"sha256:{digest}", bytes=16, rows=2)
    assert found(package) == []
    assert read_package(tmp_path).descriptor == package.descriptor


@pytest.mark.parametrize("name", ["nw-syria-2024", "ucdp-ged-syria"])
def test_reference_packages_have_no_issue(name):
    assert list(strict_issues(read_package(ROOT / "datapackages" / name))) == []


def test_categories_of_values_and_of_labels(tmp_path):
    fields = [
        {"name": "id", "type": "integer", "categories": [{"value": 1, "label": "one"}, {"value": 2}]},
        {"name": "kind", "type": "string", "categories": ["a", "b"], "categoriesOrdered": True},
    ]
    package = package_of(tmp_path, "id,kind\n01,a\n3,A\n,\n+2,b\n", schema={"fields": fields})
    assert found(package) == [("categories", "error", 3, "id"), ("categories", "error", 3, "kind")]
    assert [i.cell for i in strict_issues(package)] == ["A3", "B3"]


def test_categories_show_no_value_of_the_table(tmp_path):
    fields = [{"name": "id", "type": "integer"}, {"name": "kind", "type": "string", "categories": ["a"]}]
    assert "secret" not in messages(package_of(tmp_path, "id,kind\n1,secret\n", schema={"fields": fields}))


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ({"type": "string", "categories": ["a", "b", "a"]}, "given twice: a"),
        ({"type": "string", "categories": []}, "at least one"),
        ({"type": "number", "categories": [1]}, "string and integer"),
        ({"type": "integer", "categories": [1, "x"]}, "1 value not of the type integer"),
        ({"type": "string", "categories": ["a", {"value": "b"}]}, "all plain values"),
        ({"type": "string", "categories": ["a"], "categoriesOrdered": "yes"}, "true or false"),
        ({"type": "string", "categoriesOrdered": True}, "no categories"),
        (
            {"type": "string", "categories": [{"value": "a", "label": "x"}, {"value": "b", "label": "x"}]},
            "labels given twice",
        ),
        ({"type": "string", "categories": ["a"], "constraints": {"enum": ["a", "b"]}}, "no categories: b"),
    ],
)
def test_malformed_categories(tmp_path, field, said):
    package = package_of(tmp_path, "kind\na\n", schema={"fields": [{"name": "kind", **field}]})
    issues = [i for i in strict_issues(package) if i.rule == "categories"]
    assert [i.severity for i in issues] == ["error"]
    assert said in issues[0].message


def test_missing_values_are_in_no_category(tmp_path):
    fields = [{"name": "id"}, {"name": "kind", "type": "string", "categories": ["a"], "missingValues": ["-"]}]
    package = package_of(tmp_path, "id,kind\n1,-\n2,\n", schema={"fields": fields})
    assert found(package) == [("categories", "error", 3, "kind")]


@pytest.mark.parametrize(
    "profile", ["", "http://", "https://", "#"], ids=["plain", "http", "https", "fragment"]
)
def test_v2_profile_is_held_offline(tmp_path, profile):
    address = "datapackage.org/profiles/2.0/datapackage.json"
    address = address + "#" if profile == "#" else profile + address
    good = package_of(tmp_path / "good", descriptor={"$schema": address})
    bad = package_of(tmp_path / "bad", descriptor={"$schema": address, "licenses": "CC-BY"})
    assert found(good) == []
    assert [i.rule for i in strict_issues(bad)] == ["datapackage-profile"]
    assert "licenses" in messages(bad)


def test_v2_profile_accepts_what_the_standard_has(tmp_path):
    fields = [{"name": "id", "type": "list", "itemType": "integer"}, {"name": "kind"}]
    schema = {"fields": fields, "fieldsMatch": "equal", "missingValues": [{"value": "", "label": "left out"}]}
    assert found(package_of(tmp_path, schema=schema, descriptor={"$schema": V2}, type="table")) == []


@pytest.mark.parametrize(
    ("profile", "valid"),
    [
        ("data-package", True),
        ("tabular-data-package", False),
        ("https://specs.frictionlessdata.io/schemas/data-package.json", True),
        ("https://specs.frictionlessdata.io/schemas/tabular-data-package.json", False),
    ],
)
def test_v1_profiles(tmp_path, profile, valid):
    package = package_of(tmp_path, "a\n1\n", schema={"fields": "none"}, descriptor={"profile": profile})
    errors = [i for i in strict_issues(package) if i.severity == "error"]
    assert (errors == []) is valid


def test_profiles_of_resource_schema_and_dialect(tmp_path):
    base = "https://datapackage.org/profiles/2.0/"
    package = package_of(
        tmp_path,
        schema={"$schema": base + "tableschema.json", "primaryKey": 5},
        dialect={"$schema": base + "tabledialect.json", "delimiter": 7},
        **{"$schema": base + "dataresource.json", "bytes": "many"},
    )
    places = [i.message.split(":")[0] for i in strict_issues(package) if i.rule == "datapackage-profile"]
    assert places == ["resources[0]"] * 3 + ["resources[0].schema", "resources[0].dialect"]


def test_unknown_profile_is_told_and_not_fetched(tmp_path):
    package = package_of(tmp_path, descriptor={"$schema": "https://127.0.0.1:9/profile.json"})
    assert found(package) == [("datapackage-profile", "warning", None, "")]
    assert "not checked offline" in messages(package)


def test_local_profile_is_read_from_inside_the_package_alone(tmp_path):
    inside = package_of(tmp_path / "in", descriptor={"profile": "own.json"})
    (tmp_path / "in" / "own.json").write_text('{"type": "object", "required": ["hazard"]}')
    assert found(inside) == [("datapackage-profile", "error", None, "")]
    (tmp_path / "own.json").write_text('{"required": ["hazard"]}')
    outside = package_of(tmp_path / "out", descriptor={"profile": "../own.json"})
    assert found(outside) == [("datapackage-profile", "warning", None, "")]
    (tmp_path / "out" / "link.json").symlink_to(tmp_path / "own.json")
    linked = package_of(tmp_path / "out", descriptor={"profile": "link.json"})
    assert "symbolic link" in messages(linked)


@pytest.mark.parametrize(
    "profile",
    [
        '{"properties": {"name": {"pattern": "^(a+)+\\\\1$"}}}',
        '{"properties": {"name": {"$ref": "http://127.0.0.1:9/x.json"}}}',
        '{"patternProperties": {"^(a+)+$": {}}}',
        '{"not": ' * 200 + "{}" + "}" * 200,
        '{"$ref": "#/definitions/none"}',
        '{"$ref": "#"}',
        json.dumps({"$ref": "#/definitions/d0", "definitions": UNFOLDING}),
        '{"type": 5}',
        "[1]",
        "{",
    ],
    ids=[
        "pattern",
        "reference",
        "properties",
        "deep",
        "dangling",
        "endless",
        "unfolding",
        "no-schema",
        "list",
        "no-json",
    ],
)
def test_hostile_profiles_are_not_run(tmp_path, profile):
    package = package_of(tmp_path, descriptor={"profile": "own.json", "name": "a" * 40 + "!"})
    (tmp_path / "own.json").write_text(profile)
    assert found(package) == [("datapackage-profile", "warning", None, "")]


def test_pattern_of_a_local_profile_ends(tmp_path):
    package = package_of(tmp_path, descriptor={"profile": "own.json", "name": "a" * 5000 + "!"})
    (tmp_path / "own.json").write_text('{"properties": {"name": {"pattern": "^(a+)+$"}}}')
    assert found(package) == [("datapackage-profile", "error", None, "")]


@pytest.mark.parametrize("path", [".hidden/t.csv", "a/.t.csv", "..t.csv"])
def test_hidden_paths(tmp_path, path):
    package = Package(tmp_path, {"resources": [{"name": "t", "path": path}]})
    assert found(package) == [("hidden-path", "error", None, "")]
    listed = Package(tmp_path, {"resources": [{"name": "t", "path": ["a.csv", path]}]})
    assert ("hidden-path", "error", None, "") in found(listed)


def test_path_from_here_is_not_hidden(tmp_path):
    assert found(Package(tmp_path, {"resources": [{"name": "t", "path": "./a/t.csv"}]})) == []


def test_schema_and_dialect_in_files_of_the_package(tmp_path):
    fields = [{"name": "id", "type": "integer"}, {"name": "kind", "type": "string"}]
    package = package_of(tmp_path, "id;kind\n1;a\n01;b\n", schema=None)
    package.resources[0].update({"schema": "schema.json", "dialect": "dialect.json"})
    (tmp_path / "schema.json").write_text(json.dumps({"fields": fields, "uniqueKeys": [["id"]]}))
    (tmp_path / "dialect.json").write_text('{"delimiter": ";"}')
    assert found(package) == [("unique-keys", "error", 3, "id")]
    (tmp_path / "dialect.json").unlink()
    assert found(package)[0] == ("not-checked", "warning", None, "")


def test_path_lists_and_names(tmp_path):
    mixed = {"name": "Events 1", "path": ["a.csv", "https://x.org/b.csv"]}
    package = Package(tmp_path, {"resources": [mixed, {"name": "a"}, {"name": "a"}, {"path": "x.bin"}]})
    assert found(package) == [
        ("path-list", "error", None, ""),
        ("resource-name", "warning", None, ""),
        ("resource-name", "error", None, ""),
        ("resource-name", "error", None, ""),
    ]


def test_keys_that_name_nothing(tmp_path):
    key = {"fields": ["kind"], "reference": {"resource": "", "fields": ["ID"]}}
    elsewhere = {"fields": "kind", "reference": {"resource": "places", "fields": "id"}}
    package = package_of(tmp_path, schema={"primaryKey": "idd", "foreignKeys": [key, elsewhere]})
    assert found(package) == [("key-fields", "error", None, "")] * 3
    assert "did you mean 'id'" in messages(package)


@pytest.mark.parametrize("given", ["md5:", "", "sha1:", "sha512:"])
def test_hashes_of_other_algorithms(tmp_path, given):
    text = b"id,kind\n1,a\n"
    name = given.rstrip(":") or "md5"
    right = package_of(tmp_path, text, hash=given + hashlib.new(name, text).hexdigest())
    wrong = package_of(tmp_path, text, hash=given + hashlib.new(name, b"other").hexdigest())
    weak = [("weak-hash", "warning", None, "")] if name in ("md5", "sha1") else []
    broken = [] if name == "md5" else [("file-hash", "error", None, "")]
    assert found(right) == weak
    assert found(wrong) == weak + broken
    assert re.search("md5|sha256", messages(right)) or not weak


def test_unknown_algorithm_is_told(tmp_path):
    assert found(package_of(tmp_path, hash="crc32:00")) == [("file-hash", "warning", None, "")]


def test_counts_of_nought(tmp_path):
    package = package_of(tmp_path, bytes=0, rows=0)
    assert found(package) == [("file-bytes", "error", None, ""), ("file-rows", "error", None, "")]
    assert found(package_of(tmp_path, "id,kind\n", rows=0)) == []


@pytest.mark.parametrize(
    ("dialect", "text", "said"),
    [
        ({"commentChar": "1"}, "id,kind\n1,a\n11,b\n2,c\n", "2 rows are skipped"),
        ({"commentRows": [2]}, "id,kind\n1,a\n2,b\n", "1 row is skipped"),
        ({"commentRows": [2]}, "id,kind\n#id,#kind\n2,b\n", ""),
        ({"headerRows": [3]}, "title,\n,\nid,kind\n2,b\n", "2 rows are skipped"),
        ({"headerRows": [1, 2]}, "id,kind\nx,y\n2,b\n", ""),
        ({"skipBlankRows": True}, "id,kind\n1,a\n,\n\n2,b\n", "2 rows are skipped"),
        ({"commentChar": "#"}, "id,kind\n1,a\n", ""),
        ({"commentChar": "x", "delimiter": ";;"}, "id,kind\n1,a\n", "not counted are skipped"),
    ],
)
def test_skipped_rows(tmp_path, dialect, text, said):
    issues = [
        i for i in strict_issues(package_of(tmp_path, text, dialect=dialect)) if i.rule == "skipped-rows"
    ]
    assert [i.severity for i in issues] == (["warning"] if said else [])
    assert said in "".join(i.message for i in issues)


def test_json_schema_of_objects_and_arrays(tmp_path):
    fields = [
        {"name": "id", "type": "object", "constraints": {"jsonSchema": {"required": ["a"]}}},
        {"name": "kind", "type": "array", "constraints": {"jsonSchema": {"items": {"type": "integer"}}}},
    ]
    text = 'id,kind\n"{""a"": 1}",[1]\n"{}","[""x""]"\n,\nnone,none\n'
    package = package_of(tmp_path, text, schema={"fields": fields})
    assert found(package) == [("json-schema", "error", 3, "id"), ("json-schema", "error", 3, "kind")]
    fields[0]["constraints"]["jsonSchema"] = {"$ref": "http://127.0.0.1:9/"}
    fields[1]["type"] = "string"
    assert found(package_of(tmp_path, text, schema={"fields": fields})) == [
        ("json-schema", "error", None, "id"),
        ("json-schema", "error", None, "kind"),
    ]


def test_what_cannot_be_read_is_said(tmp_path):
    package = package_of(tmp_path, schema={"uniqueKeys": [["id"]]}, dialect={"quoteChar": "'"})
    assert found(package) == [("not-checked", "warning", None, "")]
    (tmp_path / "t.csv").unlink()
    assert found(package_of(tmp_path, schema={"uniqueKeys": [["id"]]}, path=["a.csv", "b.csv"])) == [
        ("not-checked", "warning", None, "")
    ]


def test_bundled_profiles_are_schemas_and_all_listed():
    folder = schemas.path_of("profiles")
    with (folder / "profiles.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert sorted(row["file"] for row in rows) == sorted(
        path.relative_to(folder).as_posix() for path in folder.glob("*/*.json")
    )
    assert all(row["licence"].startswith("MIT") and len(row["sha256_of_source"]) == 64 for row in rows)
    for row in rows:
        schema = json.loads((folder / row["file"]).read_text("utf-8"))
        validator_for(schema).check_schema(schema)
        assert all(ref.startswith("#") for ref in re.findall(r'"\$ref": "([^"]*)"', json.dumps(schema)))


def test_page_names_every_rule():
    page = (ROOT / "docs" / "strict.md").read_text("utf-8")
    code = "".join(path.read_text("utf-8") for path in (ROOT / "hxl_kit/validation/strict").glob("*.py"))
    rules = set(re.findall(r'RULE = "([a-z-]+)"', code)) | set(re.findall(r'Issue\(\s*"([a-z-]+)"', code))
    assert len(rules) >= 14
    assert [rule for rule in sorted(rules) if f"| `{rule}` |" not in page] == []
