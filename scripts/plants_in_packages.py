"""Errors planted in a package's descriptor and files: each in a copy of its own, cut down to one table.

A plant is a function that spoils the copy and returns where the error is told; what an error is to a second check as
well, such as a file that nobody can read, it names besides.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq
from plants import Copy, Specimen, Spot
from plants_in_tables import SOUND

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Plant = Callable[[Copy], Spot | tuple[Spot, ...]]

TABLE, COMPANION, PARQUET = "sources", "sources-hxl", "sources-parquet"
PLANTS: dict[str, tuple[Plant, tuple[str, ...]]] = {}
"""By check, what plants its error, and the resources that it needs."""


def plant(check: str, *resources: str) -> Callable[[Plant], Plant]:
    """Return the decorator that makes a function the plant of a check."""

    def registered(function: Plant) -> Plant:
        PLANTS[check] = function, resources or (TABLE,)
        return function

    return registered


def package_specimens(package: Path, folder: Path) -> Iterator[Specimen]:
    """Yield a copy of a package for each check that needs one of its own."""
    for check, (spoil, resources) in PLANTS.items():
        copy = Copy.of(package, folder / check, resources)
        for name in resources:
            if "schema" in copy.resource(name):
                # Files that cannot be read in bulk are judged by patterns that are quick by their form alone.
                copy.field(name, "language")["constraints"].pop("pattern", None)
        told = spoil(copy)
        planted, *beside = told if isinstance(told, tuple) else (told,)
        yield Specimen(copy.save(), (planted,), tuple(beside))


def _row(copy: Copy, **cells: str) -> int:
    """Add a sound row with these cells to the table, and return its number."""
    sound = {name: str(cell) for name, cell in SOUND[TABLE].items()}
    return copy.append(TABLE, [{**sound, "source_id": f"planted-{len(cells)}", **cells}])


def _lines(copy: Copy, change: Callable[[str, int], str]) -> None:
    """Change each line of the table's file, by its text and number from 0."""
    lines = copy.file(TABLE).read_text(encoding="utf-8").splitlines()
    copy.rewrite(TABLE, "".join(f"{change(line, n)}\n" for n, line in enumerate(lines)))


def _header(copy: Copy, old: str, new: str) -> None:
    _lines(copy, lambda line, n: line if n else line.replace(old, new, 1))


def _not_checked(*resources: str) -> tuple[Spot, ...]:
    """Return that nothing else looked at a table, by the themes and by the check of hashtags."""
    return tuple(Spot("not-checked", name) for name in resources for _ in range(2))


def _not_ours(copy: Copy) -> None:
    """Take away what makes the package one of hxl_kit, whose profile asks more."""
    for key in ("$schema", "provenance"):
        copy.descriptor.pop(key)


# frictionless: the table's rows


@plant("unique-error")
def _unique(copy: Copy) -> Spot:
    copy.field(TABLE, "version")["constraints"] = {"unique": True}
    _row(copy, source_id="one", version="1")
    return Spot("unique-error", TABLE, _row(copy, source_id="two", version="1"), "version")


@plant("blank-row")
def _blank_row(copy: Copy) -> tuple[Spot, ...]:
    copy.resource(TABLE)["schema"].pop("primaryKey")
    copy.field(TABLE, "source_id")["constraints"] = {}
    return (Spot("blank-row", TABLE, copy.append(TABLE, [{}])),)


@plant("extra-cell")
def _extra_cell(copy: Copy) -> Spot:
    row = _row(copy)
    _lines(copy, lambda line, n: f"{line},more" if n == row - 1 else line)
    return Spot("extra-cell", TABLE, row)


@plant("missing-cell")
def _missing_cell(copy: Copy) -> Spot:
    copy.field(TABLE, "access")["constraints"] = {}
    row = _row(copy)
    _lines(copy, lambda line, n: line.rpartition(",")[0] if n == row - 1 else line)
    return Spot("missing-cell", TABLE, row, "access")


# frictionless: the table's header


