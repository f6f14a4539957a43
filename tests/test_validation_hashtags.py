"""Hashtags in a package: one planted fault each, found, and nothing else."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from packages_for_tests import write_package

from hxl_kit.errors import InputError
from hxl_kit.reading.arrow_tags import parquet_tags
from hxl_kit.reading.packages import read_package
from hxl_kit.standard.tables import table
from hxl_kit.validation.hashtags import hashtag_issues

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

Found = tuple[str, str, str, str, int | None, str]


@pytest.fixture
def package(built, tmp_path) -> Path:
    """A copy of the UCDP sample's package, to be changed."""
    return shutil.copytree(built, tmp_path / "copy")


def found(folder: Path) -> list[Found]:
    """Rule, severity, resource, field, row and words of each issue."""
    issues = list(hashtag_issues(read_package(folder)))
    return [(i.rule, i.severity, i.resource, i.field, i.row, i.told()) for i in issues]


def described(folder: Path, change: Callable[[dict[str, Any]], None]) -> None:
    path = folder / "datapackage.json"
    descriptor = json.loads(path.read_bytes())
    change(descriptor)
    path.write_text(json.dumps(descriptor), encoding="utf-8")


def fields_of(descriptor: dict[str, Any], *names: str) -> list[list[dict[str, Any]]]:
    return [r["schema"]["fields"] for r in descriptor["resources"] if r["name"] in names]


def retag(folder: Path, field: str, tag: str) -> None:
    """Give a field of events another tag in all schemas, in the companion's row and in the Parquet file."""

    def change(descriptor: dict[str, Any]) -> None:
        for fields in fields_of(descriptor, "events", "events-hxl"):
            next(f for f in fields if f["name"] == field)["hxl_tag"] = tag

    old = table("events")[field].hxl_tag
    described(folder, change)
    lines(folder / "events.hxl.csv", 2, lambda row: ",".join(tag if c == old else c for c in row.split(",")))
    parquet_retagged(folder / "events.parquet", {field: tag})


def lines(path: Path, number: int, change: Callable[[str], str]) -> None:
    """Change a line of a file."""
    rows = path.read_text(encoding="utf-8").split("\n")
    rows[number - 1] = change(rows[number - 1])
    path.write_text("\n".join(rows), encoding="utf-8")


def parquet_retagged(path: Path, tags: dict[str, str | None]) -> None:
    content = pq.read_table(path)
    schema = content.schema
    for name, tag in tags.items():
        at = schema.get_field_index(name)
        schema = schema.set(at, schema.field(at).with_metadata({"hxl_tag": tag} if tag else {}))
    pq.write_table(content.cast(schema), path)


def test_clean_packages_are_clean(package, request):
    assert found(package) == []
    for name in ("nw-syria-2024", "ucdp-ged-syria"):
        assert found(request.config.rootpath / "datapackages" / name) == []


