"""Errors that frictionless finds: one of each kind, in a table's rows, header and file, and in the descriptor.

A plant is a function that spoils a copy and returns where the error is told; what an error is to a second check as
well, such as a file that nobody can read, it names after that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from planting.plants import Spot
from planting.spoilt_copies import NOT_CHECKED, TABLE, each_line, not_ours, plant, sound_row

if TYPE_CHECKING:
    from planting.plants import Copy


def _header(copy: Copy, old: str, new: str) -> None:
    each_line(copy, lambda line, n: line if n else line.replace(old, new, 1))


# The table's rows


@plant("unique-error")
def _unique(copy: Copy) -> Spot:
    copy.field(TABLE, "version")["constraints"] = {"unique": True}
    sound_row(copy, source_id="one", version="1")
    return Spot("unique-error", TABLE, sound_row(copy, source_id="two", version="1"), "version")


@plant("blank-row")
def _blank_row(copy: Copy) -> tuple[Spot, ...]:
    copy.resource(TABLE)["schema"].pop("primaryKey")
    copy.field(TABLE, "source_id")["constraints"] = {}
    return (Spot("blank-row", TABLE, copy.append(TABLE, [{}])),)


@plant("extra-cell")
def _extra_cell(copy: Copy) -> Spot:
    row = sound_row(copy)
    each_line(copy, lambda line, n: f"{line},more" if n == row - 1 else line)
    return Spot("extra-cell", TABLE, row)


@plant("missing-cell")
def _missing_cell(copy: Copy) -> Spot:
    copy.field(TABLE, "access")["constraints"] = {}
    row = sound_row(copy)
    each_line(copy, lambda line, n: line.rpartition(",")[0] if n == row - 1 else line)
    return Spot("missing-cell", TABLE, row, "access")


# The table's header


@plant("blank-label")
def _blank_label(copy: Copy) -> Spot:
    _header(copy, "title", "")
    return Spot("blank-label", TABLE, None, "title")


@plant("duplicate-label")
def _duplicate_label(copy: Copy) -> tuple[Spot, ...]:
    _header(copy, "title", "publisher")
    told = Spot("duplicate-label", TABLE, None, "publisher")
    return told, Spot("incorrect-label", TABLE, None, "title"), *NOT_CHECKED


@plant("extra-label")
def _extra_label(copy: Copy) -> Spot:
    each_line(copy, lambda line, n: f"{line},{'' if n else 'more'}")
    return Spot("extra-label", TABLE, None, "more")


@plant("missing-label")
def _missing_label(copy: Copy) -> Spot:
    each_line(copy, lambda line, _: line.rpartition(",")[0])
    return Spot("missing-label", TABLE, None, "access")


@plant("incorrect-label")
def _incorrect_label(copy: Copy) -> Spot:
    _header(copy, "title", "tittle")
    return Spot("incorrect-label", TABLE, None, "title")


# The file beside its description


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
    return Spot("source-error", TABLE), *NOT_CHECKED


@plant("encoding-error")
def _latin(copy: Copy) -> tuple[Spot, ...]:
    sound_row(copy)
    text = copy.file(TABLE).read_text(encoding="utf-8")
    copy.rewrite(TABLE, text.encode("ascii", "ignore").decode() + "\u00e9\n", "latin-1")
    return Spot("encoding-error", TABLE), *NOT_CHECKED


@plant("compression-error")
def _not_packed(copy: Copy) -> tuple[Spot, ...]:
    copy.file(TABLE).rename(copy.folder / "sources.csv.gz")
    copy.resource(TABLE)["path"] = "sources.csv.gz"
    return Spot("compression-error", TABLE), *NOT_CHECKED


@plant("scheme-error")
def _no_file(copy: Copy) -> Spot:
    copy.resource(TABLE)["path"] = "none-such.csv"
    return Spot("scheme-error", TABLE)


@plant("format-error")
def _unknown_format(copy: Copy) -> tuple[Spot, ...]:
    copy.resource(TABLE)["format"] = "xyz"
    return Spot("format-error", TABLE), Spot("not-checked", TABLE)


# The descriptor


@plant("package-error")
def _no_package(copy: Copy) -> Spot:
    not_ours(copy)
    copy.descriptor["keywords"] = "one"
    return Spot("package-error", "")


@plant("resource-error")
def _no_resource(copy: Copy) -> Spot:
    not_ours(copy)
    copy.resource(TABLE)["title"] = 3
    return Spot("resource-error", "")


@plant("schema-error")
def _no_schema(copy: Copy) -> Spot:
    not_ours(copy)
    copy.resource(TABLE)["schema"]["missingValues"] = "none"
    return Spot("schema-error", "")


@plant("field-error")
def _no_field(copy: Copy) -> Spot:
    not_ours(copy)
    copy.field(TABLE, "version")["type"] = "text"
    return Spot("field-error", "")


@plant("dialect-error")
def _no_dialect(copy: Copy) -> Spot:
    not_ours(copy)
    copy.resource(TABLE)["dialect"] = {"headerRows": "first"}
    return Spot("dialect-error", "")


@plant("control-error")
def _no_control(copy: Copy) -> Spot:
    not_ours(copy)
    copy.resource(TABLE)["dialect"] = {"quoteChar": 3}
    return Spot("control-error", "")


@plant("metadata-error")
def _no_metadata(copy: Copy) -> tuple[Spot, ...]:
    copy.resource(TABLE)["profile"] = "none-such"
    return Spot("metadata-error", ""), Spot("datapackage-profile", TABLE)


@plant("error")
def _not_comparable(copy: Copy) -> Spot:
    copy.field(TABLE, "date_published")["constraints"] = {"minimum": "yesterday"}
    sound_row(copy, date_published="2024-01-05")
    return Spot("error", TABLE)
