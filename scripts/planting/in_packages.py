"""Errors that the checks on packages find: of the standard v2, the profile, the author's own rules, and hashtags.

A plant is a function that spoils a copy and returns where the error is told; what an error is to a second check as
well, such as a file that nobody can read, it names after that.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from planting.plants import Spot
from planting.spoilt_copies import COMPANION, PARQUET, TABLE, not_ours, plant, sound_row

if TYPE_CHECKING:
    from planting.plants import Copy

# The Data Package standard v2


@plant("unique-keys")
def _unique_keys(copy: Copy) -> Spot:
    copy.resource(TABLE)["schema"]["uniqueKeys"] = [["version"]]
    sound_row(copy, source_id="one", version="1")
    return Spot("unique-keys", TABLE, sound_row(copy, source_id="two", version="1"), "version")


@plant("categories")
def _categories(copy: Copy) -> Spot:
    copy.field(TABLE, "retrieved_at").update(type="string", categories=["2"])
    return Spot("categories", TABLE, sound_row(copy, retrieved_at="1"), "retrieved_at")


@plant("json-schema")
def _json_schema(copy: Copy) -> tuple[Spot, ...]:
    field = copy.field(TABLE, "version")
    field.pop("example", None)
    field.update(type="object", constraints={"jsonSchema": {"required": ["major"]}})
    told = Spot("json-schema", TABLE, sound_row(copy, version="{}"), "version")
    return told, Spot("field-error", "")


@plant("datapackage-profile")
def _profile_of_others(copy: Copy) -> tuple[Spot, ...]:
    copy.descriptor["keywords"] = "one"
    return Spot("datapackage-profile", ""), Spot("package-error", "")


@plant("hidden-path")
def _hidden(copy: Copy) -> Spot:
    not_ours(copy)
    copy.file(TABLE).rename(copy.folder / ".sources.csv")
    copy.resource(TABLE)["path"] = ".sources.csv"
    return Spot("hidden-path", TABLE)


@plant("path-list")
def _no_path(copy: Copy) -> tuple[Spot, ...]:
    not_ours(copy)
    copy.resource(TABLE)["path"] = []
    return Spot("path-list", TABLE), Spot("resource-error", "")


@plant("resource-name")
def _not_plain(copy: Copy) -> tuple[Spot, ...]:
    not_ours(copy)
    copy.resource(TABLE)["name"] = "Sources"
    return Spot("resource-name", "Sources"), Spot("resource-error", "")


@plant("key-fields")
def _key_of_nothing(copy: Copy) -> tuple[Spot, ...]:
    not_ours(copy)
    copy.resource(TABLE)["schema"]["primaryKey"] = ["none_such"]
    return Spot("key-fields", TABLE), Spot("schema-error", "")


@plant("parquet-types")
def _parquet_types(copy: Copy) -> tuple[Spot, ...]:
    not_ours(copy)
    pq.write_table(pa.table({"killed": [3, -1]}), copy.folder / "counts.parquet")
    field = {"name": "killed", "type": "integer", "constraints": {"minimum": 0}}
    described = {"name": "counts", "type": "table", "path": "counts.parquet", "format": "parquet"}
    copy.descriptor["resources"].append({**described, "schema": {"fields": [field]}})
    told = Spot("parquet-types", "counts", 3, "killed")
    return told, Spot("constraint-error", "counts", 3, "killed")


@plant("weak-hash")
def _weak_hash(copy: Copy) -> Spot:
    not_ours(copy)
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
    sound_row(copy, source_id="%skipped")
    copy.resource(TABLE)["rows"] -= 1
    copy.resource(TABLE)["dialect"]["commentChar"] = "%"
    return Spot("skipped-rows", TABLE)


@plant("missing-numbers")
def _missing_numbers(copy: Copy) -> Spot:
    field = copy.field(TABLE, "retrieved_at")
    field.pop("example", None)
    field.update(type="integer", missingValues=["", "0"])
    return Spot("missing-numbers", TABLE, None, "retrieved_at")


@plant("not-checked")
def _schema_elsewhere(copy: Copy) -> tuple[Spot, ...]:
    not_ours(copy)
    copy.resource(TABLE)["dialect"] = "none-such.json"
    return Spot("not-checked", TABLE), Spot("dialect-error", "")


# The profile of hxl_kit, the author's own rules, and hashtags


@plant("profile")
def _untitled(copy: Copy) -> Spot:
    copy.descriptor.pop("title")
    return Spot("profile", "")


@plant("rule-unusable")
def _unusable(copy: Copy) -> Spot:
    rule = {"name": "of-nothing", "table": TABLE, "rule": "none_such = 1", "message": "cannot be"}
    copy.descriptor["checks"] = [rule]
    return Spot("rule-unusable", TABLE)


@plant("own-not-retrieved")
def _own(copy: Copy) -> Spot:
    rule = {"name": "not-retrieved", "table": TABLE, "rule": "retrieved_at IS NULL", "message": "is given"}
    copy.descriptor["checks"] = [rule]
    return Spot("own-not-retrieved", TABLE, sound_row(copy, retrieved_at="2024-01-05"), "retrieved_at")


@plant("hashtag-form")
def _hashtag_form(copy: Copy) -> Spot:
    not_ours(copy)
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
    row = sound_row(copy)
    sound_row(copy, COMPANION, version="2")
    return Spot("companion-rows", COMPANION, row + 1)


@plant("parquet-hashtags", TABLE, PARQUET)
def _parquet_hashtags(copy: Copy) -> Spot:
    table = pq.read_table(copy.file(PARQUET))
    column = table.schema.get_field_index("version")
    other = table.schema.field(column).with_metadata({"hxl_tag": "#meta+edition"})
    pq.write_table(table.cast(table.schema.set(column, other)), copy.file(PARQUET))
    copy.restate(PARQUET)
    return Spot("parquet-hashtags", PARQUET, None, "version")