def test_row_of_the_companion_differs(package):
    lines(package / "events.hxl.csv", 2, lambda row: row.replace("#affected+killed,", "#affected+injured,"))
    column = table("events").names.index("fatalities")
    words = "has #affected+injured in the hashtag row, and #affected+killed in the schema"
    assert found(package) == [("hashtag-row", "error", "events-hxl", "fatalities", 2, words)]
    (issue,) = hashtag_issues(read_package(package))
    assert issue.cell == "".join(chr(ord("A") + n) for n in [column // 26 - 1, column % 26] if n >= 0) + "2"


def test_two_tags_are_exchanged(package):
    first, second = table("events").tags[:2]
    lines(package / "events.hxl.csv", 2, lambda row: row.replace(f"{first},{second}", f"{second},{first}"))
    assert [(rule, field) for rule, _, _, field, *_ in found(package)] == [
        ("hashtag-row", name) for name in table("events").names[:2]
    ]


def test_tag_is_missing_in_the_row_or_in_the_schema(package):
    lines(package / "events.hxl.csv", 2, lambda row: row.replace("#affected+killed,", ","))
    (one,) = found(package)
    assert one[-1] == "has no hashtag in the hashtag row, and #affected+killed in the schema"

    def change(descriptor: dict[str, Any]) -> None:
        for fields in fields_of(descriptor, "sources"):
            del fields[0]["hxl_tag"]

    described(package, change)
    assert "has #meta+id+source in the hashtag row, and no hashtag in the schema" in [
        words.replace("+source+id", "+id+source") for *_, words in found(package)
    ]


def test_order_of_attributes_does_not_matter(package):
    lines(package / "sources.hxl.csv", 2, lambda row: row.replace("#meta+source+id", "#meta +ID+source"))
    assert found(package) == []


def test_row_is_missing(package):
    path = package / "sources.hxl.csv"
    header, _, *rows = path.read_text(encoding="utf-8").split("\n")
    path.write_text("\n".join([header, *rows]), encoding="utf-8")
    told = [rule for rule, *_ in found(package)]
    assert told == ["hashtag-row"]
    assert "has no hashtag row" in found(package)[0][-1]


def test_cell_of_the_companion_differs(package):
    lines(package / "events.hxl.csv", 7, lambda row: f"x{row}")
    lines(package / "events.hxl.csv", 9, lambda row: f"x{row}")
    words = "differs from events in 2 rows, of which this is the first"
    assert found(package) == [("companion-rows", "error", "events-hxl", "", 7, words)]


def test_row_of_the_companion_is_missing(package):
    path = package / "events.hxl.csv"
    rows = path.read_text(encoding="utf-8").split("\n")
    path.write_text("\n".join([*rows[:5], *rows[6:]]), encoding="utf-8")
    number = len(rows) - 3
    words = f"holds {number - 1} rows, and events holds {number}"
    assert found(package) == [("companion-rows", "error", "events-hxl", "", None, words)]


def test_same_rows_written_otherwise_are_the_same(package):
    path = package / "sources.hxl.csv"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert found(package) == []


def test_parquet_differs(package):
    parquet_retagged(package / "events.parquet", {"fatalities": "#affected", "event_id": None})
    assert found(package) == [
        (
            *("parquet-hashtags", "error", "events-parquet", "event_id", None),
            f"has no hashtag in the Parquet file, and {table('events')['event_id'].hxl_tag} in the schema",
        ),
        (
            *("parquet-hashtags", "error", "events-parquet", "fatalities", None),
            "has #affected in the Parquet file, and #affected+killed in the schema",
        ),
    ]


@pytest.mark.parametrize(
    ("tag", "rule", "severity", "words"),
    [
        (
            "#affected+2013",
            "hashtag-form",
            "error",
            "carries #affected+2013, which is not written as hashtags are",
        ),
        (
            "#wounds",
            "hashtag-unknown",
            "warning",
            "carries #wounds, whose hashtag is not in the HXL dictionary",
        ),
        ("#event+id", "hashtag-repeated", "error", "as event_id does"),
    ],
)
def test_tag_of_the_schema_is_wrong(package, tag, rule, severity, words):
    retag(package, "fatalities", tag)
    (issue,) = found(package)
    assert issue[:4] == (rule, severity, "events", "fatalities")
    assert words in issue[-1]


def test_inline_row_is_held_to_the_schema(tmp_path):
    events = [{"event_id": "e1", "place": "Aleppo"}]
    write_package(tmp_path, {"events": events}, inline=True)
    assert [rule for rule, *_ in found(tmp_path)] == []
    lines(tmp_path / "events.csv", 2, lambda row: row.replace("#meta+place", "#loc"))
    (issue,) = found(tmp_path)
    assert issue[:5] == ("hashtag-row", "error", "events", "place", 2)


def test_packages_of_others_owe_nothing(tmp_path):
    def untagged(descriptor: dict[str, Any]) -> None:
        for field in (f for fields in fields_of(descriptor, "events", "events-hxl") for f in fields):
            del field["hxl_tag"]

    write_package(tmp_path)
    described(tmp_path, untagged)
    assert found(tmp_path) == []


def test_packages_of_others_may_use_hashtags_of_their_own(tmp_path):
    def own(descriptor: dict[str, Any]) -> None:
        for fields in fields_of(descriptor, "events"):
            fields[1]["hxl_tag"] = fields[2]["hxl_tag"] = "#mine"

    write_package(tmp_path, inline=True)
    described(tmp_path, own)
    lines(tmp_path / "events.csv", 2, lambda _: "#meta+event_id,#mine,#mine")
    assert {(rule, severity) for rule, severity, *_ in found(tmp_path)} == {
        ("hashtag-unknown", "info"),
        ("hashtag-repeated", "info"),
    }


def test_missing_and_broken_files_end_nothing(package):
    (package / "sources.hxl.csv").unlink()
    (package / "events.parquet").write_bytes(b"PAR1 no footer")
    told = found(package)
    assert [(rule, severity, resource) for rule, severity, resource, *_ in told] == [
        ("not-checked", "warning", "events-parquet")
    ]


@pytest.mark.parametrize("tag", [None, 3, ["#x"], {"a": 1}, "", "  "])
def test_whatever_stands_for_a_tag(tmp_path, tag):
    def change(descriptor: dict[str, Any]) -> None:
        for fields in fields_of(descriptor, "events"):
            fields[0]["hxl_tag"] = tag
            fields.append("no field")

    write_package(tmp_path, inline=True)
    described(tmp_path, change)
    assert isinstance(found(tmp_path), list)


def test_parquet_tags_are_those_written(built):
    assert tuple(parquet_tags(built / "events.parquet").values()) == table("events").tags
    with pytest.raises(InputError):
        parquet_tags(built / "events.csv")


@given(tags=st.lists(st.sampled_from(["#a+b", "#b", "", "#A +b", "x"]), min_size=3, max_size=3))
def test_row_is_told_exactly_where_it_differs(tmp_path_factory, tags):
    folder = tmp_path_factory.mktemp("row")
    write_package(folder, inline=True)
    lines(folder / "events.csv", 2, lambda _: ",".join(tags))

    def change(descriptor: dict[str, Any]) -> None:
        for fields in fields_of(descriptor, "events"):
            for field in fields:
                field["hxl_tag"] = "#a+b"

    described(folder, change)
    names = ["event_id", "event_name", "fatalities"]
    read = [tag in ("#a+b", "#A +b", "#b") for tag in tags]
    filled = sum(tag != "" for tag in tags)
    wrong = [name for name, tag in zip(names, tags, strict=True) if tag not in ("#a+b", "#A +b")]
    is_row = 0 < filled <= 2 * sum(read)
    told = [field for rule, _, _, field, *_ in found(folder) if rule == "hashtag-row"]
    assert told == (wrong if is_row else [])
