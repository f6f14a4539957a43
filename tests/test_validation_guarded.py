"""What frictionless is given, what it says of faulty descriptors, and what it is not given at all."""

import json

import pytest

from hxl_kit.errors import InputError, RefusedInputError
from hxl_kit.gate import Request
from hxl_kit.validation.engine import frictionless_json, validate

TABLE = {"name": "t", "path": "t.csv"}


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "t.csv").write_text("a,b\n1,2\n")
    return tmp_path


def written(folder, content, name="datapackage.json"):
    path = folder / name
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return path


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        ("{", "package-error"),
        ("[]", "package-error"),
        ({"name": "p"}, "package-error"),
        ({"name": "p", "resources": [{**TABLE, "path": "/etc/passwd"}]}, "resource-error"),
        ({"name": "p", "resources": [{**TABLE, "path": "../t.csv"}]}, "resource-error"),
        ({"name": "p", "resources": [{**TABLE, "path": "none.csv"}]}, "scheme-error"),
    ],
)
def test_a_faulty_descriptor_is_judged_in_the_words_of_frictionless(folder, content, rule):
    path = written(folder, content)
    assert [issue.rule for issue in validate(path, ["frictionless"], limit=9).issues] == [rule]
    report = frictionless_json(path, Request())
    errors = [*report["errors"], *(error for task in report["tasks"] for error in task["errors"])]
    assert [error["type"] for error in errors] == [rule]


def test_a_descriptor_may_have_another_name(folder):
    path = written(folder, {"name": "p", "resources": [TABLE]}, "my.package.json")
    for checks in (["frictionless"], ["all"]):
        report = validate(path, checks, limit=9)
        assert (report.valid, report.rows, report.paths) == (True, 1, (str(path),))


def test_a_bare_table_and_a_resource_are_judged(folder):
    assert validate(folder / "t.csv", ["frictionless"], limit=9).rows == 1
    schema = {"fields": [{"name": "a", "type": "date"}, {"name": "b"}]}
    path = written(folder, {**TABLE, "schema": schema}, "t.resource.json")
    assert [issue.rule for issue in validate(path, ["frictionless"], limit=9).issues] == ["type-error"]


@pytest.mark.parametrize("name", ["datapackage.json", "t.resource.json"])
def test_a_link_is_not_followed(folder, tmp_path_factory, name):
    outside = tmp_path_factory.mktemp("outside") / "secret.csv"
    outside.write_text("a\n1\n")
    (folder / "link.csv").symlink_to(outside)
    resource = {"name": "t", "path": "link.csv"}
    content = {"name": "p", "resources": [resource]} if name.startswith("datapackage") else resource
    path = written(folder, content, name)
    with pytest.raises(RefusedInputError, match="symbolic link"):
        validate(path, ["frictionless"], limit=9)
    with pytest.raises(RefusedInputError, match="symbolic link"):
        frictionless_json(path, Request())


@pytest.mark.parametrize("name", ["datapackage.json", "t.resource.json"])
def test_an_address_is_not_asked_for(folder, name):
    resource = {"name": "t", "path": "https://example.org/t.csv"}
    content = {"name": "p", "resources": [resource]} if name.startswith("datapackage") else resource
    with pytest.raises(RefusedInputError, match="--allow-remote"):
        validate(written(folder, content, name), ["frictionless"], limit=9)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("datapackage.yaml", "name: p"),
        ("datapackage.json", '{"name": "p", "name": "q", "resources": []}'),
        ("datapackage.json", "[" * 5000),
    ],
)
def test_a_descriptor_that_cannot_be_trusted_is_refused(folder, name, content):
    with pytest.raises(InputError):
        validate(written(folder, content, name), ["frictionless"], limit=9)