@plant("blank-label")
def _blank_label(copy: Copy) -> Spot:
    _header(copy, "title", "")
    return Spot("blank-label", TABLE, None, "title")


@plant("duplicate-label")
def _duplicate_label(copy: Copy) -> tuple[Spot, ...]:
    _header(copy, "title", "publisher")
    told = Spot("duplicate-label", TABLE, None, "publisher")
    return told, Spot("incorrect-label", TABLE, None, "title"), *_not_checked(TABLE)


@plant("extra-label")
def _extra_label(copy: Copy) -> Spot:
    _lines(copy, lambda line, n: f"{line},{'' if n else 'more'}")
    return Spot("extra-label", TABLE, None, "more")


@plant("missing-label")
def _missing_label(copy: Copy) -> Spot:
    _lines(copy, lambda line, _: line.rpartition(",")[0])
    return Spot("missing-label", TABLE, None, "access")


@plant("incorrect-label")
def _incorrect_label(copy: Copy) -> Spot:
    _header(copy, "title", "tittle")
    return Spot("incorrect-label", TABLE, None, "title")


# frictionless: the file beside its description


@plant("byte-count")
def _byte_count(copy: Copy) -> Spot:
    copy.resource(TABLE)["bytes"] = 1
    return Spot("byte-count", TABLE)


@plant("hash-count")
def _hash_count(copy: Copy) -> Spot:
    copy.resource(TABLE)["hash"] = f"sha256:{'0' * 64}"
    return Spot("hash-count", TABLE)


@plant("row-count")
def _row_count(copy: Copy) -> Spot:
    copy.resource(TABLE)["rows"] += 1
    return Spot("row-count", TABLE)


@plant("source-error")
def _empty(copy: Copy) -> tuple[Spot, ...]:
    copy.rewrite(TABLE, "")
    copy.resource(TABLE).pop("rows")
    return Spot("source-error", TABLE), *_not_checked(TABLE)


@plant("encoding-error")
def _latin(copy: Copy) -> tuple[Spot, ...]:
    _row(copy)
    text = copy.file(TABLE).read_text(encoding="utf-8")
    copy.rewrite(TABLE, text.encode("ascii", "ignore").decode() + "\u00e9\n", "latin-1")
    return Spot("encoding-error", TABLE), *_not_checked(TABLE)


@plant("compression-error")
def _not_packed(copy: Copy) -> tuple[Spot, ...]:
    copy.file(TABLE).rename(copy.folder / "sources.csv.gz")
    copy.resource(TABLE)["path"] = "sources.csv.gz"
    return Spot("compression-error", TABLE), *_not_checked(TABLE)


@plant("scheme-error")
def _no_file(copy: Copy) -> Spot:
    copy.resource(TABLE)["path"] = "none-such.csv"
    return Spot("scheme-error", TABLE)


@plant("format-error")
def _unknown_format(copy: Copy) -> tuple[Spot, ...]:
    copy.resource(TABLE)["format"] = "xyz"
    return Spot("format-error", TABLE), Spot("not-checked", TABLE)


# frictionless: the descriptor


@plant("package-error")
def _no_package(copy: Copy) -> Spot:
    _not_ours(copy)
    copy.descriptor["keywords"] = "one"
    return Spot("package-error", "")


@plant("resource-error")
def _no_resource(copy: Copy) -> Spot:
    _not_ours(copy)
    copy.resource(TABLE)["title"] = 3
    return Spot("resource-error", "")


@plant("schema-error")
def _no_schema(copy: Copy) -> Spot:
    _not_ours(copy)
    copy.resource(TABLE)["schema"]["missingValues"] = "none"
    return Spot("schema-error", "")


@plant("field-error")
def _no_field(copy: Copy) -> Spot:
    _not_ours(copy)
    copy.field(TABLE, "version")["type"] = "text"
    return Spot("field-error", "")


@plant("dialect-error")
def _no_dialect(copy: Copy) -> Spot:
    _not_ours(copy)
    copy.resource(TABLE)["dialect"] = {"headerRows": "first"}
    return Spot("dialect-error", "")


