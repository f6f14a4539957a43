"""hxl-kit.toml: found at the root of a repository, checked, and told where it is wrong."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from hxl_kit.errors import HxlKitError, UsageError
from hxl_kit.settings import FILE_NAME, Settings, find_settings, read_settings
from hxl_kit.standard import schemas
from hxl_kit.targets import parse_target

WHOLE = """
[validate]
paths = ["datapackages/*", "lists/**/*.csv"]
checks = ["all"]
fail_on = "warning"
baseline = "baseline.json"
limit = 50
language = "en"

[rules]
version = "0123456789ab"

[gazetteers]
releases = ["global-pcodes-2025"]

[targets]
default = "shared"
shared = "catalogue:published"
mirror = "catalogue:/srv/data"
"""


def written(folder, text):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / FILE_NAME).write_text(text, encoding="utf-8")
    return folder / FILE_NAME


def test_every_setting_is_read(tmp_path):
    settings = read_settings(written(tmp_path, WHOLE))
    assert settings == Settings(
        file=tmp_path / FILE_NAME,
        paths=("datapackages/*", "lists/**/*.csv"),
        checks=("all",),
        fail_on="warning",
        baseline=tmp_path / "baseline.json",
        limit=50,
        language="en",
        rules="0123456789ab",
        gazetteers=("global-pcodes-2025",),
        targets={"shared": f"catalogue:{tmp_path / 'published'}", "mirror": "catalogue:/srv/data"},
        default_target="shared",
    )
    assert settings.folder == tmp_path


def test_the_schema_is_a_schema_and_says_what_each_key_is():
    schema = json.loads(schemas.path_of("hxl-kit.schema.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    for section in schema["properties"].values():
        assert section["description"]
        assert all(key["description"] for key in section.get("properties", {}).values())


def test_targets_by_name_by_text_and_by_default(tmp_path):
    settings = read_settings(written(tmp_path, WHOLE))
    assert settings.target("mirror") == "catalogue:/srv/data"
    assert settings.target("catalogue:elsewhere") == "catalogue:elsewhere"
    assert parse_target(settings.target(None)).folder == tmp_path / "published"
    with pytest.raises(UsageError, match="no target 'miror'; did you mean 'mirror'"):
        settings.target("miror")
    with pytest.raises(UsageError, match=r"\[targets\] default"):
        Settings().target(None)


def test_the_nearest_file_up_to_the_root_of_the_repository_counts(tmp_path):
    root = tmp_path / "repository"
    (root / ".git").mkdir(parents=True)
    inner = root / "datapackages" / "one"
    inner.mkdir(parents=True)
    written(tmp_path, WHOLE)
    assert find_settings(inner) == Settings()
    written(root, "[validate]\nlimit = 1\n")
    assert find_settings(inner).limit == 1
    written(inner, "[validate]\nlimit = 2\n")
    assert find_settings(inner).limit == 2
    assert find_settings(root).limit == 1


def test_outside_a_repository_only_the_folder_itself_is_looked_at(tmp_path):
    inner = tmp_path / "inner"
    inner.mkdir()
    written(tmp_path, WHOLE)
    assert find_settings(inner) == Settings()
    assert find_settings(tmp_path).limit == 50


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[validat]\n", "unknown section 'validat'; did you mean 'validate'?"),
        ("[validate]\nfailon = 'error'\n", "validate: unknown key 'failon'; did you mean 'fail_on'?"),
        ("[validate]\nfail_on = 'info'\n", "validate.fail_on: must be one of error, warning"),
        ("[validate]\npaths = 'x'\n", "validate.paths: must be of type array"),
        ("[validate]\npaths = []\n", "validate.paths: must not be empty"),
        ("[validate]\npaths = ['ok', '../x']\n", "validate.paths[1]: must be a path inside the folder"),
        ("[validate]\npaths = ['/etc/*']\n", "validate.paths[0]: must be a path inside the folder"),
        ("[validate]\npaths = ['C:/data']\n", "validate.paths[0]: must be a path inside the folder"),
        ("[validate]\npaths = ['a\\b']\n", "validate.paths[0]: must be a path inside the folder"),
        ("[validate]\nlimit = -1\n", "validate.limit: must be at least 0"),
        ("[validate]\nlanguage = 'xx'\n", "validate.language: no language 'xx'"),
        ("[rules]\nversion = 'latest'\n", "rules.version: must be 12 hexadecimal digits"),
        ("[gazetteers]\nreleases = [1]\n", "gazetteers.releases[0]: must be of type string"),
        (
            "[targets]\ndefault = 'sharde'\nshared = 'catalogue:x'\n",
            "no target 'sharde'; did you mean 'shared'",
        ),
        ("[targets]\ndefault = 'default'\n", "targets.default: no target 'default'"),
        ("[targets]\n'A B' = 'catalogue:x'\n", "names must be lower-case"),
        ("[validate\n", "is not TOML"),
        ("x = 1\nx = 2\n", "is not TOML"),
        ("a = " + "[" * 5000 + "\n", "hxl-kit.toml: is n"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(tmp_path, text, told):
    with pytest.raises(UsageError) as caught:
        read_settings(written(tmp_path, text))
    assert told in str(caught.value)
    assert str(caught.value).startswith(str(tmp_path / FILE_NAME))


def test_all_mistakes_are_named_at_once(tmp_path):
    text = "[validate]\nfail_on = 'all'\nlimit = '5'\n[rules]\npin = 'x'\n"
    with pytest.raises(UsageError) as caught:
        read_settings(written(tmp_path, text))
    assert str(caught.value).count(";") == 2


def test_a_file_that_is_no_text_or_too_large_is_refused(tmp_path):
    file = written(tmp_path, "")
    file.write_bytes(b"\xff\xfe")
    with pytest.raises(UsageError, match="not UTF-8"):
        read_settings(file)
    file.write_bytes(b"#" * ((1 << 20) + 1))
    with pytest.raises(UsageError, match="is larger than"):
        read_settings(file)


VALUES = st.recursive(
    st.one_of(st.text(max_size=8), st.integers(-5, 5), st.booleans()),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text("abc", min_size=1), inner)),
    max_leaves=6,
)
KEYS = st.sampled_from(["paths", "checks", "fail_on", "limit", "language", "version", "default", "x"])
SECTIONS = st.sampled_from(["validate", "rules", "gazetteers", "targets", "other"])


def as_toml(value):
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {as_toml(part)}" for key, part in value.items()) + "}"
    if isinstance(value, list):
        return f"[{', '.join(map(as_toml, value))}]"
    return json.dumps(value)


@given(st.dictionaries(SECTIONS, st.one_of(VALUES, st.dictionaries(KEYS, VALUES))))
def test_no_file_crashes_it(tmp_path_factory, raw):
    lines = [f"{name} = {as_toml(value)}" for name, value in raw.items()]
    file = written(tmp_path_factory.mktemp("toml"), "\n".join(lines))
    try:
        assert isinstance(read_settings(file), Settings)
    except HxlKitError as error:
        assert str(file) in str(error)  # noqa: PT017 - either ending is right
