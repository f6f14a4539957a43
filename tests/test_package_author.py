"""package.yaml: what is wrong is named, all of it at once, with the way out."""

import pytest

from hxl_kit.errors import UsageError
from hxl_kit.package.author import Options, read_package_yaml
from hxl_kit.reading.limits import YAML_BYTES

GOOD = """
name: my-package
title: My package
version: "1.0.0"
licences:
  - name: CC-BY-4.0
contributors:
  - title: Me
inputs:
  - path: data/ged.csv
    source: ucdp_ged
    release: "24.1"
"""


def read(folder, text):
    content = text if isinstance(text, bytes) else text.encode()
    (folder / "package.yaml").write_bytes(content)
    return read_package_yaml(folder)


def problem(folder, text):
    with pytest.raises(UsageError) as caught:
        read(folder, text)
    message = str(caught.value)
    assert message.startswith(f"{folder / 'package.yaml'}: ")
    assert "\n" not in message
    return message.split(": ", 1)[1]


def test_good_one_is_read(tmp_path):
    authored = read(tmp_path, GOOD)
    assert (authored.name, authored.title, authored.version) == ("my-package", "My package", "1.0.0")
    assert authored.licences == ({"name": "CC-BY-4.0"},)
    assert authored.contributors == ({"title": "Me"},)
    (entry,) = authored.inputs
    assert entry.path == tmp_path / "data/ged.csv"
    assert (entry.source, entry.table, entry.release, entry.country) == ("ucdp_ged", None, "24.1", None)
    assert authored.options == Options(hashtag_row="companion", parquet=True, xlsx=False, split_by=None)


def test_every_entry_is_taken(tmp_path):
    more = """
description: |
  Two
  lines
homepage: https://example.org/
keywords: [hxl, syria]
caveats: Careful.
methodology: By hand.
options:
  hashtag_row: inline
  parquet: false
  xlsx: true
  split_by: location_code
"""
    authored = read(tmp_path, GOOD + more)
    assert authored.description == "Two\nlines\n"
    assert (authored.homepage, authored.keywords) == ("https://example.org/", ("hxl", "syria"))
    assert (authored.caveats, authored.methodology) == ("Careful.", "By hand.")
    assert authored.options == Options("inline", parquet=False, xlsx=True, split_by="location_code")


@pytest.mark.parametrize("name", ["nw-syria-2024", "ucdp-ged-syria"])
def test_reference_packages_are_read(request, name):
    authored = read_package_yaml(request.config.rootpath / "datapackages" / name)
    assert authored.name == name
    assert all(entry.path.is_file() for entry in authored.inputs)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("title: My", "titel: My", ["unknown key 'titel'; did you mean 'title'?", "'title' is missing"]),
        (
            "licences:",
            "licenses:",
            ["unknown key 'licenses'; did you mean 'licences'?", "'licences' is missing"],
        ),
        ("    release:", "    relase:", ["inputs[0]: unknown key 'relase'; did you mean 'release'?"]),
        ("    source: ucdp_ged", "    source: ucdp_gde", ["inputs[0].source", "did you mean 'ucdp_ged'?"]),
        (
            "    source: ucdp_ged",
            "    table: event",
            ["inputs[0].table: no table 'event'; did you mean 'events'?"],
        ),
        ("    source: ucdp_ged", "    table: events\n    source: ucdp_ged", ["either 'source' or 'table'"]),
        ("    source: ucdp_ged\n", "", ["inputs[0]: give either 'source' or 'table'"]),
        (
            "name: CC-BY-4.0",
            "name: CC-BY-4",
            ["licences[0].name: no licence 'CC-BY-4'; did you mean 'CC-BY-4.0'?"],
        ),
        ('version: "1.0.0"', "version: 1.0", ["version: must be of type string", "quote"]),
        ('release: "24.1"', "release: 24.1", ["inputs[0].release: must be of type string"]),
        ("name: my-package", "name: My Package", ["name: does not have the form"]),
        ("name: my-package", "name: [a]", ["name: must be of type string"]),
        ("title: Me", "titel: Me", ["contributors[0]", "did you mean 'title'?"]),
        ("inputs:", "input:", ["unknown key 'input'; did you mean 'inputs'?", "'inputs' is missing"]),
        ("    release:", "    country: Syria\n    release:", ["inputs[0].country: does not have the form"]),
    ],
)
def test_wrong_entries_are_named_with_the_way_out(tmp_path, old, new, words):
    assert old in GOOD
    message = problem(tmp_path, GOOD.replace(old, new))
    assert all(word in message for word in words), message


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ("hashtag_row: always", "options.hashtag_row: 'always' is not one of"),
        ("parquet: maybe", "options.parquet: must be of type boolean"),
        ("xslx: true", "options: unknown key 'xslx'; did you mean 'xlsx'?"),
        ("split: location_code", "unknown key 'split'; did you mean 'split_by'?"),
    ],
)
def test_wrong_options(tmp_path, options, words):
    assert words in problem(tmp_path, f"{GOOD}options:\n  {options}\n")