@plant("control-error")
def _no_control(copy: Copy) -> Spot:
    _not_ours(copy)
    copy.resource(TABLE)["dialect"] = {"quoteChar": 3}
    return Spot("control-error", "")


@plant("metadata-error")
def _no_metadata(copy: Copy) -> tuple[Spot, ...]:
    copy.resource(TABLE)["profile"] = "none-such"
    return Spot("metadata-error", ""), Spot("datapackage-profile", TABLE)


@plant("error")
def _not_comparable(copy: Copy) -> Spot:
    copy.field(TABLE, "date_published")["constraints"] = {"minimum": "yesterday"}
    return Spot("error", TABLE)


# strict


@plant("unique-keys")
def _unique_keys(copy: Copy) -> Spot:
    copy.resource(TABLE)["schema"]["uniqueKeys"] = [["version"]]
    _row(copy, source_id="one", version="1")
    return Spot("unique-keys", TABLE, _row(copy, source_id="two", version="1"), "version")


@plant("categories")
def _categories(copy: Copy) -> Spot:
    copy.field(TABLE, "version")["categories"] = ["2"]
    return Spot("categories", TABLE, _row(copy, version="1"), "version")


@plant("json-schema")
def _json_schema(copy: Copy) -> tuple[Spot, ...]:
    field = copy.field(TABLE, "version")
    field.pop("example", None)
    field.update(type="object", constraints={"jsonSchema": {"required": ["major"]}})
    told = Spot("json-schema", TABLE, _row(copy, version="{}"), "version")
    return told, Spot("field-error", "")


@plant("datapackage-profile")
def _profile_of_others(copy: Copy) -> tuple[Spot, ...]:
    copy.descriptor["keywords"] = "one"
    return Spot("datapackage-profile", ""), Spot("package-error", "")


@plant("hidden-path")
def _hidden(copy: Copy) -> Spot:
    _not_ours(copy)
    copy.file(TABLE).rename(copy.folder / ".sources.csv")
    copy.resource(TABLE)["path"] = ".sources.csv"
    return Spot("hidden-path", TABLE)


@plant("path-list")
def _no_path(copy: Copy) -> tuple[Spot, ...]:
    _not_ours(copy)
    copy.resource(TABLE)["path"] = []
    return Spot("path-list", TABLE), Spot("resource-error", "")


@plant("resource-name")
def _not_plain(copy: Copy) -> tuple[Spot, ...]:
    _not_ours(copy)
    copy.resource(TABLE)["name"] = "Sources"
    return Spot("resource-name", "Sources"), Spot("resource-error", "")


@plant("key-fields")
def _key_of_nothing(copy: Copy) -> tuple[Spot, ...]:
    _not_ours(copy)
    copy.resource(TABLE)["schema"]["primaryKey"] = ["none_such"]
    return Spot("key-fields", TABLE), Spot("schema-error", "")


@plant("parquet-types")
def _parquet_types(copy: Copy) -> tuple[Spot, ...]:
    _not_ours(copy)
    pq.write_table(pa.table({"killed": [3, -1]}), copy.folder / "counts.parquet")
    field = {"name": "killed", "type": "integer", "constraints": {"minimum": 0}}
    described = {"name": "counts", "type": "table", "path": "counts.parquet", "format": "parquet"}
    copy.descriptor["resources"].append({**described, "schema": {"fields": [field]}})
    told = Spot("parquet-types", "counts", 3, "killed")
    return told, Spot("constraint-error", "counts", 3, "killed")


@plant("weak-hash")
def _weak_hash(copy: Copy) -> Spot:
    _not_ours(copy)
    content = copy.file(TABLE).read_bytes()
    copy.resource(TABLE)["hash"] = hashlib.md5(content, usedforsecurity=False).hexdigest()
    return Spot("weak-hash", TABLE)


@plant("file-hash")
def _file_hash(copy: Copy) -> tuple[Spot, ...]:
    copy.resource(TABLE)["hash"] = f"sha512:{'0' * 128}"
    return Spot("file-hash", TABLE), Spot("profile", "")


