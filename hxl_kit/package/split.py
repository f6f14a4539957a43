"""Splitting: which rows of a package belong to one value of a field."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.errors import UsageError, nearest
from hxl_kit.standard.tables import table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hxl_kit.package.author import Authored
    from hxl_kit.package.tables import TableFiles

_ABOUT = ("about_table", "about_id")
_BATCH_ROWS = 50_000


def split_values(files: TableFiles, field: str) -> list[str | None]:
    """Return the values of `field` over all tables that have it, sorted; None last if rows have none.

    Rows that belong to no value, such as a claim about another package's record, count as having none.

    Raises:
        UsageError: no table of the package has the field.
    """
    owners = [name for name in files.names if field in table(name).names]
    if not owners:
        known = sorted({f for name in files.names for f in table(name).names})
        raise UsageError(f"split_by: no table has the field '{field}'{nearest(field, known)}")
    found: set[str | None] = set()
    for name in owners:
        found.update(files.scan(name).select(pl.col(field).cast(pl.String).unique()).collect()[field])
    if any(frame.select(pl.len()).collect().item() for frame in _homeless(files, field).values()):
        found.add(None)
    return sorted(found, key=lambda value: (value is None, value or ""))


def parts_of(authored: Authored, values: Sequence[str | None]) -> list[Authored]:
    """Return the metadata of the part for each value: name and title say which part it is.

    A name is the value's ASCII letters and digits; where these are missing, or two values share them, a
    short hash of the value tells them apart.
    """
    slugs = [_slug(value) for value in values]
    unsure = {slug for slug in slugs if slugs.count(slug) > 1} | {""}
    return [
        _part(authored, value, f"{slug}-{_digest(value)}".strip("-") if slug in unsure else slug)
        for value, slug in zip(values, slugs, strict=True)
    ]


def _slug(value: str | None) -> str:
    return "none" if value is None else re.sub(r"[^a-z0-9]+", "-", value.lower()).strip("-")


def _digest(value: str | None) -> str:
    return "" if value is None else hashlib.sha256(value.encode()).hexdigest()[:8]


def _part(authored: Authored, value: str | None, slug: str) -> Authored:
    options = replace(authored.options, split_by=None)
    title = f"{authored.title}: {'no value' if value is None else value}"
    return replace(authored, name=f"{authored.name}-{slug}", title=title, options=options)


def split_rows(files: TableFiles, field: str, value: str | None) -> Iterator[tuple[str, pl.DataFrame]]:
    """Yield each table's rows that belong to `value`, in batches, in the order of the whole.

    A table with the field gives its rows of that value. Of the others, events and sources give what
    those rows refer to, event_sources what belongs to these events, claims what is about these rows or
    about such claims. What belongs to no value goes where rows have none.
    """
    chosen = _chosen(files, field, value)
    extra = _homeless(files, field) if value is None else {}
    for name in files.names:
        rows = pl.concat([chosen[name], extra[name]]) if name in extra else chosen[name]
        for batch in _as_in(files, name, rows).collect().iter_slices(_BATCH_ROWS):
            yield name, batch


def _chosen(files: TableFiles, field: str, value: str | None) -> dict[str, pl.LazyFrame]:
    chosen = {
        name: _with_value(files, name, field, value) for name in files.names if field in table(name).names
    }
    if "events" in files.names:
        own = [chosen["events"]] if "events" in chosen else []
        chosen["events"] = _semi(files, "events", "event_id", [*own, *_having(chosen, "event_id")])
    if "event_sources" in files.names and "event_sources" not in chosen:
        chosen["event_sources"] = _semi(files, "event_sources", "event_id", [chosen["events"]])
    if "claims" in files.names and "claims" not in chosen:
        chosen["claims"] = _claims_about(files, chosen)
    if "sources" not in chosen:
        chosen["sources"] = _semi(files, "sources", "source_id", _having(chosen, "source_id"))
    return {name: chosen.get(name, files.scan(name).clear()) for name in files.names}


def _homeless(files: TableFiles, field: str) -> dict[str, pl.LazyFrame]:
    """Return the rows of tables without the field that belong to no value of it."""
    found = {}
    homes = {name: files.scan(name) for name in files.names if field in table(name).names}
    if "claims" in files.names and "claims" not in homes:
        housed = _claims_about(
            files, {**homes, **({"events": files.scan("events")} if "events" in files.names else {})}
        )
        found["claims"] = files.scan("claims").join(
            housed.select("claim_id"), on="claim_id", how="anti", maintain_order="left"
        )
    if "sources" not in homes:
        used = [
            f.select("source_id")
            for f in (files.scan(n) for n in files.names if n != "sources" and "source_id" in table(n).names)
        ]
        rest = files.scan("sources")
        found["sources"] = (
            rest.join(pl.concat(used), on="source_id", how="anti", maintain_order="left") if used else rest
        )
    return found


def _claims_about(files: TableFiles, chosen: dict[str, pl.LazyFrame]) -> pl.LazyFrame:
    """Return the claims about chosen rows, the claims about those claims, and so on."""
    claims = files.scan("claims").collect()
    about = pl.concat(
        [
            frame.select(
                pl.lit(owner).alias("about_table"), pl.col(table(owner).primary_key[0]).alias("about_id")
            )
            for owner, frame in chosen.items()
        ]
    ).collect()
    found = claims.join(about, on=list(_ABOUT), how="semi")
    grown = True
    while grown:
        records = found.select(pl.lit("claims").alias("about_table"), pl.col("claim_id").alias("about_id"))
        more = claims.join(pl.concat([about, records]), on=list(_ABOUT), how="semi")
        grown, found = more.height > found.height, more
    return _semi(files, "claims", "claim_id", [found.lazy()])


def _with_value(files: TableFiles, name: str, field: str, value: str | None) -> pl.LazyFrame:
    column = pl.col(field).cast(pl.String)
    return files.scan(name).filter(column.is_null() if value is None else column == value)


def _having(chosen: dict[str, pl.LazyFrame], key: str) -> list[pl.LazyFrame]:
    return [frame for name, frame in chosen.items() if key in table(name).names]


def _semi(files: TableFiles, name: str, key: str, referring: list[pl.LazyFrame]) -> pl.LazyFrame:
    if not referring:
        return files.scan(name).clear()
    keys = pl.concat([frame.select(key) for frame in referring])
    return files.scan(name).join(keys, on=key, how="semi", maintain_order="left")


def _as_in(files: TableFiles, name: str, rows: pl.LazyFrame) -> pl.LazyFrame:
    """Return rows once each, in the order of the whole table."""
    key = list(table(name).primary_key)
    return files.scan(name).join(rows.select(key), on=key, how="semi", maintain_order="left")