def test_several_problems_are_said_at_once(tmp_path):
    text = GOOD.replace("title: My", "titel: My").replace('"1.0.0"', "1").replace("release", "relase")
    message = problem(tmp_path, text)
    for part in (
        "unknown key 'titel'",
        "'title' is missing",
        "version: must be",
        "inputs[0]: unknown key 'relase'",
    ):
        assert part in message
    assert message.count("; ") >= 3


def test_all_missing_entries_are_named(tmp_path):
    message = problem(tmp_path, "name: abc\n")
    assert all(
        f"'{key}' is missing" in message for key in ("title", "version", "licences", "contributors", "inputs")
    )


@pytest.mark.parametrize("text", ["", "# nothing\n", "just words\n", "- a\n- b\n", "3\n", "null\n"])
def test_anything_but_a_mapping_is_refused(tmp_path, text):
    assert "must be of type object" in problem(tmp_path, text)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("name: [unclosed\n", "line 2"),
        ("name: a\n\ttitle: b\n", "line 2"),
        ("a: b: c\n", "line 1"),
        ("name: 'open\n", "line 2"),
    ],
)
def test_what_is_no_yaml_is_refused_with_the_line(tmp_path, text, place):
    message = problem(tmp_path, text)
    assert message.startswith(f"is not YAML: {place}: ")


def test_duplicate_key_is_refused(tmp_path):
    assert "duplicate key" in problem(tmp_path, GOOD + "title: Another\n")


def test_bytes_that_are_no_utf8_are_refused(tmp_path):
    assert problem(tmp_path, GOOD.encode() + b"caveats: \xe9\n") == "is not UTF-8 text"


def test_control_characters_are_refused(tmp_path):
    assert problem(tmp_path, GOOD + "caveats: \x00\n").startswith("is not YAML")


@pytest.mark.parametrize(
    "tag", ["!!python/object/apply:os.system ['true']", "!!python/name:os.system", "!mine x"]
)
def test_tags_of_programs_are_refused(tmp_path, tag):
    assert "has the YAML tag" in problem(tmp_path, f"{GOOD}caveats: {tag}\n")


def test_nesting_without_end_is_refused(tmp_path):
    assert problem(tmp_path, "a: " + "[" * 1000 + "]" * 1000).startswith("is not YAML")


def test_growing_aliases_are_refused(tmp_path):
    """The billion laughs: lists of aliases of lists, or keys merged and merged again."""
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 9)]
    assert "stands for more than" in problem(tmp_path, GOOD + "\n".join(lines))
    lines = ["m0: &m0 {a: 1, b: 2}"]
    lines += [f"m{n}: &m{n} {{<<: [{', '.join([f'*m{n - 1}'] * 9)}], k: 1}}" for n in range(1, 9)]
    assert "stands for more than" in problem(tmp_path, GOOD + "\n".join(lines))


def test_a_list_that_holds_itself_is_refused(tmp_path):
    assert "holds itself" in problem(tmp_path, GOOD + "a: &a [*a]\n")


def test_a_plain_alias_is_read(tmp_path):
    text = GOOD + "caveats: &text The same.\nmethodology: *text\n"
    (tmp_path / "package.yaml").write_text(text, encoding="utf-8")
    assert read_package_yaml(tmp_path).methodology == "The same."


def test_missing_file_names_init(tmp_path):
    with pytest.raises(UsageError, match=r"has no package\.yaml; `hxl-kit init FILE -o "):
        read_package_yaml(tmp_path)


def test_folder_in_its_place_is_refused(cli, tmp_path):
    (tmp_path / "package.yaml").mkdir()
    ran = cli("build", tmp_path)
    assert ran.code in (2, 3)
    assert "package.yaml: is a folder" in ran.err


def test_huge_file_is_refused_unread(tmp_path):
    assert "is larger than" in problem(tmp_path, "#" * (YAML_BYTES + 1))
