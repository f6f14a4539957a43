"""Reading a package of unknown origin: what is unsafe is refused, what was changed is found."""

import json
import os
import shutil

import pytest

from hxl_kit.errors import InputError
from hxl_kit.reading.packages import DESCRIPTOR, is_safe_path, read_package, verify_files

GOOD = {"name": "x", "resources": [{"name": "a", "path": "a.csv"}]}


def written(folder, content):
    text = content if isinstance(content, bytes) else json.dumps(content).encode()
    (folder / DESCRIPTOR).write_bytes(text)
    return folder


def refusal(path):
    with pytest.raises(InputError) as caught:
        read_package(path)
    message = str(caught.value)
    assert message.startswith(str(path))
    assert "\n" not in message
    return message


def test_package_is_read_from_its_folder_or_descriptor(built):
    by_folder, by_file = read_package(built), read_package(built / DESCRIPTOR)
    assert by_folder == by_file
    assert (by_folder.name, by_folder.folder) == ("ucdp-sample", built)
    assert list(by_folder.tables) == ["sources", "events", "event_sources", "casualties"]
    assert by_folder.path_of(by_folder.tables["events"]) == built / "events.csv"
    assert len(by_folder.resources) == 13


def test_name_of_a_nameless_package_is_its_folders(tmp_path):
    folder = tmp_path / "mine"
    folder.mkdir()
    assert read_package(written(folder, {"resources": [{"path": "a.csv"}]})).name == "mine"


def test_byte_order_mark_is_no_obstacle(tmp_path):
    assert read_package(written(tmp_path, b"\xef\xbb\xbf" + json.dumps(GOOD).encode())).name == "x"


def test_folder_without_descriptor_names_the_way_out(tmp_path):
    assert "has no datapackage.json; `hxl-kit build" in refusal(tmp_path)


def test_missing_path_is_refused(tmp_path):
    assert "no such file" in refusal(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is not JSON"),
        (b"{", "is not JSON"),
        (b'{"a": 1,}', "is not JSON"),
        (b"\xff\xfe{", "is not UTF-8 text"),
        ([GOOD], "is not a JSON object"),
        ("x", "is not a JSON object"),
        (None, "is not a JSON object"),
        ({}, "'resources' must be a list of at least one resource"),
        ({"resources": []}, "'resources' must be a list of at least one resource"),
        ({"resources": {"name": "a"}}, "'resources' must be a list"),
        ({"resources": ["a.csv"]}, "'resources' must be a list"),
        (b'{"name": "a", "name": "b", "resources": [{"path": "a.csv"}]}', "duplicate key 'name'"),
        (b'{"resources": [{"path": "a.csv", "path": "../b.csv"}]}', "duplicate key 'path'"),
        (b'{"a":' * 100_000, "is nested too deeply"),
        (b'{"resources": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "is nested too deeply"),
    ],
    ids=lambda value: str(value)[:24],
)
def test_what_is_no_descriptor_is_refused(tmp_path, content, words):
    assert words in refusal(written(tmp_path, content) / DESCRIPTOR)


@pytest.mark.parametrize(
    "path",
    [
        "/etc/passwd",
        "../a.csv",
        "data/../../a.csv",
        "data/../a.csv",
        ".",
        "",
        "a//b.csv",
        "a/",
        "~/a.csv",
        "con.csv",
        "data/LPT1",
        "a.csv.",
        "x" * 300,
        "C:\\a.csv",
        "C:/a.csv",
        "data\\a.csv",
        "a\n.csv",
        "a\x00.csv",
        "a\u202e.csv",
        7,
        None,
        {"a": 1},
    ],
    ids=repr,
)
def test_unsafe_paths_are_refused(tmp_path, path):
    for unsafe, place in ((path, "path"), (["b.csv", path], "path[1]")):
        message = refusal(
            written(tmp_path, {"resources": [{"path": "a.csv"}, {"path": unsafe}]}) / DESCRIPTOR
        )
        assert f"resources[1].{place}: is not safe" in message


@pytest.mark.parametrize(
    "path",
    [
        "a.csv",
        "./a.csv",
        "data/a.csv",
        "données/événements.csv",
        "حلب.csv",
        "a b.csv",
        "a..b.csv",
        ".git/config",
    ],
)
def test_safe_paths_are_taken(tmp_path, path):
    assert is_safe_path(path)
    assert read_package(written(tmp_path, {"resources": [{"path": path}]})).resources[0]["path"] == path


@pytest.mark.skipif(os.name == "nt", reason="links need a right on Windows")
@pytest.mark.parametrize("path", ["link.csv", "folder/a.csv"])
def test_symbolic_links_are_refused(tmp_path, path):
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / "a.csv").write_text("secret")
    package = tmp_path / "package"
    package.mkdir()
    (package / "link.csv").symlink_to(secret / "a.csv")
    (package / "folder").symlink_to(secret)
    written(package, {"resources": [{"path": path}]})
    assert "goes through a symbolic link" in refusal(package / DESCRIPTOR)


def test_huge_descriptor_is_refused_unread(tmp_path):
    with (tmp_path / DESCRIPTOR).open("wb") as file:
        file.truncate((32 << 20) + 1)
    assert "is larger than" in refusal(tmp_path / DESCRIPTOR)


# Are the files what the descriptor says?


@pytest.fixture
def copy(built, tmp_path):
    return shutil.copytree(built, tmp_path / "copy")


def test_untouched_package_verifies(copy):
    assert verify_files(read_package(copy)) == []


@pytest.mark.parametrize("name", ["events.csv", "events.hxl.csv", "casualties.parquet", "ucdp-sample.xlsx"])
def test_one_flipped_byte_is_found(copy, name):
    path = copy / name
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    (problem,) = verify_files(read_package(copy))
    assert f"({name}): the SHA-256 is not the descriptor's" in problem


def test_changed_size_and_missing_file_are_found(copy):
    with (copy / "events.csv").open("ab") as file:
        file.write(b"\n")
    (copy / "sources.csv").unlink()
    problems = verify_files(read_package(copy))
    assert len(problems) == 2
    assert "(sources.csv): the file is missing" in problems[0]
    assert "(events.csv): has " in problems[1]
    assert "bytes, the descriptor says" in problems[1]


def test_digest_changes_with_any_file_or_word(copy):
    before = read_package(copy).digest
    described = json.loads((copy / DESCRIPTOR).read_bytes())
    described["resources"][0]["hash"] = "sha256:" + "0" * 64
    (copy / DESCRIPTOR).write_text(json.dumps(described))
    assert read_package(copy).digest != before
    assert len(before) == 64