@plant("file-bytes")
def _file_bytes(copy: Copy) -> Spot:
    copy.resource(TABLE)["bytes"] = 0
    return Spot("file-bytes", TABLE)


@plant("file-rows")
def _file_rows(copy: Copy) -> Spot:
    copy.resource(TABLE)["rows"] = 0
    return Spot("file-rows", TABLE)


@plant("skipped-rows")
def _skipped(copy: Copy) -> Spot:
    _row(copy, source_id="%skipped")
    copy.resource(TABLE)["rows"] -= 1
    copy.resource(TABLE)["dialect"]["commentChar"] = "%"
    return Spot("skipped-rows", TABLE)


@plant("missing-numbers")
def _missing_numbers(copy: Copy) -> Spot:
    field = copy.field(TABLE, "version")
    field.pop("example", None)
    field.update(type="integer", missingValues=["", "0"])
    return Spot("missing-numbers", TABLE, None, "version")


@plant("not-checked")
def _schema_elsewhere(copy: Copy) -> tuple[Spot, ...]:
    _not_ours(copy)
    copy.resource(TABLE)["dialect"] = "none-such.json"
    return Spot("not-checked", TABLE), Spot("dialect-error", "")


# the profile of hxl_kit, the author's own rules, and hashtags


@plant("profile")
def _untitled(copy: Copy) -> Spot:
    copy.descriptor.pop("title")
    return Spot("profile", "")


@plant("rule-unusable")
def _unusable(copy: Copy) -> Spot:
    rule = {"name": "of-nothing", "table": TABLE, "rule": "none_such = 1", "message": "cannot be"}
    copy.descriptor["checks"] = [rule]
    return Spot("rule-unusable", TABLE)


@plant("own-no-version")
def _own(copy: Copy) -> Spot:
    rule = {"name": "no-version", "table": TABLE, "rule": "version IS NULL", "message": "is given"}
    copy.descriptor["checks"] = [rule]
    return Spot("own-no-version", TABLE, _row(copy, version="1"), "version")


@plant("hashtag-form")
def _hashtag_form(copy: Copy) -> Spot:
    _not_ours(copy)
    copy.field(TABLE, "version")["hxl_tag"] = "#meta version"
    return Spot("hashtag-form", TABLE, None, "version")


@plant("hashtag-repeated")
def _hashtag_repeated(copy: Copy) -> Spot:
    copy.field(TABLE, "version")["hxl_tag"] = copy.field(TABLE, "title")["hxl_tag"]
    return Spot("hashtag-repeated", TABLE, None, "version")


@plant("hashtag-unknown")
def _hashtag_unknown(copy: Copy) -> Spot:
    copy.field(TABLE, "version")["hxl_tag"] = "#nonesuch"
    return Spot("hashtag-unknown", TABLE, None, "version")


@plant("hashtag-row", TABLE, COMPANION)
def _hashtag_row(copy: Copy) -> Spot:
    text = copy.file(COMPANION).read_text(encoding="utf-8")
    copy.rewrite(COMPANION, text.replace(copy.field(TABLE, "version")["hxl_tag"], "#meta+edition", 1))
    return Spot("hashtag-row", COMPANION, 2, "version")


@plant("companion-rows", TABLE, COMPANION)
def _companion_rows(copy: Copy) -> Spot:
    row = _row(copy)
    copy.append(COMPANION, [{**SOUND[TABLE], "source_id": "planted-0", "version": "2"}])
    return Spot("companion-rows", COMPANION, row + 1)


@plant("parquet-hashtags", TABLE, PARQUET)
def _parquet_hashtags(copy: Copy) -> Spot:
    table = pq.read_table(copy.file(PARQUET))
    column = table.schema.get_field_index("version")
    other = table.schema.field(column).with_metadata({"hxl_tag": "#meta+edition"})
    pq.write_table(table.cast(table.schema.set(column, other)), copy.file(PARQUET))
    copy.restate(PARQUET)
    return Spot("parquet-hashtags", PARQUET, None, "version")
